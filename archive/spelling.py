"""Whether one change of words is an orthographic repair, or touches what the sentence says. Must not see a whole edit.

A repair leaves numbers, names, negations, modal verbs and dates alone. Without a dictionary, a misspelling is told from
another word by its form: a letter too many, too few, swapped or wrong inside a longer word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence

from archive.closed_words import DATES, LIGHT, MODALS, NEGATING_PREFIXES, NEGATIONS, NUMBERS, SWAPS
from archive.hunks import Hunk
from archive.tokens import is_number, is_unspaced, is_word, words_in

_VOWELS = frozenset("aeiouyæøœаеёиоуыэюяіїєαεηιουω")
_GROUPS = re.compile(r"(?<=\d)[.,'’\u00a0\u202f٬](?=\d{3}(?!\d))")
_QUANTITY_MARKS = frozenset("%‰°+<>=")
_DASHES = frozenset("-−–—‐‑")
_SENTENCE_ENDS = frozenset(".!?…。！？؟।:：\n")
_GERMAN = frozenset("der die das und den dem ist nicht ein eine einen von mit auf für sich des im zu".split()) - {"die"}
_LONG_WORD, _LONG_NAME = 5, 8


def is_repair(hunk: Hunk, elsewhere: Collection[str] = ()) -> bool:
    """Say whether a change only mends spelling, punctuation, capitals, a doubled or a missing small word.

    `elsewhere` holds the words of the article that did not change: a word that stands there is no misspelling.
    """
    went, came = words_in(hunk.removed), words_in(hunk.added)
    if _is_doubling(hunk):
        return True
    if _changes_quantity_marks(hunk) or facts(went) != facts(came) and not _misspelt_facts(went, came):
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
        if is_number(word):
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
    letters = unicodedata.normalize("NFKD", joined.replace("'", ""))
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


def _changes_quantity_marks(hunk: Hunk) -> bool:
    went, came = (Counter(filter(_is_quantity_mark, side)) for side in (hunk.removed, hunk.added))
    signs = [
        bool(side) and side[-1] in _DASHES and is_number(behind)
        for side, behind in ((hunk.removed, hunk.following), (hunk.added, hunk.following))
    ]
    return went != came or (signs[0] != signs[1] and not is_number(hunk.previous))


def _is_quantity_mark(token: str) -> bool:
    return token in _QUANTITY_MARKS or unicodedata.category(token[:1] or " ") == "Sc"


def _misspelt_facts(went: Sequence[str], came: Sequence[str]) -> bool:
    """Say whether one word was no number, negation, modal or date, and is one now that it is spelt right."""
    if len(went) != len(came):
        return False
    for old, new in zip(map(_plain_word, went), map(_plain_word, came), strict=True):
        if facts([old]) != facts([new]) and (facts([old]) or old in LIGHT or not _is_slip(old, new)):
            return False
    return True


def _is_small_word(words: Sequence[str]) -> bool:
    return len(words) <= 2 and all(_plain_word(word) in LIGHT for word in words)


def _is_respelling(old: str, new: str, hunk: Hunk, elsewhere: Collection[str]) -> bool:
    plain, plain_new = _plain_word(old), _plain_word(new)
    if _squeezed([old]) == _squeezed([new]) or any(plain in swap and plain_new in swap for swap in SWAPS):
        return True
    if is_number(old) or is_number(new) or is_unspaced(old) or is_unspaced(new):
        return False
    swapped = _is_transposed(plain, plain_new)
    ending = _common_ends(plain, plain_new)[1] == 0
    if old in elsewhere and not swapped and not ending:
        return False
    if _has_capital_nouns(hunk):
        return _is_slip(plain, plain_new, most=1) and not _is_other_consonant(plain, plain_new)
    if is_name(new, hunk.previous) or is_name(old, hunk.previous):
        return swapped or new in elsewhere and _is_slip(plain, plain_new) or _is_long_slip(plain, plain_new)
    return _is_slip(plain, plain_new, sure=new in elsewhere or plain_new in LIGHT)


def _has_capital_nouns(hunk: Hunk) -> bool:
    """Say whether the passage is German, where a capital makes no name."""
    return len(_GERMAN & set(hunk.after)) >= 2


def _is_other_consonant(old: str, new: str) -> bool:
    different = [{one, other} for one, other in zip(old, new, strict=False) if one != other]
    return len(old) == len(new) and len(different) == 1 and not different[0] & _VOWELS


def _is_long_slip(old: str, new: str) -> bool:
    return (_is_letter_doubled(old, new) or min(len(old), len(new)) >= _LONG_NAME and old[0] == new[0]) and _is_slip(
        old, new, most=1
    )


def _is_slip(old: str, new: str, *, sure: bool = False, most: int = 2) -> bool:
    """Say whether `new` is `old` spelt right. `sure`: there is another reason to think so, so short words may do."""
    if _is_transposed(old, new) or _is_letter_doubled(old, new):
        return True
    head, tail = _common_ends(old, new)
    shorter, longer = sorted((old, new), key=len)
    middle, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if head == 0 and tail == len(shorter) and longer[: len(longer) - tail] in NEGATING_PREFIXES:
        return False
    if len(middle) <= 1 and len(middle_new) <= 1:
        return _is_one_letter(middle, middle_new, head, tail, shorter, sure)
    soft = set(middle + middle_new) <= _VOWELS | {"h"} or _is_vowel_pair(middle, middle_new)
    return (
        most > 1
        and head > 0
        and len(shorter) >= 7
        and max(len(middle), len(middle_new)) <= 6
        and (soft or _is_two_soft_slips(old, new))
    )


def _is_one_letter(old: str, new: str, head: int, tail: int, shorter: str, sure: bool) -> bool:
    """Judge one letter lacking, too many or wrong, by where it stands."""
    if not old or not new:
        return len(shorter) >= (2 if sure else 4) and (head > 0 or sure or len(shorter) >= _LONG_WORD)
    if sure and len(shorter) >= 3:
        return True
    if head == 0:
        return False
    if tail == 0:
        return len(shorter) >= _LONG_WORD and ({old, new} <= _VOWELS or not shorter.isascii())
    return len(shorter) >= _LONG_WORD or len(shorter) == 4 and {old, new} <= _VOWELS


def _is_vowel_pair(old: str, new: str) -> bool:
    """Say whether two stretches differ in vowels only, letter by letter."""
    return len(old) == len(new) and all(
        one == other or {one, other} <= _VOWELS for one, other in zip(old, new, strict=True)
    )


def _is_two_soft_slips(old: str, new: str) -> bool:
    """Say whether doubling letters and setting vowels right makes one of the other."""

    def skeleton(word: str) -> str:
        consonants = "".join("a" if letter in _VOWELS else letter for letter in word if letter != "h")
        return re.sub(r"(.)\1+", r"\1", consonants)

    return skeleton(old) == skeleton(new)


def _is_transposed(old: str, new: str) -> bool:
    head, _ = _common_ends(old, new)
    return (
        len(old) == len(new)
        and old != new
        and old[head + 2 :] == new[head + 2 :]
        and (old[head : head + 2] == new[head : head + 2][::-1])
    )


def _is_letter_doubled(old: str, new: str) -> bool:
    shorter, longer = sorted((old, new), key=len)
    head, tail = _common_ends(old, new)
    return (
        len(longer) == len(shorter) + 1
        and head + tail >= len(shorter) >= 2
        and head > 0
        and longer[head] == longer[head - 1]
        and is_word(longer)
    )


def _common_ends(old: str, new: str) -> tuple[int, int]:
    most = min(len(old), len(new))
    head = next((place for place in range(most) if old[place] != new[place]), most)
    rest = most - head
    tail = next((place for place in range(rest) if old[-1 - place] != new[-1 - place]), rest)
    return head, tail
