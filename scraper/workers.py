"""A few processes that read pages under a deadline and a memory limit, and are replaced when one is killed.

Must not read pages itself: a hostile page must never hold up or end the crawl.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process

from scraper.profile import Profile
from scraper.reading import LENGTH, MEMORY, Page, Reading, Unread

DEADLINE = 12.0
MEMORY_LIMIT = 1024**3
# A page of text is some hundred kilobytes; beyond this, parsing alone passes the memory limit.
LARGEST_PAGE = 12 * 1024**2


class Workers:
    """A pool of reading processes. `deadline` is in seconds a page, `memory` in bytes a process."""

    def __init__(
        self, profile: Profile, count: int | None = None, deadline: float = DEADLINE, memory: int = MEMORY_LIMIT
    ) -> None:
        self._first = pickle.dumps((profile, memory))
        self._count = count or min(2, os.cpu_count() or 1)
        self._deadline = deadline
        self._idle: asyncio.Queue[Process | None] = asyncio.Queue()
        self._all: set[Process] = set()

    async def open(self) -> None:
        """Start the processes; they make ready while the first pages are still on their way."""
        for _ in range(self._count):
            self._idle.put_nowait(await self._start())

    async def read(self, page: Page) -> Reading:
        """Read one page; a page that takes too long or too much comes back with that as its reason."""
        if len(page.content) > LARGEST_PAGE:
            return Unread("too_big", failed=True)
        process = await self._idle.get() or await self._start()
        survivor: Process | None = process
        try:
            return await asyncio.wait_for(self._ask(process, page), self._deadline)
        except TimeoutError:
            survivor = None
            return Unread("timeout", failed=True)
        except (asyncio.IncompleteReadError, ConnectionError):
            survivor = None
            # An exception ends a worker with 1 and is on its error output; otherwise the kernel ended it.
            return Unread("reader_error" if await process.wait() == 1 else MEMORY, failed=True)
        except BaseException:
            survivor = None
            raise
        finally:
            if survivor is None:
                await self._end(process)
            self._idle.put_nowait(survivor)

    async def _start(self) -> Process:
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "scraper.worker", stdin=PIPE, stdout=PIPE)
        assert process.stdin
        process.stdin.write(LENGTH.pack(len(self._first)) + self._first)
        self._all.add(process)
        return process

    async def _ask(self, process: Process, page: Page) -> Reading:
        assert process.stdin and process.stdout
        message = pickle.dumps(page, pickle.HIGHEST_PROTOCOL)
        process.stdin.write(LENGTH.pack(len(message)) + message)
        await process.stdin.drain()
        (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
        reading: Reading = pickle.loads(await process.stdout.readexactly(length))
        return reading

    async def _end(self, process: Process) -> None:
        self._all.discard(process)
        if process.returncode is None:
            process.kill()
        await process.wait()

    async def close(self) -> None:
        """End every process at once."""
        for process in tuple(self._all):
            await self._end(process)
