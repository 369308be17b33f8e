"""Nights of a publication as a crawl sees them: quiet ones with all that is ordinary, and the night of a redesign.

The pages are read by the real reader; who is asked for when is drawn. Must not judge a night.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from archive import clock
from archive.drift import Suspect, find_alarms, find_suspects
from archive.facts import RunFacts
from archive.models import Article, Byline, Outcome
from archive.portraits import PORTRAYED, portrait_of
from scraper.profile import Profile
from scraper.publications import load
from scraper.reading import Page, Reading, Unread, read_page
from scraper.sample.articles import load_articles, newest_first
from scraper.sample.site import SampleSite
from tests.benchmarks.drift.redesigns import Change, redesigned
from tests.benchmarks.heldback.generator import make_site
from tests.benchmarks.heldback.model import BASE, HOST

FIRST = datetime(2026, 1, 5, 3, 30, tzinfo=UTC)
SENTINELS, EACH, MOST, ROUNDS = 3, 8, 16, 3
"""How many held articles a crawl looks at every night, how many for each suspicion, and how many then at most."""
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Publication:
    """A publication's pages, and what the reader makes of them."""

    profile: Profile
    pages: dict[str, str]
    articles: tuple[Article, ...]

    def after(self, change: Change) -> dict[str, Reading]:
        """Read every page as it looks after a redesign."""
        urls = [article.url for article in self.articles]
        return {url: read(redesigned(self.pages[url], change), url, self.profile) for url in urls}


def read(page: str, url: str, profile: Profile) -> Reading:
    """Read a page as a crawl does."""
    return read_page(Page(page.encode(), url, HTML), profile)


def sample() -> Publication:
    """Give the sample publication."""
    written = newest_first(load_articles())
    site = SampleSite(written)
    pages = {
        each.url: site.respond(each.path, "", {}, "https://meridianreview.example").body.decode() for each in written
    }
    return _publication("sample", pages)


def heldback(seed: int, articles: int) -> Publication:
    """Give a publication of the held-back generator."""
    site = make_site(seed, articles)
    pages = {each.url.replace(BASE, HOST): site.pages[each.key].body.replace(BASE, HOST) for each in site.articles}
    return _publication("responsible-statecraft", pages)


def _publication(name: str, pages: dict[str, str]) -> Publication:
    profile = load(name)
    readings = {url: read(page, url, profile) for url, page in pages.items()}
    by_url = {url: replace(found, url=url) for url, found in readings.items() if isinstance(found, Article)}
    return Publication(profile, pages, tuple(by_url.values()))


