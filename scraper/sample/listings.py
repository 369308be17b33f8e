"""Which of the sample's pages, feeds and sitemaps list which article. Must not write HTML or XML.

An article's `listed_in` is kept strictly: home page, section, author and tag pages and the sidebar list only articles
that `section` lists, feeds only those of `feed`, sitemaps only those of `sitemap`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from archive.models import SourceKind
from scraper.profile import Section
from scraper.publications.sample import PROFILE
from scraper.sample.articles import SampleArticle, slug

HOME_NEWEST = 18
NEWS_WINDOW = timedelta(hours=48)
STACKED = 3
MORE_PATHS = ("/res/load_more_posts/data.js", "/core/load_more_posts/data.js")


@dataclass(frozen=True, slots=True)
class SectionList:
    """One section page: its articles, newest first, and how its load-more is asked.

    The page itself shows the first `size` articles, load-more gives the next ones. Half of the sections answer at each
    of MORE_PATHS. `first_pn` is 0 or 1: where it is 1, `pn=0` gives an empty list that does NOT mean the end, and
    `pn=1` gives the second batch; where it is 0, `pn=0` gives the second batch.
    """

    path: str
    title: str
    resource_id: str
    articles: tuple[SampleArticle, ...]
    size: int
    more_path: str
    first_pn: int

    @property
    def has_more(self) -> bool:
        """Say whether load-more has anything to give."""
        return len(self.articles) > self.size

    def batch(self, pn: int) -> tuple[SampleArticle, ...]:
        """Give the articles that load-more answers with for `pn`; none before the first page and after the last."""
        start = (pn - self.first_pn + 1) * self.size
        return self.articles[start : start + self.size] if start >= self.size else ()


@dataclass(frozen=True)
class Listings:
    """All lists of one state of the site; `articles` are newest first, a section page has `size` cards."""

    articles: tuple[SampleArticle, ...]
    size: int = 6

    def listed(self, kind: SourceKind) -> tuple[SampleArticle, ...]:
        """Give the articles that one kind of source lists, newest first."""
        return tuple(article for article in self.articles if kind in article.listed_in)

    @cached_property
    def sections(self) -> dict[str, SectionList]:
        """Give the home page and every section page by path; those that only labels name come last."""
        titles = {section_path(label): label for article in self.articles for label in article.labels}
        paths = [*SECTION_PATHS, *sorted(titles.keys() - set(SECTION_PATHS))]
        return {path: self._section(number, path, titles.get(path, _title(path))) for number, path in enumerate(paths)}

    def fed(self, path: str) -> tuple[SampleArticle, ...]:
        """Give the articles of a section's feed; those of the home page's are all that feeds list."""
        return tuple(a for a in self.listed("feed") if path == "/" or path in map(section_path, a.labels))

    @cached_property
    def news(self) -> tuple[SampleArticle, ...]:
        """Give what the news sitemap lists: the 48 hours before the newest article in the sitemaps."""
        mapped = self.listed("sitemap")
        return tuple(article for article in mapped if mapped[0].published - article.published <= NEWS_WINDOW)

    def by_author(self, handle: str) -> tuple[SampleArticle, ...]:
        """Give the articles of an author page."""
        return tuple(a for a in self.listed("section") if handle in map(slug, a.authors))

    def by_tag(self, handle: str) -> tuple[SampleArticle, ...]:
        """Give the articles of a tag page."""
        return tuple(a for a in self.listed("section") if handle in map(slug, a.tags))

    def stacked(self, article: SampleArticle) -> tuple[SampleArticle, ...]:
        """Choose the stories stacked under an article; a new article displaces few of them."""
        return self._others(article)[:STACKED]

    def around(self, article: SampleArticle) -> tuple[SampleArticle, ...]:
        """Choose the site's own articles in the around-the-web box."""
        return self._others(article)[STACKED : STACKED + 2]

    def more_from(self, article: SampleArticle) -> tuple[SampleArticle, ...]:
        """Choose the articles of a WordPress-era page's "More from"."""
        return self._others(article)[STACKED + 2 : STACKED + 5]

    def _others(self, article: SampleArticle) -> tuple[SampleArticle, ...]:
        others = [other for other in self.articles if other.post_id != article.post_id]
        return tuple(sorted(others, key=lambda other: zlib.crc32(f"{other.post_id}beside{article.post_id}".encode())))

    def _section(self, number: int, path: str, title: str) -> SectionList:
        listed = self.listed("section")
        chosen = self._home(listed) if path == "/" else tuple(a for a in listed if path in map(section_path, a.labels))
        return SectionList(
            path=path,
            title=title,
            resource_id=f"{20260 + number}",
            articles=chosen,
            size=self.size,
            more_path=MORE_PATHS[number % 2],
            first_pn=number // 2 % 2,
        )

    def _home(self, listed: tuple[SampleArticle, ...]) -> tuple[SampleArticle, ...]:
        """The home page lists the newest, and those that no section page of the profile lists."""
        return tuple(a for n, a in enumerate(listed) if n < HOME_NEWEST or not _in_sections(a.labels))


def section_path(label: str) -> str:
    """Give the address of the section page that a label links to."""
    handle = slug(label)
    return next((path for path in SECTION_PATHS if path.strip("/").rpartition("/")[2] == handle), f"/{handle}/")


def _in_sections(labels: Iterable[str]) -> bool:
    return any(section_path(label) in SECTION_PATHS for label in labels)


def _title(path: str) -> str:
    return path.strip("/").rpartition("/")[2].replace("-", " ").title() or PROFILE.title


SECTION_PATHS = tuple(source.path for source in PROFILE.sources if isinstance(source, Section))
