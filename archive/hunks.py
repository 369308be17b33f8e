"""The words that differ between two passages: each change with what stands around it. Must not judge a change.

Two readings of one comparison: `hunks` keeps every change apart, for rules; `pieces` joins what a reader sees as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archive.alignment import boxes_between, matching_pairs
from archive.tokens import Tokens, tokens_of, words_in

Mark = Literal["=", "-", "+"]
Piece = tuple[Mark, str]
Span = tuple[int, int, int, int]

_BRIDGE = 3
"""Up to so many unchanged words between two larger changes are read as part of them."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """One change: the tokens that went and came, and the two sides' tokens around it (`place` is its start there)."""

    removed: tuple[str, ...]
    added: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    place: int
    place_after: int

    @property
    def previous(self) -> str:
        """Give the token in front of the change, empty at the passage's start."""
        return self.before[self.place - 1] if self.place else ""

    @property
    def following(self) -> str:
        """Give the token behind the change, empty at the passage's end."""
        end = self.place + len(self.removed)
        return self.before[end] if end < len(self.before) else ""


def hunks(before: str, after: str) -> list[Hunk]:
    """List the changes of words and marks between two passages, in order; white space is none."""
    old, new = tokens_of(before).texts, tokens_of(after).texts
    return [
        Hunk(old[start:end], new[start_after:end_after], old, new, start, start_after)
        for start, end, start_after, end_after in _spans(old, new)
    ]


def pieces(before: str, after: str) -> list[Piece]:
    """Cut two passages into what stayed, went and came, in order; without "+" it is `before`, without "-" `after`."""
    old, new = tokens_of(before), tokens_of(after)
    found: list[Piece] = []
    here = there = 0
    spans = _readable(_spans(old.texts, new.texts), old)
    for start, end, start_after, end_after in (*spans, (len(old.texts),) * 2 + (len(new.texts),) * 2):
        found += _kept(old, new, here, there, start - here)
        found += _changed(old.slice(start, end), new.slice(start_after, end_after))
        here, there = end, end_after
    return _joined(found)


def _spans(old: tuple[str, ...], new: tuple[str, ...]) -> list[Span]:
    whole = (0, len(old), 0, len(new))
    return [_after_a_stop(old, new, box) for box in boxes_between(matching_pairs(old, new), whole)]


def _after_a_stop(old: tuple[str, ...], new: tuple[str, ...], span: Span) -> Span:
    """Shift an insertion or a cut that may stand at several places to where it starts a sentence or a clause."""
    start, end, start_after, end_after = span
    if (start == end) == (start_after == end_after):
        return span
    words, first, size = (new, start_after, end_after - start_after) if start == end else (old, start, end - start)
    for back in range(1, min(start, start_after, size) + 1):
        if words[first - back] != words[first + size - back]:
            break
        # One step back puts the mark that ended the inserted words in front of them.
        if not words_in(words[first + size - back : first + size - back + 1]) and not words_in(
            words[first - back - 1 : first - back] or ("",)
        ):
            return start - back, end - back, start_after - back, end_after - back
    return span


def _readable(spans: list[Span], old: Tokens) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        while joined and _bridged(joined[-1], span, old):
            last = joined.pop()
            span = (last[0], span[1], last[2], span[3])
        joined.append(span)
    return joined


def _bridged(left: Span, right: Span, old: Tokens) -> bool:
    between = len(words_in(old.texts[left[1] : right[0]]))
    sizes = (max(span[1] - span[0], span[3] - span[2]) for span in (left, right))
    return between <= _BRIDGE and between < min(sizes)


def _kept(old: Tokens, new: Tokens, here: int, there: int, size: int) -> list[Piece]:
    found: list[Piece] = []
    for step in range(size):
        gap, gap_after = old.gaps[here + step], new.gaps[there + step]
        found += [("=", gap)] if gap == gap_after else [("-", gap), ("+", gap_after)]
        found.append(("=", old.texts[here + step]))
    return found


def _changed(went: str, came: str) -> list[Piece]:
    """Take the white space that both begin with out of the change."""
    lead = len(went) - len(went.lstrip()) if went and came else 0
    if lead and came[:lead] == went[:lead] and not came[lead : lead + 1].isspace():
        return [("=", went[:lead]), ("-", went[lead:]), ("+", came[lead:])]
    return [("-", went), ("+", came)]


def _joined(found: list[Piece]) -> list[Piece]:
    """Join neighbours of one mark; between two unchanged pieces what went stands before what came."""
    joined: list[Piece] = []
    texts: dict[Mark, list[str]] = {"-": [], "+": [], "=": []}
    for mark, text in (*((mark, text) for mark, text in found if text), ("=", "")):
        if (texts["-"] or texts["+"]) if mark == "=" else texts["="]:
            joined += _flushed(texts)
        texts[mark].append(text)
    return joined + _flushed(texts)


def _flushed(texts: dict[Mark, list[str]]) -> list[Piece]:
    flushed: list[Piece] = [(mark, "".join(held)) for mark, held in texts.items() if any(held)]
    for held in texts.values():
        held.clear()
    return flushed
