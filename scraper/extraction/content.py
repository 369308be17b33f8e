"""The article's own body on a page nobody wrote a profile for: its blocks and text, and by which way they were found.

Must not read any other field, and must not change the page's tree.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from archive.models import Evidence
from scraper.extraction.blocks import Block, read_blocks, text_of
from scraper.extraction.choice import headline_key
from scraper.extraction.container import Container, find_container
from scraper.extraction.document import Document, Element
from scraper.extraction.fallback import read_with_trafilatura
from scraper.extraction.phrases import without_standing_lines

SHORT = 400
"""Characters below which a body that holds little of the page's prose is doubted."""
KEPT = 0.5
_CLAIM = 300
_PROBE_WORDS = 5
_PROBES = 12
_HEAD_BLOCKS = 2
_LONGER = 2.0


@dataclass(frozen=True, slots=True)
class Content:
    """An article's body. `scopes` are the page's own elements that hold it, uncut: images are looked for there.

    They are empty when trafilatura read the page: it does not say where.
    """

    blocks: tuple[Block, ...]
    text: str
    scopes: tuple[Element, ...]
    evidence: Evidence


def find_content(
    document: Document,
    *,
    headline: str | None = None,
    dek: str | None = None,
    claimed: str | None = None,
    never: Sequence[str] = (),
) -> Content:
    """Find the body of the page's article. Without one the blocks are empty.

    `claimed` is the articleBody of JSON-LD: it does not give the text, but tells whether the right element was found.
    `never` are beginnings of lines that are no part of any text.
    """
    body = document.tree.find("body")
    root = document.tree if body is None else body
    found = find_container(root)
    blocks = _blocks(document, found)
    source, rule = "container", ""
    scopes = (found.element,) if found is not None else ()
    if found is None or _is_doubtful(found, blocks, claimed):
        other = without_standing_lines(read_with_trafilatura(document, root))
        if _is_better(other, blocks, claimed):
            blocks, source, scopes = other, "trafilatura", ()
    if found is not None and found.page_prose:
        rule = f"{found.prose / found.page_prose:.0%} of the page's prose"
    blocks = _without_head(blocks, headline, dek)
    blocks = [block for block in blocks if not _begins(block, never)]
    return Content(tuple(blocks), text_of(blocks), scopes, Evidence(source, rule) if blocks else Evidence("none"))


def _blocks(document: Document, found: Container | None) -> list[Block]:
    """Read the container's blocks, with the paragraph that opens the article above it."""
    if found is None:
        return []
    blocks = without_standing_lines(read_blocks(pruned(found.element, found.cut), document.url))
    if found.opening is None:
        return blocks
    opening = read_blocks(pruned(found.opening, found.cut), document.url)
    return [*(block for block in opening if block.text not in {other.text for other in blocks}), *blocks]


def pruned(element: Element, cut: Collection[Element]) -> Element:
    """Copy an element without the elements in `cut`; the text behind those stays.

    Rules take their places: taking thousands of elements out one by one would move the text behind them as often.
    """
    clone = copy.deepcopy(element)
    clone.tail = None
    for twin in [twin for original, twin in zip(element.iter(), clone.iter(), strict=True) if original in cut]:
        twin.clear(keep_tail=True)
        twin.tag = "hr"
    return clone


def _is_doubtful(found: Container, blocks: Sequence[Block], claimed: str | None) -> bool:
    """Tell whether too little was kept: of what the page claims as its text, or of its visible prose."""
    if claimed and len(claimed) >= _CLAIM:
        return _agreement(blocks, claimed) < KEPT
    return sum(len(block.text) for block in blocks) < SHORT and found.prose < KEPT * found.page_prose


def _is_better(other: Sequence[Block], blocks: Sequence[Block], claimed: str | None) -> bool:
    if claimed and len(claimed) >= _CLAIM:
        return _agreement(other, claimed) > _agreement(blocks, claimed)
    return sum(len(block.text) for block in other) > _LONGER * sum(len(block.text) for block in blocks)


def _agreement(blocks: Sequence[Block], claimed: str) -> float:
    """Measure how many of some runs of words, taken all over the claimed text, stand in the blocks."""
    words = _plain(claimed).split()
    step = max(1, len(words) // _PROBES)
    probes = [" ".join(words[at : at + _PROBE_WORDS]) for at in range(0, max(1, len(words) - _PROBE_WORDS), step)]
    text = _plain(" ".join(block.text for block in blocks))
    return sum(probe in text for probe in probes) / len(probes)


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


def _without_head(blocks: Sequence[Block], headline: str | None, dek: str | None) -> list[Block]:
    """Drop a headline and a dek that stand again at the body's start."""
    known = {headline_key(text) for text in (headline, dek) if text}
    kept = [block for block in blocks[:_HEAD_BLOCKS] if headline_key(block.text) not in known]
    return [*kept, *blocks[_HEAD_BLOCKS:]]


def _begins(block: Block, never: Sequence[str]) -> bool:
    text = block.text.casefold()
    return any(text.startswith(prefix.casefold()) for prefix in never)
