"""The sample articles' small Markdown: blocks, their plain words, HTML and links. Must not know of articles or pages.

Known are paragraphs, `## ` and `### ` sub-headings, `- ` list items, `> ` quotations, `![](ID)` images, and in the line
`[text](address)`, `**strong**` and `*emphasised*`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Literal

Kind = Literal["paragraph", "heading", "subheading", "item", "quotation", "image"]

_INLINE = re.compile(
    r"\[(?P<anchor>[^\]]+)\]\((?P<url>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)"
    r"|\*\*(?=\S)(?P<strong>.+?)(?<=\S)\*\*"
    r"|\*(?=\S)(?P<em>[^*]+?)(?<=\S)\*"
)
_IMAGE = re.compile(r"!\[\]\((\d+)\)")
_UNKNOWN = re.compile(r"#|```|\||\d+\. |!\[|[*+] ")
_PREFIXES: tuple[tuple[str, Kind], ...] = (
    ("## ", "heading"),
    ("### ", "subheading"),
    ("- ", "item"),
    ("> ", "quotation"),
)


class ProseError(ValueError):
    """An article's body holds Markdown that is not known here; the message quotes the line."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link in the text: its address as written and its words."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, sub-heading, list item, paragraph of a quotation, or image; `source`: its Markdown, or the id."""

    kind: Kind
    source: str

    @property
    def text(self) -> str:
        """Give the block's plain words."""
        return plain(self.source)

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """List the block's links, in order."""
        return tuple(_anchors(self.source))


def read_blocks(markdown: str) -> tuple[Block, ...]:
    """Split a body into blocks. Raises ProseError for Markdown that is not known here."""
    blocks: list[Block] = []
    for chunk in re.split(r"\n[ \t]*\n", markdown.strip()):
        blocks.extend(_chunk_blocks([line.rstrip() for line in chunk.strip().splitlines()]))
    return tuple(blocks)


def plain(source: str) -> str:
    """Give the words of inline Markdown without its marks."""
    return _INLINE.sub(lambda m: plain(m["anchor"] or m["strong"] or m["em"]), source)


def inline_html(source: str) -> str:
    """Write inline Markdown as HTML, escaped."""
    parts: list[str] = []
    end = 0
    for match in _INLINE.finditer(source):
        parts += [escape(source[end : match.start()], quote=False), _element(match)]
        end = match.end()
    return "".join([*parts, escape(source[end:], quote=False)])


def groups(blocks: tuple[Block, ...]) -> list[tuple[Kind, tuple[Block, ...]]]:
    """Join neighbouring list items, and neighbouring paragraphs of a quotation; every other block stands alone."""
    joined: list[tuple[Kind, tuple[Block, ...]]] = []
    for kind, run in groupby(blocks, key=lambda block: block.kind):
        members = tuple(run)
        joined += [(kind, members)] if kind in ("item", "quotation") else [(kind, (member,)) for member in members]
    return joined


def _element(match: re.Match[str]) -> str:
    if match["anchor"]:
        return f'<a href="{escape(match["url"])}" target="_blank">{inline_html(match["anchor"])}</a>'
    name = "strong" if match["strong"] else "em"
    return f"<{name}>{inline_html(match[name])}</{name}>"


def _anchors(source: str) -> Iterator[Anchor]:
    for match in _INLINE.finditer(source):
        if match["anchor"]:
            yield Anchor(match["url"], plain(match["anchor"]))
        else:
            yield from _anchors(match["strong"] or match["em"])


def _chunk_blocks(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    running: Kind | None = None
    for line in lines:
        kind, text = _line_kind(line)
        if not text:
            running = None
        elif kind == running and kind != "item":
            blocks[-1] = Block(kind, f"{blocks[-1].source} {text}")
        elif kind == "paragraph" and running == "item":
            blocks[-1] = Block("item", f"{blocks[-1].source} {text}")
        else:
            blocks.append(Block(kind, text))
            running = kind
    return blocks


def _line_kind(line: str) -> tuple[Kind, str]:
    if image := _IMAGE.fullmatch(line):
        return "image", image[1]
    for prefix, kind in _PREFIXES:
        if f"{line} ".startswith(prefix):
            return kind, line[len(prefix) :].strip()
    if _UNKNOWN.match(line):
        raise ProseError(f"Markdown that the sample does not know: {line!r}")
    return "paragraph", line.strip()
