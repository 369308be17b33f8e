"""Lets no request out that robots.txt forbids or that leaves the publication. Must not fetch or count."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from scraper.run import Run


class GuardMiddleware:
    """Refuses requests; the robots rules are read before the first of them is made."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the component for a crawl."""
        return cls(crawler.spider.run)

    def process_request(self, request: Request) -> None:
        """Raise IgnoreRequest, with the reason, for a request that must not be made."""
        if not request.url.startswith(self._run.base_url.rstrip("/") + "/"):
            raise IgnoreRequest("it leaves the publication")
        if request.meta.get("is_robots"):
            return
        if self._run.robots is None or not self._run.robots.allows(request.url):
            raise IgnoreRequest("robots.txt forbids it")
