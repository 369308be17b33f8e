"""Whether one change of words is an orthographic repair, or touches what the sentence says. Must not see a whole edit.

A repair leaves numbers, names, negations, modal verbs and dates alone. Without a dictionary, a misspelling is told from
another word by its form: a letter too many, too few, swapped or wrong inside a longer word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from archive.closed_words import CAPITAL_DATES, DATES, GERMAN, LIGHT, MODALS, NEGATIONS, NUMBERS, PRONOUNS, SWAPS
from archive.hunks import Hunk
from archive.slips import common_ends, is_name_slip, is_other_consonant, is_slip, is_transposed, is_unsayable
from archive.tokens import is_number, is_unspaced, words_in

_GROUPS = re.compile(r"(?<=\d)[.,'’ \u00a0\u202f\u2009٬](?=\d{3}(?!\d))")
_QUANTITY_MARKS = frozenset("%‰°+<>=")
_MANY_WORDS, _LONG_NAME = 150, 6
# Letters whose stroke or dot Unicode does not take apart from them.
_STROKED = str.maketrans("łøđħŧı", "lodhti")
_DASHES = frozenset("-−–—‐‑")
_SENTENCE_ENDS = frozenset(".!?…。！？؟।:：\n")


def is_repair(hunk: Hunk, elsewhere: frozenset[str] = frozenset()) -> bool:
    """Say whether a change only mends spelling, punctuation, capitals, a doubled or a missing small word.

    `elsewhere` holds the words of the article that did not change, without capitals. A word that stands there is spelt
    as meant; of two that both stand there neither is a misspelling.
    """
    went, came = words_in(hunk.removed), words_in(hunk.added)
    if _is_doubling(hunk):
        return True
    if _squeezed(went) == _squeezed(came) and went and not any(map(is_number, went)):
        return True
    if changes_quantity(hunk) or (facts(went) != facts(came) and not _misspelt_facts(went, came, elsewhere)):
        return False
    if _squeezed(went) == _squeezed(came):
        return True
    if not went or not came:
        return _is_small_word(went or came)
    if len(went) != len(came):
        return False
    return all(_is_respelling(*pair, hunk, elsewhere) for pair in zip(went, came, strict=True))


def facts(words: Sequence[str]) -> Counter[str]:
    """Count the numbers, negations, modal verbs and dates among words, each by its value."""
    found: Counter[str] = Counter()
    for word in words:
        plain = _plain_word(word)
        if plain in CAPITAL_DATES and word[:1].isupper():
            found[CAPITAL_DATES[plain]] += 1
        elif is_number(word):
            found[_value(word)] += 1
        elif plain in NUMBERS or plain in DATES:
            found[NUMBERS.get(plain) or DATES[plain]] += 1
        elif plain in NEGATIONS or plain in MODALS or plain.endswith("n't"):
            found[plain] += 1
    return found


def is_name(word: str, previous: str) -> bool:
    """Say whether a word has a capital though no sentence begins with it."""
    return word[:1].isupper() and bool(previous) and previous not in _SENTENCE_ENDS


def _plain_word(word: str) -> str:
    return word.casefold().replace("’", "'")


def _value(number: str) -> str:
    digits = "".join(str(unicodedata.digit(mark, -1)) if mark.isdigit() else mark for mark in number)
    return _GROUPS.sub("", digits)


def _squeezed(words: Sequence[str]) -> str:
    """Join words without capitals, accents and grouped digits: what a repair may change is gone."""
    joined = "".join(_value(word) if is_number(word) else _plain_word(word) for word in words)
    letters = unicodedata.normalize("NFKD", joined.replace("'", "").translate(_STROKED))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _is_doubling(hunk: Hunk) -> bool:
    """Say whether words went that stand beside the change once more (or came so)."""
    words = [_plain_word(word) for word in (hunk.removed or hunk.added)]
    if bool(hunk.removed) == bool(hunk.added) or not words_in(words):
        return False
    side, place = (hunk.before, hunk.place) if hunk.removed else (hunk.after, hunk.place_after)
    size = len(words)
    around = (side[max(place - size, 0) : place], side[place + size : place + 2 * size])
    return size <= 4 and any([_plain_word(word) for word in beside] == words for beside in around)


def changes_quantity(hunk: Hunk) -> bool:
    """Say whether a unit, a currency, a comparison or a minus sign came, went or changed."""
    went, came = (Counter(filter(_is_quantity_mark, side)) for side in (hunk.removed, hunk.added))
    signs = [
        bool(side) and side[-1] in _DASHES and is_number(behind)
        for side, behind in ((hunk.removed, hunk.following), (hunk.added, hunk.following))
    ]
    return went != came or (signs[0] != signs[1] and not is_number(hunk.previous))


def _is_quantity_mark(token: str) -> bool:
    return token in _QUANTITY_MARKS or unicodedata.category(token[:1] or " ") == "Sc"


def _misspelt_facts(went: Sequence[str], came: Sequence[str], elsewhere: frozenset[str]) -> bool:
    """Say whether each number, negation, modal verb or date that differs is one that was misspelt on one side."""
    pairs = zip(map(_plain_word, went), map(_plain_word, came), strict=False)
    return len(went) == len(came) and all(
        facts([old]) == facts([new]) or _is_misspelt_fact(*((old, new) if facts([new]) else (new, old)), elsewhere)
        for old, new in pairs
    )


def _is_misspelt_fact(wrong: str, right: str, elsewhere: frozenset[str]) -> bool:
    if facts([wrong]) or wrong in LIGHT or wrong in elsewhere or wrong[:1] != right[:1]:
        return False
    return is_slip(wrong, right, sure=is_unsayable(wrong, right) or _is_strange(wrong, elsewhere))


def _is_small_word(words: Sequence[str]) -> bool:
    return len(words) <= 2 and all(_plain_word(word) in LIGHT | PRONOUNS for word in words)


def _is_respelling(old: str, new: str, hunk: Hunk, elsewhere: frozenset[str]) -> bool:
    plain, plain_new = _plain_word(old), _plain_word(new)
    if _squeezed([old]) == _squeezed([new]) or any(plain in swap and plain_new in swap for swap in SWAPS):
        return True
    if facts([old]) or facts([new]):
        return facts([old]) == facts([new]) or _misspelt_facts([old], [new], elsewhere)
    if is_unspaced(old) or is_unspaced(new) or {plain, plain_new} <= PRONOUNS:
        return False
    return _is_misspelling(
        plain, plain_new, hunk, is_name(new, hunk.previous) or is_name(old, hunk.previous), elsewhere
    )


def _is_misspelling(old: str, new: str, hunk: Hunk, named: bool, elsewhere: frozenset[str]) -> bool:
    known = (old in elsewhere) + (new in elsewhere)
    strange = (
        is_unsayable(old, new) or is_unsayable(new, old) or _is_strange(old, elsewhere) or _is_strange(new, elsewhere)
    )
    if is_transposed(old, new):
        return True
    if known == 2 and common_ends(old, new)[1]:
        return False
    if _has_capital_nouns(hunk):
        return is_slip(old, new, most=1) and not is_other_consonant(old, new)
    if named:
        long = len(old) >= _LONG_NAME and old[0] == new[0]
        return is_name_slip(old, new) or ((known == 1 or (strange and long)) and is_slip(old, new, most=1))
    return is_slip(old, new, sure=strange or known == 1 or old in LIGHT or new in LIGHT)


def _is_strange(word: str, elsewhere: frozenset[str]) -> bool:
    """Say whether two letters of a word follow one another in no other word of a long enough article."""
    return len(elsewhere) >= _MANY_WORDS and not _letter_pairs((word,)) <= _pairs_of_article(elsewhere)


@lru_cache(maxsize=2)
def _pairs_of_article(words: frozenset[str]) -> frozenset[str]:
    return _letter_pairs(words)


def _letter_pairs(words: Iterable[str]) -> frozenset[str]:
    return frozenset(one + other for word in words for one, other in pairwise(word))


def _has_capital_nouns(hunk: Hunk) -> bool:
    """Say whether the passage is German, where a capital makes no name."""
    return len(GERMAN & set(hunk.after)) >= 2
