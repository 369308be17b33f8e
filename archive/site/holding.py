"""Which of Datasette's databases is an archive, and reading it within a time limit. Must not know pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from archive.site.connections import time_limit
from archive.site.releases import Release, release_of

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

Found = TypeVar("Found")

TIME_LIMIT_MS = 5000
cpu_limit_ms: ContextVar[int] = ContextVar("cpu_limit_ms", default=TIME_LIMIT_MS)
"""What a request may take of the processor in one reading; a public site's guard sets it."""
# A table of another program may be called articles too; one with these columns and an index beside it is ours.
_IS_ARCHIVE = """
SELECT (SELECT count(*) FROM pragma_table_xinfo('articles')
        WHERE name IN ('slug', 'headline', 'snapshot_id', 'body_html', 'revision_count')) = 5
    AND (SELECT count(*) FROM sqlite_schema WHERE name IN ('articles_fts', 'article_list')) = 2
"""
_found: WeakKeyDictionary[Datasette, tuple[str | None, Release | None]] = WeakKeyDictionary()


class TookTooLong(Exception):
    """Reading took longer than a page may take."""


def archive_name(datasette: Datasette) -> str | None:
    """Return the name of the first attached database that is an archive, or None; looked up once."""
    return _lookup(datasette)[0]


def public_release(datasette: Datasette) -> Release | None:
    """Return what the archive says of itself when it was published, None for one that was not; looked up once."""
    return _lookup(datasette)[1]


def forget(datasette: Datasette) -> None:
    """Look up anew: Datasette asks its plugins before all of its databases are attached."""
    _found.pop(datasette, None)


def _lookup(datasette: Datasette) -> tuple[str | None, Release | None]:
    if datasette not in _found:
        _found[datasette] = (None, None)
        for name, database in datasette.databases.items():
            is_archive, release = _examined(database)
            if is_archive:
                _found[datasette] = (name, release)
                break
    return _found[datasette]


def _examined(database: Database) -> tuple[bool, Release | None]:
    try:
        with closing(database.connect()) as connection:
            is_archive = bool(connection.execute(_IS_ARCHIVE).fetchone()[0])
            return is_archive, release_of(connection) if is_archive else None
    except sqlite3.DatabaseError:
        return False, None


async def held(datasette: Datasette) -> set[str]:
    """Return the names of the archive's tables and views; of a published one some are missing."""

    def names(connection: sqlite3.Connection) -> set[str]:
        return {name for (name,) in connection.execute("SELECT name FROM main.sqlite_schema")}

    return await read(datasette, names)


async def read(datasette: Datasette, query: Callable[..., Found], *arguments: Any) -> Found:
    """Run a query function on the archive's connection, in Datasette's threads. Raises TookTooLong."""

    cpu = cpu_limit_ms.get()

    def timed(connection: sqlite3.Connection) -> Found:
        with time_limit(connection, cpu, TIME_LIMIT_MS):
            return query(connection, *arguments)

    try:
        found: Found = await datasette.get_database(archive_name(datasette)).execute_fn(timed)
    except sqlite3.OperationalError as error:
        if error.args == ("interrupted",):
            raise TookTooLong from error
        raise
    return found
