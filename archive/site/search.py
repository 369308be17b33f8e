"""Turns what a person types into an FTS5 expression that always runs. Must not touch the archive's database."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache

COLUMNS = ("headline", "dek", "body_text", "byline")
MAX_LENGTH = 500
MAX_TERMS = 50
_PREFIXES = {name: name for name in COLUMNS} | {"author": "byline", "body": "body_text", "text": "body_text"}
_OPERATORS = ("AND", "OR", "NOT")
_IGNORED = (*_OPERATORS, "NEAR")
# Scripts that put no space between words: FTS5 takes a whole run of their letters for one word.
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_TOKEN = re.compile(
    rf"""
      (?P<near>NEAR\s*\([^()]*\))
    | (?P<phrase>"[^"]*"\s?\*?)
    | (?P<open>\() | (?P<close>\))
    | (?P<column>(?:{"|".join(_PREFIXES)})\s*:(?=\s*[^\s:]))
    | (?P<word>[^\s"()]+)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def clean(typed: str) -> str:
    """Return a text without control characters, half surrogates and outer spaces: what SQLite and a page can hold."""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]+", " ", typed).strip()


def shortened(text: str) -> str:
    """Return the first `MAX_LENGTH` characters of a text, without the word that they break off."""
    if len(text) <= MAX_LENGTH:
        return text
    return text[:MAX_LENGTH].rstrip() if text[MAX_LENGTH].isspace() else re.sub(r"(?<=\s)\S+$", "", text[:MAX_LENGTH])


@lru_cache(maxsize=256)
def match_expression(typed: str) -> str | None:
    """Return an FTS5 expression for what was typed; None when it holds no word at all.

    Only the first `MAX_LENGTH` characters count. Phrases in quotation marks, AND, OR, NOT, parentheses, NEAR(a b, 5),
    prefix* and the columns `headline:`, `dek:`, `body:` and `author:` mean what FTS5 lets them mean
    (https://sqlite.org/fts5.html, section 3). All else is words: what is no valid expression is searched for by its
    words.
    """
    plain = shortened(clean(typed)).replace("“", '"').replace("”", '"')
    expression = " ".join(_joined(_translated(plain)))
    if expression and is_valid(expression):
        return expression
    words = [quoted(word) for word in re.findall(r"[^\s\"()*:]+", plain) if _counts(word) and word not in _IGNORED]
    return " ".join(words[:MAX_TERMS]) or None


def excludes(expression: str) -> bool:
    """Say whether an FTS5 expression excludes words; what stands in quotation marks is no operator."""
    return "NOT" in re.sub(r'"[^"]*"', "", expression)


def begins(expression: str) -> bool:
    """Say whether an FTS5 expression looks for words by how they begin."""
    return "*" in re.sub(r'"[^"]*"', "", expression)


def quoted(words: str) -> str:
    """Write words as an FTS5 string."""
    return '"' + words.replace('"', '""') + '"'


def is_valid(expression: str) -> bool:
    """Ask FTS5 itself whether it can read the expression."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE VIRTUAL TABLE t USING fts5({', '.join(COLUMNS)})")
        try:
            connection.execute("SELECT 1 FROM t WHERE t MATCH ?", [expression]).fetchall()
        except sqlite3.OperationalError:
            return False
    return True


def _counts(word: str) -> bool:
    return any(character.isalnum() for character in word)


def _translated(plain: str) -> Iterator[str]:
    for token in _TOKEN.finditer(plain):
        text = token.group()
        if token["near"]:
            yield _near(text)
        elif token["column"]:
            yield _PREFIXES[text.rstrip(": \t").lower()] + " :"
        elif token["open"] or token["close"] or text in _OPERATORS:
            yield text
        elif _counts(text):
            yield _term(text)


def _term(text: str) -> str:
    words = text.strip('"* ')
    begun = text.endswith("*") or _SPACELESS.fullmatch(words)
    return quoted(words) + (" *" if begun else "")


def _near(text: str) -> str:
    inside, _, distance = text.partition("(")[2].rstrip(")").partition(",")
    terms = [_term(term) for term in re.findall(r'"[^"]*"\*?|[^\s"]+', inside) if _counts(term)]
    return f"NEAR({' '.join(terms)}{', ' + distance.strip() if distance.strip() else ''})"


def _joined(tokens: Iterator[str]) -> Iterator[str]:
    """Put AND between neighbours: FTS5 binds its silent AND tighter than NOT, which nobody expects."""
    before = "("
    for token in tokens:
        if (
            token != ")"
            and token not in _OPERATORS
            and before != "("
            and before not in _OPERATORS
            and before[-1] != ":"
        ):
            yield "AND"
        yield token
        before = token
