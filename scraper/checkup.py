"""What a profile makes of its site today: its sources, some of its articles, and what a person should look at.

Must not store anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import fmean
from urllib.parse import urlsplit

from archive.models import Article, Image
from archive.portraits import FIELDS, UNRECOGNISED
from scraper.profile import Profile
from scraper.reading import Page, Unread, read_page
from scraper.sounding import Sounding, sound
from scraper.visit import Visit
from scraper.whereabouts import SELECTORS

PAGES = 10
_ALWAYS = ("headline", "authors", "published_at", "language")


@dataclass(frozen=True, slots=True)
class PageCheck:
    """One article's page: what was read, or the problem that kept it from being read."""

    url: str
    article: Article | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long a full crawl takes: its articles and requests, and the seconds; `each` are those of one request."""

    articles: int
    requests: int
    each: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Checkup:
    """All that was found. `rules` are the lines of robots.txt, `excluded` and `forbidden` count addresses.

    `look` are sentences, each on one thing that needs a person.
    """

    publication: str
    base_url: str
    rules: tuple[str, ...]
    asked_delay: float
    delay: float
    sources: tuple[Sounding, ...]
    announced: int
    excluded: int
    forbidden: int
    pages: tuple[PageCheck, ...]
    estimate: Estimate
    look: tuple[str, ...] = ()

    @property
    def articles(self) -> tuple[Article, ...]:
        """Return the articles that were read."""
        return tuple(page.article for page in self.pages if page.article)

    @property
    def layouts(self) -> Counter[str]:
        """Count the articles in each layout; `generic` are those in none that the profile knows."""
        return Counter(article.layout for article in self.articles)

    @property
    def fills(self) -> dict[str, int]:
        """Count the articles in which each field was found."""
        return {name: sum(bool(found(article)) for article in self.articles) for name, found in FIELDS.items()}

    @property
    def credit_samples(self) -> tuple[Image, ...]:
        """Return the images that print a credit line."""
        return tuple(image for article in self.articles for image in article.images if image.credit_line)


@dataclass(frozen=True, slots=True)
class _Announced:
    """The distinct addresses that the sources name, and those left when rules and robots.txt have been asked."""

    wanted: tuple[str, ...]
    excluded: int
    forbidden: int


def check_up(visit: Visit, profile: Profile, pages: int = PAGES) -> Checkup:
    """Visit the profile's sources and `pages` articles. Raises Unreachable when robots.txt cannot be had."""
    rules = visit.robots_answer.content.decode("utf-8", "replace").splitlines()
    asked_delay = visit.robots.delay
    sources = tuple(sound(visit, profile))
    announced = _announced(visit, sources)
    # A mirror's pages may name the mirror in their canonical links.
    reader = replace(profile, hosts=(*profile.hosts, urlsplit(visit.base_url).netloc))
    checked = tuple(_page(visit, url, reader) for url in _spread(announced.wanted, pages))
    checkup = Checkup(
        publication=profile.name,
        base_url=visit.base_url,
        rules=tuple(_printable(line) for line in rules if line.partition("#")[0].strip()),
        asked_delay=asked_delay,
        delay=visit.delay,
        sources=sources,
        announced=len(announced.wanted) + announced.excluded + announced.forbidden,
        excluded=announced.excluded,
        forbidden=announced.forbidden,
        pages=checked,
        estimate=_estimate(visit, profile, sources, announced),
    )
    return replace(checkup, look=tuple(_look(checkup, visit, profile)))


def _printable(line: str) -> str:
    """Return a line without what would steer a terminal."""
    return "".join(filter(str.isprintable, line.strip()))


def _announced(visit: Visit, sources: tuple[Sounding, ...]) -> _Announced:
    addresses = visit.addresses
    distinct = {addresses.key(url): url for source in reversed(sources) for url in reversed(source.urls)}
    urls = list(reversed(distinct.values()))
    articles = [url for url in urls if addresses.exclusion(url) is None]
    wanted = tuple(url for url in articles if visit.robots.allows(addresses.fetchable(url)))
    return _Announced(wanted, len(urls) - len(articles), len(articles) - len(wanted))


def _spread(urls: tuple[str, ...], most: int) -> list[str]:
    """Choose at most so many addresses, evenly over the list: sources are in order of time, designs differ by age."""
    if len(urls) <= most:
        return list(urls)
    return [urls[place * len(urls) // most] for place in range(most)]


def _page(visit: Visit, url: str, profile: Profile) -> PageCheck:
    answer = visit.get(url)
    if answer.problem:
        return PageCheck(url, problem=answer.problem)
    reading = read_page(Page(answer.content, url, answer.content_type), profile)
    if isinstance(reading, Unread):
        return PageCheck(url, problem=f"{'was not read:' if reading.failed else 'is'} {reading.reason}")
    return PageCheck(url, reading)


def _estimate(visit: Visit, profile: Profile, sources: tuple[Sounding, ...], announced: _Announced) -> Estimate:
    """Reckon a full crawl: one request at a time where there is a delay, else as many at once as the profile says."""
    articles = len(announced.wanted) + sum(source.reckoned for source in sources)
    requests = 1 + articles + sum(source.requests for source in sources)
    answer = fmean(visit.seconds) if visit.seconds else 0.0
    each = max(visit.delay, answer) if visit.delay else answer / profile.concurrency
    return Estimate(articles, requests, round(each, 3), round(requests * each, 1))


def _look(checkup: Checkup, visit: Visit, profile: Profile) -> Iterator[str]:
    """Yield what needs a person."""
    for url in visit.robots.sitemaps:
        if not visit.addresses.is_own(url):
            yield f"robots.txt names {url}, which is not on the publication's site: add its host to the profile"
    for source in checkup.sources:
        if source.sure and source.problem:
            yield f"source {source.path} {source.problem}"
        elif source.sure and not source.size and not source.note:
            yield f"source {source.path} names no address: look at the profile's cards"
    for page in checkup.pages:
        if page.problem:
            yield f"{page.url} {page.problem}"
    yield from _look_at_fields(checkup, profile)


def _look_at_fields(checkup: Checkup, profile: Profile) -> Iterator[str]:
    articles = len(checkup.articles)
    if not articles:
        yield "no article was read"
        return
    strange = checkup.layouts[UNRECOGNISED] if profile.layouts else 0
    if strange:
        yield f"no layout was recognised on {strange} of {articles} pages: the generic reader read them"
    for name, filled in checkup.fills.items():
        if not filled and _is_due(name, profile):
            yield f"{name} was found on none of {articles} pages: look at the layout's selectors"


def _is_due(name: str, profile: Profile) -> bool:
    """Say whether a field should be found: every publication has it, or the profile says where it stands."""
    if name == "type":
        return bool(profile.types)
    return name in _ALWAYS or any(SELECTORS[name](layout) for layout in profile.layouts if name in SELECTORS)
