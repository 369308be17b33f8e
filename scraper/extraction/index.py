"""A tree's elements by tag, class and attribute, so that many selectors cost one walk. Must not change the tree.

No element may be put into a tree that has an index; one that is taken out must be forgotten.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache, cached_property

from scraper.extraction.css import Chain, Compound, Test
from scraper.extraction.document import Element

# What XPath's normalize-space() parts words at: Python's split() goes by Unicode.
_WORDS = re.compile(r"[^ \t\n\r]+")


class _Catalogue:
    """The elements of a tree in page order, each by what it is; where they stand may change afterwards."""

    def __init__(self, top: Element) -> None:
        self.elements: list[Element] = list(top.iter("*"))
        self.place = {element: place for place, element in enumerate(self.elements)}
        self._tags: defaultdict[str, list[Element]] = defaultdict(list)
        self._classes: defaultdict[str, list[Element]] = defaultdict(list)
        self._values: defaultdict[str, list[tuple[str, Element]]] = defaultdict(list)
        self._spelled: dict[str, Collection[str]] = {}
        self._found: dict[Compound, list[Element]] = {}
        tags, classes, values, words = self._tags, self._classes, self._values, cache(_words)
        for element in self.elements:
            tags[element.tag].append(element)
            for name, value in element.items():
                values[name].append((value, element))
                if name == "class":
                    for word in words(value):
                        classes[word].append(element)

    @cached_property
    def last(self) -> list[int]:
        """The place of each element's last descendant."""
        last, place = list(range(len(self.elements))), self.place
        for at in range(len(last) - 1, 0, -1):
            above = place.get(self.elements[at].getparent())
            if above is not None and last[above] < last[at]:
                last[above] = last[at]
        return last

    def all(self, compound: Compound) -> list[Element]:
        """List the elements that a compound describes."""
        found = self._found.get(compound)
        if found is None:
            found = self._found[compound] = self._look_up(compound)
        return found

    def _look_up(self, compound: Compound) -> list[Element]:
        found = [self._classes.get(name, []) for name in compound.classes]
        found += [self._tested(test) for test in compound.tests]
        found += [self._tags.get(compound.tag, [])] if compound.tag else []
        if not found:
            return self.elements
        if len(found) == 1:
            return found[0]
        fewest, *others = sorted(found, key=len)
        kept = [set(other) for other in others]
        return [element for element in fewest if all(element in other for other in kept)]

    def _tested(self, test: Test) -> list[Element]:
        pairs = self._values.get(test.name, ())
        # Most values stand on many elements, and most tests find none.
        held = {value for value in self._distinct(test.name) if test.holds(value)}
        return [element for value, element in pairs if value in held] if held else []

    def _distinct(self, name: str) -> Collection[str]:
        found = self._spelled.get(name)
        if found is None:
            found = self._spelled[name] = {value for value, _ in self._values.get(name, ())}
        return found


class TreeIndex:
    """The elements at and under `top`."""

    def __init__(self, top: Element) -> None:
        self.top = top
        self._catalogue = _Catalogue(top)
        self._here = bytearray(b"\1") * len(self._catalogue.elements)

    def find(self, root: Element, wanted: Sequence[Chain]) -> list[Element]:
        """List the elements at or under `root` that one of the chains describes, in page order, each once."""
        if len(wanted) == 1:
            return self._described(root, wanted[0])
        found = {element for chain in wanted for element in self._described(root, chain)}
        return sorted(found, key=self._catalogue.place.__getitem__)

    def forget(self, element: Element) -> None:
        """Find an element, and what is in it, no more: it is being taken out of the tree."""
        first, last = self._span(element)
        self._here[first : last + 1] = bytes(last + 1 - first)

    def _span(self, root: Element) -> tuple[int, int]:
        """Return the places of an element and of its last descendant."""
        first = self._catalogue.place[root]
        return first, self._catalogue.last[first]

    def _described(self, root: Element, chain: Chain) -> list[Element]:
        found = self._under(root, self._catalogue.all(chain.compound))
        if not chain.around:
            return list(found)
        return [element for element in found if self._stands(element, root, chain.around)]

    def _under(self, root: Element, elements: Sequence[Element]) -> Iterator[Element]:
        if not elements:
            return iter(())
        (first, last), here, place = self._span(root), self._here, self._catalogue.place
        return (element for element in elements if first <= (at := place[element]) <= last and here[at])

    def _stands(self, element: Element, root: Element, around: Sequence[tuple[str, Compound]]) -> bool:
        """Say whether what must stand around an element does, at or under `root`."""
        (combinator, compound), *rest = around
        outer = self._catalogue.all(compound)
        while outer and element is not root:
            element = element.getparent()
            if element in outer and (not rest or self._stands(element, root, rest)):
                return True
            if combinator == ">":
                return False
        return False


def _words(value: str) -> Iterable[str]:
    return set(_WORDS.findall(value))
