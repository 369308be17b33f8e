"""Whether two words differ by a slip of the pen: letters alone, either word may be the right one.

Must not know what words mean, nor read sentences.
"""

from __future__ import annotations

import re

from archive.closed_words import NEGATING_PREFIXES
from archive.tokens import is_word

VOWELS = frozenset("aeiouyæøœаеёиоуыэюяіїєαεηιουω")
_LONG_WORD, _LONG_NAME = 5, 8


def is_name_slip(old: str, new: str) -> bool:
    """Say whether two names are one, misspelt: short ones that differ are two persons or places."""
    head, tail = common_ends(old, new)
    shorter, longer = sorted((old, new), key=len)
    vowel_lacking = len(longer) == len(shorter) + 1 == head + tail + 1 and longer[head] in VOWELS
    long = len(shorter) >= _LONG_NAME - (vowel_lacking and tail > 0)
    return (is_letter_doubled(old, new) or (long and head > 0)) and is_slip(old, new, most=1)


def is_other_consonant(old: str, new: str) -> bool:
    """Say whether one consonant stands for another."""
    different = [{one, other} for one, other in zip(old, new, strict=False) if one != other]
    return len(old) == len(new) and len(different) == 1 and not different[0] & VOWELS


def is_unsayable(word: str, like: str) -> bool:
    """Say whether a word has no vowel, in a script where `like` has one."""
    return len(word) > 1 and not set(word) & VOWELS and bool(set(like) & VOWELS)


def is_slip(old: str, new: str, *, sure: bool = False, most: int = 2) -> bool:
    """Say whether two words, without capitals, are one word of which one is misspelt.

    `sure`: there is another reason to think so, so short words may do. `most`: so many slips in one word.
    """
    if is_transposed(old, new) or is_letter_doubled(old, new):
        return True
    head, tail = common_ends(old, new)
    shorter, longer = sorted((old, new), key=len)
    middle, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if head == 0 and tail == len(shorter) and longer[: len(longer) - tail] in NEGATING_PREFIXES:
        return False
    if len(middle) <= 1 and len(middle_new) <= 1:
        return _is_one_letter(middle, middle_new, head, tail, shorter, sure)
    soft = set(middle + middle_new) <= VOWELS | {"h"} or _is_vowel_pair(middle, middle_new)
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
        return len(shorter) >= (2 if sure else 4 - _is_inner_vowel(old or new, head, tail)) and (
            head > 0 or sure or len(shorter) >= _LONG_WORD
        )
    if sure and len(shorter) >= 3:
        return True
    if head == 0:
        return False
    if tail == 0:
        return len(shorter) >= _LONG_WORD and ({old, new} <= VOWELS or not shorter.isascii())
    return len(shorter) >= _LONG_WORD or (len(shorter) == 4 and {old, new} <= VOWELS)


def _is_vowel_pair(old: str, new: str) -> bool:
    """Say whether two stretches differ in vowels only, letter by letter."""
    return len(old) == len(new) and all(
        one == other or {one, other} <= VOWELS for one, other in zip(old, new, strict=True)
    )


def _is_two_soft_slips(old: str, new: str) -> bool:
    """Say whether doubling letters and setting vowels right makes one of the other."""

    def skeleton(word: str) -> str:
        consonants = "".join("a" if letter in VOWELS else letter for letter in word if letter != "h")
        return re.sub(r"(.)\1+", r"\1", consonants)

    return skeleton(old) == skeleton(new)


def _is_inner_vowel(letter: str, head: int, tail: int) -> bool:
    return letter in VOWELS and head > 0 and tail > 0


def is_transposed(old: str, new: str) -> bool:
    """Say whether two neighbouring letters changed places."""
    head, _ = common_ends(old, new)
    return (
        len(old) == len(new)
        and old != new
        and old[head + 2 :] == new[head + 2 :]
        and (old[head : head + 2] == new[head : head + 2][::-1])
    )


def is_letter_doubled(old: str, new: str) -> bool:
    """Say whether one letter stands twice in one word and once in the other."""
    shorter, longer = sorted((old, new), key=len)
    head, tail = common_ends(old, new)
    return (
        len(longer) == len(shorter) + 1
        and head + tail >= len(shorter) >= 2
        and head > 0
        and longer[head] == longer[head - 1]
        and is_word(longer)
    )


def common_ends(old: str, new: str) -> tuple[int, int]:
    """Count the letters that two words share at the start, and those at the end of what is left."""
    most = min(len(old), len(new))
    head = next((place for place in range(most) if old[place] != new[place]), most)
    rest = most - head
    tail = next((place for place in range(rest) if old[-1 - place] != new[-1 - place]), rest)
    return head, tail
