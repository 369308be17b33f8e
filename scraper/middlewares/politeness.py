"""Asks again what may be otherwise in a moment, not before the site and good manners allow. Must not make requests.

It stands in for Scrapy's RetryMiddleware, which asks again at once and knows no Retry-After.
"""

from __future__ import annotations

import random
import time
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from scraper.answers import Finding
from scraper.failures import CUT_SHORT, TOO_BIG, NoAnswer, Postponed
from scraper.reading import Unread
from scraper.run import Run
from scraper.waiting import ATTEMPTS, NEVER, is_passing, pause

NOT_BEFORE = "not_before"
"""The request's `meta` key for the moment before which it is not made, in seconds of the monotonic clock."""
ATTEMPT = "attempt"
_LATER = -10
"""What is asked again comes after what was not asked yet."""
# What the answer to one attempt left behind says nothing of the next.
_OF_ONE_ATTEMPT = ("slot", "unread", "download_latency")


class PolitenessMiddleware:
    """Turns answers and errors that may pass into another attempt; the scheduler keeps it until its time has come."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._guest = run.guest

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the component for a crawl."""
        return cls(crawler.spider.run)

    async def process_request(self, request: Request) -> None:
        """Hold a request that came past the scheduler until its time. Raises NotNow when the run ends before."""
        await self._guest.gate.sleep_until(request.meta.get(NOT_BEFORE, 0.0))

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Ask again for what the site could not give, or gave in part."""
        unread: Unread | None = request.meta.get("unread")
        is_cut = unread is not None and unread.reason == CUT_SHORT
        again = self._again(request) if is_cut or is_passing(response.status) else None
        if again and is_cut:
            self._run.fill(request.meta["slot"], Finding(reading=unread))
        return again or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Ask again where no answer came, and for what had to wait."""
        if isinstance(exception, Postponed):
            return _copy(request, exception.until)
        if isinstance(exception, NoAnswer) and exception.reason != TOO_BIG:
            return self._again(request)
        return None

    def _again(self, request: Request) -> Request | None:
        """Return the next attempt, None when there is none in this run."""
        attempt = request.meta.get(ATTEMPT, 1)
        open_at = self._guest.open_at(request.url)
        if attempt >= ATTEMPTS or open_at == NEVER or request.meta.get("is_robots"):
            return None
        again = _copy(request, max(time.monotonic() + pause(attempt, random.random()), open_at))
        again.meta[ATTEMPT] = attempt + 1
        again.priority += _LATER
        return again


def _copy(request: Request, not_before: float) -> Request:
    copy: Request = request.replace(dont_filter=True)
    for name in _OF_ONE_ATTEMPT:
        copy.meta.pop(name, None)
    copy.meta[NOT_BEFORE] = not_before
    return copy
