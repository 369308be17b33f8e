"""Writes feeds: Atom (RFC 4287) and JSON Feed 1.1. Must not read the database or know addresses of pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
ATOM_TYPE = "application/atom+xml"
JSON_FEED_TYPE = "application/feed+json"
_VERSION = "https://jsonfeed.org/version/1.1"
_EXCERPT = 60
# XML 1.0, section 2.2: all else is no character of a document, not even as a reference.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `id` never changes; `original` is the article's own address, `url` where it is read here; times are
    the archive's; `source` is whose article it is, in a feed of several publications.
    """

    id: str
    url: str
    original: str
    title: str
    updated: str
    published: str | None = None
    authors: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    summary: str = ""
    language: str | None = None
    source: str | None = None

    @property
    def links_elsewhere(self) -> bool:
        """Say whether the article's own address is another one, and one that may be linked."""
        return self.original != self.url and self.original.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed without its entries. `page` is the page that it follows, `next` where older entries are (RFC 5005)."""

    id: str
    title: str
    subtitle: str
    updated: str
    author: str
    url: str = ""
    page: str = ""
    next: str | None = None


def tag(host: str, *parts: str | int) -> str:
    """Return a tag URI (RFC 4151), which stays the same wherever the archive is served."""
    return f"tag:{host},2026:press-archive/{'/'.join(map(str, parts))}"


def excerpt(text: str | None) -> str:
    """Return the first words of a text: what a feed shows of an article."""
    words = (text or "").split(None, _EXCERPT)
    return " ".join(words[:_EXCERPT]) + (" …" if len(words) > _EXCERPT else "")


def legal(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _ILLEGAL.sub("", text)


def atom(feed: Feed, entries: Iterable[Entry]) -> Iterator[bytes]:
    """Write a feed as Atom, piece by piece."""
    head = etree.Element("feed", nsmap={None: ATOM})
    _add(head, "id", feed.id)
    _add(head, "title", feed.title)
    _add(head, "subtitle", feed.subtitle)
    _add(head, "updated", feed.updated)
    _add(etree.SubElement(head, "author"), "name", feed.author)
    _add(head, "generator", "press-archive")
    for relation, address in (("self", feed.url), ("alternate", feed.page), ("next", feed.next)):
        if address:
            kind = "text/html" if relation == "alternate" else ATOM_TYPE
            etree.SubElement(head, "link", rel=relation, type=kind, href=legal(address))
    begun = etree.tostring(head, encoding="unicode")
    yield f"<?xml version='1.0' encoding='utf-8'?>\n{begun.removesuffix('</feed>')}\n".encode()
    for entry in entries:
        yield etree.tostring(_entry(entry), encoding="utf-8", pretty_print=True)
    yield b"</feed>\n"


def _entry(entry: Entry) -> Any:
    element = etree.Element("entry")
    if entry.language:
        element.set("{http://www.w3.org/XML/1998/namespace}lang", legal(entry.language))
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    _add(element, "updated", entry.updated)
    if entry.published:
        _add(element, "published", entry.published)
    etree.SubElement(element, "link", rel="alternate", type="text/html", href=legal(entry.url))
    if entry.links_elsewhere:
        etree.SubElement(element, "link", rel="via", type="text/html", href=legal(entry.original))
    for name in entry.authors:
        _add(etree.SubElement(element, "author"), "name", name)
    for label in entry.labels:
        etree.SubElement(element, "category", term=legal(label))
    _add(element, "summary", entry.summary)
    if entry.source:
        _add(etree.SubElement(element, "source"), "title", entry.source)
    return element


def _add(parent: Any, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = legal(text)


def json_feed(feed: Feed, entries: Iterable[Entry]) -> bytes:
    """Write a feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    said = {
        "version": _VERSION,
        "title": feed.title,
        "description": feed.subtitle,
        "home_page_url": feed.page,
        "feed_url": feed.url,
        "next_url": feed.next,
        "authors": [{"name": feed.author}],
        "items": [_item(entry) for entry in entries],
    }
    known = {name: value for name, value in said.items() if value is not None and value != ""}
    return json.dumps(known, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"


def _item(entry: Entry) -> dict[str, Any]:
    said = {
        "id": entry.id,
        "url": entry.url,
        "external_url": entry.original if entry.links_elsewhere else None,
        "title": entry.title,
        # One of the contents must be there, even when there is nothing to say.
        "content_text": entry.summary or entry.title,
        "date_published": entry.published,
        "date_modified": entry.updated,
        "authors": [{"name": name} for name in entry.authors],
        "tags": list(entry.labels),
        "language": entry.language,
    }
    return {name: value for name, value in said.items() if value}
