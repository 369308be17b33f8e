"""Finds the printed heading of the article and what stands behind it in the page. Must not choose any field's value."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from scraper.extraction.choice import headline_key
from scraper.extraction.document import Document, Element
from scraper.extraction.microdata import short_text
from scraper.extraction.structured import StructuredData

MAX_HEADINGS = 8
MAX_SEEN = 40
MAX_LENGTH = 400
MAX_STEPS = 120
MAX_ATTRIBUTES = 40
_MIN_SHARED = 0.5


def printed_headings(document: Document, tag: str = "h1") -> list[tuple[Element, str]]:
    """List the first headings of a level with their texts, without those that stand in navigation or a breadcrumb."""
    found = []
    for element in islice(document.tree.iter(tag), MAX_SEEN):
        text = short_text(element)
        if 0 < len(text) <= MAX_LENGTH and not _is_navigation(element, text):
            found.append((element, text))
            if len(found) == MAX_HEADINGS:
                break
    return found


def find_heading(document: Document, data: StructuredData, headline: str | None = None) -> Element | None:
    """Return the `h1` (else `h2`) nearest in wording to the headline, or to what the page states as such; or None.

    A page without such a heading but with an `h1` gives its first one.
    """
    stated = [headline] if headline else [found.value for found in (*data.linked("headline"), *data.metas("og:title"))]
    wanted = [headline_key(text) for text in stated[:3]]
    first = None
    for tag in ("h1", "h2"):
        best, share = None, 0.0
        for element, text in printed_headings(document, tag):
            first = element if first is None and tag == "h1" else first
            shared = max((likeness(headline_key(text), other) for other in wanted), default=0.0)
            if shared > share:
                best, share = element, shared
        if share >= _MIN_SHARED:
            return best
    return first


def _is_navigation(heading: Element, text: str) -> bool:
    """Tell whether a heading stands in navigation, or is the last step of a breadcrumb that holds little else."""
    for element in (heading, *islice(heading.iterancestors(), 4)):
        if element.tag in ("nav", "footer"):
            return True
        if _is_breadcrumb(element):
            return 0 < len(short_text(element)) <= len(text) + MAX_STEPS and element.find(".//p") is None
    return False


def likeness(heading: str, wanted: str) -> float:
    """Measure from 0 to 1 what share of their words two wordings, given as keys, have in common.

    A heading that holds the wanted wording with a kicker beside it is nearly the same.
    """
    words, others = set(heading.split()), set(wanted.split())
    if not words or not others:
        return 0.0
    both = len(words & others)
    return max(both / len(words | others), 0.8 * both / len(others) if len(others) > 2 else 0.0)


def _is_breadcrumb(element: Element) -> bool:
    """Tell whether an attribute's name or value says breadcrumb. lxml lists many attributes in quadratic time: few."""
    if len(element.attrib) > MAX_ATTRIBUTES:
        return False
    return any("breadcrumb" in name.lower() for attribute in element.attrib.items() for name in attribute)


def following(heading: Element | None, limit: int) -> Iterator[Element]:
    """Give the first `limit` elements behind the heading in page order, wherever they stand in the tree."""
    return islice(_following(heading), limit)


def _following(element: Element | None) -> Iterator[Element]:
    while element is not None:
        sibling = element.getnext()
        while sibling is not None:
            yield from sibling.iter("*")
            sibling = sibling.getnext()
        element = element.getparent()