@dataclass
class Calendar:
    """Draws one night after another. `new` and `again` are the articles of a usual night, new and looked at again."""

    rng: random.Random
    publication: Publication
    new: int
    again: int
    day: datetime = FIRST
    held: int = 400

    def first(self) -> RunFacts:
        """Draw the run that makes the archive: it reads everything."""
        facts = self._begin()
        for article in self.publication.articles:
            facts.add_article(article)
        return self._end(facts, [article.url for article in self.publication.articles])

    def quiet(self, history: Sequence[RunFacts]) -> RunFacts:
        """Draw a night on which nothing is wrong."""
        facts, rng = self._begin(), self.rng
        weekend = self.day.weekday() >= 5
        mean = self.new * (0.3 if weekend else 1.0) * rng.choice((0.5, 1, 1, 1.5))
        themed = rng.random() < 1 / 15
        fresh = [self._fresh(number, themed) for number in range(self._poisson(mean))]
        for article in fresh:
            facts.add_article(article)
        for number in range(len(fresh)):
            if rng.random() < 0.03:
                facts.add_non_article(f"{self.publication.profile.url}/page-{self.day:%m%d}-{number}/")
        for article in self._drawn(self._poisson(self.again)):
            self._look_again(facts, article)
        for article in self._sentinels():
            facts.add_outcome(Outcome(article.url, "stored", clock.stamp(self.day)))
        for article in self._closer(facts, history, set(), False):
            facts.add_article(article, portrait_of(article))
            facts.add_filings({article.url: "unchanged"})
        return self._end(facts, [article.url for article in fresh])

    def redesign(
        self, readings: dict[str, Reading], new: int, again: int, history: Sequence[RunFacts] = ()
    ) -> RunFacts:
        """Draw the night after which every page looks otherwise."""
        facts = self._begin()
        fresh = self._drawn(new)
        for article in fresh:
            self._add(facts, article, readings[article.url], None)
        for article in self._drawn(again):
            self._add(facts, article, readings[article.url], article)
        for article in self._sentinels():
            self._add(facts, article, readings[article.url], article)
        asked: set[str] = set()
        for again in range(ROUNDS):
            if again and find_alarms(facts, history):
                break
            for article in self._closer(facts, history, asked, bool(again)):
                self._add(facts, article, readings[article.url], article)
        return self._end(facts, [article.url for article in fresh])

    def _closer(self, facts: RunFacts, history: Sequence[RunFacts], asked: set[str], again: bool) -> list[Article]:
        """Choose what the crawl looks at once more, as `scraper.watch` does."""
        chosen: dict[str, Article] = {}
        for suspect in find_suspects(facts, history, again):
            fits = [each for each in self.publication.articles if _has(each, suspect) and each.url not in asked]
            for article in self.rng.sample(fits, min(EACH, len(fits))):
                chosen.setdefault(article.url, article)
        found = list(chosen.values())[:MOST]
        asked |= {article.url for article in found}
        return found

    def _sentinels(self) -> list[Article]:
        """Choose what the crawl looks at every night."""
        return sorted(self.publication.articles, key=lambda article: -len(portrait_of(article).filled))[:SENTINELS]

    def _begin(self) -> RunFacts:
        self.day += timedelta(days=1)
        return RunFacts("nightly", clock.stamp(self.day), bool(self.publication.profile.layouts))

    def _drawn(self, count: int) -> list[Article]:
        articles = self.publication.articles
        return self.rng.sample(articles, count) if count <= len(articles) else list(self.rng.choices(articles, k=count))

    def _poisson(self, mean: float) -> int:
        return sum(self.rng.random() < mean / 1000 for _ in range(1000))

    def _fresh(self, number: int, themed: bool) -> Article:
        """Write tonight's article: one of the pool, perhaps a brief, a video, or a page out of all order."""
        rng = self.rng
        article = rng.choice(self.publication.articles)
        url = f"{article.url.rstrip('/')}-{self.day:%m%d}-{number}/"
        published_at = clock.stamp(self.day - timedelta(hours=9))
        article = replace(article, url=url, headline=f"{article.headline} ({number})", published_at=published_at)
        if themed or rng.random() < 0.03:
            words = " ".join(article.body_text.split()[: rng.randint(40, 90)])
            article = replace(article, type="Video", dek=None, body_text=words, links=())
        if rng.random() < 0.003:
            article = replace(article, layout="generic", dek=None, byline=Byline(), images=(), related=())
        return article

    def _look_again(self, facts: RunFacts, article: Article) -> None:
        """Ask again for an article: most have not changed, some pages have, a few articles were edited."""
        rng = self.rng
        if rng.random() < 0.7:
            facts.add_outcome(Outcome(article.url, "stored", clock.stamp(self.day)))
            return
        now = article
        if rng.random() < 0.15:
            words = article.body_text.split()
            now = rng.choice(
                [
                    replace(article, headline=f"{article.headline}, again"),
                    replace(article, body_text=article.body_text + "\nCorrection: the year was another."),
                    replace(article, body_text=article.body_text.replace("the", "that", 1)),
                    replace(article, dek=None if rng.random() < 0.2 else "Another dek"),
                    replace(article, images=article.images[1:]) if rng.random() < 0.2 else article,
                    replace(article, body_text=" ".join(words[: len(words) // 2])) if rng.random() < 0.1 else article,
                ]
            )
        facts.add_article(now, portrait_of(article))
        facts.add_filings({article.url: "unchanged" if now is article else "changed"})

    def _add(self, facts: RunFacts, article: Article, reading: Reading, before: Article | None) -> None:
        held = portrait_of(before) if before else None
        if isinstance(reading, Unread):
            state = "failed" if reading.failed else "excluded"
            facts.add_outcome(Outcome(article.url, state, "", reading.reason), held)
            return
        facts.add_article(replace(reading, url=article.url), held)
        if before:
            same = (reading.headline, reading.dek, reading.byline, reading.body_text) == (
                before.headline,
                before.dek,
                before.byline,
                before.body_text,
            )
            facts.add_filings({article.url: "unchanged" if same else "changed"})

    def _end(self, facts: RunFacts, new: list[str]) -> RunFacts:
        """Let the sources name what is new, and what they always name."""
        rng, site = self.rng, self.publication.profile.url
        self.held += len(new)
        late = rng.random() < 1 / 20
        lists = {
            **{f"/section-{number}/": (20 + rng.randint(-2, 2), 0.25, "section") for number in range(6)},
            "/": (30, 0.9, "section"),
            "/feeds/feed.rss": (20, 0.0 if late else 0.97, "feed"),
            "/sitemap_news.xml": (self._poisson(self.new * 1.5), 0.9, "sitemap"),
            "/sitemap_0.xml": (self.held, 0.8, "sitemap"),
        }
        for path, (count, share, kind) in lists.items():
            urls = [f"{site}/known-{number}/" for number in range(count)]
            facts.add_source(path, kind, urls, [url for url in new if rng.random() < share])
        facts.end()
        return facts


def _has(article: Article, suspect: Suspect) -> bool:
    portrait = portrait_of(article)
    has = suspect.name not in PORTRAYED or suspect.name in portrait.filled
    return has and suspect.layout in ("", portrait.layout)
