"""A few processes that read pages under a deadline and a memory limit, and are replaced when one is killed.

Must not read pages itself: a hostile page must never hold up or end the crawl.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import pickle
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from typing import Any

from scraper.extraction.limits import MAX_PAGE
from scraper.profile import Profile
from scraper.reading import LENGTH, MEMORY, READER_ERROR, TIMEOUT, Page, Reading, Terms, Unread

DEADLINE = 12.0
MEMORY_LIMIT = 1024**3
# A second process reads its first page after a second of CPU: as long as the first one needs for this many.
PAGES_ALONE = 50
# The worker's own alarm must not be what ends a page that the crawl still waits for.
_GRACE = 3.0
_PIPE = 1024 * 1024
# Each thread of numpy's libraries reserves address space, which counts against the limit.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Workers:
    """A pool of reading processes. `deadline` is in seconds a page, `memory` in bytes a process."""

    def __init__(
        self, profile: Profile, count: int | None = None, deadline: float = DEADLINE, memory: int = MEMORY_LIMIT
    ) -> None:
        terms = Terms(profile, memory, deadline + _GRACE)
        self.deadline = deadline
        self.count = count or min(2, os.cpu_count() or 1)
        self._all = [_Worker(terms) for _ in range(self.count)]
        self._spare = self._all[1:]
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._idle.put_nowait(self._all[0])
        self._pages = 0
        self._given_up = False

    async def open(self) -> None:
        """Start the first process; it makes ready while the first pages are still on their way."""
        await self._all[0].start()

    def _add_spare(self) -> None:
        """Put one more process to work, once there is more to read than its own start costs."""
        self._pages += 1
        if self._spare and self._idle.empty() and self._pages > PAGES_ALONE:
            self._idle.put_nowait(self._spare.pop())

    async def read(self, page: Page) -> Reading:
        """Read one page; a page that takes too long or too much comes back with that as its reason."""
        if len(page.content) > MAX_PAGE:
            return Unread("too_big", failed=True)
        self._add_spare()
        worker = await self._idle.get()
        try:
            if self._given_up:
                return Unread(READER_ERROR, failed=True)
            return await asyncio.wait_for(worker.read(page), self.deadline)
        except TimeoutError:
            await worker.end()
            return Unread(TIMEOUT, failed=True)
        except BaseException:
            await worker.end()
            raise
        finally:
            self._idle.put_nowait(worker)

    def give_up(self) -> None:
        """Read no page any more: those that wait or are being read come back as unread at once."""
        self._given_up = True
        for worker in self._all:
            worker.kill()

    async def close(self) -> None:
        """End every process at once."""
        for worker in self._all:
            await worker.end()


class _Worker:
    """One place in the pool: the process that reads now, and the next one once that is gone."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._process: Process | None = None
        self._fresh = True
        self._is_asked = False
        self._is_killed = False

    async def start(self) -> Process:
        """Start a process, unless one runs."""
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "scraper.worker"),
                stdin=PIPE,
                stdout=PIPE,
                env=os.environ | _ENVIRONMENT,
                # A Ctrl-C goes to the whole group, and a reader that is just starting could not yet ignore it.
                start_new_session=True,
            )
            self._fresh, self._is_killed = True, False
            _widen(self._process)
            _send(self._process, self._terms)
        return self._process

    async def read(self, page: Page) -> Reading:
        """Read one page. What a used process has no memory for is read once more by a fresh one."""
        process = await self.start()
        fresh, self._fresh = self._fresh, False
        try:
            reading = await self._ask(process, page)
        except (asyncio.IncompleteReadError, ConnectionError):
            reading = Unread(_cause(await process.wait()), failed=True)
            await self.end()
        if reading == Unread(MEMORY, failed=True):
            await self.end()
            return reading if fresh else await self.read(page)
        return reading

    async def _ask(self, process: Process, page: Page) -> Reading:
        self._is_asked = True
        try:
            return await _ask(process, page)
        finally:
            self._is_asked = False

    def kill(self) -> None:
        """Kill the process; whoever waits for its answer hears of it.

        Once only: a second signal looks whether the process is there still, and may take its status from asyncio's own
        thread, which then warns of a child that it does not know.
        """
        if self._process is not None and self._process.returncode is None and not self._is_killed:
            self._is_killed = True
            self._process.kill()

    async def end(self) -> None:
        """Kill the process, whatever it is doing."""
        self.kill()
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin
        process.stdin.close()
        if self._is_asked:
            # Whoever waits for the answer reads to the end of the output.
            await process.wait()
            return
        # Reads what is left in its output, too: the pipe closes only then.
        await process.communicate()


def _widen(process: Process) -> None:
    """Let a whole page fit into the pipe where Linux allows it: else the crawl is woken again for every 64 KB."""
    assert process.stdin
    if sys.platform == "linux":
        with suppress(OSError):
            fcntl.fcntl(process.stdin.transport.get_extra_info("pipe"), fcntl.F_SETPIPE_SZ, _PIPE)


def _send(process: Process, message: Any) -> None:
    assert process.stdin
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    process.stdin.write(LENGTH.pack(len(body)) + body)


async def _ask(process: Process, page: Page) -> Reading:
    assert process.stdin and process.stdout
    _send(process, page)
    await process.stdin.drain()
    (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
    reading: Reading = pickle.loads(await process.stdout.readexactly(length))
    return reading


def _cause(status: int) -> str:
    """Say why a worker ended: by an exception of ours (which is on its error output), its alarm, or the kernel."""
    if status > 0:
        return READER_ERROR
    return TIMEOUT if status == -signal.SIGALRM else MEMORY
