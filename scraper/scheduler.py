"""Keeps requests until their time has come, so that what waits holds up nothing else. Must not make requests."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from scrapy import Request
from scrapy.core.scheduler import Scheduler

from scraper.failures import TRAP
from scraper.guest import Guest
from scraper.middlewares.guard import REFUSED
from scraper.middlewares.politeness import NOT_BEFORE
from scraper.traps import Verdict
from scraper.waiting import NEVER

_TICK = 0.25
"""Seconds after which requests that wait for more to be known are looked at again."""
CHAIN = "chain"
"""The request's `meta` key for a further page of a source: the list that it is a page of; a source's first has none."""
HELD = "held"
"""The request's `meta` key for an address whose article the archive holds: it is none without end."""
LISTED = "listed"
"""The request's `meta` key for a page that one finite list names."""


class PatientScheduler(Scheduler):
    """Scrapy's scheduler, with a place for requests that must wait: for a closed host, a pause, or others like them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._guest: Guest = self.crawler.spider.run.guest
        self._timers: dict[asyncio.TimerHandle, Request] = {}

    def __len__(self) -> int:
        return int(super().__len__()) + len(self._timers)

    def has_pending_requests(self) -> bool:
        """Say whether any request is still to be made."""
        return len(self) > 0

    def close(self, reason: str) -> Any:
        """Let go of what still waits: the ledger has it."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        return super().close(reason)

    def enqueue_request(self, request: Request) -> bool:
        """Take a request, to be given out in its time."""
        wait = request.meta.get(NOT_BEFORE, 0.0) - time.monotonic()
        if wait > 0:
            self._keep(request, wait)
            return True
        return bool(super().enqueue_request(request))

    def next_request(self) -> Request | None:
        """Return the next request that may be made now, None when there is none."""
        while (request := super().next_request()) is not None:
            wait = self._wait(request)
            if not wait:
                return request
            self._keep(request, wait)
        return None

    def _wait(self, request: Request) -> float:
        """Return the seconds to wait before another look at a request, 0 when it may go."""
        open_at = self._guest.open_at(request.url)
        if open_at != NEVER and (wait := open_at - time.monotonic()) > 0:
            return wait
        verdict = self._verdict(request)
        if verdict is Verdict.WAIT:
            return self._tick()
        if isinstance(verdict, str):
            request.meta[REFUSED] = TRAP + verdict
        return 0.0

    def _verdict(self, request: Request) -> Verdict | str:
        if CHAIN in request.meta:
            return self._guest.traps.page(request.url, request.meta[CHAIN], listed=LISTED in request.meta)
        known = {} if HELD in request.meta else request.meta.get("known", {})
        is_article = "address" in known and not known.keys() & {"image", "part-of", "redirected-from"}
        return self._guest.traps.article(request.url, known["address"]) if is_article else Verdict.GO

    def _tick(self) -> float:
        """Return how long to wait for what is on its way; nothing is waited for that will not come."""
        engine = self.crawler.engine
        if not engine.downloader.active and engine.scraper.slot.is_idle():
            self._guest.traps.forget_open()
        return _TICK

    def _keep(self, request: Request, wait: float) -> None:
        timer: asyncio.TimerHandle

        def give_back() -> None:
            del self._timers[timer]
            self.crawler.engine.crawl(request)

        timer = asyncio.get_running_loop().call_later(wait, give_back)
        self._timers[timer] = request
