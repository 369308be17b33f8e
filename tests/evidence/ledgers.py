"""What a ledger says, counted row by row in Python: the slow way that the fast one is held to. Must not assert."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Line:
    """One address: its state, sources, article, and what is known of its month."""

    url: str
    state: str
    sources: tuple[str, ...]
    article_id: int | None
    status: str | None
    published_at: str | None
    lastmod: str | None
    first_announced_at: str

    @property
    def month(self) -> str:
        return (self.published_at or self.lastmod or self.first_announced_at)[:7]

    @property
    def is_missing(self) -> bool:
        return self.article_id is None and self.state != "excluded"


def lines(connection: sqlite3.Connection) -> list[Line]:
    """Read every address."""
    articles = {row[0]: row[1:] for row in connection.execute("SELECT id, status, published_at FROM articles")}
    rows = connection.execute("SELECT url, state, sources, article_id, lastmod, first_announced_at FROM ledger")
    return [
        Line(row[0], row[1], tuple(json.loads(row[2])), row[3], *articles.get(row[3], (None, None)), *row[4:])
        for row in rows
    ]


def lines_of(root: Path) -> list[Line]:
    """Read every address of an archive."""
    with closing(sqlite3.connect(f"{(root / 'archive.db').as_uri()}?mode=ro", uri=True)) as connection:
        return lines(connection)


def by_state(found: list[Line]) -> Counter[str]:
    """Count addresses by state."""
    return Counter(line.state for line in found)
