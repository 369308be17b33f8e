"""The word diff of two versions as `revisions.diff` keeps it: made, read back and shown. Must not judge an edit.

A diff maps each changed field to its rows in the order of both versions:
`["=", text]` kept, `["~", pieces]` rewritten, `["+", text]` inserted, `["-", text]` deleted, `["<", n]` moved away from
here, `[">", n, pieces]` moved here. A piece is `["=" | "-" | "+", text]`. A row is one paragraph; a rewritten row holds
several, parted by line breaks, where one was split or several were joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from typing import Any

from archive.hunks import Piece, pieces
from archive.paragraphs import Match, ParagraphKind, pair_paragraphs

Row = list[Any]
Diff = dict[str, list[Row]]


@dataclass(frozen=True, slots=True)
class ParagraphChange:
    """One row to show; of a moved paragraph `move` numbers both ends, and the end it left has no pieces."""

    kind: ParagraphKind
    pieces: tuple[Piece, ...]
    move: int | None = None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A changed field with its paragraphs in order."""

    field: str
    paragraphs: tuple[ParagraphChange, ...]


def diff_words(before: Mapping[str, str | None], after: Mapping[str, str | None], fields: Iterable[str]) -> Diff:
    """Diff the named fields; the result goes into JSON as it is."""
    return {field: diff_texts(before.get(field), after.get(field)) for field in fields}


def diff_texts(before: str | None, after: str | None) -> list[Row]:
    """Diff two texts, paragraph by paragraph and word by word; None is a text that is not there."""
    old, new = _paragraphs(before), _paragraphs(after)
    return [_row(match, number, old, new) for match, number in _arranged(pair_paragraphs(old, new))]


def texts_of(rows: Sequence[Row]) -> tuple[str | None, str | None]:
    """Return the two texts that `diff_texts` was given."""
    arrivals = {row[1]: row[2] for row in rows if row[0] == ">"}
    old = [_side(arrivals[row[1]] if row[0] == "<" else _pieces(row), "-") for row in rows if row[0] in "=~-<"]
    new = [_side(_pieces(row), "+") for row in rows if row[0] in "=~+>"]
    return ("\n".join(old) if old else None), ("\n".join(new) if new else None)


def changes_in(diff: Diff) -> list[FieldChange]:
    """Return a diff as a page can loop over it."""
    return [FieldChange(field, tuple(map(_shown, rows))) for field, rows in diff.items()]


def as_text(diff: Diff) -> str:
    """Write a diff for a terminal, with `[-removed-]` and `{+added+}`; unchanged paragraphs are only counted."""
    return "\n\n".join("\n".join((change.field, *_lines(change.paragraphs))) for change in changes_in(diff))


def _paragraphs(text: str | None) -> list[str]:
    return [] if text is None else text.split("\n")


def _arranged(matches: Sequence[Match]) -> Iterator[tuple[Match, int | None]]:
    """Put matches in the order of both sides; a moved one comes twice, where it left with its number negated."""
    numbers = count(1)
    moves = {match: next(numbers) for match in matches if match.kind == "moved"}
    fixed = sorted((match for match in matches if match.kind in ("kept", "rewritten")), key=lambda match: match.before)
    leaving = sorted((match for match in matches if match.kind in ("deleted", "moved")), key=lambda match: match.before)
    coming = sorted((match for match in matches if match.kind in ("inserted", "moved")), key=lambda match: match.after)
    left = come = 0
    for stop in (*fixed, None):
        while left < len(leaving) and (stop is None or leaving[left].before < stop.before):
            yield leaving[left], -moves[leaving[left]] if leaving[left] in moves else None
            left += 1
        while come < len(coming) and (stop is None or coming[come].after < stop.after):
            yield coming[come], moves.get(coming[come])
            come += 1
        if stop:
            yield stop, None


def _row(match: Match, number: int | None, old: Sequence[str], new: Sequence[str]) -> Row:
    went = "\n".join(old[here] for here in match.before)
    came = "\n".join(new[there] for there in match.after)
    if match.kind == "moved" and number is not None:
        return ["<", -number] if number < 0 else [">", number, _listed(pieces(went, came))]
    if match.kind == "rewritten":
        return ["~", _listed(pieces(went, came))]
    if match.kind == "inserted":
        return ["+", came]
    return ["=" if match.kind == "kept" else "-", went]


def _listed(found: Iterable[Piece]) -> list[list[str]]:
    return [list(piece) for piece in found]


def _pieces(row: Row) -> list[Any]:
    if row[0] == "<":
        return []
    return list(row[-1]) if row[0] in "~>" else [row]


def _side(found: Iterable[Sequence[str]], mark: str) -> str:
    return "".join(text for kind, text in found if kind in ("=", mark))


_KINDS: dict[str, ParagraphKind] = {
    "=": "kept",
    "~": "rewritten",
    "+": "inserted",
    "-": "deleted",
    "<": "moved",
    ">": "moved",
}


def _shown(row: Row) -> ParagraphChange:
    return ParagraphChange(_KINDS[row[0]], tuple(map(tuple, _pieces(row))), row[1] if row[0] in "<>" else None)


def _lines(paragraphs: Iterable[ParagraphChange]) -> Iterator[str]:
    for kept, group in groupby(paragraphs, key=lambda paragraph: paragraph.kind == "kept"):
        if kept:
            size = len(list(group))
            yield f"  … {size} paragraph{'s' if size > 1 else ''} unchanged"
        else:
            yield from map(_line, group)


def _line(paragraph: ParagraphChange) -> str:
    if paragraph.kind == "moved" and not paragraph.pieces:
        return f"  (paragraph {paragraph.move} stood here)"
    marks = {"=": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}
    text = "".join(marks[mark].format(words) for mark, words in paragraph.pieces).replace("\n", "¶\n  ")
    return f"  (paragraph {paragraph.move} moved here) {text}" if paragraph.kind == "moved" else f"  {text}"
