"""One process that reads pages, with the pages on their way to it, and the next process once it is gone.

Must not read pages itself, nor choose which process reads what.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scraper.reading import LENGTH, MEMORY, READER_ERROR, TIMEOUT, Page, Reading, Terms, Unread, widen

# Each thread of numpy's libraries reserves address space, which counts against the limit.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_BROKEN = (asyncio.IncompleteReadError, ConnectionError)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A page that somebody waits for."""

    page: Page
    reading: asyncio.Future[Reading] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def answer(self, reading: Reading) -> None:
        if not self.reading.done():
            self.reading.set_result(reading)


class Reader:
    """Reads pages one after the other, in the order in which they come; the next ones lie ready in its pipe.

    `patience` says how many seconds a page may take, from when the one before it was read.
    """

    def __init__(self, terms: Terms, patience: Callable[[], float]) -> None:
        self._terms = terms
        self._patience = patience
        self._asked: deque[_Asked] = deque()
        self._process: Process | None = None
        self._listener: asyncio.Task[None] | None = None
        self._is_fresh = True
        self._is_killed = False

    @property
    def load(self) -> int:
        """Count the pages that it has not read yet."""
        return len(self._asked)

    async def start(self) -> None:
        """Start a process, unless one runs; it is sent the pages that wait."""
        if self._process is not None:
            if self._process.returncode is None:
                return
            await self._end_process()
        self._is_fresh, self._is_killed = True, False
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "scraper.worker"),
            stdin=PIPE,
            stdout=PIPE,
            env=os.environ | _ENVIRONMENT,
            # A Ctrl-C goes to the whole group, and a reader that is just starting could not yet ignore it.
            start_new_session=True,
        )
        assert process.stdin
        # Else the crawl is woken again for every 64 KB of a page.
        widen(process.stdin.transport.get_extra_info("pipe").fileno())
        self._process = process
        for message in (self._terms, *(asked.page for asked in self._asked)):
            self._send(message)

    async def read(self, page: Page) -> Reading:
        """Read one page. What a used process has no memory for is read once more by a fresh one."""
        asked = _Asked(page)
        self._asked.append(asked)
        if self._process is not None:
            self._send(page)
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        return await asked.reading

    def _send(self, message: Any) -> None:
        assert self._process and self._process.stdin
        body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        self._process.stdin.write(LENGTH.pack(len(body)) + body)

    async def _listen(self) -> None:
        """Take the answers in turn, until no page waits."""
        try:
            while self._asked:
                await self.start()
                if self._asked:
                    await self._take(self._asked[0])
        finally:
            self._listener = None

    async def _take(self, first: _Asked) -> None:
        reading, was_fresh = await self._answer(), self._is_fresh
        self._is_fresh = False
        if reading == Unread(MEMORY, failed=True):
            await self._end_process()
            if not was_fresh:
                return
        # All may have been given up meanwhile.
        if self._asked and self._asked[0] is first:
            self._asked.popleft()
        first.answer(reading)

    async def _answer(self) -> Reading:
        assert self._process and self._process.stdout
        process, source = self._process, self._process.stdout
        try:
            async with asyncio.timeout(self._patience()):
                (length,) = LENGTH.unpack(await source.readexactly(LENGTH.size))
                reading: Reading = pickle.loads(await source.readexactly(length))
            return reading
        except TimeoutError:
            reading = Unread(TIMEOUT, failed=True)
        except _BROKEN:
            reading = Unread(_cause(await process.wait()), failed=True)
        await self._end_process()
        return reading

    def kill(self) -> None:
        """Kill the process, and leave every page unread.

        Once only: a second signal looks whether the process is there still, and may take its status from asyncio's own
        thread, which then warns of a child that it does not know.
        """
        if self._process is not None and self._process.returncode is None and not self._is_killed:
            self._is_killed = True
            self._process.kill()
        while self._asked:
            self._asked.popleft().answer(Unread(READER_ERROR, failed=True))

    async def end(self) -> None:
        """Kill the process, whatever it is doing, and wait until it is gone."""
        self.kill()
        if self._listener is not None:
            # It hears that the process is gone.
            await asyncio.wait([self._listener])
        await self._end_process()

    async def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None and not self._is_killed:
            self._is_killed = True
            process.kill()
        assert process.stdin
        process.stdin.close()
        # Reads what is left in its output, too: the pipe closes only then.
        await process.communicate()


def _cause(status: int) -> str:
    """Say why a worker ended: by an exception of ours (which is on its error output), its alarm, or the kernel."""
    if status > 0:
        return READER_ERROR
    return TIMEOUT if status == -signal.SIGALRM else MEMORY
