"""CSS selectors over a tree: compiled once, in the order a layout lists them. Must not know any layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from lxml.cssselect import CSSSelector

from scraper.extraction.css import chains
from scraper.extraction.document import Element
from scraper.extraction.index import TreeIndex

_HELD = 2
_indexes: ContextVar[list[TreeIndex] | None] = ContextVar("indexes", default=None)


@contextmanager
def indexing() -> Iterator[None]:
    """Answer selectors from indexes of their trees until the block ends; no element may be added to a tree in it."""
    token = _indexes.set([])
    try:
        yield
    finally:
        _indexes.reset(token)


def _index_of(root: Element) -> TreeIndex | None:
    held = _indexes.get()
    if held is None:
        return None
    top = root.getroottree().getroot()
    if index := _held(top):
        return index
    held.insert(0, TreeIndex(top))
    del held[_HELD:]
    return held[0]


def _held(top: Element) -> TreeIndex | None:
    return next((index for index in _indexes.get() or () if index.top is top), None)


@lru_cache(maxsize=1024)
def compiled(selector: str) -> CSSSelector:
    """Return the compiled selector. Raises cssselect.SelectorError for bad CSS."""
    return CSSSelector(selector, translator="html")


def matches(roots: Iterable[Element], selector: str) -> Iterator[Element]:
    """Yield the elements at or under each root that a selector matches, in page order."""
    for root in roots:
        yield from _found(root, selector)


def _found(root: Element, selector: str) -> Sequence[Element]:
    wanted = chains(selector)
    index = _index_of(root) if wanted else None
    return index.find(root, wanted) if index and wanted else compiled(selector)(root)


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
    if index := _held(element.getroottree().getroot()):
        index.forget(element)
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
        element.tail = None
    parent.remove(element)


def move(roots: Sequence[Element], into: Element) -> None:
    """Move elements, none of which stands in another, to the end of an element of another tree, without their tails."""
    for root in roots:
        if index := _held(root.getroottree().getroot()):
            index.forget(root)
        root.tail = None
        into.append(root)
