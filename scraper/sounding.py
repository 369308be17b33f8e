"""Reads each of a publication's sources once, without a crawl: does it answer, and how much does it name?

Must not read articles and must not store anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import urljoin, urlsplit

from scraper.discovery.feeds import read_feed
from scraper.discovery.sections import read_section
from scraper.discovery.sitemaps import read_sitemap
from scraper.profile import Feed, Profile, Section, Sitemap, Source
from scraper.visit import Answer, Visit

MOST_SITEMAPS = 5
"""So many sitemaps of one index or one numbered row are read; what the others hold is reckoned from them."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """What one source gave. `urls` are the site's own addresses that it names, in its order.

    `unread` counts the sitemaps that were not read, `reckoned` the addresses that they may hold. `note` says what more
    a crawl would ask for; `problem` why the source could not be read.
    """

    kind: str
    path: str
    sure: bool
    urls: tuple[str, ...] = ()
    requests: int = 1
    unread: int = 0
    reckoned: int = 0
    note: str = ""
    problem: str | None = None

    @property
    def size(self) -> int:
        """Return how many addresses the source holds, those that were reckoned included."""
        return len(self.urls) + self.reckoned


def sound(visit: Visit, profile: Profile) -> Iterator[Sounding]:
    """Read the profile's sources, and the sitemaps that robots.txt names beside them, one after another."""
    known = {source.path for source in profile.sources}
    named = [urlsplit(url).path for url in visit.robots.sitemaps if visit.addresses.is_own(url)]
    for source in (*profile.sources, *(Sitemap(path) for path in dict.fromkeys(named) if path not in known)):
        if isinstance(source, Section):
            yield _section(visit, source, profile)
        elif isinstance(source, Feed):
            yield _feed(visit, source)
        else:
            yield _sitemap(visit, source)


def _ask(visit: Visit, path: str) -> Answer:
    return visit.get(visit.addresses.source(path))


def _failed(source: Source, problem: str) -> Sounding:
    return Sounding(type(source).__name__.lower(), source.path, source.sure, problem=problem)


def _own(visit: Visit, urls: Iterator[str] | tuple[str, ...], page_url: str) -> tuple[str, ...]:
    resolved = (visit.addresses.resolve(url, page_url) for url in urls)
    return tuple(dict.fromkeys(url for url in resolved if url))


def _section(visit: Visit, source: Section, profile: Profile) -> Sounding:
    answer = _ask(visit, source.path)
    if answer.problem:
        return _failed(source, answer.problem)
    page = read_section(answer.content.decode("utf-8", "replace"), profile.cards)
    named = page.canonical if page.canonical and visit.addresses.is_own(page.canonical) else answer.url
    note = "more by script" if page.more else ""
    return Sounding("section", source.path, source.sure, _own(visit, page.links, named), note=note)


def _feed(visit: Visit, source: Feed) -> Sounding:
    answer = _ask(visit, source.path)
    if answer.problem:
        return _failed(source, answer.problem)
    try:
        urls = _own(visit, tuple(url for url, _ in read_feed(answer.content)), answer.url)
    except ValueError as error:
        return _failed(source, f"is no feed ({error})")
    note = f"older items by ?{source.page}=N" if source.page else ""
    return Sounding("feed", source.path, source.sure, urls, note=note)


def _sitemap(visit: Visit, source: Sitemap) -> Sounding:
    """Read a sitemap, the first ones of an index, or the first ones of a numbered row."""
    if "{n}" in source.path:
        return _row(visit, source)
    answer = _ask(visit, source.path)
    if answer.problem:
        return _failed(source, answer.problem)
    try:
        page = read_sitemap(answer.content)
    except ValueError as error:
        return _failed(source, f"is no sitemap ({error})")
    own = _own(visit, tuple(url for url, _ in page.entries), answer.url)
    if not page.sitemaps:
        return Sounding("sitemap", source.path, source.sure, own)
    return _index(visit, source, [urljoin(answer.url, url) for url in page.sitemaps], own)


def _index(visit: Visit, source: Sitemap, sitemaps: list[str], own: tuple[str, ...]) -> Sounding:
    read = [_entries(visit, url) for url in sitemaps[:MOST_SITEMAPS]]
    failed = [problem for _, problem in read if problem]
    urls = (*own, *(url for urls, _ in read for url in urls))
    unread = max(0, len(sitemaps) - MOST_SITEMAPS)
    note = f"index of {len(sitemaps)} sitemaps" + (f", {len(read)} read" if unread else "")
    return Sounding(
        "sitemap",
        source.path,
        source.sure,
        tuple(dict.fromkeys(urls)),
        1 + len(sitemaps),
        unread,
        unread * len(urls) // len(read),
        note,
        f"names a sitemap that {failed[0]}" if failed else None,
    )


def _row(visit: Visit, source: Sitemap) -> Sounding:
    urls: list[str] = []
    for number in count():
        more, problem = _entries(visit, visit.addresses.source(source.path.replace("{n}", str(number))))
        if problem and number == 0:
            return _failed(source, problem)
        urls += more
        if problem or number == MOST_SITEMAPS:
            break
    note = f"{number} sitemaps" if problem else f"the first {number + 1} sitemaps, and more"
    return Sounding("sitemap", source.path, source.sure, tuple(dict.fromkeys(urls)), number + 1, note=note)


def _entries(visit: Visit, url: str) -> tuple[tuple[str, ...], str | None]:
    """Return the addresses of one sitemap, and why there are none."""
    answer = visit.get(url)
    if answer.problem:
        return (), answer.problem
    try:
        page = read_sitemap(answer.content)
    except ValueError as error:
        return (), f"is no sitemap ({error})"
    return _own(visit, tuple(entry for entry, _ in page.entries), answer.url), None
