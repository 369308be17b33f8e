"""Which requests are dear, and how many of them are served at a time. Must not know Datasette.

Cheap are our own pages: each reads a bounded number of rows and ends within its time limit. Dear is everything that a
visitor can make long: Datasette's tables, queries and rows, wide searches, and every other format than a page.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Literal

Lane = Literal["file", "page", "dear", "download"]
RETRY_AFTER_S = 3
_FILES = ("/-/static/", "/-/static-plugins/", "/-/image/")
_ENDING = re.compile(r"\.[a-z]{2,6}$")
_LONGEST_PAGE_QUERY = 160
_WIDE = re.compile(r"\*|%2[aA]|(?:[+=(]|%20|%28)(?:OR|NOT|NEAR)(?![a-z])|page=\d{3}")
"""What makes a search read much of the index: beginnings of words, alternatives, pages far behind."""


def lane_of(path: str, query: str, databases: Collection[str]) -> Lane:
    """Say which lane a request takes, by its path and its query as it was sent."""
    if path.startswith(_FILES) or path == "/favicon.ico":
        return "file"
    if path.startswith("/-/files/"):
        return "download"
    first = path.lstrip("/").partition("/")[0]
    ending = _ENDING.search(path) if first != "article" else None
    is_page = first.partition(".")[0] not in databases and not ending
    return "page" if is_page and len(query) <= _LONGEST_PAGE_QUERY and not _WIDE.search(query) else "dear"


class Busy(Exception):
    """There is no room for another dear request, of this client or of anybody."""


class Lanes:
    """Counts dear requests: so many at a time, the others wait in turn, and nobody holds all places."""

    def __init__(self, at_once: int, a_client: int, patience_s: float) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._of_client: Counter[str] = Counter()
        self._a_client = a_client
        self._patience_s = patience_s

    @asynccontextmanager
    async def place(self, client: str) -> AsyncIterator[None]:
        """Hold a place for a dear request. Raises Busy."""
        if self._of_client[client] >= self._a_client:
            # Whoever asks again at once is slowed down, too.
            await asyncio.sleep(self._patience_s / 4)
            raise Busy
        self._of_client[client] += 1
        try:
            try:
                async with asyncio.timeout(self._patience_s):
                    await self._free.acquire()
            except TimeoutError:
                raise Busy from None
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._of_client[client] -= 1
            if not self._of_client[client]:
                del self._of_client[client]


class Turns:
    """Lets requests for the same thing follow one another: who comes second finds what the first was answered."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, key: str) -> AsyncIterator[None]:
        """Hold the turn of a key."""
        lock, waiting = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            waiting = self._locks[key][1] - 1
            if waiting:
                self._locks[key] = (lock, waiting)
            else:
                del self._locks[key]
