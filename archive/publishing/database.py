"""The public database, written anew from an archive's: the rows and words that may be public. Must not touch others.

Nothing is copied page by page: a copied page can hold deleted words.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from archive import clock
from archive.decisions import read_decisions
from archive.errors import ArchiveError
from archive.lookup import own_hosts
from archive.publishing.contents import COUNTED, RELEASE, TABLES, PublicTable, TextLevel
from archive.publishing.shortening import Withheld, teach
from archive.root import DATABASE, open_database
from archive.urls import address_key
from archive.withdrawals import Withdrawal, withdrawn_keys

Watch = Callable[[str], None]
SOURCE = "source"
_AT_ONCE = 2000
_SEARCHED = "headline, dek, body_text, byline"
_LEADING = """
CREATE TEMP TABLE leading AS
WITH RECURSIVE needed(id) AS (
    SELECT snapshot_id FROM main.articles UNION SELECT snapshot_id FROM main.revisions
    UNION SELECT x.revisit_of FROM source.snapshots x JOIN needed n ON n.id = x.id WHERE x.revisit_of IS NOT NULL
) SELECT id FROM needed
"""
_LARGEST = """
SELECT max(
    coalesce((SELECT max(length(CAST(body_text AS BLOB)) + length(CAST(body_html AS BLOB))) FROM main.articles), 0),
    coalesce((SELECT max(length(coalesce(words, '')) + length(coalesce(diff, ''))) FROM main.revisions), 0) * 4)
"""
"""In bytes, or a little more: how long a value may be in a server that limits what its visitors compute."""
_WITHDRAWN = """
SELECT id, url FROM source.articles WHERE status = 'withdrawn'
UNION SELECT x.article_id, x.url FROM source.aliases x JOIN source.articles a ON a.id = x.article_id
    WHERE a.status = 'withdrawn'
UNION SELECT x.article_id, x.url FROM source.ledger x JOIN source.articles a ON a.id = x.article_id
    WHERE a.status = 'withdrawn'
