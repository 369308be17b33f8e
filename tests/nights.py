"""Several nights of the sample publication, crawled for real: edits, moves, removals. Must not assert anything."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scraper.sample.articles import SampleArticle, load_articles
from scraper.sample.server import SampleServer
from tests.command import press_archive_forked

EDITED, REWORDED, GONE, MOVED, MOVED_AND_EDITED, LATE = load_articles()[:6]
OTHERS = load_articles()[6:12]
NEW_ADDRESSES = ("/moved-one/", "/moved-two/")
NIGHTS = 4


@dataclass(frozen=True)
class Archive:
    """An archive's folder, with a way to ask it."""

    root: Path

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return a query's rows."""
        connection = sqlite3.connect(f"{(self.root / 'archive.db').as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def article_id(self, article: SampleArticle) -> int:
        """Return a sample article's id."""
        return int(self.rows("SELECT id FROM articles WHERE url = ?", article.url)[0][0])

    @property
    def warcs(self) -> list[Path]:
        """List the WARC files."""
        return sorted((self.root / "warc").iterdir())


def crawl_night(root: Path, server: SampleServer, day: int, *more: str, **environment: str) -> None:
    """Crawl the sample at `server` on a day of December 2026."""
    now = {"PRESS_ARCHIVE_NOW": f"2026-12-{day:02d}T04:00:00+00:00"}
    words = ("crawl", "sample", "--root", root, "--base-url", server.base_url, "--mode", "recheck", *more)
    result = press_archive_forked(*words, **now | environment)
    if result.returncode not in (0, 3):
        raise RuntimeError(result.stderr)


def crawl_nights(root: Path) -> None:
    """Crawl four nights: all; edits, moves, a removal and a new article; twice more, until the removal is certain."""
    first = (EDITED, REWORDED, GONE, MOVED, MOVED_AND_EDITED, *OTHERS)
    with SampleServer(articles=first) as server:
        crawl_night(root, server, 1)
        change(server)
        for day in range(2, NIGHTS + 1):
            crawl_night(root, server, day)


def change(server: SampleServer) -> None:
    """Edit, move, remove and publish."""
    server.edit(EDITED.path, headline="Another headline altogether")
    server.edit(REWORDED.path, dek="A dek that was not there the day before")
    server.remove(GONE.path, 404)
    server.move(MOVED.path, NEW_ADDRESSES[0])
    server.move(MOVED_AND_EDITED.path, NEW_ADDRESSES[1])
    server.edit(NEW_ADDRESSES[1], dek="Moved, and edited on the way")
    server.publish(LATE)
