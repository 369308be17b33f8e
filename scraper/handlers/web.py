"""The one way out: every request of a crawl leaves here in its turn and to its place. Must not retry.

Whatever comes instead of a whole answer is raised as `scraper.failures` names it.
"""

from __future__ import annotations

import logging
import time
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Response
from twisted.web.client import URI

from scraper.endpoints import LEAVES, endpoint_of
from scraper.failures import CUT_SHORT, NO_ANSWER, PRIVATE, NoAnswer, Refused, reason_of
from scraper.guest import Guest
from scraper.handlers.connection import ConnectionFactory
from scraper.handlers.resolver import GuardedResolver
from scraper.robots import MAX_BYTES
from scraper.wholeness import missing_part

_GRACE = 5.0
"""Seconds beyond the time for an answer."""


class WebHandler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https, with the run's manners."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        self._guest: Guest = crawler.spider.run.guest
        self._pool._factory = ConnectionFactory
        # The library would ask again by itself, out of turn, when a kept connection breaks.
        self._pool.retryAutomatically = False
        # What it warns of is in the ledger, with its address.
        logging.getLogger(HTTP11DownloadHandler.__module__).setLevel(logging.ERROR)
        self._timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._resolver = GuardedResolver(reactor, self._guest.endpoints.may_reach)
        self._resolver.install()
        self._robots_bytes: dict[Request, int] = {}
        crawler.signals.connect(self._count_robots, signals.bytes_received)

    async def close(self) -> None:
        """Give up connections, and the reactor its resolver back."""
        self._resolver.remove()
        await super().close()

    async def download_request(self, request: Request) -> Response:
        """Make a request. Raises NoAnswer, and Refused, NotNow or Postponed when it is not made."""
        self._check_place(request.url)
        async with self._guest.gate.turn(self._guest.site_of(request.url)) as turn:
            self._guest.admit(request.url, always=_is_robots(request))
            began = time.monotonic()
            try:
                # The library's own time-out does not fire for every answer that breaks off.
                async with self._guest.gate.answer_within(self._timeout + _GRACE):
                    with self._guest.times.fetch:
                        response: Response = await super().download_request(request)
            except NO_ANSWER as error:
                turn.received(time.monotonic())
                raise self._failure(request, error) from error
            # The head of the answer is the proof that the request had come by then.
            turn.received(began + request.meta["download_latency"])
        headers = _headers(response)
        self._guest.note_answer(request.url, response.status, headers)
        if not _is_robots(request) and missing_part(response.status, headers, len(response.body), response.flags):
            raise NoAnswer(CUT_SHORT)
        return response

    def _check_place(self, url: str) -> None:
        """Raise Refused unless the library, too, reads an address as a place of the publication."""
        reason = self._guest.endpoints.refusal(url)
        read = URI.fromBytes(url.encode("ascii", "replace"))
        meant = endpoint_of(url)
        told = (read.scheme.decode(), read.host.decode().strip("[]").lower(), read.port)
        if reason or meant is None or told != (meant.scheme, meant.host, meant.port):
            raise Refused(reason or LEAVES)

    def _failure(self, request: Request, error: BaseException) -> Exception:
        if (urlsplit(request.url).hostname or "") in self._resolver.refused:
            return Refused(PRIVATE)
        reason = reason_of(error)
        if "attempt" not in request.meta:
            self._guest.note_silence(request.url, reason)
        return NoAnswer(reason)

    def _count_robots(self, request: Request, data: bytes, **_: Any) -> None:
        """Stop reading a robots.txt behind the part of it that is parsed, whole as it may be."""
        if not _is_robots(request):
            return
        size = self._robots_bytes.get(request, 0) + len(data)
        self._robots_bytes[request] = size
        if size > MAX_BYTES:
            raise StopDownload(fail=False)


def _is_robots(request: Request) -> bool:
    return bool(request.meta.get("is_robots"))


def _headers(response: Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): values[0].decode("latin-1") for name, values in response.headers.items()}
