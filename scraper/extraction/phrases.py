"""The standing lines that publications set into and under their articles, in many languages, and how to take them out.

Must not read the page: it knows only a body's blocks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from scraper.extraction.blocks import Block

_MOST = 400
"""Longer lines are text, whatever their first words."""


@cache
def _table() -> dict[str, list[str]]:
    """Load the table of standing lines."""
    return tomllib.loads(files("scraper.extraction").joinpath("tables/phrases.toml").read_text("utf-8"))


def _beginnings(name: str) -> re.Pattern[str]:
    return re.compile(r"[\W_]{0,6}(?:" + "|".join(_table()[name]) + ")", re.IGNORECASE)


_LABELS = frozenset(_table()["labels"])
_POINTER = _beginnings("pointers")
_CLOSING = _beginnings("closings")
_NOTE = re.compile("|".join(_table()["notes"]), re.IGNORECASE)
_ENDS = tuple('.!?…。！？”"“»」』)）।։؟')
_LINKED, _LINKED_SHORT = 0.4, 0.25
_WORDS_IN_SIGNATURE = 12
_CLOSING_SHARE = 0.12
"""Closing matter is never more of a body than this."""


def without_standing_lines(blocks: Sequence[Block]) -> list[Block]:
    """Return the body without labels of advertisements, pointers to other articles, and closing matter."""
    kept = [block for block in blocks if not _is_label(block) and not _is_pointer(block)]
    left = _CLOSING_SHARE * sum(len(block.text) for block in kept)
    while len(kept) > 2 and len(kept[-1].text) <= left and _closes(kept[-1]):
        left -= len(kept.pop().text)
    return kept


def _is_label(block: Block) -> bool:
    return len(block.text) < 60 and block.text.strip(" :-–—.»>|").casefold() in _LABELS


def _is_pointer(block: Block) -> bool:
    """Tell a line that sends the reader elsewhere: it begins as they do, and is a link or no sentence."""
    text = block.text
    if len(text) > _MOST or not _POINTER.match(text):
        return False
    linked = sum(anchor.end - anchor.start for anchor in block.anchors)
    unended = not text.endswith(_ENDS) and not block.is_in("li", "table")
    return unended or linked >= (_LINKED_SHORT if len(text) < _MOST // 2 else _LINKED) * len(text)


def _closes(block: Block) -> bool:
    """Tell whether the last block is closing matter: a heading over nothing, a signature, a notice, a soft line."""
    text = block.text.strip()
    if len(text) > _MOST:
        return False
    if block.kind != "p":
        return block.kind.startswith("h") and not text.endswith(_ENDS)
    if _CLOSING.match(text) or _POINTER.match(text):
        return True
    if block.is_in("li", "table", "blockquote") or _NOTE.search(text):
        return False
    if block.soft and len(text) < 250:
        return True
    return len(text.split()) <= _WORDS_IN_SIGNATURE and len(text.encode()) < 100 and not text.endswith(_ENDS)
