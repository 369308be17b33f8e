"""An archive database's contents, to be compared with another's. Must not assert anything."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

LOGS = ("crawls", "fetches")
"""What no WARC holds and a rebuild may lose."""


def contents_of(root: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table but the logs, in an order of its own."""
    with closing(sqlite3.connect(f"{(root / 'archive.db').as_uri()}?mode=ro", uri=True)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 1) != '_'"
            " AND name NOT LIKE 'articles_fts%' AND name NOT LIKE 'sqlite%'"
        ).fetchall()
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for (name,) in tables
            if name not in LOGS
        }
