"""Hands every answer's bytes, as they came over the wire, to the run's WARC. Must not decode or read them."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive import clock
from archive.warc import Exchange
from scraper.run import Run

# Twisted has already joined the chunks, so the header would no longer tell the truth.
_UNDONE = {b"transfer-encoding"}


class SnapshotMiddleware:
    """Stands nearest to the wire and leaves each answer's snapshot in the request's `meta["snapshot"]`."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the component for a crawl."""
        return cls(crawler.spider.run)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the answer before anything looks at it."""
        exchange = Exchange(
            url=request.url,
            at=clock.now(),
            method=request.method,
            request_headers=_pairs(request),
            status=response.status,
            headers=_pairs(response),
            body=response.body,
            known=request.meta.get("known", {}),
        )
        request.meta["snapshot"] = self._run.record(exchange)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Log the attempt that brought no answer."""
        self._run.note_error(request.url, type(exception).__name__)


def _pairs(message: Request | Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("utf-8", "surrogateescape"))
        for name, values in message.headers.items()
        if name.lower() not in _UNDONE
        for value in values
    )
