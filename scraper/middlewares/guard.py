"""Lets no request out that leaves the publication or that robots.txt forbids. Must not decide what is a trap.

A host's robots.txt is read before the first request to it.
"""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from scraper.answers import Finding
from scraper.endpoints import endpoint_of
from scraper.failures import PUT_OFF, NoAnswer, NotNow, Refused, reason_of
from scraper.robots import ROBOTS_FORBID, read_robots
from scraper.rulebook import RobotsAnswer
from scraper.run import Run

REFUSED = "refused"
"""The request's `meta` key for the reason that the scheduler found to give it up."""


class GuardMiddleware:
    """Refuses requests with the reason that the ledger gets."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run: Run = crawler.spider.run
        self._guest = self._run.guest
        self._guest.rulebook.fetch = self._fetch

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the component for a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise Refused or NotNow for a request that must not be made."""
        if reason := self._guest.endpoints.refusal(request.url) or request.meta.get(REFUSED):
            raise Refused(reason)
        if request.meta.get("is_robots"):
            return
        robots = await self._guest.rulebook.rules_for(request.url)
        if robots.unavailable:
            raise NotNow(PUT_OFF + robots.unavailable)
        if not robots.allows(request.url):
            raise Refused(ROBOTS_FORBID)

    async def _fetch(self, url: str) -> RobotsAnswer:
        """Ask for a robots.txt once; the rules of the base address are the archive's evidence, too."""
        own = endpoint_of(url) == endpoint_of(self._run.base_url)
        known = {"robots": "yes"} if own else {"robots-of": url}
        headers = {"Accept-Encoding": "identity"}
        meta = {"is_robots": True, "handle_httpstatus_all": True, "known": known}
        request = Request(url, headers=headers, meta=meta, dont_filter=True)
        try:
            response = await self._crawler.engine.download_async(request)
        except (NoAnswer, IgnoreRequest) as error:
            return RobotsAnswer(problem=reason_of(error))
        meta, status = response.meta, response.status
        location = response.headers.get("Location", b"").decode("latin-1") or None
        if "unread" in meta:
            return RobotsAnswer(problem=meta["unread"].reason)
        answer = RobotsAnswer(status, response.body, location)
        if own and not answer.is_redirect:
            self._run.fill(meta["slot"], Finding(robots=read_robots(status, response.body)))
        return answer
