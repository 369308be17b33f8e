"""CSS selectors over a tree: compiled once, in the order a layout lists them. Must not know any layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from lxml.cssselect import CSSSelector

from scraper.extraction.document import Element


@lru_cache(maxsize=1024)
def compiled(selector: str) -> CSSSelector:
    """Return the compiled selector. Raises cssselect.SelectorError for bad CSS."""
    return CSSSelector(selector)


def matches(roots: Iterable[Element], selector: str) -> Iterator[Element]:
    """Yield the elements at or under each root that a selector matches, in page order."""
    find = compiled(selector)
    for root in roots:
        yield from find(root)


def first(roots: Iterable[Element], selectors: Iterable[str]) -> tuple[Element | None, str]:
    """Return the first match of the first selector that has one, and that selector; None and "" without."""
    roots = list(roots)
    for selector in selectors:
        for element in matches(roots, selector):
            return element, selector
    return None, ""


def every(roots: Iterable[Element], selectors: Iterable[str]) -> list[Element]:
    """List what any of the selectors matches, in page order, each element once."""
    found = matches(roots, ", ".join(selectors)) if selectors else ()
    return list(dict.fromkeys(found))


def outermost(elements: Iterable[Element]) -> list[Element]:
    """Drop the elements that stand inside another of them."""
    elements = list(elements)
    chosen = set(elements)
    return [element for element in elements if chosen.isdisjoint(element.iterancestors())]


def drop(element: Element) -> None:
    """Take an element out of its tree; the text behind it stays where it was."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
        element.tail = None
    parent.remove(element)
