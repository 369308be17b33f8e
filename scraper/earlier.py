"""Reads the page that an article was last read from once more, when another reader had read it. Must not fetch."""

from __future__ import annotations

from pathlib import Path

from archive.errors import DamagedRecord
from archive.models import Article, Snapshot
from archive.store import Store
from archive.warc import read_response
from scraper.addresses import Addresses
from scraper.answers import content_of
from scraper.extraction.parts import MAX_PARTS, join_parts
from scraper.extraction.version import reader_of
from scraper.profile import Profile
from scraper.reading import Page, Unread
from scraper.workers import Workers


class Rereader:
    """Compares like with like: an edit is one only when one reader read both texts."""

    def __init__(self, root: Path, store: Store, profile: Profile, workers: Workers) -> None:
        self._root = root
        self._store = store
        self._workers = workers
        self._reader = reader_of(profile)

    async def before(self, address: str, article: Article, addresses: Addresses) -> Article | None:
        """Return what the present reader makes of the page that the article was last read from.

        None when the same reader has read it, when it is new, or when its bytes can no longer be read.
        """
        last = self._store.last_reading(address) or self._store.last_reading(article.url)
        if last is None or last[0] == self._reader:
            return None
        _, url, snapshot = last
        first = await self._read(url, snapshot)
        parts = [first] if first else []
        while parts and (following := parts[-1].next_part) and len(parts) < MAX_PARTS:
            kept = self._store.ledger.next_snapshot(addresses.fetchable(following), snapshot.fetched_at)
            part = await self._read(following, kept) if kept else None
            if part is None:
                break
            parts.append(part)
        return join_parts(parts) if parts else None

    async def _read(self, url: str, snapshot: Snapshot) -> Article | None:
        try:
            stored = read_response(self._root, snapshot.warc_file, snapshot.warc_offset, snapshot.warc_length)
        except DamagedRecord:
            return None
        content = content_of(stored.headers, stored.body)
        if isinstance(content, Unread):
            return None
        reading = await self._workers.read(Page(content, url, stored.header("Content-Type")))
        return reading if isinstance(reading, Article) else None
