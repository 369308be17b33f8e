"""A printed name as its parts: given, particle, family, suffix, or a name that has none. Must not format citations."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

_SUFFIX = re.compile(r"^(?:jr|sr|jun|sen|ii|iii|iv|v|vi|ph\.?d|m\.?d|esq|mbe|obe|cbe|qc|kc)\.?$", re.IGNORECASE)
# In these scripts the given name comes first and the family name last, as in Latin.
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in parts, or, with `literal`, an organisation's or one whose parts cannot be told."""

    family: str = ""
    given: str = ""
    particle: str = ""
    suffix: str = ""
    literal: str = ""


def parse_name(printed: str) -> Name:
    """Divide a printed name.

    Organisations, names of one word and names in scripts that put the family first or write no spaces stay whole.
    """
    name = " ".join(printed.split())
    words, suffix = _without_suffix(name)
    if len(words) < 2 or "," in " ".join(words) or _is_corporate(words) or not _is_alphabetic(name):
        return Name(literal=name)
    first = _family_begins(words)
    particle_ends = first
    while particle_ends < len(words) - 1 and _is_particle(words[particle_ends]):
        particle_ends += 1
    return Name(
        family=" ".join(words[particle_ends:]),
        given=" ".join(words[:first]),
        particle=" ".join(words[first:particle_ends]),
        suffix=suffix,
    )


def _without_suffix(name: str) -> tuple[list[str], str]:
    words = re.sub(r",\s*(?=\S+$)", " ", name).split(" ") if _SUFFIX.match(name.split(" ")[-1]) else name.split(" ")
    if len(words) > 2 and _SUFFIX.match(words[-1]):
        return words[:-1], words[-1]
    return words, ""


def _is_corporate(words: list[str]) -> bool:
    plain = [word.casefold().strip(".,") for word in words]
    if plain[0] in _listed("articles") or _listed("corporate").intersection(plain):
        return True
    return any(character.isdigit() or character in "/@|:()[]{}<>#%$\\^~_&" for word in words for character in word)


def _is_alphabetic(name: str) -> bool:
    letters = (unicodedata.name(character, "") for character in name if character.isalpha())
    return all(letter.startswith(_SCRIPTS) or "MODIFIER LETTER" in letter for letter in letters)


def _is_particle(word: str) -> bool:
    return word in _listed("particles") or word in _listed("capital_particles")


def _family_begins(words: list[str]) -> int:
    """Return where particle and family name begin; a given name is always left."""
    last = len(words) - 1
    first = last - 2 if last >= 3 and words[last - 1] in _listed("joining") else last
    while first > 1 and _is_particle(words[first - 1]):
        first -= 1
    return next((place for place in range(1, first) if words[place] in _listed("particles")), first)


@cache
def _listed(name: str) -> frozenset[str]:
    """Return one of the lists of names.toml."""
    table = resources.files("archive").joinpath("tables", "names.toml")
    return frozenset(str(tomllib.loads(table.read_text(encoding="utf-8"))[name]).split())
