"""Reads a publication's sources during a crawl: asks for each once, announces what they name, goes on to what follows.

Must not ask for articles itself, nor write the archive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from scraper.answers import MAX_HOPS
from scraper.discovery.feeds import feed_page
from scraper.discovery.sections import MoreBlock, SectionPage
from scraper.discovery.source import PageKind, SourcePage, announcements, read_source
from scraper.profile import Feed, Section, Sitemap, Source
from scraper.run import Run
from scraper.scheduler import CHAIN, LISTED

_PRIORITY = 10
"""Sources go before articles, so that the counts are known early."""
_FIRST: Mapping[str, Any] = {}


class SourceReader:
    """Asks for sources and reads them; `ask_article` makes the requests for an address that is wanted."""

    def __init__(self, run: Run, ask_article: Callable[[str], Iterator[Request]]) -> None:
        self._run = run
        self._ask_article = ask_article
        self._asked: set[str] = set()
        self._feed_keys: dict[str, set[str]] = {}

    def requests(self, sitemaps: Iterable[str]) -> Iterator[Request]:
        """Ask for every source of the profile, and for the sitemaps that robots.txt names."""
        extent = self._run.wishes.extent
        for source in extent.sources():
            yield from self._first_request(source)
        for url in sitemaps if extent.reads_found else ():
            yield from self._ask(url, Sitemap(urlsplit(url).path), self._parse_sitemap)

    def _first_request(self, source: Source) -> Iterator[Request]:
        parse = {Section: self._parse_section, Sitemap: self._parse_sitemap, Feed: self._parse_feed}[type(source)]
        path = source.path.replace("{n}", "0")
        yield from self._ask(self._run.addresses.source(path), source, parse)

    def _ask(
        self, url: str, source: Source, parse: Any, found: Mapping[str, Any] = _FIRST, **details: Any
    ) -> Iterator[Request]:
        """Ask for a source's page, once; `found` says how it was found, for the scheduler."""
        addresses = self._run.addresses
        if not addresses.is_own(url):
            self._run.remark(f"{url} is not on the publication's site: add its host to the profile")
            return
        target = addresses.fetchable(url)
        if target in self._asked:
            return
        self._asked.add(target)
        known = {"source": source.path, "kind": _kind(source, details)}
        if "page_url" in details:
            known["shown-at"] = details["page_url"]
        yield Request(
            target,
            callback=parse,
            errback=self._failed,
            cb_kwargs={"source": source, **details},
            meta={
                "handle_httpstatus_all": True,
                "known": known,
                **found,
            },
            priority=_PRIORITY,
            dont_filter=True,
        )

    def _failed(self, failure: Any) -> None:
        if self._run.refused:
            return
        source = failure.request.cb_kwargs["source"]
        self._run.wishes.extent.leave_out()
        self._run.guest.traps.fail(failure.request.url)
        if self._run.guest.spent or self._run.ended_early:
            return
        if failure.check(IgnoreRequest) is None:
            self._run.miss_source(source.path, f"did not answer ({failure.value})", passing=True)
        elif source.sure:
            self._run.remark(f"source {source.path} was not read: {failure.value}")

    def _unreadable(
        self, response: Response, source: Source, parse: Any, details: dict[str, Any]
    ) -> list[Request] | None:
        """Say what to do instead of reading a source's answer: nothing more, or follow it; None: read it."""
        if response.status != HTTPStatus.OK:
            self._run.guest.traps.fail(response.url)
        if 300 <= response.status < 400:
            return list(self._follow(response, source, parse, details))
        if response.status == HTTPStatus.OK:
            return None
        if source.sure and not details:
            self._run.wishes.extent.leave_out()
            passing = response.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            self._run.miss_source(source.path, f"answered {response.status}", passing=passing)
        return []

    def _follow(self, response: Response, source: Source, parse: Any, details: dict[str, Any]) -> Iterator[Request]:
        location = response.headers.get("Location", b"").decode("latin-1")
        hops = response.meta.get("hops", 0) + 1
        if location and hops <= MAX_HOPS:
            found = {name: response.meta[name] for name in (CHAIN, LISTED) if name in response.meta} | {"hops": hops}
            yield from self._ask(urljoin(response.url, location), source, parse, found, **details)

    def _read(self, response: Response, source: Source) -> SourcePage:
        """Read an answer of a source and announce what it names. Raises ValueError when it is no such page."""
        known, addresses = response.meta["known"], self._run.addresses
        kind: PageKind = known["kind"]
        try:
            if "unread" in response.meta:
                raise ValueError(response.meta["unread"].reason)
            return read_source(
                kind,
                response.body,
                response.url,
                content_type=response.headers.get("Content-Type", b"").decode("latin-1") or None,
                cards=self._run.profile.cards,
                addresses=addresses,
                shown_at=known.get("shown-at"),
            )
        except ValueError:
            self._run.announce(response.meta["slot"], (), response.url)
            raise

    def _announce(self, response: Response, page: SourcePage, source: Source) -> tuple[list[Request], bool]:
        """Announce what a page names; return what to ask for, and whether to read what follows the page."""
        said = announcements(page, source.path, response.meta["known"]["kind"], self._run.addresses)
        wanted, goes_on = self._run.announce(response.meta["slot"], said, response.url)
        return [request for url in wanted for request in self._ask_article(url)], goes_on

    def _parse_section(self, response: Response, source: Section) -> Iterator[Request]:
        instead = self._unreadable(response, source, self._parse_section, {})
        if instead is not None:
            yield from instead
            return
        try:
            page = self._read(response, source)
        except ValueError as error:
            self._run.remark(f"source {source.path} could not be read ({error})")
            return
        wanted, goes_on = self._announce(response, page, source)
        yield from wanted
        for block in page.section.more if goes_on else ():
            yield from self._ask_more(page.shown_at, source, block, 0, self._run.profile.cards.first_page)
        if self._run.wishes.extent.reads_found:
            yield from self._ask_found(page.section, page.shown_at)

    def _ask_found(self, page: SectionPage, shown_at: str) -> Iterator[Request]:
        """Read the sections and feeds that a page names and the profile does not."""
        addresses = self._run.addresses
        for href in page.sections:
            url = addresses.resolve(href, shown_at)
            if url and addresses.exclusion(url) == "section page":
                yield from self._ask(url, Section(urlsplit(url).path, sure=False), self._parse_section, {CHAIN: ""})
        for href in page.feeds:
            url = addresses.resolve(href, shown_at)
            if url:
                yield from self._ask(url, Feed(urlsplit(url).path, sure=False), self._parse_feed, {CHAIN: ""})

    def _ask_more(self, page_url: str, source: Section, block: MoreBlock, way: int, number: int) -> Iterator[Request]:
        """Ask for a block's page `number` at the `way`-th of the addresses that may answer."""
        paths = self._run.profile.cards.more_paths
        if way < len(paths):
            url = urljoin(page_url, block.address(paths[way], number))
            details = {"page_url": page_url, "block": block, "way": way, "number": number}
            for request in self._ask(url, source, self._parse_more, {CHAIN: source.path}, **details):
                yield request.replace(errback=self._more_refused)

    def _more_refused(self, failure: Any) -> Iterator[Request]:
        details = failure.request.cb_kwargs
        self._run.guest.traps.fail(failure.request.url)
        return self._ask_more(
            details["page_url"], details["source"], details["block"], details["way"] + 1, details["number"]
        )

    def _parse_more(
        self, response: Response, source: Section, page_url: str, block: MoreBlock, way: int, number: int
    ) -> Iterator[Request]:
        first = self._run.profile.cards.first_page
        try:
            page = self._read(response, source) if response.status == HTTPStatus.OK else None
        except ValueError:
            page = None
        if page is None:
            if number <= first + 1:
                yield from self._ask_more(page_url, source, block, way + 1, first)
            return
        wanted, goes_on = self._announce(response, page, source)
        yield from wanted
        # The first page is 0 on some sites and 1 on others: only behind both does an empty list mean the end.
        if (page.entries and goes_on) or number == first:
            yield from self._ask_more(page_url, source, block, way, number + 1)

    def _parse_sitemap(self, response: Response, source: Sitemap) -> Iterator[Request]:
        instead = self._unreadable(response, source, self._parse_sitemap, {})
        if instead is not None:
            yield from instead
            return
        try:
            page = self._read(response, source)
        except ValueError as error:
            if source.sure:
                self._run.remark(f"source {source.path} is no sitemap ({error})")
            return
        for url in page.sitemaps:
            found = {CHAIN: source.path, LISTED: True}
            yield from self._ask(urljoin(response.url, url), Sitemap(urlsplit(url).path), self._parse_sitemap, found)
        yield from self._announce(response, page, source)[0]
        yield from self._next_numbered(source, response.url)

    def _next_numbered(self, source: Sitemap, url: str) -> Iterator[Request]:
        before, marker, after = source.path.partition("{n}")
        if marker:
            number = int(urlsplit(url).path.removesuffix(after).rpartition(before)[2]) + 1
            following = self._run.addresses.source(source.path.replace("{n}", str(number)))
            yield from self._ask(following, source, self._parse_sitemap, {CHAIN: source.path})

    def _parse_feed(self, response: Response, source: Feed, number: int = 1) -> Iterator[Request]:
        instead = self._unreadable(response, source, self._parse_feed, {"number": number} if number > 1 else {})
        if instead is not None:
            yield from instead
            return
        try:
            page = self._read(response, source)
        except ValueError as error:
            if source.sure:
                self._run.remark(f"source {source.path} is no feed ({error})")
            return
        fresh = {self._run.addresses.key(url) for url, _ in page.entries} - self._feed_keys.setdefault(
            source.path, set()
        )
        self._feed_keys[source.path] |= fresh
        wanted, goes_on = self._announce(response, page, source)
        yield from wanted
        if source.page and fresh and goes_on:
            following = feed_page(response.url, source.page, number + 1)
            yield from self._ask(following, source, self._parse_feed, {CHAIN: source.path}, number=number + 1)


def _kind(source: Source, details: dict[str, Any]) -> PageKind:
    if isinstance(source, Section):
        return "more" if "block" in details else "section"
    return "sitemap" if isinstance(source, Sitemap) else "feed"
