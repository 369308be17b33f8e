"""An article that is printed on several pages: where the next part is, and the parts as one article. Must not fetch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from archive.models import Article, Image
from archive.urls import absolute_url, host_of
from scraper.extraction.document import Document, visible_text
from scraper.extraction.selecting import matches

MAX_PARTS = 20
_NEXT_LINKS = "link[rel*=next], a[rel*=next]"
_PAGERS = ("page-links", "pagination", "pager", "page-numbers")
_PAGER_LINKS = ", ".join(f"[class*={name}] a[href]" for name in _PAGERS)
_PATH_PART = re.compile(r"^/(?:(?:page|seite|pagina|parte|part|p)[/-]?)?(\d{1,2})/?$", re.IGNORECASE)
_LAST_NUMBER = re.compile(r"(?:(?:page|seite|pagina|parte|part|p)[/-])?\d{1,2}/?$|[?&]\w+=\d{1,2}$", re.IGNORECASE)
_QUERY_PARTS = frozenset({"page", "p", "seite", "pagina", "pg", "part", "paged"})


def next_part(document: Document) -> str | None:
    """Return the address of the part that follows this page of an article, None behind the last one.

    A link marked `next` also leads to the next article on many sites: only an address made of the article's own
    and the next number counts.
    """
    for first in dict.fromkeys((document.url, _LAST_NUMBER.sub("", document.url))):
        wanted = _number(document.url, first) + 1
        if wanted < 2:
            continue
        links = [(link, True) for link in matches([document.tree], _NEXT_LINKS)]
        links += [(link, visible_text(link).strip() == str(wanted)) for link in matches([document.tree], _PAGER_LINKS)]
        for link, fits in links:
            url = _absolute(link.get("href") or "", document.url)
            if fits and url and _number(url, first) == wanted:
                return url
    return None


def _absolute(href: str, page_url: str) -> str | None:
    try:
        return absolute_url(href, page_url)
    except ValueError:
        return None


def _number(url: str, first: str) -> int:
    """Return which part of the article at `first` an address is, 0 when it is none."""
    if host_of(url) != host_of(first):
        return 0
    parts, own = urlsplit(url), urlsplit(first)
    rest = parts.path.removeprefix(own.path.rstrip("/"))
    if not parts.path.startswith(own.path.rstrip("/")):
        return 0
    match = _PATH_PART.match(rest)
    if match and parts.query == own.query:
        return int(match[1])
    if rest.strip("/"):
        return 0
    added = [pair for pair in parse_qsl(parts.query) if pair not in parse_qsl(own.query)]
    if not added:
        return 1
    name, value = added[0]
    return int(value) if len(added) == 1 and name.lower() in _QUERY_PARTS and value.isdecimal() else 0


def join_parts(articles: Sequence[Article]) -> Article:
    """Return the parts of one article as one: the first, with the text, images and links of the others behind it."""
    first, *others = articles
    if not others:
        return first
    images: dict[str, Image] = {}
    for image in (image for article in articles for image in article.images):
        images.setdefault(
            image.identity, image if image.role == "inline" or not images else replace(image, role="inline")
        )
    links = [link for article in articles for link in article.links]
    return replace(
        first,
        body_text="\n".join(article.body_text for article in articles),
        body_html="\n".join(article.body_html for article in articles),
        images=tuple(replace(image, position=position) for position, image in enumerate(images.values(), start=1)),
        links=tuple(replace(link, position=position) for position, link in enumerate(links, start=1)),
        next_part=None,
    )
