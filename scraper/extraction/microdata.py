"""Reads a page's microdata (`itemprop`) as far as headline, dek, byline and dates need it. Must not choose a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from scraper.extraction.choice import clean_text
from scraper.extraction.document import Element, visible_text

MAX_ITEMS = 400
MAX_INSIDE = 60

_ITEMS = etree.XPath("descendant::*[@itemprop]")
_NAMES_INSIDE = etree.XPath(".//*[contains(concat(' ', @itemprop, ' '), ' name ')]")
_SCOPE = etree.XPath("ancestor::*[@itemscope][1]")
_DATES = ("datepublished", "datemodified", "datecreated")
_WANTED = frozenset(("headline", "alternativeheadline", "description", "author", "creator", "articlesection", *_DATES))


@dataclass(frozen=True, slots=True)
class Item:
    """One property: name in lower case, value, and the type of the thing it belongs to (empty when there is none)."""

    name: str
    value: str
    scope: str
    element: Element = field(compare=False, repr=False)


def read_items(tree: Element) -> tuple[Item, ...]:
    """List the wanted microdata properties in page order, at most 400 elements of them."""
    return tuple(_items(tree))


def short_text(element: Element) -> str:
    """Return the visible text of an element with few elements inside, of a larger one nothing."""
    for count, _ in enumerate(element.iter()):
        if count > MAX_INSIDE:
            return ""
    return visible_text(element)[:2_000]


def _items(tree: Element) -> Iterator[Item]:
    found = 0
    for element in _ITEMS(tree):
        names = [name for name in dict.fromkeys(element.get("itemprop").lower().split()) if name in _WANTED]
        if not names:
            continue
        found += 1
        if found > MAX_ITEMS:
            return
        scope = next(iter(_SCOPE(element)), None)
        kind = (scope.get("itemtype") or "").rsplit("/", 1)[-1] if scope is not None else ""
        for name in names:
            for value in _values(element, name):
                yield Item(name, value, kind, element)


def _values(element: Element, name: str) -> list[str]:
    if name in ("author", "creator"):
        inside = [clean_text(part.get("content") or "") or short_text(part) for part in _NAMES_INSIDE(element)]
        if inside:
            return [value for value in inside if value]
    stated = element.get("content") or (element.get("datetime") if name.startswith("date") else None)
    value = clean_text(stated) if stated else short_text(element)
    return [value] if value else []
