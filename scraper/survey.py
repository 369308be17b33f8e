"""Looks at a site that nobody has described: robots.txt, front page, sitemaps, feeds, an article. Must not store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from archive.errors import ArchiveError
from archive.urls import host_of
from scraper.addresses import is_loopback
from scraper.cms import REBELMOUSE, REBELMOUSE_CARDS, WORDPRESS, WORDPRESS_CARDS
from scraper.discovery import front
from scraper.discovery.feeds import read_feed
from scraper.discovery.front import Front, System, read_front
from scraper.discovery.sections import read_section
from scraper.discovery.sitemaps import read_sitemap
from scraper.extraction.document import read_document
from scraper.extraction.story import match_layout
from scraper.profile import GENERIC, Cards, Layout, Profile
from scraper.visit import Answer, Visit, check_address

LAYOUTS: dict[str, Layout] = {front.REBELMOUSE: REBELMOUSE, front.WORDPRESS: WORDPRESS}
CARDS: dict[str, Cards] = {front.REBELMOUSE: REBELMOUSE_CARDS, front.WORDPRESS: WORDPRESS_CARDS}
GUESSED_CARDS = Cards(links=("article h2 a", "article h3 a", "main h2 a", "main h3 a"))
_SITEMAPS: dict[str, tuple[str, ...]] = {
    front.REBELMOUSE: ("/sitemap.xml", "/sitemap_news.xml"),
    front.WORDPRESS: ("/sitemap_index.xml", "/wp-sitemap.xml", "/sitemap.xml", "/news-sitemap.xml"),
    "": ("/sitemap.xml", "/sitemap_index.xml", "/sitemap-news.xml"),
}
_FEEDS: dict[str, tuple[str, ...]] = {
    front.REBELMOUSE: ("/feeds/feed.rss",),
    front.WORDPRESS: ("/feed/",),
    "": ("/feed/", "/feed.xml", "/rss.xml", "/rss", "/atom.xml", "/index.xml"),
}
_MOST_FEEDS = 12
_LONG_PATH = 60


@dataclass(frozen=True, slots=True)
class Found:
    """A source that answers: its path and how many addresses it names."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Survey:
    """What a look at a site found. `delay` is what robots.txt asks for, in seconds; `sections` are paths.

    `article` is an article's address, `layout` whether our layout for the site's system knows that page.
    `remarks` are sentences on what was not as it should be.
    """

    url: str
    hosts: tuple[str, ...]
    title: str
    language: str | None
    system: System | None
    delay: float
    sections: tuple[str, ...]
    beside: tuple[str, ...]
    sitemaps: tuple[Found, ...]
    feeds: tuple[Found, ...]
    article: str | None
    layout: bool
    remarks: tuple[str, ...] = ()


def look(url: str, *, contact: str | None = None, delay: float | None = None) -> Survey:
    """Look at the site at `url`, with some ten requests. Raises UsageError, Unreachable, ArchiveError."""
    visit, page, html = _front(check_address(url), contact, delay)
    system = page.system.name if page.system else ""
    sitemaps = list(_sitemaps(visit, system))
    feeds = list(_feeds(visit, page, system))
    article = _article(visit, [*_entries(feeds), *_cards(visit, html, system)])
    known = _is_known(article, system)
    own = page.canonical if page.canonical and visit.addresses.is_own(page.canonical) else visit.base_url
    survey = Survey(
        url=_origin(own),
        hosts=_hosts(own),
        title=page.title or host_of(own),
        language=page.language,
        system=page.system,
        delay=visit.robots.delay,
        sections=tuple(dict.fromkeys(_sections(visit, page, html, system))),
        beside=page.beside,
        sitemaps=tuple(found for found, _ in sitemaps),
        feeds=tuple(found for found, _ in feeds),
        article=article.url if article else None,
        layout=known,
    )
    return replace(survey, remarks=(*_strangers(visit), *_gaps(survey)))


def _front(url: str, contact: str | None, delay: float | None) -> tuple[Visit, Front, str]:
    """Read the front page; the visit goes on where it was found, under the names that it gives itself."""
    visit, answer = _enter(url, contact, delay)
    html = read_document(answer.content, answer.url, answer.content_type).html
    page = read_front(html, answer.url)
    if page.canonical and is_loopback(answer.url) and host_of(page.canonical) != host_of(answer.url):
        # A mirror: its pages and sitemaps name the site's own host.
        visit = Visit(_anonymous(answer.url, page.canonical), visit.base_url, contact=contact, delay=delay)
        page = read_front(html, answer.url, frozenset({urlsplit(page.canonical).netloc}))
    return visit, page, html


def _enter(url: str, contact: str | None, delay: float | None) -> tuple[Visit, Answer]:
    """Ask for the front page; where a redirect changes `www.` or the scheme, the visit goes on at the new place."""
    visit = Visit(_anonymous(url), _origin(url), contact=contact, delay=delay)
    answer = visit.get(visit.base_url + "/")
    if answer.problem:
        raise ArchiveError(
            f"the front page of {visit.base_url} cannot be read, as it {answer.problem}: check the address"
        )
    if _origin(answer.url) != visit.base_url:
        visit = Visit(_anonymous(answer.url), _origin(answer.url), contact=contact, delay=delay)
    return visit, answer


