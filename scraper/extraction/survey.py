"""The blocks of a page with the text, links and pictures that each holds itself: measured in one walk.

Must not judge which block is the article's.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from scraper.extraction.boilerplate import Foreign, foreignness, is_body, is_inline_foreign
from scraper.extraction.document import BLOCKS, UNSEEN, Element

PROSE = 80
"""Bytes of UTF-8 from which a line counts as prose: some 80 Latin letters, 40 Cyrillic or 27 Japanese ones."""
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
SENTENCE_ENDS = tuple(".!?…。！？」』”\"“»’')）]։।؟：:;")

_LINES = (BLOCKS | {"body"}) - {"br", "hr"}
_INLINE = frozenset({"span", "small", "cite", "em", "i", "label", "strong", "b", "font"})
_PICTURES = frozenset({"img", "picture", "video", "iframe", "amp-img"})
_SHORT = 60


@dataclass(slots=True)
class Node:
    """One block. `text` and `linked` count the bytes of its own lines, those of blocks inside it left out.

    `parent` is the place of the block around it, -1 at the root; `ending` the last characters of its own text.
    """

    element: Element
    parent: int
    foreign: Foreign
    marked: bool
    text: int = 0
    linked: int = 0
    pictures: int = 0
    ending: str = ""
    cut: bool = False
    prose: float = 0.0
    score: float = 0.0

    @property
    def is_sentence(self) -> bool:
        """Tell whether the block's text is long enough for prose and ends as sentences do."""
        return self.text >= PROSE and self.ending.endswith(SENTENCE_ENDS)


def survey(root: Element) -> list[Node]:
    """List the blocks under `root` in page order, each behind the block around it.

    Menus, footers and dialogs are listed without what is in them when neither a headline nor an article stands there.
    """
    nodes: list[Node] = []
    stack: list[int] = []
    links = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if not isinstance(tag, str) or tag in UNSEEN:
                walk.skip_subtree()
                continue
            if tag in _LINES or not stack or (tag in _INLINE and is_inline_foreign(element)):
                foreign = foreignness(element)
                nodes.append(Node(element, stack[-1] if stack else -1, foreign, is_body(element)))
                if foreign == Foreign.SURELY and stack and _holds_no_article(element):
                    walk.skip_subtree()
                    continue
                stack.append(len(nodes) - 1)
            elif tag == "a":
                links += 1
            elif tag in _PICTURES:
                nodes[stack[-1]].pictures += 1
            text = element.text
        else:
            if isinstance(tag, str) and tag not in UNSEEN:
                if nodes[stack[-1]].element is element:
                    stack.pop()
                elif tag == "a":
                    links -= 1
            text = element.tail
        if text and stack and not text.isspace():
            _count(nodes[stack[-1]], text, links > 0)
    return nodes


def _holds_no_article(element: Element) -> bool:
    return all(element.find(f".//{tag}") is None for tag in ("h1", "main", "article"))


def _count(node: Node, text: str, linked: bool) -> None:
    if len(text) < _SHORT:
        text = text.strip()
    size = len(text) if text.isascii() else len(text.encode("utf-8", "ignore"))
    node.text += size
    node.ending = text.rstrip()[-2:]
    if linked:
        node.linked += size


def end_of(nodes: list[Node], top: int) -> int:
    """Return the place behind the last block under `nodes[top]`."""
    for place in range(top + 1, len(nodes)):
        if nodes[place].parent < top:
            return place
    return len(nodes)
