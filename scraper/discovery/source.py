"""One page of a source: what kind it is, and what it names. Must not fetch anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from w3lib.encoding import html_to_unicode

from archive.clock import stamp
from archive.models import Announcement, SourceKind
from scraper.addresses import Addresses
from scraper.discovery.feeds import read_feed
from scraper.discovery.sections import SectionPage, read_more, read_section
from scraper.discovery.sitemaps import read_sitemap
from scraper.profile import Cards

PageKind = Literal["section", "more", "sitemap", "feed"]
KINDS: Mapping[str, SourceKind] = {"section": "section", "more": "section", "sitemap": "sitemap", "feed": "feed"}
_ROOT = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<\?.*?\?>\s*)*<(\w+:)?(\w+)", re.DOTALL)
_ROOTS: Mapping[bytes, PageKind] = {
    b"urlset": "sitemap",
    b"sitemapindex": "sitemap",
    b"rss": "feed",
    b"feed": "feed",
    b"RDF": "feed",
}
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class SourcePage:
    """What a page of a source says: addresses with their lastmod, as written and meant against `shown_at`.

    `sitemaps` are further ones; `section` is the whole section page.
    """

    entries: tuple[tuple[str, str | None], ...] = ()
    shown_at: str = ""
    sitemaps: tuple[str, ...] = ()
    section: SectionPage = field(default_factory=lambda: SectionPage(None, (), (), (), ()))


def read_source(
    kind: PageKind,
    content: bytes,
    url: str,
    *,
    content_type: str | None,
    cards: Cards,
    addresses: Addresses,
    shown_at: str | None = None,
) -> SourcePage:
    """Read a page of a source; `shown_at` is the section page to which a list of more belongs.

    Raises ValueError when it is no such page.
    """
    if kind == "feed":
        return SourcePage(read_feed(content), url)
    if kind == "sitemap":
        sitemap = read_sitemap(content)
        return SourcePage(sitemap.entries, url, sitemap.sitemaps)
    text = html_to_unicode(content_type, content)[1]
    if kind == "more":
        return SourcePage(_undated(read_more(text)), shown_at or url)
    section = read_section(text, cards)
    own = section.canonical if section.canonical and addresses.is_own(section.canonical) else url
    return SourcePage(_undated(section.links), own, section=section)


def announcements(page: SourcePage, source: str, kind: PageKind, addresses: Addresses) -> tuple[Announcement, ...]:
    """Return the publication's own addresses that a page names."""
    said = []
    for href, lastmod in page.entries:
        url = addresses.resolve(href, page.shown_at)
        if url:
            said.append(Announcement(url, source, KINDS[kind], moment_of(lastmod)))
    return tuple(said)


def kind_of(known: Mapping[str, str], content: bytes) -> PageKind:
    """Say what kind of page a source's answer is, where the crawler did not write it down."""
    written = known.get("kind")
    if written in KINDS:
        return written  # type: ignore[return-value]
    if content.startswith(_GZIP_MAGIC):
        return "sitemap"
    root = _ROOT.match(content)
    if root and root[2] in _ROOTS:
        return _ROOTS[root[2]]
    return "more" if content.lstrip()[:1] in (b"{", b"[") or b"posts_by_source" in content[:200] else "section"


def moment_of(lastmod: str | None) -> str | None:
    """Write a source's lastmod (W3C date and time) as the archive does; None when it cannot be read."""
    if not lastmod:
        return None
    try:
        moment = datetime.fromisoformat(lastmod.strip())
    except ValueError:
        return None
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def path_of(url: str) -> str:
    """Return the path by which a source that the profile does not name is known."""
    return urlsplit(url).path


def _undated(links: Iterable[str]) -> tuple[tuple[str, None], ...]:
    return tuple((link, None) for link in links)