"""
_ADDRESSES = """
SELECT id, url FROM source.articles
UNION ALL SELECT article_id, url FROM source.aliases
UNION ALL SELECT article_id, url FROM source.ledger WHERE article_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for: how much text, and how many words an excerpt has."""

    text: TextLevel
    words: int


def write_database(root: Path, path: Path, choice: Choice, watch: Watch | None = None) -> None:
    """Write the public database of the archive at `root` to a new file at `path`.

    It is one moment of the archive, whatever a crawl commits meanwhile. Raises ArchiveError, sqlite3.DatabaseError.
    """
    with closing(open_database(root)) as db:
        hosts = own_hosts(db)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection, _reading(connection, root):
        teach(connection, choice.words, _withheld(connection, root, hosts))
        for name, table in TABLES.items():
            if watch:
                watch(name)
            _copy(connection, name, table, choice.text)
        _count(connection)
        _copy_indexes(connection)
        _write_index(connection, watch)
        _copy_views(connection)
        _describe(connection, choice)


def finish_database(path: Path) -> None:
    """Optimise a public database and check it. Raises ArchiveError when it is not sound."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO articles_fts(articles_fts) VALUES ('optimize')")
        connection.execute("ANALYZE")
        connection.execute("VACUUM")
        found = [line for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
        found += [
            f"row {row} of {table} points nowhere" for table, row, *_ in connection.execute("PRAGMA foreign_key_check")
        ]
        try:
            connection.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            found.append(f"its full-text index: {error}")
    if found:
        raise ArchiveError(f"the public database is not sound ({found[0]}): run press-archive verify on the archive")


@contextmanager
def _reading(connection: sqlite3.Connection, root: Path) -> Iterator[None]:
    """Attach the archive for reading, and read it as it is now in all that follows."""
    # Nobody reads the draft, and a killed one is thrown away.
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    uri = f"{(root / DATABASE).resolve().as_uri()}?mode=ro"
    connection.execute(f"ATTACH ? AS {SOURCE}", [uri])
    connection.execute("BEGIN")
    connection.execute(f"SELECT 1 FROM {SOURCE}.articles LIMIT 1").fetchone()
    yield
    connection.execute("COMMIT")


def _withheld(connection: sqlite3.Connection, root: Path, hosts: set[str]) -> Withheld:
    """Gather what was withdrawn: in the database, and by decisions that no run has carried out yet."""
    decisions = read_decisions(root, "takedown")
    keys = set(withdrawn_keys(decisions, hosts))
    ids = {Withdrawal.of(decision).article_id for decision in decisions}
    texts = {text for decision in decisions for text in Withdrawal.of(decision).fingerprints}
    for article_id, fingerprint in connection.execute(f"SELECT article_id, fingerprint FROM {SOURCE}.revisions"):
        if fingerprint in texts:
            ids.add(article_id)
    for article_id, url in connection.execute(_WITHDRAWN):
        ids.add(article_id)
        keys.add(address_key(url, hosts))
    if keys:
        known = [(article_id, address_key(url, hosts)) for article_id, url in connection.execute(_ADDRESSES)]
        ids |= {article_id for article_id, key in known if key in keys}
        keys |= {key for article_id, key in known if article_id in ids}
    return Withheld(frozenset(ids), frozenset(keys), frozenset(hosts))


def _copy(connection: sqlite3.Connection, name: str, table: PublicTable, text: TextLevel) -> None:
    connection.execute(_definition(connection, name, table))
    if name == "snapshots":
        connection.execute(_LEADING)
    values = {column: f"s.{column}" for column in table.kept.split()}
    values |= {column: shape.sql(column, text) for column, shape in table.shortened.items()}
    insert = (
        f"INSERT INTO main.{name} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {SOURCE}.{name} s"
        f" WHERE ({table.rows}) AND s.rowid BETWEEN ? AND ?"
    )
    for first, last in _spans(connection, name):
        connection.execute(insert, [first, last])


def _spans(connection: sqlite3.Connection, name: str) -> Iterator[tuple[int, int]]:
    """Part a table's row ids: what is done in one statement can be neither watched nor interrupted."""
    ids = [row for (row,) in connection.execute(f"SELECT rowid FROM {SOURCE}.{name} ORDER BY rowid")]
    for at in range(0, len(ids), _AT_ONCE):
        span = ids[at : at + _AT_ONCE]
        yield span[0], span[-1]


def _definition(connection: sqlite3.Connection, name: str, table: PublicTable) -> str:
    """Return a table's definition in which what is held back may be missing."""
    query = f"SELECT sql FROM {SOURCE}.sqlite_schema WHERE type = 'table' AND name = ?"
    sql = str(connection.execute(query, [name]).fetchone()[0])
    for column in table.private.split():
        sql = re.sub(rf"\b({column}) (\w+) NOT NULL", r"\1 \2", sql)
    return sql


def _count(connection: sqlite3.Connection) -> None:
    """Write down what views over private tables count."""
    for view in COUNTED:
        connection.execute(f"CREATE TABLE main.{view} AS SELECT * FROM {SOURCE}.{view}")


def _copy_indexes(connection: sqlite3.Connection) -> None:
    indexes = f"SELECT sql, tbl_name FROM {SOURCE}.sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    for sql, table in connection.execute(indexes).fetchall():
        if table in TABLES:
            connection.execute(sql)


def _write_index(connection: sqlite3.Connection, watch: Watch | None) -> None:
    """Index for the search what the public articles hold, and nothing else."""
    query = f"SELECT sql FROM {SOURCE}.sqlite_schema WHERE name = 'articles_fts'"
    connection.execute(connection.execute(query).fetchone()[0])
    if watch:
        watch("articles_fts")
    for first, last in _spans(connection, "articles"):
        connection.execute(
            f"INSERT INTO main.articles_fts(rowid, {_SEARCHED}) SELECT id, {_SEARCHED} FROM main.articles"
            " WHERE id BETWEEN ? AND ?",
            [first, last],
        )


def _copy_views(connection: sqlite3.Connection) -> None:
    """Copy the views that read public tables only: a view holds nothing of its own."""
    views = f"SELECT name, sql FROM {SOURCE}.sqlite_schema WHERE type = 'view'"
    for name, sql in connection.execute(views).fetchall():
        if name in COUNTED:
            continue
        connection.execute(sql)
        try:
            connection.execute(f"SELECT * FROM main.{name} LIMIT 0")
        except sqlite3.OperationalError:
            connection.execute(f"DROP VIEW main.{name}")


def _describe(connection: sqlite3.Connection, choice: Choice) -> None:
    """Say in the database that it is public, and how much of the text it holds."""
    connection.execute(
        f"CREATE TABLE main.{RELEASE} (id TEXT PRIMARY KEY, text TEXT NOT NULL, excerpt_words INTEGER,"
        " made_at TEXT NOT NULL, program TEXT NOT NULL, largest_row INTEGER NOT NULL)"
    )
    words = choice.words if choice.text == "excerpt" else None
    row = [choice.text, words, clock.stamp(), f"press-archive {version('press-archive')}"]
    connection.execute(f"INSERT INTO main.{RELEASE} SELECT NULL, ?, ?, ?, ?, ({_LARGEST})", row)
