"""An article's body in a layout we know: its blocks, without what stands among them and is no part of the text.

Also writes blocks as clean HTML. Must not look for a body on an unknown page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import nh3

from scraper.extraction.blocks import Block, html_of, read_blocks
from scraper.extraction.document import Document, Element
from scraper.extraction.selecting import drop, every, outermost
from scraper.extraction.story import Story
from scraper.profile import Layout

_TAGS = set(
    "p h2 h3 h4 h5 h6 ul ol li blockquote pre a em strong sub sup code q br table thead tbody tr th td".split()  # noqa: SIM905
)
_ATTRIBUTES = {"a": {"href"}}
_SCHEMES = {"http", "https"}
_MOST = 0.6
"""A cut that would take a larger part of a body's words than this has mistaken the body for a box."""


def cut_boxes(layout: Layout, story: Story) -> None:
    """Cut from the body's containers what the layout knows to be no part of the article."""
    for body in story.bodies:
        for echo in outermost(every([body], layout.echo)):
            if echo is not body and _stands_twice(echo, body):
                drop(echo)
        _cut(body, layout.cut)


def read_body(document: Document, layout: Layout, story: Story) -> list[Block]:
    """Return the body's blocks. Its containers lose their images, whose captions are no part of the text."""
    blocks: list[Block] = []
    for body in story.bodies:
        _cut(body, layout.media)
        blocks += read_blocks(body, document.url)
    return blocks


def clean_html(blocks: Iterable[Block]) -> str:
    """Write blocks as HTML safe to show: allow-listed elements, only http(s) links, no attributes but `href`."""
    return nh3.clean(
        html_of(blocks), tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None, strip_comments=True
    )


def _cut(body: Element, selectors: Sequence[str]) -> None:
    boxes = outermost(element for element in every([body], selectors) if element is not body)
    limit = _MOST * len(_words(body)) if boxes else 0
    for element in boxes:
        if element.tag == "template" or len(_words(element)) <= limit:
            drop(element)


def _words(element: Element) -> Sequence[str]:
    return "".join(element.itertext()).split()


def _stands_twice(echo: Element, body: Element) -> bool:
    words = " ".join(_words(echo)).strip("“”\"'‘’ ")
    return bool(words) and " ".join(_words(body)).count(words) > 1
