"""What a connection to a public database may do, and how long. Must not know pages or requests."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache

from sqlite_utils import Database

from archive import schema
from archive.site.releases import Release

_STEPS = 4000
"""Steps of SQLite's machine between two looks at the clock: each look takes the interpreter's lock."""
_HEAP = 96 * 1024 * 1024
_LENGTH, _LENGTH_OF_QUERIES = 16_000_000, 400_000
"""Bytes of a value: a search's whole result is handed over as one, while a query of a visitor may make it slow."""
# What a page of ours or of Datasette's needs, and little more. A long pattern or value is what makes one step of
# SQLite's machine so slow that no clock is looked at.
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 300,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 30_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 20,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 50_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 32,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 2_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
    sqlite3.SQLITE_TRANSACTION,
}
_PRAGMAS = {
    "table_info",
    "table_xinfo",
    "foreign_key_list",
    "index_list",
    "index_info",
    "schema_version",
    "data_version",
}
# printf counts up to the width that it is given, far beyond the longest value, and hears no interrupt.
_FUNCTIONS_DENIED = frozenset({"load_extension", "printf", "format", "randomblob", "zeroblob", "fts3_tokenizer"})


@contextmanager
def time_limit(connection: sqlite3.Connection, cpu_ms: int, wall_ms: int) -> Iterator[None]:
    """Interrupt what takes longer: in time of the processor, which others' work does not stretch, or by the clock."""
    cpu, wall = time.thread_time() + cpu_ms / 1000, time.monotonic() + wall_ms / 1000

    def over() -> bool:
        return time.thread_time() > cpu or time.monotonic() > wall

    connection.set_progress_handler(over, _STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, _STEPS)


def confine(connection: sqlite3.Connection, release: Release, allow_sql: bool) -> None:
    """Let a connection to a public database read it, in bounds, and nothing else.

    Tables and views of an archive that were not published are there, empty or over what was, for this connection only.
    """
    for definition in _missing(connection):
        connection.execute(definition)
    connection.execute(f"PRAGMA hard_heap_limit = {_HEAP}")
    length = max(_LENGTH_OF_QUERIES, 2 * release.largest_row) if allow_sql else _LENGTH
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, length)
    for limit, value in _LIMITS.items():
        connection.setlimit(limit, value)
    connection.set_authorizer(_authorized)


def _authorized(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    """Say what a statement may do (https://sqlite.org/c3ref/set_authorizer.html)."""
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if (second or "").lower() in _FUNCTIONS_DENIED else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if (first or "").lower() in _PRAGMAS else sqlite3.SQLITE_DENY
    # A virtual table says with a CREATE TABLE what it looks like, when a connection first uses it; nothing is written.
    declares = action == sqlite3.SQLITE_UPDATE and first == "sqlite_master"
    return sqlite3.SQLITE_OK if declares or action in _ALLOWED else sqlite3.SQLITE_DENY


def _missing(connection: sqlite3.Connection) -> list[str]:
    held = {name for (name,) in connection.execute("SELECT name FROM main.sqlite_schema")}
    return [definition for name, definition in _whole_schema() if name not in held]


@cache
def _whole_schema() -> tuple[tuple[str, str], ...]:
    """Return definitions of an archive's tables, then of its views, as temporary ones."""
    with closing(sqlite3.connect(":memory:")) as connection:
        schema.migrate(Database(connection))
        found = connection.execute(
            "SELECT name, type, sql FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY type, rowid"
        ).fetchall()
        named = [row for row in found if not row[0].startswith(("_", "sqlite_", "articles_fts"))]
        return tuple((name, _temporary(connection, name, kind, sql)) for name, kind, sql in named)


def _temporary(connection: sqlite3.Connection, name: str, kind: str, sql: str) -> str:
    if kind == "view":
        return sql.replace("CREATE VIEW", "CREATE TEMP VIEW", 1)
    columns = [row[1] for row in connection.execute(f"PRAGMA table_xinfo({name})")]
    return f"CREATE TEMP TABLE {name} ({', '.join(columns)})"
