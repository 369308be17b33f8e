"""A piece of a page as the lines a reader sees: paragraphs, sub-headings, list items, quotations and table cells.

Must not know which lines belong to an article. Every visible word stands in exactly one block, in page order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import groupby
from urllib.parse import urlsplit

from lxml import etree

from archive.urls import absolute_url
from scraper.extraction.document import BLOCKS, INVISIBLE, UNSEEN, Element

_INLINE = {
    "a": "a",
    "em": "em",
    "i": "em",
    "strong": "strong",
    "b": "strong",
    "sub": "sub",
    "sup": "sup",
    "code": "code",
    "q": "q",
}
_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h5", "h6": "h6"}
_CONTAINERS = frozenset({"ul", "ol", "li", "blockquote", "table", "tr", "td", "th"})
_CELLS = frozenset({"td", "th"})
_SOFT = frozenset({"em", "i", "small", "cite"})
_NO_TEXT = UNSEEN | {"figcaption", "button", "form", "nav", "video", "audio", "object", "canvas", "input", "dialog"}


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link inside a block: its address as written and in full, and where its text stands in the block's text."""

    href: str
    url: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Container:
    """A list, list item, quotation, table, row or cell that holds blocks. `key` tells two apart."""

    tag: str
    key: int


@dataclass(frozen=True, slots=True)
class Block:
    """One block: `kind` is p, pre or h2 … h6. `text` has a line feed only where the page breaks a line inside it.

    `soft` says that all of its words are emphasised or small, as credits and notes are.
    """

    kind: str
    text: str
    html: str
    path: tuple[Container, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    soft: bool = False

    def anchor_text(self, anchor: Anchor) -> str:
        """Return the words of one of the block's links."""
        return " ".join(self.text[anchor.start : anchor.end].split())

    def is_in(self, *tags: str) -> bool:
        """Tell whether the block stands in a container of one of the given kinds."""
        return any(container.tag in tags for container in self.path)


@dataclass(slots=True)
class _Inline:
    """An inline element that is open: written when its first word is."""

    tag: str
    href: str = ""
    url: str | None = None
    start: int = -1


class _Walker:
    """Turns the events of a walk through a tree into blocks."""

    def __init__(self, base: str) -> None:
        self.blocks: list[Block] = []
        self._base = base
        self._path: list[Container] = []
        self._kinds: list[str] = []
        self._inline: list[_Inline] = []
        self._softness = 0
        self._keys = 0
        self._clear()

    def _clear(self) -> None:
        self._text: list[str] = []
        self._html: list[str] = []
        self._anchors: list[Anchor] = []
        self._length = 0
        self._space = False
        self._breaks = 0
        self._hard = False

    def walk(self, root: Element) -> list[Block]:
        """Read everything under `root`. A loop and not a recursion: pages nest thousands deep."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if event == "start":
                if not isinstance(tag, str) or tag in _NO_TEXT or _is_hidden(element):
                    walk.skip_subtree()
                else:
                    self._start(element, tag)
                    if element.text:
                        self._add(element.text)
                continue
            if isinstance(tag, str) and tag not in _NO_TEXT and not _is_hidden(element):
                self._end(tag)
            if element is not root and element.tail:
                self._add(element.tail)
        self._flush()
        return self.blocks

    def _start(self, element: Element, tag: str) -> None:
        if tag == "br":
            self._breaks += 1
        elif tag in BLOCKS:
            self._flush()
            if tag in _HEADINGS or tag == "pre":
                self._kinds.append(_HEADINGS.get(tag, "pre"))
            elif tag in _CONTAINERS:
                self._keys += 1
                self._path.append(Container(tag, self._keys))
        elif tag in _INLINE:
            href = element.get("href") or "" if tag == "a" else ""
            self._inline.append(_Inline(_INLINE[tag], href, self._address(href)))
        if tag in _SOFT:
            self._softness += 1

    def _end(self, tag: str) -> None:
        if tag in _SOFT:
            self._softness -= 1
        if tag == "br":
            return
        if tag in BLOCKS:
            self._flush()
            if tag in _HEADINGS or tag == "pre":
                self._kinds.pop()
            elif tag in _CONTAINERS:
                self._path.pop()
        elif tag in _INLINE:
            self._close(self._inline.pop())

    def _address(self, href: str) -> str | None:
        """Return a link's absolute address, None when it is not on the web or only jumps within the page."""
        if not href or href.lstrip().startswith("#"):
            return None
        try:
            address = absolute_url(href, self._base)
            parts = urlsplit(address)
        except ValueError:
            return None
        return address if parts.scheme in ("http", "https") and parts.netloc else None

    def _add(self, text: str) -> None:
        words = text if text.isascii() else text.translate(INVISIBLE)
        lines = words.split("\n") if self._kinds and self._kinds[-1] == "pre" else [words]
        for number, line in enumerate(lines):
            self._breaks += number > 0
            self._add_line(line)

    def _add_line(self, text: str) -> None:
        words = text.split()
        if text[:1].isspace():
            self._space = True
        if not words:
            return
        self._break()
        if self._space and self._length:
            self._write(" ", " ")
        for inline in self._inline:
            self._open(inline)
        chunk = " ".join(words)
        self._write(chunk, escape(chunk, quote=False))
        self._space = text[-1:].isspace()
        self._hard = self._hard or not self._softness

    def _break(self) -> None:
        """Carry out the line breaks met since the last word: one breaks the line, two begin a new block."""
        breaks, self._breaks = self._breaks, 0
        if not breaks or not self._length:
            return
        if breaks > 1 and not (self._kinds and self._kinds[-1] == "pre"):
            self._flush()
        elif self._kinds and self._kinds[-1] in _HEADINGS.values():
            self._space = True
        else:
            self._write("\n", "<br>")
            self._space = False

    def _write(self, text: str, markup: str) -> None:
        self._text.append(text)
        self._html.append(markup)
        self._length += len(text)

    def _open(self, inline: _Inline) -> None:
        if inline.start >= 0 or (inline.tag == "a" and inline.url is None):
            return
        inline.start = self._length
        self._html.append(f'<a href="{escape(inline.url)}">' if inline.url is not None else f"<{inline.tag}>")

    def _close(self, inline: _Inline) -> None:
        if inline.start < 0:
            return
        self._html.append(f"</{inline.tag}>")
        if inline.url is not None:
            self._anchors.append(Anchor(inline.href, inline.url, inline.start, self._length))
        inline.start = -1

    def _flush(self) -> None:
        """End the block; inline elements that stay open go on in the next one."""
        for inline in reversed(self._inline):
            self._close(inline)
        if self._length:
            kind = self._kinds[-1] if self._kinds else "p"
            anchors = tuple(sorted(self._anchors, key=lambda anchor: anchor.start))
            path = tuple(self._path)
            self.blocks.append(
                Block(kind, "".join(self._text), "".join(self._html), path, anchors, soft=not self._hard)
            )
        self._clear()


def _is_hidden(element: Element) -> bool:
    """Tell whether the page hides an element from every reader."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style) and "display:none" in style.replace(" ", "").lower()


def read_blocks(root: Element, base: str) -> list[Block]:
    """Return the blocks under an element. `base` is the address that relative links start from."""
    return _Walker(base).walk(root)


def text_of(blocks: Iterable[Block]) -> str:
    """Write blocks as text, a line each; the cells of a table's row are one line, parted by tabs."""
    lines: list[str] = []
    for row, group in groupby(blocks, key=_row):
        texts = [block.text for block in group]
        if row is not None and all(len(text) < 200 for text in texts):
            texts = ["\t".join(text.replace("\n", " ") for text in texts)]
        lines += texts
    return "\n".join(lines)


def _row(block: Block) -> Container | None:
    return next((container for container in reversed(block.path) if container.tag == "tr"), None)


def html_of(blocks: Iterable[Block]) -> str:
    """Write blocks as HTML, one element each, inside their lists, quotations and tables. Not yet safe."""
    parts: list[str] = []
    opened: tuple[Container, ...] = ()
    for block in blocks:
        same = _common(opened, block.path)
        parts += [f"</{container.tag}>" for container in reversed(opened[same:])]
        parts += [f"<{container.tag}>" for container in block.path[same:]]
        bare = block.kind == "p" and same < len(block.path) and block.path[-1].tag in ("li", *_CELLS)
        parts.append(block.html if bare else f"<{block.kind}>{block.html}</{block.kind}>")
        opened = block.path
    parts += [f"</{container.tag}>" for container in reversed(opened)]
    return "".join(parts)


def _common(one: tuple[Container, ...], other: tuple[Container, ...]) -> int:
    """Count the containers that two paths share from the outside in."""
    return next(
        (place for place, (left, right) in enumerate(zip(one, other, strict=False)) if left != right),
        min(len(one), len(other)),
    )
