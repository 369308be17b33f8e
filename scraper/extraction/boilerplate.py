"""What elements say of themselves by tag, role, class, id and style: article text or something else.

Must not look at an element's surroundings: how much of the page it holds is weighed by `container`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from enum import IntEnum
from functools import cache, lru_cache
from importlib.resources import files

from scraper.extraction.document import Element

MAX_ATTRIBUTES = 200
"""Listing an element's attributes takes lxml the square of their number: elements with more say nothing."""
_CACHED = 20_000
_LONGEST = 500
_MARKING = frozenset(
    ("class", "id", "data-testid", "data-component", "data-type", "data-module", "data-qa", "itemprop")
)
_BESIDE_TAGS = frozenset({"nav", "footer", "aside", "template"})


class Foreign(IntEnum):
    """How surely an element says that it is no article text."""

    NO = 0
    LIKELY = 1
    SURELY = 2


@cache
def _table() -> dict[str, dict[str, str]]:
    """Load the table of words by which pages mark their elements."""
    return tomllib.loads(files("scraper.extraction").joinpath("tables/boilerplate.toml").read_text("utf-8"))


def _entry(group: str, name: str) -> list[str]:
    return _table()[group][name].split()


def _any_of(words: Iterable[str], phrases: Iterable[str] = ()) -> re.Pattern[str]:
    """Match any of the words whole, and any of the phrases at its beginning."""
    whole = r"(?:^|[-_\s])(?:" + "|".join(sorted(words)) + r")(?=$|[-_\s\d])"
    return re.compile("|".join([whole, *(r"(?:^|[-_\s])" + phrase for phrase in phrases)]))


_TAGS = dict.fromkeys(_entry("tags", "likely"), Foreign.LIKELY) | dict.fromkeys(
    _entry("tags", "surely"), Foreign.SURELY
)
_ROLES = dict.fromkeys(_entry("roles", "likely"), Foreign.LIKELY) | dict.fromkeys(
    _entry("roles", "surely"), Foreign.SURELY
)
_WORDS = frozenset(word for group in _table()["words"].values() for word in group.split())
_MARKED = _any_of(_WORDS, _entry("phrases", "any"))
_SURELY_MARKED = _any_of(_entry("surely", "any"))
_BESIDE = _any_of(_WORDS - frozenset(_entry("pictures", "own")), _entry("pictures", "beside"))
_INLINE = _any_of(_entry("inline", "any"))
_BODY = _any_of(_entry("body", "any"))
_HIDDEN = frozenset(_entry("hidden", "any"))
_SHOWN = re.compile(r":(?:block|flex|grid|inline|table|contents|visible)|d-\w\w-")
_STATES = tuple(_entry("states", "any"))
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def foreignness(element: Element) -> Foreign:
    """Grade an element by tag, role, class, id and style."""
    grade = _TAGS.get(element.tag, Foreign.NO)
    if grade == Foreign.SURELY or not 0 < len(element.attrib) < MAX_ATTRIBUTES:
        return grade
    marks = []
    for name, value in element.items():
        if name in _MARKING:
            marks.append(value)
        elif name == "hidden" or (name == "style" and "display:none" in value.replace(" ", "").lower()):
            return Foreign.SURELY
        elif name == "role":
            grade = max(grade, _ROLES.get(value, Foreign.NO))
    return max(grade, _grade(" ".join(marks))) if marks else grade


def is_beside(element: Element) -> bool:
    """Tell whether an element's pictures are not the article's: those of teasers, authors, advertisements, menus."""
    if element.tag in _BESIDE_TAGS:
        return True
    if not 0 < len(element.attrib) < MAX_ATTRIBUTES:
        return False
    return _matches(_BESIDE, " ".join([value for name, value in element.items() if name in _MARKING]))


def is_inline_foreign(element: Element) -> bool:
    """Tell whether an element inside a line calls itself a caption, a credit, an advertisement or hidden."""
    return _matches(_INLINE, element.get("class") or "")


def is_body(element: Element) -> bool:
    """Tell whether an element calls itself the article's body."""
    if element.tag == "body":
        return False
    if element.get("itemprop") in ("articleBody", "text"):
        return True
    return _matches(_BODY, element.get("class") or element.get("id") or "")


@lru_cache(maxsize=_CACHED)
def _grade(marks: str) -> Foreign:
    words = _words(marks)
    if _SURELY_MARKED.search(words):
        return Foreign.SURELY
    hidden = not _HIDDEN.isdisjoint(words.split()) and _SHOWN.search(marks[:_LONGEST]) is None
    return Foreign.LIKELY if hidden or _MARKED.search(words) else Foreign.NO


@lru_cache(maxsize=_CACHED)
def _matches(pattern: re.Pattern[str], marks: str) -> bool:
    return bool(marks) and pattern.search(_words(marks)) is not None


@lru_cache(maxsize=_CACHED)
def _words(marks: str) -> str:
    """Write marks in lower case with their words parted, without those of utility style sheets and of states."""
    marks = marks[:_LONGEST]
    if not marks.islower():
        marks = _CAMEL.sub("-", marks).lower()
    return " ".join(
        mark for mark in marks.split() if ":" not in mark and "[" not in mark and not mark.startswith(_STATES)
    )
