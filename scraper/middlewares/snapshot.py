"""Hands every answer's bytes, as they came over the wire, to the run's WARC, then undoes their content coding.

Must not read them.
"""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive import clock
from archive.warc import Exchange
from scraper.answers import content_of
from scraper.failures import NoAnswer
from scraper.reading import Unread
from scraper.run import Run

# Twisted has already joined the chunks, so the header would no longer tell the truth.
_UNDONE = {b"transfer-encoding"}


class SnapshotMiddleware:
    """Stands nearest to the wire and leaves each answer's place in the order in the request's `meta["slot"]`.

    What cannot be decoded within bounds leaves an empty body and its reason in `meta["unread"]`.
    """

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
        request.meta["slot"] = self._run.record(exchange)
        content = content_of(exchange.headers, response.body)
        if isinstance(content, Unread):
            request.meta["unread"] = content
            return _plain(response, b"")
        return response if content is response.body else _plain(response, content)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Log the attempt that brought no answer."""
        if isinstance(exception, NoAnswer):
            self._run.log_error(request.url, exception.reason)


def _plain(response: Response, body: bytes) -> Response:
    """Give an answer another body. It is bytes to Scrapy: nobody asks it for text, whose encoding it would guess."""
    return Response(response.url, response.status, response.headers, body, response.flags)


def _pairs(message: Request | Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("utf-8", "surrogateescape"))
        for name, values in message.headers.items()
        if name.lower() not in _UNDONE
        for value in values
    )
