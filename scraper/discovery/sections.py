"""Reads section pages: the articles on their cards, and where more of them are. Must not fetch anything."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from parsel import Selector

from scraper.profile import Cards

_SETTING = "data-attr-"


@dataclass(frozen=True, slots=True)
class MoreBlock:
    """A block that loads more cards by script: its settings, as the page writes them."""

    settings: tuple[tuple[str, str], ...]

    @property
    def resource_id(self) -> str:
        """Return what tells one block from another."""
        return dict(self.settings).get("resource_id", "")

    def address(self, path: str, page: int) -> str:
        """Return the path and query that answer with the block's page number `page`."""
        return f"{path}?{urlencode([*self.settings, ('pn', str(page))])}"


@dataclass(frozen=True, slots=True)
class SectionPage:
    """What a section page says: its own address, card links in page order, blocks with more, other sections and feeds.

    Links are as written; relative ones are meant against `canonical`, when the page names one.
    """

    canonical: str | None
    links: tuple[str, ...]
    more: tuple[MoreBlock, ...]
    sections: tuple[str, ...]
    feeds: tuple[str, ...]


def read_section(html: str, cards: Cards) -> SectionPage:
    """Read a section page."""
    page = Selector(html)
    blocks = page.css(cards.more_block) if cards.more_block else []
    return SectionPage(
        canonical=page.css('link[rel="canonical"]::attr(href)').get(),
        links=_hrefs(page, cards.links) or _hrefs(page, cards.any_links),
        more=tuple(MoreBlock(_settings(block)) for block in blocks),
        sections=_hrefs(page, cards.section_links),
        feeds=_unique(page.css('link[rel~="alternate"][type*="rss"]::attr(href)').getall()),
    )


def read_more(text: str) -> tuple[str, ...]:
    """List the links in an answer to load more: `posts_by_source` holds lists of posts with a `post_url`.

    Raises ValueError when the answer is no such JSON.
    """
    answer = json.loads(text[text.index("{") :] if "{" in text else text)
    by_source = answer.get("posts_by_source") if isinstance(answer, dict) else None
    if by_source is None:
        raise ValueError("no posts_by_source in the answer")
    lists: Iterable[object] = by_source.values() if isinstance(by_source, dict) else by_source
    posts = [post for posts in lists if isinstance(posts, list) for post in posts]
    urls = [post.get("post_url") for post in posts if isinstance(post, dict)]
    return _unique(url for url in urls if isinstance(url, str))


def _settings(block: Selector) -> tuple[tuple[str, str], ...]:
    attributes = block.attrib.items()
    return tuple((name.removeprefix(_SETTING), value) for name, value in attributes if name.startswith(_SETTING))


def _hrefs(page: Selector, selectors: tuple[str, ...]) -> tuple[str, ...]:
    return _unique(page.css(",".join(selectors)).xpath("@href").getall()) if selectors else ()


def _unique(urls: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(urls))
