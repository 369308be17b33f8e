"""What a database says of itself when it was published. Must not know pages."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Release:
    """A published database: `text` is full, excerpt or none; `largest_row` is in bytes."""

    id: str
    text: str
    excerpt_words: int | None
    made_at: str
    largest_row: int


def release_of(connection: sqlite3.Connection) -> Release | None:
    """Read what a database says of itself; None when it was not published."""
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'release' AND type = 'table'").fetchone():
        return None
    row = connection.execute("SELECT id, text, excerpt_words, made_at, largest_row FROM main.release").fetchone()
    return Release(*row) if row and row[0] else None
