"""What kind of edit a change is: the rules of docs/revisions.md, in order. Must not align or diff texts itself.

1. A notice that was not there, or reads otherwise now: `correction`, whatever else changed.
2. A change in the body decides unless it is a mere `typo`: `substantive`, then `addition` or `cut`.
3. Else the first other field that changed: `headline`, `dek`, `byline`, `credit`, `section`.
   But a body typo that was mended in the headline or dek too is a `typo`.
4. A body of repairs only is a `typo`.

In the body a change of number, negation, modal verb, date or name inside a sentence is substantive; so is a rewritten
sentence, a moved paragraph, and one or two words put into or taken out of the middle of a clause. Words added,
with hardly one lost (a twentieth, twelve at most), are an addition; words lost, with hardly one added, a cut.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from archive.closed_words import MODALS, NEGATIONS
from archive.hunks import Hunk, hunks
from archive.spelling import changes_quantity, facts, is_name, is_repair
from archive.tokens import is_unspaced, is_word, tokens_of, words_in
from archive.worddiff import Diff, Row, texts_of

EditKind = Literal[
    "typo", "headline", "dek", "byline", "credit", "section", "correction", "addition", "cut", "substantive"
]
BODY = "body"
_FIELD_KINDS: Mapping[str, EditKind] = {
    "headline": "headline",
    "dek": "dek",
    "byline": "byline",
    "credits": "credit",
    "section": "section",
}
_HARDLY, _FEW = 0.05, 12
"""Hardly any: so large a share of the words on the other side, and so many at most."""
_INSIDE = 2
"""So many words put into the middle of a clause change the statement; more are an addition."""
_NEAR_NEGATION = 6
_SENTENCE_ENDS = frozenset("\n.!?…。！？؟।")
_STARTS = _SENTENCE_ENDS | {""}


def kind_of(diff: Diff, new_notice: bool) -> EditKind:
    """Name the kind of an edit from its diff; `new_notice`: a notice was added or reads otherwise."""
    if new_notice:
        return "correction"
    body = kind_of_body(diff[BODY]) if BODY in diff else None
    if body and body != "typo":
        return body
    others = [field for field in _FIELD_KINDS if field in diff]
    if body and all(field in ("headline", "dek") and kind_of_body(diff[field]) == "typo" for field in others):
        return "typo"
    return _FIELD_KINDS[others[0]] if others else "typo"


def kind_of_body(rows: Sequence[Row]) -> EditKind:
    """Name the kind of change between two bodies: `typo`, `addition`, `cut` or `substantive`."""
    if any(row[0] == "<" for row in rows):
        return "substantive"
    elsewhere = _unchanged_words(rows)
    changes = [hunk for row in rows for hunk in _swaps_left_out(_hunks_of(row))]
    telling = [hunk for hunk in changes if not is_repair(hunk, elsewhere)]
    if not telling:
        return "typo"
    if any(map(_changes_statement, telling)):
        return "substantive"
    lost, gained = sum(map(_lost, telling)), sum(map(_gained, telling))
    if lost <= min(_HARDLY * gained, _FEW):
        return "addition"
    return "cut" if gained <= min(_HARDLY * lost, _FEW) else "substantive"


def _hunks_of(row: Row) -> list[Hunk]:
    if row[0] == "=":
        return []
    before, after = texts_of([row])
    return hunks(before or "", after or "")


def _unchanged_words(rows: Sequence[Row]) -> frozenset[str]:
    kept = " ".join(str(row[1]) for row in rows if row[0] == "=")
    pieces = " ".join(text for row in rows if row[0] == "~" for mark, text in row[1] if mark == "=")
    return frozenset(words_in(tokens_of(f"{kept} {pieces}".casefold()).texts))


def _swaps_left_out(found: Sequence[Hunk]) -> list[Hunk]:
    """Leave out pairs of changes that only let two neighbouring words in small letters change places (`is it`)."""
    left: list[Hunk] = []
    for hunk in found:
        if left and _is_swap(left[-1], hunk):
            left.pop()
        else:
            left.append(hunk)
    return left


def _is_swap(one: Hunk, other: Hunk) -> bool:
    went, came = one.removed + other.removed, one.added + other.added
    near = other.place - one.place - len(one.removed) == 1
    moved = len(went) == 1 and went == came and bool(one.removed) != bool(other.removed)
    return near and moved and went[0].islower() and not facts(went)


def _changes_statement(hunk: Hunk) -> bool:
    """Say whether a change touches what a sentence that stays says."""
    went, came = words_in(hunk.removed), words_in(hunk.added)
    if len(went) + len(came) <= _INSIDE and changes_quantity(hunk):
        return True
    if went and came:
        return _replaces_fact(hunk, went, came)
    words = went or came
    if _is_sentence(hunk):
        return False
    if len(words) <= _NEAR_NEGATION and _denies(words):
        return True
    if any(is_unspaced(word) for word in words):
        return len(words) <= 2 * _INSIDE and not _is_set_off(hunk)
    return len(words) <= _INSIDE and not _is_set_off(hunk)


def _replaces_fact(hunk: Hunk, went: Sequence[str], came: Sequence[str]) -> bool:
    if min(len(went), len(came)) > 3 * _INSIDE:
        return False
    lost = facts(went) - facts(came)
    names = [word for word in went if is_name(word, hunk.previous) and word not in came]
    return bool(lost) or bool(names)


def _denies(words: Sequence[str]) -> bool:
    return any(fact in NEGATIONS or fact in MODALS or fact.endswith("n't") for fact in facts(words))


def _is_sentence(hunk: Hunk) -> bool:
    """Say whether whole sentences, or a whole paragraph, came or went."""
    tokens = hunk.removed or hunk.added
    starts = not hunk.previous or hunk.previous in _SENTENCE_ENDS or tokens[0] in _SENTENCE_ENDS
    ends = not hunk.following or hunk.following in _SENTENCE_ENDS or tokens[-1] in _SENTENCE_ENDS
    return starts and ends


def _is_set_off(hunk: Hunk) -> bool:
    """Say whether a phrase stands between marks, or at the end of a clause, where it adds a detail."""
    tokens = hunk.removed or hunk.added
    if not is_word(hunk.following):
        return True
    opened = not is_word(tokens[0]) or not (is_word(hunk.previous) or hunk.previous in _STARTS)
    return opened and not is_word(tokens[-1])


def _lost(hunk: Hunk) -> int:
    return len(words_in(hunk.removed))


def _gained(hunk: Hunk) -> int:
    return len(words_in(hunk.added))


def has_new_notice(before: Collection[str], after: Sequence[str]) -> bool:
    """Say whether a notice's text is there that was not there before."""
    known = {" ".join(text.split()) for text in before}
    return any(" ".join(text.split()) not in known for text in after)
