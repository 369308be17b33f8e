"""Refuses pages that would hold up or fill the machine of whoever reads them, by checks that cost next to nothing.

Must not read or change a page. Every limit lies far above what pages of people hold, so that the same page always has
the same end, on a slow machine and on a fast one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from scraper.extraction.document import UNSEEN, Element
from scraper.extraction.errors import TooMuch

MAX_PAGE = 12 * 1024**2
"""Bytes (of text: characters) of a page. Parsing more than this passes a gigabyte of memory."""
MAX_TAGS = 100_000
"""Tags of a page; large news pages have 7,000."""
MAX_ATTRIBUTES = 2_000
"""Attributes of one element: libxml2 compares each with each."""
MAX_TEXT = 3_000_000
"""Characters of a page outside scripts: a very long novel."""
MAX_DEPTH = 1_000
"""Elements inside one another. libxml2 2.14 silently leaves out what nests deeper than 2,048."""

_SMALL = 400_000
_STEP = 2_000
_ATTRIBUTE = re.compile(r"""[\s/]*[^\s/>=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?""")
_TAG_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9:-]*(?=[\s/])")
_DEEP = etree.XPath("boolean(" + "/*" * MAX_DEPTH + ")")


def check_markup(content: bytes | str) -> None:
    """Raise TooMuch (`too_big`) for a page that must not even be parsed: its size, its tags, one element's attributes.

    Costs some 0.02 ms for a page of 200 KB.
    """
    if len(content) > MAX_PAGE:
        raise TooMuch("too_big")
    text = content.decode("latin-1") if isinstance(content, bytes) else content
    if len(text) > _SMALL and text.count("<") > MAX_TAGS:
        raise TooMuch("too_big")
    if any(_attributes(text, start) > MAX_ATTRIBUTES for start in _long_tags(text)):
        raise TooMuch("too_big")


def check_tree(tree: Element, size: int) -> None:
    """Raise TooMuch for a parsed page that nests too deep (`too_deep`) or holds too much text (`too_big`).

    `size` is the length of its markup: only what is long can hold much. Costs some 0.1 ms for a usual page.
    """
    if _DEEP(tree):
        raise TooMuch("too_deep")
    if size > MAX_TEXT and _text_size(tree) > MAX_TEXT:
        raise TooMuch("too_big")


def _long_tags(text: str) -> Iterator[int]:
    """Find where tags begin that may be long: before places without a `<` for some thousand characters."""
    place = _STEP
    while place < len(text):
        following = text.find("<", place)
        if following < 0:
            following = len(text)
        if following - place >= _STEP:
            start = text.rfind("<", 0, place)
            if start >= 0:
                yield start
        place = max(following, place + _STEP)


def _attributes(text: str, start: int) -> int:
    """Count the attributes of the tag that opens at `start`, up to just over the limit."""
    name = _TAG_NAME.match(text, start + 1)
    if name is None:
        return 0
    at = name.end()
    for count in range(MAX_ATTRIBUTES + 1):
        attribute = _ATTRIBUTE.match(text, at)
        if attribute is None:
            return count
        at = attribute.end()
    return MAX_ATTRIBUTES + 1


def _text_size(tree: Element) -> int:
    return sum(
        (0 if element.tag in UNSEEN else len(element.text or "")) + len(element.tail or "") for element in tree.iter()
    )
