"""Answers requests for the sample publication: which address gives what. Must not open a socket or read a clock."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from urllib.parse import parse_qs

from scraper.sample import announcements, markup
from scraper.sample.articles import SampleArticle, slug
from scraper.sample.listings import MORE_PATHS, SECTION_PATHS, Listings
from scraper.sample.pictures import picture

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
PNG = "image/png"
GZIP = "application/x-gzip"
JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
FEED_SIZE = 10

Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Response:
    """What goes over the wire: status, headers in order, and the body as sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class Document:
    """What stands at an address, before the request's own headers are looked at."""

    content_type: str
    body: bytes
    status: int = 200
    modified: datetime | None = None

    @cached_property
    def gzipped(self) -> bytes:
        """Give the body compressed, without a time stamp, so that one text always gives the same bytes."""
        return gzip.compress(self.body, compresslevel=5, mtime=0)

    @cached_property
    def etag(self) -> str:
        """Give a weak validator: one for both encodings (RFC 9110, 8.8.3)."""
        return f'W/"{hashlib.sha256(self.body).hexdigest()[:20]}"'


@dataclass(frozen=True)
class SampleSite:
    """One state of the site. `gone` gives removed paths their status, `moved` old paths their new ones."""

    articles: tuple[SampleArticle, ...]
    gone: Mapping[str, int] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    _documents: dict[tuple[str, str], Document] = field(default_factory=dict, init=False, compare=False, repr=False)

    @cached_property
    def listings(self) -> Listings:
        """Give what each page, feed and sitemap lists."""
        return Listings(self.articles)

    @cached_property
    def by_path(self) -> dict[str, SampleArticle]:
        """Give the articles by path, with both outer slashes."""
        return {article.path: article for article in self.articles}

    def respond(self, path: str, query: str, headers: Mapping[str, str], base_url: str) -> Response:
        """Answer a GET.

        `path` is unquoted, `query` raw, header names are in lower case, `base_url` has no last slash.
        """
        whole = f"{path.rstrip('/')}/"
        if whole in self.moved:
            return Response(301, (("Location", f"{base_url}{self.moved[whole]}"),), b"")
        if path == "/robots.txt":
            return _negotiated(Document(TEXT, announcements.robots(base_url).encode()), headers)
        return _negotiated(self._document(path, query) or self._missing(whole), headers)

    def _document(self, path: str, query: str) -> Document | None:
        """Find or make the document of an address; made ones are kept, for each is asked for many times."""
        known = self._documents.get((path, query))
        if known is None:
            known = self._made(path, {name: values[-1] for name, values in parse_qs(query).items()})
            if known is not None and len(self._documents) < 5000:
                self._documents[path, query] = known
        return known

    def _made(self, path: str, query: Query) -> Document | None:
        whole = f"{path.rstrip('/')}/"
        if article := self.by_path.get(whole):
            page = markup.article_page(article, self.listings)
            return Document(HTML, page.encode(), modified=article.modified or article.published)
        if section := self.listings.sections.get(whole):
            return _html(markup.section_page(section, self.listings))
        for pattern, make in _ROUTES:
            if match := pattern.fullmatch(path):
                return make(self, match, query)
        return None

    def _missing(self, whole: str) -> Document:
        status = self.gone.get(whole, 404)
        return Document(HTML, markup.missing_page(status).encode(), status)


def _html(page: str) -> Document:
    return Document(HTML, page.encode())


def _negotiated(document: Document, headers: Mapping[str, str]) -> Response:
    """Answer 304 to a validator that still holds (RFC 9110, 13.1.2), else the body, compressed when asked for."""
    answer = [("Content-Type", document.content_type), ("Vary", "Accept-Encoding")]
    if document.modified and document.status == 200:
        validators = [
            ("ETag", document.etag),
            ("Last-Modified", format_datetime(document.modified.astimezone(UTC), usegmt=True)),
        ]
        answer += [*validators, ("Cache-Control", "max-age=0, must-revalidate")]
        if document.etag in re.findall(r'W/"[^"]*"', headers.get("if-none-match", "")):
            return Response(304, tuple(validators), b"")
    if document.content_type != GZIP and re.search(r"\bgzip\b", headers.get("accept-encoding", "")):
        return Response(document.status, (*answer, ("Content-Encoding", "gzip")), document.gzipped)
    return Response(document.status, tuple(answer), document.body)


