"""A body as trafilatura finds it, for pages on which our own choice of a container is in doubt.

Must not be given pages so large that trafilatura hangs on them, and must not change the page's tree.
"""

from __future__ import annotations

import copy
from typing import Any

from lxml import etree

from scraper.extraction.blocks import Block, read_blocks
from scraper.extraction.document import Document, Element

MAX_CHARACTERS = 2_000_000
MAX_ELEMENTS = 30_000
MAX_ATTRIBUTES = 1_000

_TAGS = {
    "item": "li",
    "quote": "blockquote",
    "row": "tr",
    "cell": "td",
    "lb": "br",
    "code": "code",
    "p": "p",
    "table": "table",
}
_HIGHLIGHTS = {"#b": "strong", "#i": "em"}
_FAILURES = (ValueError, TypeError, AttributeError, LookupError, RecursionError, etree.LxmlError)
"""What trafilatura 2.3.1 raises on trees it did not expect."""


def read_with_trafilatura(document: Document, root: Element) -> list[Block]:
    """Return the blocks that trafilatura's fast pass takes for the article, none on pages too large for it.

    Trafilatura changes the tree it is given: it gets a copy.
    """
    if len(document.html) > MAX_CHARACTERS or not _is_small(root):
        return []
    # Imported when first needed: a publication whose layouts are known never needs it, and it takes half a second.
    import trafilatura

    try:
        found: Any = trafilatura.bare_extraction(
            copy.deepcopy(root),
            url=document.url,
            fast=True,
            include_comments=False,
            include_links=True,
            include_formatting=True,
        )
    except _FAILURES:
        return []
    if found is None or found.body is None:
        return []
    for element in found.body.iter():
        _rename(element)
    return read_blocks(found.body, document.url)


def _is_small(root: Element) -> bool:
    for count, element in enumerate(root.iter()):
        if count > MAX_ELEMENTS or len(element.attrib) > MAX_ATTRIBUTES:
            return False
    return True


def _rename(element: Element) -> None:
    """Give an element of trafilatura's output (TEI names) its HTML name."""
    tag, kind = element.tag, element.get("rend") or ""
    if tag == "head":
        element.tag = kind if kind in ("h2", "h3", "h4", "h5", "h6") else "h2"
    elif tag == "list":
        element.tag = "ol" if kind == "ol" else "ul"
    elif tag == "hi":
        element.tag = _HIGHLIGHTS.get(kind, "span")
    elif tag == "ref":
        element.tag = "a"
        element.set("href", element.get("target") or "")
    elif isinstance(tag, str):
        element.tag = _TAGS.get(tag, tag if tag == "body" else "span")
