"""The one spider: robots.txt first, then sources, then articles. Must not write the archive.

It yields requests only: what became of an answer is told to the run, which files it in its turn.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import scrapy
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.http import Response

from archive import clock
from archive.errors import ArchiveError
from archive.models import Article, Outcome
from scraper import publications
from scraper.answers import Answer, Finding, Follow, Read, judge, outcome_of, page_of
from scraper.extraction.parts import MAX_PARTS, join_parts
from scraper.failures import NoAnswer, NotNow, reason_of, state_of
from scraper.gate import STOPPED
from scraper.options import Options
from scraper.reading import READER_ERROR, Reading, Unread
from scraper.run import Run
from scraper.scheduler import HELD
from scraper.spiders.sources import SourceReader
from scraper.workers import Workers

_KNOWN_FIRST = 5
_KNOWN_LAST = -1


class PublicationSpider(scrapy.Spider):
    """Crawls the publication that its profile describes."""

    name = "publication"

    def __init__(self, run: Run, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run = run
        self._sources = SourceReader(run, self._ask_article)
        self._asked = 0
        self._workers = Workers(run.profile)
        self._given_up = False

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
        crawler.signals.connect(spider._ask_undated, scrapy.signals.spider_idle)
        crawler.settings.set("USER_AGENT", run.user_agent, priority="spider")
        crawler.settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", run.profile.concurrency, priority="spider")
        return spider

    def _note_own_error(self, failure: Any, response: Response) -> None:
        """Make a person look when this program itself failed on an answer."""
        if self.run.refused:
            return
        self.run.fill(response.meta.get("slot"), Finding(reading=Unread(READER_ERROR, failed=True)))
        self.run.remark(f"press-archive failed on {response.url} ({failure.type.__name__}): please report it")

    def give_up(self) -> None:
        """Let the answers that wait to be read wait for the next run: they are kept."""
        self._given_up = True
        self._workers.give_up()

    async def start(self) -> AsyncIterator[Request]:
        """File what an earlier run left, read robots.txt, then ask for every source and for what is due."""
        if not self.run.options.dry_run:
            await self._workers.open()
            await self.run.recover(self._workers)
        if self.run.refused:
            return
        robots = self.run.wishes.robots = await self.run.guest.rulebook.rules_for(self.run.base_url)
        if robots.unavailable:
            self.run.fail_unreachable(robots.unavailable)
            return
        for request in (*self._requests_due(), *self._sources.requests(robots.sitemaps)):
            yield request

    def _requests_due(self) -> Iterator[Request]:
        """Ask for known pages first: where one has moved, its new address is then no new article.

        In a run that may end before all is asked for, what is new goes first.
        """
        options = self.run.options
        if options.limit is not None or options.dry_run:
            return
        bounded = options.max_requests or options.max_seconds
        for url in self.run.wishes.due():
            for request in self._ask_article(url):
                yield request.replace(priority=_KNOWN_LAST if bounded else _KNOWN_FIRST)

    def _ask_undated(self) -> None:
        """Ask, when all sources are read, for the pages of which none has said how old they are, then once more."""
        requests = [request for url in self.run.wishes.undated() for request in self._ask_article(url)]
        requests = requests or self._look_again()
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _look_again(self) -> list[Request]:
        """Ask for known articles that tell whether the site is as it was; for some without what makes a 304."""
        wish = self.run.second_look()
        requests = [request for url in (wish.urls if wish else ()) for request in self._ask_article(url)]
        return [request.replace(headers={}) for request in requests] if wish and wish.afresh else requests

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
            cb_kwargs={"address": address},
            meta={
                "handle_httpstatus_all": True,
                "known": known,
                **({HELD: True} if self.run.wishes.holds(address) else {}),
            },
            priority=_KNOWN_FIRST if hops else 0,
            dont_filter=True,
        )

    async def _parse_article(self, response: Response, address: str) -> AsyncIterator[Request]:
        slot = response.meta["slot"]
        verdict = judge(slot.answer, self.run.addresses)
        if isinstance(verdict, Follow):
            if self.run.follow(address, verdict.target):
                hops = (*slot.answer.hops, response.url)
                yield self._article_request(address, self.run.addresses.fetchable(verdict.target), hops)
            else:
                self.run.guest.traps.fail(_first_place(response.request), address)
        elif isinstance(verdict, Read):
            finding = await self._find(response, slot.answer)
            if self._given_up:
                # It may not have been read at all, or without its earlier page: the next run reads what is kept.
                return
            self.run.fill(slot, finding)
            self.run.guest.note_outcome(_first_place(response.request), outcome_of(slot.answer, finding))
            if isinstance(finding.reading, Article):
                for request in self._ask_further(address, finding.reading):
                    yield request
        else:
            self.run.guest.note_outcome(_first_place(response.request), verdict)

    def _ask_further(self, address: str, article: Article) -> Iterator[Request]:
        """Ask for where an article may have moved from, and for the images that are wanted."""
        for url in self.run.twins(address, article):
            for request in self._ask_article(url):
                yield request.replace(priority=_KNOWN_FIRST)
        for identity, url in self.run.images(article):
            known = {"image": identity, "address": article.url}
            meta = {"handle_httpstatus_all": True, "known": known}
            yield Request(
                url,
                callback=self._parse_image,
                errback=self._image_failed,
                cb_kwargs={"identity": identity},
                meta=meta,
                dont_filter=True,
            )

    def _parse_image(self, response: Response, identity: str) -> None:
        """The bytes are kept already; a redirect is not followed, and nothing else is to be read."""
        if response.status != HTTPStatus.OK:
            self.logger.info("image %s answered %s", identity, response.status)

    def _image_failed(self, failure: Any) -> None:
        if self.run.refused:
            return
        self.logger.info("image %s: %s", failure.request.cb_kwargs["identity"], failure.value)

    async def _find(self, response: Response, answer: Answer) -> Finding:
        """Read an article's page; what it was last read from need not be read again."""
        if self.run.is_same(answer):
            return Finding(same=True)
        reading = await self._read(response, answer)
        if not isinstance(reading, Article):
            return Finding(reading=reading)
        article = await self._whole(reading)
        before = await self.run.before(answer.known["address"], article, self._workers)
        return Finding(reading=article, before=before)

    async def _read(self, response: Response, answer: Answer) -> Reading:
        unread: Unread | None = response.meta.get("unread")
        page = unread or page_of(answer, response.body, self.run.base_url)
        if isinstance(page, Unread):
            return page
        with self.run.guest.times.extraction:
            return await self._workers.read(page)

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
        known = {"address": url, "part-of": first}
        request = Request(
            self.run.addresses.fetchable(url), meta={"handle_httpstatus_all": True, "known": known}, dont_filter=True
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except (NoAnswer, IgnoreRequest, ArchiveError) as error:
            reason = reason_of(error)
            self.run.note(Outcome(url, "failed", clock.stamp(), reason), **{"part-of": first})
            return Unread(reason, failed=True)
        if response.status != HTTPStatus.OK:
            return Unread(f"HTTP {response.status}")
        return await self._read(response, request.meta["slot"].answer)

    def _article_failed(self, failure: Any) -> None:
        if self.run.refused:
            return
        address, known = failure.request.cb_kwargs["address"], failure.request.meta["known"]
        error = failure.value
        place = _first_place(failure.request)
        if isinstance(error, NotNow):
            self.run.guest.traps.fail(place, address)
            if str(error) == STOPPED or self.run.wishes.holds(address):
                return
        asked = isinstance(error, NoAnswer) or "redirected-from" in known
        outcome = Outcome(address, state_of(error), clock.stamp(), reason_of(error), asked=asked)
        self.run.guest.note_outcome(place, outcome)
        self.run.note(outcome)


def _first_place(request: Request) -> str:
    """Return where an article was first asked for, before any redirect."""
    hops: str = request.meta["known"].get("redirected-from", "")
    return hops.split()[0] if hops else str(request.url)


def _options(profile: str = "", root: str | None = None, **others: str) -> Options:
    """Read `scrapy crawl publication -a NAME=VALUE …` as the command's options."""

    def number(name: str, kind: type[int] | type[float]) -> Any:
        return kind(others[name]) if others.get(name) else None

    return Options(
        profile=publications.load(profile),
        root=Path(root or f"archives/{profile}"),
        base_url=others.get("base_url"),
        limit=number("limit", int),
        delay=number("delay", float),
        contact=others.get("contact"),
        mode=others.get("mode", "nightly"),  # type: ignore[arg-type]
        images=others.get("images", "none"),  # type: ignore[arg-type]
        since=others.get("since"),
        sections=tuple(others.get("section", "").split()),
        max_requests=number("max_requests", int),
    )
