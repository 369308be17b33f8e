"""The one spider: from a publication's sources to addresses to articles. Must not write the archive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import scrapy
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse

from archive import clock
from archive.models import Announcement, Outcome
from scraper import publications
from scraper.discovery.feeds import feed_page, read_feed
from scraper.discovery.sections import MoreBlock, SectionPage, read_more, read_section
from scraper.discovery.sitemaps import read_sitemap
from scraper.profile import Feed, Section, Sitemap, Source
from scraper.reading import Page, Unread
from scraper.robots import read_robots
from scraper.run import KINDS, Options, Run
from scraper.workers import Workers

MAX_HOPS = 5
_SOURCE_PRIORITY = 10
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


class PublicationSpider(scrapy.Spider):
    """Crawls the publication that its profile describes."""

    name = "publication"

    def __init__(self, run: Run, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run = run
        self._read_sources: set[str] = set()
        self._feed_keys: dict[str, set[str]] = {}
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
        for source in self.run.profile.sources:
            for request in self._source_requests(source):
                yield request
        for url in robots.sitemaps:
            for request in self._ask_source(url, Sitemap(urlsplit(url).path, sure=True), self._parse_sitemap):
                yield request

    async def _read_robots(self) -> None:
        url = self.run.addresses.source("/robots.txt")
        status, body = None, b""
        for _ in range(MAX_HOPS):
            request = Request(url, meta={"is_robots": True, "handle_httpstatus_all": True}, dont_filter=True)
            try:
                response = await self.crawler.engine.download_async(request)
            except (IgnoreRequest, OSError) as error:
                self.logger.info("robots.txt: %s", error)
                break
            except Exception as error:  # noqa: BLE001 - Twisted's network errors share no other parent
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

    def _source_requests(self, source: Source) -> Iterator[Request]:
        parse = {Section: self._parse_section, Sitemap: self._parse_sitemap, Feed: self._parse_feed}[type(source)]
        path = source.path.replace("{n}", "0")
        yield from self._ask_source(self.run.addresses.source(path), source, parse)

    def _ask_source(self, url: str, source: Source, parse: Any, **details: Any) -> Iterator[Request]:
        """Ask for a source's page, once."""
        addresses = self.run.addresses
        if not addresses.is_own(url):
            self.run.remark(f"{url} is not on the publication's site: add its host to the profile")
            return
        target = addresses.fetchable(url)
        if target in self._read_sources:
            return
        self._read_sources.add(target)
        yield Request(
            target,
            callback=parse,
            errback=self._source_failed,
            cb_kwargs={"source": source, **details},
            meta={"handle_httpstatus_all": True, "known": {"source": source.path}},
            priority=_SOURCE_PRIORITY,
            dont_filter=True,
        )

    def _source_failed(self, failure: Any) -> None:
        source = failure.request.cb_kwargs["source"]
        if failure.check(IgnoreRequest) is None:
            self.run.remark(f"source {source.path} did not answer ({failure.type.__name__})")
        elif source.sure:
            self.run.remark(f"source {source.path} was not read: {failure.value}")

    def _unreadable(
        self, response: Response, source: Source, parse: Any, details: dict[str, Any]
    ) -> list[Request] | None:
        """Say what to do instead of reading a source's answer: nothing more, or follow it; None: read it."""
        if 300 <= response.status < 400:
            return list(self._follow_source(response, source, parse, details))
        if response.status == HTTPStatus.OK:
            return None
        if source.sure and not details:
            self.run.remark(f"source {source.path} answered {response.status}")
        return []

    def _follow_source(
        self, response: Response, source: Source, parse: Any, details: dict[str, Any]
    ) -> Iterator[Request]:
        location = response.headers.get("Location", b"").decode("latin-1")
        if location:
            yield from self._ask_source(urljoin(response.url, location), source, parse, **details)

    def _parse_section(self, response: Response, source: Section) -> Iterator[Request | Outcome]:
        instead = self._unreadable(response, source, self._parse_section, {})
        if instead is not None:
            yield from instead
            return
        cards = self.run.profile.cards
        page = read_section(_text(response), cards)
        shown_at = self._shown_at(page.canonical, response.url)
        yield from self._announce(page.links, source, shown_at)
        for block in page.more:
            yield from self._ask_more(shown_at, source, block, 0, cards.first_page)
        yield from self._ask_found(page, shown_at)

    def _shown_at(self, canonical: str | None, url: str) -> str:
        """Return the address against which a page means its relative links: its own, when it names one."""
        return canonical if canonical and self.run.addresses.is_own(canonical) else url

    def _ask_found(self, page: SectionPage, shown_at: str) -> Iterator[Request]:
        """Read the sections and feeds that a page names and the profile does not."""
        addresses = self.run.addresses
        for href in page.sections:
            url = addresses.resolve(href, shown_at)
            if url and addresses.exclusion(url) == "section page":
                yield from self._ask_source(url, Section(urlsplit(url).path, sure=False), self._parse_section)
        for href in page.feeds:
            url = addresses.resolve(href, shown_at)
            if url:
                yield from self._ask_source(url, Feed(urlsplit(url).path, sure=False), self._parse_feed)

    def _ask_more(self, page_url: str, source: Section, block: MoreBlock, way: int, number: int) -> Iterator[Request]:
        """Ask for a block's page `number` at the `way`-th of the addresses that may answer."""
        paths = self.run.profile.cards.more_paths
        if way < len(paths):
            url = urljoin(page_url, block.address(paths[way], number))
            details = {"page_url": page_url, "block": block, "way": way, "number": number}
            for request in self._ask_source(url, source, self._parse_more, **details):
                yield request.replace(errback=self._more_refused)

    def _more_refused(self, failure: Any) -> Iterator[Request]:
        details = failure.request.cb_kwargs
        return self._ask_more(
            details["page_url"], details["source"], details["block"], details["way"] + 1, details["number"]
        )

    def _parse_more(
        self, response: Response, source: Section, page_url: str, block: MoreBlock, way: int, number: int
    ) -> Iterator[Request | Outcome]:
        first = self.run.profile.cards.first_page
        try:
            links = read_more(_text(response)) if response.status == HTTPStatus.OK else None
        except ValueError:
            links = None
        if links is None:
            if number <= first + 1:
                yield from self._ask_more(page_url, source, block, way + 1, first)
            return
        yield from self._announce(links, source, page_url)
        # The first page is 0 on some sites and 1 on others: only behind both does an empty list mean the end.
        if links or number == first:
            yield from self._ask_more(page_url, source, block, way, number + 1)

    def _parse_sitemap(self, response: Response, source: Sitemap) -> Iterator[Request | Outcome]:
        instead = self._unreadable(response, source, self._parse_sitemap, {})
        if instead is not None:
            yield from instead
            return
        try:
            page = read_sitemap(response.body)
        except ValueError as error:
            if source.sure:
                self.run.remark(f"source {source.path} is no sitemap ({error})")
            return
        for url in page.sitemaps:
            yield from self._ask_source(
                urljoin(response.url, url), Sitemap(urlsplit(url).path, sure=True), self._parse_sitemap
            )
        yield from self._announce_dated(page.entries, source, response.url)
        yield from self._next_numbered(source, response.url)

    def _next_numbered(self, source: Sitemap, url: str) -> Iterator[Request]:
        before, marker, after = source.path.partition("{n}")
        if marker:
            number = int(urlsplit(url).path.removesuffix(after).rpartition(before)[2]) + 1
            yield from self._ask_source(
                self.run.addresses.source(source.path.replace("{n}", str(number))), source, self._parse_sitemap
            )

    def _parse_feed(self, response: Response, source: Feed, number: int = 1) -> Iterator[Request | Outcome]:
        instead = self._unreadable(response, source, self._parse_feed, {"number": number} if number > 1 else {})
        if instead is not None:
            yield from instead
            return
        try:
            entries = read_feed(response.body)
        except ValueError as error:
            if source.sure:
                self.run.remark(f"source {source.path} is no feed ({error})")
            return
        fresh = {self.run.addresses.key(url) for url, _ in entries} - self._feed_keys.setdefault(source.path, set())
        self._feed_keys[source.path] |= fresh
        yield from self._announce_dated(entries, source, response.url)
        if source.page and fresh:
            following = feed_page(response.url, source.page, number + 1)
            yield from self._ask_source(following, source, self._parse_feed, number=number + 1)

    def _announce(self, urls: Iterable[str], source: Source, shown_at: str) -> Iterator[Request]:
        yield from self._announce_dated(((url, None) for url in urls), source, shown_at)

    def _announce_dated(
        self, entries: Iterable[tuple[str, str | None]], source: Source, page_url: str
    ) -> Iterator[Request]:
        said = []
        for href, lastmod in entries:
            url = self.run.addresses.resolve(href, page_url)
            if url:
                said.append(Announcement(url, source.path, KINDS[type(source)], lastmod))
        for url in self.run.announce(said):
            yield from self._ask_article(url)

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
        return Outcome(address, "stored", clock.stamp(), None, reading, response.meta["snapshot"])

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
        if failure.check(IgnoreRequest):
            return Outcome(address, "excluded", clock.stamp(), str(failure.value))
        return Outcome(address, "failed", clock.stamp(), f"no answer: {failure.type.__name__}")


def _text(response: Response) -> str:
    return str(response.text) if isinstance(response, TextResponse) else response.body.decode("utf-8", "replace")


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
