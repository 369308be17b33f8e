"""Which of Datasette's databases is an archive, and reading it within a time limit. Must not know pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from datasette.utils import sqlite_timelimit

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

Found = TypeVar("Found")

TIME_LIMIT_MS = 5000
# A table of another program may be called articles too; one with these columns and an index beside it is ours.
_IS_ARCHIVE = """
SELECT (SELECT count(*) FROM pragma_table_xinfo('articles')
        WHERE name IN ('slug', 'headline', 'snapshot_id', 'body_html', 'revision_count')) = 5
    AND (SELECT count(*) FROM sqlite_schema WHERE name IN ('articles_fts', 'article_list', 'ledger')) = 3
"""
_names: WeakKeyDictionary[Datasette, str | None] = WeakKeyDictionary()


class TookTooLong(Exception):
    """Reading took longer than a page may take."""


def archive_name(datasette: Datasette) -> str | None:
    """Return the name of the first attached database that is an archive, or None; looked up once."""
    if datasette not in _names:
        names = (name for name, database in datasette.databases.items() if _is_archive(database))
        _names[datasette] = next(names, None)
    return _names[datasette]


def _is_archive(database: Database) -> bool:
    try:
        with closing(database.connect()) as connection:
            return bool(connection.execute(_IS_ARCHIVE).fetchone()[0])
    except sqlite3.DatabaseError:
        return False


async def read(datasette: Datasette, query: Callable[..., Found], *arguments: Any) -> Found:
    """Run a query function on the archive's connection, in Datasette's threads. Raises TookTooLong."""

    def timed(connection: sqlite3.Connection) -> Found:
        with sqlite_timelimit(connection, TIME_LIMIT_MS):
            return query(connection, *arguments)

    try:
        found: Found = await datasette.get_database(archive_name(datasette)).execute_fn(timed)
    except sqlite3.OperationalError as error:
        if error.args == ("interrupted",):
            raise TookTooLong from error
        raise
    return found
