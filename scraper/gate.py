"""Whose turn it is: few requests at a time to a site, and one by one as far apart as it wishes. Must not make requests.

Scrapy 2.19 counts a request only once its task has begun, and lets more run at once than its setting says.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from scraper.failures import PUT_OFF, NotNow
from scraper.times import Stopwatch

STOPPED = f"{PUT_OFF}the run was ended"
LAST_WAIT = 3.0
"""Seconds for which a run that is ended waits for answers: one that comes is kept, and not fetched again."""


@dataclass(slots=True)
class Turn:
    """A site's turn. `last` is when it had certainly received the last request, in seconds of the monotonic clock."""

    places: asyncio.Semaphore
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    last: float | None = None

    def received(self, at: float) -> None:
        """Note that the request of this turn had been received by then."""
        self.last = max(self.last or at, at)


class Gate:
    """The turns of all sites of a run. `delay` gives the seconds that a site wants between two requests.

    Of a site that wants none, `concurrency` turns are held at once. `waiting` adds up what is waited for them.
    """

    def __init__(self, delay: Callable[[str], float], concurrency: int, waiting: Stopwatch | None = None) -> None:
        self._delay = delay
        self._waiting = waiting or Stopwatch()
        self._concurrency = concurrency
        self._turns: dict[str, Turn] = {}
        self._stopped = asyncio.Event()
        self._answers: set[asyncio.Timeout] = set()

    @asynccontextmanager
    async def turn(self, site: str) -> AsyncIterator[Turn]:
        """Wait for a site's turn and hold it. Raises NotNow when the run ends meanwhile."""
        turn = self._turns.setdefault(site, Turn(asyncio.Semaphore(self._concurrency)))
        delay = self._delay(site)
        async with turn.lock if delay else turn.places:
            if delay and turn.last is not None:
                with self._waiting:
                    await self.sleep_until(turn.last + self._delay(site))
            if self._stopped.is_set():
                raise NotNow(STOPPED)
            yield turn

    async def sleep_until(self, moment: float) -> None:
        """Sleep until a moment of the monotonic clock. Raises NotNow when the run ends before."""
        while (seconds := moment - time.monotonic()) > 0:
            try:
                # Event loops wake a little early: sleep again for what is left.
                await asyncio.wait_for(self._stopped.wait(), seconds)
            except TimeoutError:
                continue
            raise NotNow(STOPPED)

    @asynccontextmanager
    async def answer_within(self, seconds: float) -> AsyncIterator[None]:
        """Bound the wait for an answer. Raises TimeoutError, and NotNow when the run's end cut it short."""
        try:
            async with asyncio.timeout(seconds) as limit:
                self._answers.add(limit)
                try:
                    yield
                finally:
                    self._answers.discard(limit)
        except TimeoutError:
            if self._stopped.is_set():
                raise NotNow(STOPPED) from None
            raise

    def stop(self) -> None:
        """Send everybody away who waits for a turn, now and from now on; who waits for an answer, very soon."""
        self._stopped.set()
        soon = asyncio.get_running_loop().time() + LAST_WAIT
        for limit in self._answers:
            limit.reschedule(min(soon, limit.when() or soon))
