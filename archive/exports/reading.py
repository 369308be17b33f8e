"""How exports read: one moment of the database, nothing withdrawn, nothing but reading. Must not know formats."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection

from archive.exports.fetching import quoted_name

_LONGEST_CELL = 200_000_000
"""Bytes; the longest page that is stored is far below, and SQL's own functions could make a cell of a gigabyte."""
_STEPS = 50_000
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
# FTS5 asks for it to learn whether its index changed.
_PRAGMAS = {"data_version"}
# printf counts up to whatever width it is given, and hears no interrupt meanwhile.
_FUNCTIONS_REFUSED = {"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "printf", "format"}
_HIDDEN = ("_", "sqlite_", "articles_fts")


class Patience:
    """How long SQLite may work without giving a row; whoever gets rows calls `renew`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = 0.0
        self.renew()

    def renew(self, seconds: float | None = None) -> None:
        """Begin to wait anew, this time for `seconds`."""
        self._until = time.monotonic() + (self._seconds if seconds is None else seconds)

    def is_over(self) -> bool:
        """Say whether the time is up."""
        return time.monotonic() > self._until


@contextmanager
def one_moment(connection: Connection) -> Iterator[None]:
    """Read everything as it is now, whatever a crawl commits meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


@contextmanager
def guarded(connection: Connection, seconds: float) -> Iterator[Patience]:
    """Let a connection read one moment of what is not withdrawn, and do nothing else.

    SQL that people give can then neither write nor attach nor set anything (https://sqlite.org/c3ref/set_authorizer.html),
    and is interrupted when `seconds` pass without a row: sqlite3.OperationalError, as for whatever is refused.
    """
    with one_moment(connection), patient(connection, seconds) as patience:
        _hide_withdrawn(connection)
        # FTS5 declares its columns when it is first named, which the authorizer would refuse.
        connection.execute("SELECT rowid FROM articles_fts LIMIT 0")
        before = connection.getlimit(sqlite3.SQLITE_LIMIT_LENGTH)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(before, _LONGEST_CELL))
        connection.set_authorizer(_authorize)
        try:
            yield patience
        finally:
            connection.set_authorizer(None)
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, before)


@contextmanager
def patient(connection: Connection, seconds: float) -> Iterator[Patience]:
    """Interrupt a connection when `seconds` pass without a row; what it may do is for others to say."""
    patience = Patience(seconds)
    connection.set_progress_handler(patience.is_over, _STEPS)
    try:
        yield patience
    finally:
        connection.set_progress_handler(None, 0)


def _authorize(action: int, first: str | None, second: str | None, database: str | None, inner: str | None) -> int:
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS_REFUSED:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in _PRAGMAS and second is None:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def readable(connection: Connection) -> list[str]:
    """List the tables and views that people read, in the order of their names."""
    names = connection.execute("SELECT name FROM main.sqlite_schema WHERE type IN ('table', 'view') ORDER BY name")
    return [name for (name,) in names if not name.startswith(_HIDDEN)]


def _hide_withdrawn(connection: Connection) -> None:
    """Put a temporary view without them before each table that holds withdrawn articles, and the views once more.

    A temporary view's own names mean the temporary ones first (https://sqlite.org/lang_naming.html), a view of the file
    never does. Where nothing was withdrawn, which is nearly always, the tables are read as they are.
    """
    withdrawn = connection.execute("SELECT id FROM articles WHERE status = 'withdrawn'").fetchall()
    if not withdrawn:
        return
    connection.execute("CREATE TEMP TABLE withdrawn (id INTEGER PRIMARY KEY)")
    connection.executemany("INSERT INTO temp.withdrawn VALUES (?)", withdrawn)
    for name in readable(connection):
        found = connection.execute("SELECT type, sql FROM main.sqlite_schema WHERE name = ?", [name]).fetchone()
        column = _article_column(connection, name) if found[0] == "table" else None
        if found[0] == "view":
            connection.execute(found[1].replace("CREATE VIEW", "CREATE TEMP VIEW", 1))
        elif column:
            table = quoted_name(name)
            kept = f"{column} IS NULL OR {column} NOT IN (SELECT id FROM temp.withdrawn)"
            connection.execute(f"CREATE TEMP VIEW {table} AS SELECT * FROM main.{table} WHERE {kept}")


def _article_column(connection: Connection, table: str) -> str | None:
    if table == "articles":
        return "id"
    columns = {row[1] for row in connection.execute(f"PRAGMA main.table_xinfo({quoted_name(table)})")}
    return "article_id" if "article_id" in columns else None
