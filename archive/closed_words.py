"""Small, closed lists of words that rules on edits need: negations, modal verbs, numbers, dates, articles and the like.

About a dozen languages; a language that is missing loses only these hints. Must not hold rules.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files

_TABLE: dict[str, str] = tomllib.loads((files("archive") / "tables" / "closed_words.toml").read_text("utf-8"))


def _words(name: str) -> frozenset[str]:
    return frozenset(_TABLE[name].split())


NEGATIONS = _words("negations")
MODALS = _words("modals")
NUMBERS: dict[str, str] = {
    word: str(value)
    for line in _TABLE["counting"].strip().splitlines()
    for value, word in enumerate(line.split())
    if word not in _words("not_numbers")
} | {word: word for word in _words("quantities")}
"""Each number word with its value in digits, or itself."""
_ALL_DATES = {form: forms.split("/")[0] for forms in _words("dates") for form in forms.split("/")}
CAPITAL_DATES = {form: date for form, date in _ALL_DATES.items() if form in _words("capital_dates")}
"""Names of months and days that without a capital are another word, each with its full form."""
DATES = {form: date for form, date in _ALL_DATES.items() if form not in CAPITAL_DATES}
"""Each other name of a month or day with its full form."""
LIGHT = _words("light")
"""Words whose lack, or whose presence once too often, is a slip."""
PRONOUNS = _words("pronouns")
"""Words that may lack as the light ones may, but never stand for one another."""
SWAPS = tuple(frozenset(line.split()) for line in _TABLE["swaps"].strip().splitlines())
"""Words that are written for one another by a slip of grammar or spelling."""
NEGATING_PREFIXES = _words("negating_prefixes")
GERMAN = _words("german")
"""Words that tell German, where a capital makes no name."""
