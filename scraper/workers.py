"""A few processes that read pages under a deadline and a memory limit, and are replaced when one is killed.

Must not read pages itself: a hostile page must never hold up or end the crawl.
"""

from __future__ import annotations

import asyncio
import os

from scraper.extraction.limits import MAX_PAGE
from scraper.profile import Profile
from scraper.reader import Reader
from scraper.reading import READER_ERROR, Page, Reading, Terms, Unread

DEADLINE = 12.0
MEMORY_LIMIT = 1024**3
# A second process reads its first page after a second of CPU: as long as the first one needs for this many.
PAGES_ALONE = 50
# So many pages lie ready for each process that it goes on reading while the crawl files what was read.
_READY = 8
# The worker's own alarm must not be what ends a page that the crawl still waits for.
_GRACE = 3.0


class Workers:
    """A pool of reading processes. `deadline` is in seconds a page, `memory` in bytes a process."""

    def __init__(
        self, profile: Profile, count: int | None = None, deadline: float = DEADLINE, memory: int = MEMORY_LIMIT
    ) -> None:
        terms = Terms(profile, memory, deadline + _GRACE)
        self.deadline = deadline
        self.count = count or min(2, os.cpu_count() or 1)
        self._all = [Reader(terms, lambda: self.deadline) for _ in range(self.count)]
        self._open, self._spare = self._all[:1], self._all[1:]
        self._ready = asyncio.Semaphore(_READY * self.count)
        self._pages = 0
        self._given_up = False

    async def open(self) -> None:
        """Start the first process; it makes ready while the first pages are still on their way."""
        await self._all[0].start()

    def _add_spare(self) -> None:
        """Put one more process to work, once there is more to read than its own start costs."""
        self._pages += 1
        if self._spare and self._pages > PAGES_ALONE and all(reader.load for reader in self._open):
            self._open.append(self._spare.pop())

    async def read(self, page: Page) -> Reading:
        """Read one page; a page that takes too long or too much comes back with that as its reason."""
        if len(page.content) > MAX_PAGE:
            return Unread("too_big", failed=True)
        async with self._ready:
            if self._given_up:
                return Unread(READER_ERROR, failed=True)
            self._add_spare()
            return await min(self._open, key=lambda reader: reader.load).read(page)

    def give_up(self) -> None:
        """Read no page any more: those that wait or are being read come back as unread at once."""
        self._given_up = True
        for reader in self._all:
            reader.kill()

    async def close(self) -> None:
        """End every process at once."""
        for reader in self._all:
            await reader.end()
