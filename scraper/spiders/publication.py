"""The one spider: robots.txt first, then sources, then articles. Must not write the archive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import scrapy
from scrapy import Request, exceptions
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response, TextResponse
from twisted.internet.error import ConnectError, ConnectionClosed

from archive import clock
from archive.models import Article, Outcome
from scraper import publications
from scraper.extraction.parts import MAX_PARTS, join_parts
from scraper.reading import Page, Reading, Unread
from scraper.robots import read_robots
from scraper.run import Options, Run
from scraper.spiders.sources import SourceReader
from scraper.workers import Workers

MAX_HOPS = 5
NO_ANSWER = (
    IgnoreRequest,
    OSError,
    exceptions.CannotResolveHostError,
    exceptions.DownloadCancelledError,
    exceptions.DownloadConnectionRefusedError,
    exceptions.DownloadFailedError,
    exceptions.DownloadTimeoutError,
    exceptions.ResponseDataLossError,
    ConnectionClosed,
    ConnectError,
)
"""What a request may end with instead of an answer; Scrapy's and Twisted's errors share no parent of their own."""


class PublicationSpider(scrapy.Spider):
    """Crawls the publication that its profile describes."""

    name = "publication"

    def __init__(self, run: Run, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run = run
        self._sources = SourceReader(run, self._ask_article)
        self._asked = 0
        # A mirror's pages may name the mirror in their canonical links.
        hosts = (*run.profile.hosts, urlsplit(run.base_url).netloc)
        self._workers = Workers(replace(run.profile, hosts=hosts))

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider; without a `run` (as in `scrapy crawl publication -a profile=NAME`) it makes its own."""
        run = kwargs.pop("run", None)
        if run is None:
            run = Run(_options(**kwargs)).__enter__()
            crawler.signals.connect(lambda: run.__exit__(None, None, None), scrapy.signals.engine_stopped, weak=False)
        spider: Self = super().from_crawler(crawler, run, name=cls.name)
        crawler.signals.connect(spider._workers.close, scrapy.signals.spider_closed)
        crawler.signals.connect(spider._note_own_error, scrapy.signals.spider_error)
        crawler.settings.set("USER_AGENT", run.user_agent, priority="spider")
        crawler.settings.set("DOWNLOAD_DELAY", run.delay, priority="spider")
        concurrency = 1 if run.delay else run.profile.concurrency
        crawler.settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", concurrency, priority="spider")
        return spider

    def _note_own_error(self, failure: Any, response: Response) -> None:
        """Make a person look when this program itself failed on an answer."""
        self.run.remark(f"press-archive failed on {response.url} ({failure.type.__name__}): please report it")

    async def start(self) -> AsyncIterator[Request]:
        """Read robots.txt, then ask for every source."""
        if not self.run.options.dry_run:
            await self._workers.open()
        await self._read_robots()
        robots = self.run.robots
        assert robots
        if robots.unavailable:
            self.run.fail_unreachable(robots.unavailable)
            return
        for request in self._sources.requests(robots.sitemaps):
            yield request

    async def _read_robots(self) -> None:
        url = self.run.addresses.source("/robots.txt")
        status, body = None, b""
        for _ in range(MAX_HOPS):
            request = Request(url, meta={"is_robots": True, "handle_httpstatus_all": True}, dont_filter=True)
            try:
                response = await self.crawler.engine.download_async(request)
            except NO_ANSWER as error:
                self.logger.info("robots.txt: %s", error)
                break
            status, body = response.status, response.body
            location = response.headers.get("Location")
            if not 300 <= status < 400 or not location:
                break
            url = urljoin(url, location.decode("latin-1"))
        self.run.robots = read_robots(status, body)
        self._slow_down()

    def _slow_down(self) -> None:
        """Give the site's slot the delay that robots.txt asks for."""
        downloader = self.crawler.engine.downloader
        for key, slot in downloader.slots.items():
            slot.delay = self.run.delay
            downloader.per_slot_settings[key] = {"delay": self.run.delay}
            if self.run.delay:
                slot.concurrency = 1

    def _ask_article(self, url: str) -> Iterator[Request]:
        options = self.run.options
        if options.dry_run or (options.limit is not None and self._asked >= options.limit):
            return
        self._asked += 1
        yield self._article_request(url, self.run.addresses.fetchable(url), ())

    def _article_request(self, address: str, target: str, hops: tuple[str, ...]) -> Request:
        known = {"address": address, **({"redirected-from": " ".join(hops)} if hops else {})}
        return Request(
            target,
            callback=self._parse_article,
            errback=self._article_failed,
            headers=self.run.validators(address),
            cb_kwargs={"address": address, "hops": hops},
            meta={"handle_httpstatus_all": True, "known": known},
            dont_filter=True,
        )

    async def _parse_article(
        self, response: Response, address: str, hops: tuple[str, ...]
    ) -> AsyncIterator[Request | Outcome]:
        status = response.status
        if status == HTTPStatus.NOT_MODIFIED:
            yield self._outcome(response, address, "stored")
        elif 300 <= status < 400:
            for following in self._follow_article(response, address, hops):
                yield following
        elif status != HTTPStatus.OK:
            yield self._outcome(response, address, "failed", f"HTTP {status}")
        else:
            yield await self._read_article(response, address, hops)

    async def _read_article(self, response: Response, address: str, hops: tuple[str, ...]) -> Outcome:
        content_type = response.headers.get("Content-Type", b"").decode("latin-1")
        if not isinstance(response, TextResponse):
            return self._outcome(response, address, "excluded", f"not an article: {content_type or 'no content type'}")
        shown_at = urljoin(address, urlsplit(response.url).path) if hops else address
        reading = await self._workers.read(Page(response.body, shown_at, content_type or None))
        if isinstance(reading, Unread):
            return self._outcome(response, address, "failed" if reading.failed else "excluded", reading.reason)
        article = await self._whole(reading)
        return Outcome(address, "stored", clock.stamp(), None, article, response.meta["snapshot"])

    async def _whole(self, first: Article) -> Article:
        """Fetch and add the further parts of an article that is printed on several pages."""
        parts = [first]
        while parts[-1].next_part and len(parts) < MAX_PARTS:
            reading = await self._read_part(first.url, parts[-1].next_part)
            if not isinstance(reading, Article):
                self.run.remark(f"part {len(parts) + 1} of {first.url} could not be read ({reading.reason})")
                break
            parts.append(reading)
        return join_parts(parts)

    async def _read_part(self, first: str, url: str) -> Reading:
        request = Request(
            self.run.addresses.fetchable(url),
            meta={"handle_httpstatus_all": True, "known": {"address": url, "part-of": first}},
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except NO_ANSWER as error:
            return Unread(type(error).__name__)
        if response.status != HTTPStatus.OK or not isinstance(response, TextResponse):
            return Unread(f"HTTP {response.status}")
        content_type = response.headers.get("Content-Type", b"").decode("latin-1")
        return await self._workers.read(Page(response.body, url, content_type or None))

    def _follow_article(self, response: Response, address: str, hops: tuple[str, ...]) -> Iterator[Request | Outcome]:
        location = response.headers.get("Location", b"").decode("latin-1")
        target = self.run.addresses.resolve(location, response.url) if location else None
        if target is None:
            yield self._outcome(response, address, "excluded", "redirects off the site")
        elif len(hops) >= MAX_HOPS:
            yield self._outcome(response, address, "failed", "redirects in a circle")
        elif reason := self.run.addresses.exclusion(target):
            yield self._outcome(response, address, "excluded", f"redirects to a {reason}")
        else:
            yield self._article_request(address, self.run.addresses.fetchable(target), (*hops, response.url))

    def _outcome(self, response: Response, address: str, state: Any, reason: str | None = None) -> Outcome:
        return Outcome(address, state, clock.stamp(), reason, snapshot=response.meta["snapshot"])

    def _article_failed(self, failure: Any) -> Outcome:
        address = failure.request.cb_kwargs["address"]
        if failure.check(DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in str(failure.value):
            return Outcome(address, "failed", clock.stamp(), "too_big")
        if failure.check(IgnoreRequest):
            return Outcome(address, "excluded", clock.stamp(), str(failure.value))
        return Outcome(address, "failed", clock.stamp(), f"no answer: {failure.type.__name__}")


def _options(profile: str = "", root: str | None = None, base_url: str | None = None, **others: str) -> Options:
    """Read `scrapy crawl publication -a NAME=VALUE …` as the command's options."""
    limit, delay = others.get("limit"), others.get("delay")
    return Options(
        profile=publications.load(profile),
        root=Path(root or f"archives/{profile}"),
        base_url=base_url,
        limit=int(limit) if limit else None,
        delay=float(delay) if delay else None,
        contact=others.get("contact"),
    )