def _anonymous(*urls: str) -> Profile:
    """Return a profile that knows only host names."""
    return replace(GENERIC, url=_origin(urls[0]), hosts=tuple(host for url in urls for host in _hosts(url)), delay=2.0)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _hosts(url: str) -> tuple[str, ...]:
    """List the names of a site: the one in its address, and with or without `www.`."""
    netloc = urlsplit(url).netloc.lower()
    if is_loopback(url):
        return (netloc,)
    other = netloc.removeprefix("www.") if netloc.startswith("www.") else f"www.{netloc}"
    return (netloc, other)


def _strangers(visit: Visit) -> Iterator[str]:
    """Yield a remark for each sitemap that robots.txt names on another host."""
    for url in visit.robots.sitemaps:
        if not visit.addresses.is_own(url):
            yield f"robots.txt names {url}, on another host"


def _sitemaps(visit: Visit, system: str) -> Iterator[tuple[Found, bytes]]:
    """Yield the sitemaps that robots.txt names and those at the usual places."""
    usual = [visit.addresses.source(path) for path in _SITEMAPS[system]]
    named = [url for url in visit.robots.sitemaps if visit.addresses.is_own(url)]
    yield from _sources(visit, [*named, *usual], _size_of_sitemap)


def _size_of_sitemap(body: bytes) -> int:
    page = read_sitemap(body)
    return len(page.entries) + len(page.sitemaps)


def _feeds(visit: Visit, page: Front, system: str) -> Iterator[tuple[Found, bytes]]:
    """Yield the feeds that the front page names and those at the usual places."""
    usual = [visit.addresses.source(path) for path in _FEEDS[system]]
    yield from _sources(visit, [*page.feeds[:_MOST_FEEDS], *usual], lambda body: len(read_feed(body)))


def _sources(visit: Visit, urls: Iterable[str], size_of: Callable[[bytes], int]) -> Iterator[tuple[Found, bytes]]:
    """Ask for each address once, and yield those that are what they should be, by the path at which they ended."""
    asked: set[str] = set()
    for url in urls:
        if visit.addresses.key(url) in asked:
            continue
        answer = visit.get(url)
        keys = {visit.addresses.key(url), visit.addresses.key(answer.url)}
        known, asked = not keys.isdisjoint(asked), asked | keys
        if answer.problem or known:
            continue
        try:
            yield Found(_path(answer.url), size_of(answer.content)), answer.content
        except ValueError:
            continue


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _entries(feeds: Iterable[tuple[Found, bytes]]) -> list[str]:
    """List what the first feed names that names anything."""
    return next(([url for url, _ in read_feed(body)] for found, body in feeds if found.size), [])


def _sections(visit: Visit, page: Front, html: str, system: str) -> Iterator[str]:
    """Yield the paths of the sections: those in the menus, then those that label the front page's cards."""
    labels = read_section(html, CARDS.get(system, GUESSED_CARDS)).sections
    resolved = (visit.addresses.resolve(href, visit.base_url) for href in labels)
    paths = [*page.sections, *(urlsplit(url).path for url in resolved if url)]
    for path in paths:
        usable = 0 < len(path.strip("/")) < _LONG_PATH and path not in page.beside
        if usable and visit.robots.allows(visit.addresses.source(path)):
            yield path


def _cards(visit: Visit, html: str, system: str) -> list[str]:
    """List the articles on the front page's cards."""
    links = read_section(html, CARDS.get(system, GUESSED_CARDS)).links
    return [urljoin(f"{visit.base_url}/", link) for link in links]


def _article(visit: Visit, urls: Iterable[str]) -> Answer | None:
    """Ask for the first of the addresses that is the site's, None when it does not answer."""
    url = next((url for url in urls if visit.addresses.is_own(url)), None)
    answer = visit.get(url) if url else None
    return answer if answer and not answer.problem else None


def _is_known(article: Answer | None, system: str) -> bool:
    """Say whether our layout for the system finds its marker on an article's page."""
    if article is None or system not in LAYOUTS:
        return False
    document = read_document(article.content, article.url, article.content_type)
    return match_layout(document, (LAYOUTS[system],)) is not None


def _gaps(survey: Survey) -> Iterator[str]:
    """Yield a remark for each thing that a profile needs and the site does not show."""
    if survey.system is None:
        yield "made with neither RebelMouse nor WordPress: the generic reader reads it until you describe a layout"
    elif survey.article and not survey.layout:
        yield f"our layout for {survey.system.name} does not know {survey.article}: describe another"
    for name, found in (("section", survey.sections), ("sitemap", survey.sitemaps), ("feed", survey.feeds)):
        if not found:
            yield f"no {name} was found"
    if survey.article is None:
        yield "no article was found to look at"
