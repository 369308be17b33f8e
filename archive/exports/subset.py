"""Writes a database of some articles with everything that belongs to them. Must not choose the articles."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection

from sqlite_utils import Database

from archive import schema
from archive.errors import ArchiveError
from archive.exports.fetching import quoted_name

_LEFT_OUT = ("crawls", "fetches", "articles", "publication", "warc_files")
"""The log of runs belongs to no article; the others are copied in a way of their own."""
_HIDDEN = ("articles_fts", "_sqlite", "sqlite_")


@dataclass(frozen=True, slots=True)
class _Key:
    """A foreign key: a column of `table` that names a row of `target`."""

    table: str
    column: str
    target: str
    target_column: str


def write_subset(source: Path, ids: Sequence[int], path: Path) -> int:
    """Write a database of the articles with these ids into a new file; return how many it holds.

    It has the archive's tables, indexes, views and full-text index. What belongs to an article comes along (its
    revisions, links, images with their credits, ledger rows), and so does what that refers to (authors, outlets,
    snapshots). A reference to an article that is not in it is NULL. Raises ArchiveError, sqlite3.Error.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        schema.migrate(Database(connection))
        connection.execute("ATTACH ? AS source", [f"{source.resolve().as_uri()}?mode=ro"])
        connection.execute("CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO chosen VALUES (?)", ((id_,) for id_ in ids))
        connection.execute("BEGIN")
        _fill(connection)
        connection.execute("COMMIT")
        connection.execute("DETACH source")
        _finish(connection)
        (count,) = connection.execute("SELECT count(*) FROM articles").fetchone()
    return int(count)


def _fill(connection: Connection) -> None:
    keys = _foreign_keys(connection)
    _copy(connection, "articles", "id IN (SELECT id FROM chosen) AND status != 'withdrawn'")
    owned = ["articles"]
    # Parts first, then parts of parts: an image in an article, then its credits.
    for _ in range(2):
        for key in keys:
            if key.table not in (*owned, *_LEFT_OUT) and _belongs(key, owned):
                inside = f"{key.column} IN (SELECT {key.target_column} FROM main.{key.target})"
                _copy(connection, key.table, inside)
                owned.append(key.table)
    _copy_referred(connection, [key for key in keys if key.target not in owned])
    for key in keys:
        if key.target == "articles" and key.table not in _LEFT_OUT and key.column != "article_id":
            _cut(connection, key)
    _copy(connection, "publication", "TRUE")
    _copy(connection, "warc_files", "name IN (SELECT warc_file FROM main.snapshots)")


def _belongs(key: _Key, owned: Sequence[str]) -> bool:
    return key.column == "article_id" if key.target == "articles" else key.target in owned


def _copy_referred(connection: Connection, keys: Sequence[_Key]) -> None:
    """Copy the rows that rows here refer to, and what those refer to, until nothing is missing."""
    missing = True
    while missing:
        missing = False
        for key in keys:
            target, column = f"main.{key.target}", key.target_column
            wanted = f"SELECT {key.column} FROM main.{key.table} WHERE {key.column} IS NOT NULL"
            condition = f"{column} IN ({wanted}) AND {column} NOT IN (SELECT {column} FROM {target})"
            if key.table not in ("crawls", "fetches") and key.target not in ("crawls", "fetches"):
                missing |= bool(_copy(connection, key.target, condition))


def _cut(connection: Connection, key: _Key) -> None:
    outside = f"{key.column} NOT IN (SELECT {key.target_column} FROM main.{key.target})"
    connection.execute(f"UPDATE main.{key.table} SET {key.column} = NULL WHERE {outside}")


def _copy(connection: Connection, table: str, condition: str) -> int:
    """Copy rows; a column that an older archive lacks stays empty."""
    columns = _columns(connection, "main", table)
    there = _columns(connection, "source", table)
    names = ", ".join(quoted_name(name) for name in columns if name in there)
    if not names:
        return 0
    sql = f"INSERT INTO main.{table} ({names}) SELECT {names} FROM source.{table} WHERE {condition}"
    return connection.execute(sql).rowcount


def _columns(connection: Connection, database: str, table: str) -> list[str]:
    # hidden 2 and 3 are computed columns, which no one can write.
    return [row[1] for row in connection.execute(f"PRAGMA {database}.table_xinfo({table})") if row[6] == 0]


def _foreign_keys(connection: Connection) -> list[_Key]:
    names = connection.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table' ORDER BY name")
    tables = [name for (name,) in names if not name.startswith(_HIDDEN)]
    return [
        _Key(table, row[3], row[2], row[4] or "id")
        for table in tables
        for row in connection.execute(f"PRAGMA main.foreign_key_list({table})")
    ]


def _finish(connection: Connection) -> None:
    """Index the words, and prove that nothing refers to what is not there."""
    connection.execute("INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')")
    connection.execute("INSERT INTO articles_fts(articles_fts) VALUES ('optimize')")
    connection.execute("ANALYZE")
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if broken:
        raise ArchiveError(f"{broken[0]} refers to rows of {broken[2]} that are not there: run press-archive rebuild")
    connection.execute("PRAGMA journal_mode = DELETE")
