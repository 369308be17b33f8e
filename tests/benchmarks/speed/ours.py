"""Our own crawl with parts of it left out, and single parts alone: each a program, so that its tree can be measured.

    python -m tests.benchmarks.speed.ours follow URL ROOT
    python -m tests.benchmarks.speed.ours keep PAGES ROOT
    python -m tests.benchmarks.speed.ours store ARTICLES ROOT

Single parts print their own CPU seconds. Must not change what the parts do.
"""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from scrapy import Request
from scrapy.http import Response

from archive.ledger import Rhythm
from archive.models import Announced, Announcement, Article, Fetch, Outcome, Snapshot
from archive.root import open_database
from archive.rows import Rows
from archive.store import Batch, Store
from archive.warc import Exchange, Place, WarcWriter
from scraper import publications
from scraper.answers import Answer, Finding
from scraper.options import Options
from scraper.run import Run
from scraper.sequence import Slot
from scraper.spiders.publication import PublicationSpider
from scraper.verbs.crawl import _spider_through
from scraper.workers import Workers
from tests.benchmarks.large.filling import ORDER, add_article
from tests.benchmarks.large.writing import HOST, Plan
from tests.benchmarks.speed.pages import FIRST_NIGHT, Site

PUBLICATION = "responsible-statecraft"
_SEEN = FIRST_NIGHT.isoformat()


class _FetchOnly(Run):
    """A crawl that keeps, reads and stores nothing."""

    def record(self, exchange: Exchange) -> Slot:
        self.counts.fetched += 1
        headers = {name.lower(): value for name, value in exchange.headers}
        snapshot = Snapshot(exchange.url, _SEEN, exchange.status, "", "", 0, 0)
        answer = Answer(snapshot, exchange.known, headers.get("location"), headers.get("content-type"))
        return Slot(Place("", 0, 0, ""), answer)

    def fill(self, slot: Slot | None, finding: Finding) -> None:
        pass

    def note(self, outcome: Outcome, **known: str) -> None:
        pass

    async def recover(self, workers: Workers) -> None:
        pass

    def _end(self) -> None:
        pass


async def _unread(self: PublicationSpider, response: Response, address: str) -> AsyncIterator[Request]:
    self.run.guest.traps.read_article(response.url, address, response.url)
    for request in ():
        yield request


async def _not_opened(self: Workers) -> None:
    pass


def follow(url: str, root: Path) -> None:
    """Read the sources and fetch what they name, and no more."""
    run = _FetchOnly(Options(publications.load(PUBLICATION), root, base_url=url))
    with patch.object(PublicationSpider, "_parse_article", _unread), patch.object(Workers, "open", _not_opened), run:
        _spider_through(run)
    print(run.counts.fetched)


def keep(pages: str, root: Path) -> None:
    """Write every page of a site into a WARC file, synced as often as a crawl does."""
    exchanges = list(_exchanges(int(pages)))
    began = time.process_time()
    writer = WarcWriter(root, "speed", {"software": "speed"})
    for number, exchange in enumerate(exchanges):
        writer.write(exchange)
        if number % 4 == 3:
            writer.sync()
    writer.finish()
    print(time.process_time() - began)


def keep_with_warcio(pages: str, root: Path) -> None:
    """Do the same with warcio."""
    from io import BytesIO

    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    exchanges = list(_exchanges(int(pages)))
    root.mkdir(parents=True, exist_ok=True)
    began = time.process_time()
    with (root / "warcio.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for each in exchanges:
            request_head = StatusAndHeaders("GET / HTTP/1.1", each.request_headers, is_http_request=True)
            request = writer.create_warc_record(each.url, "request", http_headers=request_head)
            head = StatusAndHeaders("200 OK", each.headers, protocol="HTTP/1.1")
            response = writer.create_warc_record(each.url, "response", BytesIO(each.body), http_headers=head)
            writer.write_request_response_pair(request, response)
    print(time.process_time() - began)


def _exchanges(pages: int) -> list[Exchange]:
    asked = (("Accept", "text/html"), ("Accept-Encoding", "gzip, deflate, br, zstd"), ("User-Agent", "press-archive"))
    base = "http://127.0.0.1:8000"
    return [
        Exchange(
            url=base + path,
            at=FIRST_NIGHT,
            method="GET",
            request_headers=asked,
            status=200,
            headers=(("Content-Type", served.kind), ("Content-Encoding", "gzip"), ("ETag", served.etag)),
            body=served.packed,
            known={"address": base + path},
        )
        for path, served in Site(pages).answers(base)
        if served.etag
    ]


def store(articles: str, root: Path) -> None:
    """File articles as a crawl does: in batches of as many as requests run at once."""
    plan = Plan(int(articles))
    numbers = [number for number in range(plan.articles) if not plan.edited(number)]
    outcomes = [outcome_of(plan.article(number), number) for number in numbers]
    root.mkdir(parents=True, exist_ok=True)
    with closing(open_database(root, write=True)) as db:
        began = time.process_time()
        filed = Store(db, {HOST}, Rhythm(timedelta(hours=6), timedelta(days=90)))
        file_as_crawled(filed, outcomes)
        filed.finish()
    print(time.process_time() - began)


def file_as_crawled(filed: Store, outcomes: Sequence[Outcome]) -> None:
    """Announce articles, then file them in batches of as many as requests run at once."""
    said = tuple(Announcement(each.url, "/sitemap.xml", "sitemap") for each in outcomes)
    filed.commit(Batch(events=[Announced(_SEEN, said)]))
    for at in range(0, len(outcomes), 4):
        some = outcomes[at : at + 4]
        snapshots = [each.snapshot for each in some if each.snapshot]
        fetches = [Fetch(each.url, each.fetched_at, 200, None, 60_000, each) for each in snapshots]
        place = {snapshots[-1].warc_file: snapshots[-1].warc_offset}
        filed.commit(Batch(events=list(some), snapshots=snapshots, fetches=fetches, filed=place))


def outcome_of(article: Article, number: int) -> Outcome:
    """Say that an article was read from its own page."""
    snapshot = Snapshot(article.url, _SEEN, 200, f"sha1:{number:032d}", "warc/one.warc.gz", number * 20_000, 18_000)
    return Outcome(article.url, "stored", _SEEN, article=article, snapshot=snapshot)


def store_row_by_row(articles: str, root: Path) -> None:
    """Insert the same rows with sqlite-utils, one after the other, with its own full-text triggers."""
    plan = Plan(int(articles))
    made: list[Rows] = []
    for number in range(plan.articles):
        if not plan.edited(number):
            made.append(Rows())
            add_article(made[-1], plan, number)
    root.mkdir(parents=True, exist_ok=True)
    with closing(open_database(root, write=True)) as db:
        began = time.process_time()
        db.execute("PRAGMA foreign_keys = OFF")
        db["articles_fts"].drop()
        db["articles"].enable_fts(["headline", "dek", "body_text", "byline"], create_triggers=True, replace=True)
        for rows in made:
            for table in ORDER:
                for row in rows.tables.get(table, ()):
                    db[table].insert(row, ignore=True)
    print(time.process_time() - began)


PARTS = {each.__name__: each for each in (follow, keep, keep_with_warcio, store, store_row_by_row)}

if __name__ == "__main__":
    PARTS[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))