def _number(query: Query, name: str, default: int) -> int:
    text = query.get(name, "")
    return int(text) if text.isdecimal() else default


def _feed(site: SampleSite, match: re.Match[str], query: Query) -> Document | None:
    """One page of a feed; after the last page come empty channels, not 404."""
    section = site.listings.sections.get(f"/{match['section']}/") if match["section"] else site.listings.sections["/"]
    if section is None:
        return None
    start = (max(_number(query, "page", 1), 1) - 1) * FEED_SIZE
    articles = site.listings.fed(section.path)[start : start + FEED_SIZE]
    return Document(RSS, announcements.feed(section.title, match[0], articles).encode())


def _more(site: SampleSite, match: re.Match[str], query: Query) -> Document | None:
    """Load-more, at the one of its two addresses that the section answers at."""
    sections = {section.resource_id: section for section in site.listings.sections.values()}
    section = sections.get(query.get("resource_id", ""))
    if section is None or section.more_path != match[0]:
        return None
    if "core" in section.more_path and query.get("site_id") != markup.SITE_ID:
        return None
    return Document(JSON, json.dumps(markup.more_articles(section, _number(query, "pn", 0))).encode())


def _sitemap(site: SampleSite, match: re.Match[str], query: Query) -> Document | None:
    """One sitemap; number 0 also lists pages that are no articles. Gzipped ones are files, not encoded answers."""
    parts = announcements.sitemap_parts(site.listings)
    number = int(match["number"])
    if number >= len(parts):
        return None
    pages = (*SECTION_PATHS, *markup.INFORMATION) if number == 0 else ()
    plain = Document(XML, announcements.sitemap(parts[number], pages).encode())
    return Document(GZIP, plain.gzipped) if match["gz"] else plain


def _sitemap_index(site: SampleSite, match: re.Match[str], query: Query) -> Document:
    return Document(XML, announcements.sitemap_index(site.listings).encode())


def _sitemap_news(site: SampleSite, match: re.Match[str], query: Query) -> Document:
    return Document(XML, announcements.sitemap(site.listings.news, news=True).encode())


def _author(site: SampleSite, match: re.Match[str], query: Query) -> Document | None:
    names = {slug(name): name for article in site.articles for name in article.authors}
    name = names.get(match[1])
    return _cards(site, name, match[0], site.listings.by_author(match[1])) if name else None


def _tag(site: SampleSite, match: re.Match[str], query: Query) -> Document | None:
    tags = {slug(tag): tag for article in site.articles for tag in article.tags}
    tag = tags.get(match[1])
    return _cards(site, tag, match[0], site.listings.by_tag(match[1])) if tag else None


def _cards(site: SampleSite, name: str, path: str, articles: tuple[SampleArticle, ...]) -> Document:
    return _html(markup.cards_page(name, path, articles, site.listings))


def _information(site: SampleSite, match: re.Match[str], query: Query) -> Document:
    return _html(markup.information_page(f"/{match[1]}/"))


def _draft(site: SampleSite, match: re.Match[str], query: Query) -> Document:
    return _html(markup.draft_page())


def _picture(site: SampleSite, match: re.Match[str], query: Query) -> Document | None:
    number = _number(query, "id", 0)
    return Document(PNG, picture(number)) if number else None


_ROUTES: tuple[tuple[re.Pattern[str], Callable[[SampleSite, re.Match[str], Query], Document | None]], ...] = (
    (re.compile(r"/feed/?|/feeds/(?:feed|(?P<section>[a-z/-]+))\.rss"), _feed),
    (re.compile("|".join(map(re.escape, MORE_PATHS))), _more),
    (re.compile(r"/sitemap\.xml"), _sitemap_index),
    (re.compile(r"(?:/feeds/sitemaps)?/sitemap_news\.xml"), _sitemap_news),
    (re.compile(r"/feeds/sitemaps/sitemap_(?P<number>\d+)\.xml(?P<gz>\.gz)?"), _sitemap),
    (re.compile(r"/author/([a-z0-9-]+)/?"), _author),
    (re.compile(r"/tag/([a-z0-9-]+)/?"), _tag),
    (re.compile(rf"/({'|'.join(path.strip('/') for path in markup.INFORMATION)})/?"), _information),
    (re.compile(r"/private/draft/?"), _draft),
    (re.compile(r"/media-library/[^/]+"), _picture),
)
