"""Cuts a text into words, numbers and marks, in any script, so that nothing is lost. Must not compare texts.

Scripts that set no spaces between words (Han, kana, Thai, Lao, Khmer, Burmese) give one token a character.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
# Python's \w leaves out combining marks, which are parts of words in Arabic, Hebrew and the scripts of India.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0963\u0971-\u0dff\u0f18-\u0fbc\u200c\u200d"
)
_LETTER = rf"(?:(?![{_UNSPACED}\d])[^\W_]|[{_MARKS}])"
# White space between groups of three digits belongs to the number: 10 000.
_NUMBER = r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?!\d)|\d+(?:[.,:/٫٬'’]\d+)*"
_TOKEN = re.compile(
    rf"(?P<gap>\s*)(?P<text>{_NUMBER}|[{_UNSPACED}](?:[{_MARKS}])*|{_LETTER}+(?:['’]{_LETTER}+)*|\S|\Z)",
)
_UNSPACED_TOKEN = re.compile(rf"[{_UNSPACED}]")


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens, and the white space before each: `gaps[n] + texts[n]`, joined, is the text."""

    texts: tuple[str, ...]
    gaps: tuple[str, ...]

    def slice(self, start: int, end: int) -> str:
        """Return the text of the tokens from `start` up to `end`, with the white space before each."""
        return "".join(gap + text for gap, text in zip(self.gaps[start:end], self.texts[start:end], strict=True))


def tokens_of(text: str) -> Tokens:
    """Cut a text; white space at its end goes before a last, empty token."""
    found = [(match["gap"], match["text"]) for match in _TOKEN.finditer(text) if match[0]]
    return Tokens(tuple(token for _, token in found), tuple(gap for gap, _ in found))


def is_word(token: str) -> bool:
    """Say whether a token is a word or a number, not a mark."""
    return token[:1].isalnum() or (len(token) > 1 and any(map(str.isalnum, token)))


def is_number(token: str) -> bool:
    """Say whether a token is written in digits of any script."""
    return token[:1].isdigit()


def is_unspaced(token: str) -> bool:
    """Say whether a token is one character of a script without spaces."""
    return bool(_UNSPACED_TOKEN.match(token))


def words_in(tokens: Sequence[str]) -> list[str]:
    """List the words and numbers among tokens."""
    return [token for token in tokens if is_word(token)]
