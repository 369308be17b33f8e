"""Reads one piece of a credit expression, what stands between two separators, into parts: persons, agencies, others.

Must not split expressions, nor decide who of several parts is the photographer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from scraper.extraction import credit_names as names
from scraper.extraction.agencies import Agency, agency_named
from scraper.extraction.credit_names import word_set

# agency: in the table; organisation, word: looks like one; ranked: a person for certain; text: none of these.
PartKind = Literal["agency", "organisation", "person", "ranked", "word", "text"]
EDGES = ' \t\n.,;:–—-/|*•"“”„«»'

_HAS_BRACKET = re.compile(r"[()\[\]]")
_COMMISSIONED = re.compile(
    r"^(.*?)[\s(]*\b(?:photos?|photographs?|images?|pictures?|illustrations?|graphics?|video|screenshot)\s+"
    r"(?:taken |provided )?(?:by|from|courtesy of|:)\s+(.+)$",
    re.IGNORECASE,
)
_AND_WORDS = word_set("links", "and")
_AND = re.compile(rf"\s+(?:{'|'.join(map(re.escape, sorted(_AND_WORDS)))})\s+", re.IGNORECASE)
_LINK_WORDS = word_set("links", "of")
_LINKED = re.compile(rf"^(.*\S)\s+(?:{'|'.join(sorted(_LINK_WORDS))})\s+(\S.*)$", re.IGNORECASE)
_TRAILING_BRACKET = re.compile(r"^([^()\[\]]*)[(\[]([^()\[\]]*)[)\]]$")
_REPORTER = re.compile(
    r"^(?:(.{0,8}?)(?:记者|記者)\s*)?([가-힣]{2,4}|[一-鿿]{2,4})\s*(?:기자|선임기자|特派员|記者|记者|撮影|摄影|摄|攝)$"
)
_TRAILING_POOL = re.compile(
    r"\s+(?:pool|handout|stringer)(?:\s+(?:photo|picture|image))?$|\s+(?:photo|foto)$", re.IGNORECASE
)
_FILLER = re.compile(
    r"^(?:file|handout|archive|archivo)\s*[:–-]\s*|^(?:and|und|et|y|og|och)\s+"
    r"|^(?:screen ?(?:shot|grab|cap)s?|still)(?:\s+(?:from|of|by|via|taken from))?\s+(?=\S)|\s+(?:19|20)\d\d$",
    re.IGNORECASE,
)
_CLIENT = re.compile(r"^(\S+(?: \S+)?) for (\S.*)$")


@dataclass(frozen=True, slots=True)
class Part:
    """What a piece names. `comma`: one stood before it; `given`: the name is the giver's, not the maker's."""

    kind: PartKind
    text: str
    agency: Agency | None = None
    comma: bool = False
    given: bool = False


def holds_a_credit(text: str) -> bool:
    """Say whether "AGENCY photo by NAME" stands in a text."""
    return _COMMISSIONED.match(text) is not None


@lru_cache(maxsize=4096)
def read_piece(piece: str, comma: bool, by: bool = False) -> tuple[Part, ...]:
    """Read one piece; `comma` says that a comma stood before it, `by` that its label promises nothing but a name.

    Most pieces are one part; "NAME and NAME" or "AGENCY photo by NAME" are several, "File" and "Pool" none.
    Photographers and agencies come back from article to article: 4,096 pieces stay in memory.
    """
    return tuple(_read_piece(piece, comma, by))


def _read_piece(piece: str, comma: bool, by: bool = False) -> list[Part]:
    text = _balanced(piece.strip(EDGES))
    if _is_prose(text):
        return [Part("text", text)]
    text = _FILLER.sub("", text)
    if names.is_nobody(text) or (comma and names.is_place(text)):
        return []
    if agency := agency_named(text):
        return [Part("agency", agency.name, agency)]
    if comma and len(text) == 2 and text.isupper() and text.isascii():
        return []  # A state: "Peoria, AZ".
    if by and (parts := _named_with_house(text)):
        return parts
    for reader in _READERS:
        if (parts := reader(text)) is not None:
            return parts
    bare = _TRAILING_POOL.sub("", text)
    if bare != text:
        return _read_piece(bare, comma)
    return [Part("word" if names.is_single_word(text) and not names.is_subject(text) else "text", text)]


def _is_prose(text: str) -> bool:
    """Say whether a piece has a sentence's mix of words, so that nothing slower need look at it."""
    words = text.split()
    return len(words) > 5 and 2 * sum(word[0].islower() for word in words) >= len(words)


def _balanced(text: str) -> str:
    if not _HAS_BRACKET.search(text):
        return text
    for opening, closing in ("()", "[]"):
        if text.count(opening) != text.count(closing):
            text = text.strip(opening + closing + " ")
    if text[:1] in "([" and text[-1:] in ")]" and _TRAILING_BRACKET.match(text):
        return text[1:-1].strip(EDGES)
    return text


def _read_text(text: str) -> list[Part] | None:
    parts = _read_piece(text, comma=False)
    return None if any(part.kind in ("text", "word") for part in parts) else parts


def _reporter(text: str) -> list[Part] | None:
    match = _REPORTER.match(text) if text[-1] > "\u2fff" else None
    return [*_known(match[1] or ""), Part("ranked", match[2])] if match else None


def _after_colon(text: str) -> list[Part] | None:
    house, colon, rest = text.partition(": ")
    found = _known(house) if colon else []
    return [*found, *_read_piece(rest, comma=False)] if found else None


def _commissioned(text: str) -> list[Part] | None:
    match = _COMMISSIONED.match(text) if " " in text else None
    if not match:
        return None
    before, after = _read_text(match[1]), _read_text(match[2])
    if before is None or after is None:
        return None
    return [*before, *(replace(part, kind="ranked") if part.kind == "person" else part for part in after)]


def _for_a_client(text: str) -> list[Part] | None:
    """Read "Getty Images for CLIENT": the client paid and took nothing, unless it is an outlet of the table."""
    match = _CLIENT.match(text) if " for " in text else None
    return [*_known(match[1]), *_known(match[2])] or None if match and agency_named(match[1]) else None


def _several_known(text: str) -> list[Part] | None:
    parts = _several(text)
    return parts if parts and all(part.kind in ("agency", "ranked") for part in parts) else None


def _person_for(text: str) -> list[Part] | None:
    parts = _linked(text)
    return parts if parts and parts[0].kind in ("person", "ranked") else None


def _bracketed(text: str) -> list[Part] | None:
    match = _TRAILING_BRACKET.match(text) if text[-1] in ")]" else None
    if not match:
        return None
    base, inside = match[1].strip(), match[2].strip()
    if not base:
        return _read_text(inside)
    if agency := agency_named(base):
        return [Part("agency", agency.name, agency), *(_read_text(inside) or ())]
    if names.is_organisation(base) or (names.is_single_word(base) and names.is_organisation(inside)):
        return [Part("organisation", text)]
    # "NAME (AGENCY)": who is shown, as often as who took it; with nothing of a credit in the brackets, who took it.
    name = None if _known(inside) else names.person(base)
    return [Part("person", name)] if name and not names.is_subject(name) else None


def _named_with_house(text: str) -> list[Part] | None:
    match = _TRAILING_BRACKET.match(text)
    name = names.person(match[1].strip()) if match else None
    return [Part("person", name), *_known(match[2].strip())] if match and name else None


def _known(text: str) -> list[Part]:
    agency = agency_named(text)
    return [Part("agency", agency.name, agency)] if agency else []


def _soldier(text: str) -> list[Part] | None:
    rest, ranked = names.without_rank(text)
    if not ranked:
        return None
    if name := names.person(rest, ranked=True):
        return [Part("ranked", name)]
    return _several(rest)


def _organisation(text: str) -> list[Part] | None:
    if "(" in text or "[" in text:
        return None
    return [Part("organisation", text)] if names.is_organisation(text) else None


def _person(text: str) -> list[Part] | None:
    name = names.person(text)
    return [Part("person", name)] if name and not names.is_subject(name) else None


def _several(text: str) -> list[Part] | None:
    if _AND_WORDS.isdisjoint(text.casefold().split()):
        return None
    pieces = _AND.split(text)
    if not 2 <= len(pieces) <= 4:
        return None
    read = [_read_text(piece) for piece in pieces]
    found = [part for parts in read if parts is not None for part in parts]
    if len(found) != len(pieces):
        return None
    return [replace(part, kind="ranked") if part.kind == "person" else part for part in found]


def _linked(text: str) -> list[Part] | None:
    # Each link is read in two ways, so that a chain of them would take twice as long with every one.
    if not 1 <= sum(word in _LINK_WORDS for word in text.casefold().split()) <= 4:
        return None
    match = _LINKED.match(text)
    if not match:
        return None
    if " from " in text and (names.is_place(match[2]) or names.is_single_word(match[2])) and not agency_named(match[2]):
        return _person(match[1])
    right = _read_text(match[2])
    if not right or len(right) != 1 or right[0].kind not in ("agency", "organisation"):
        return None
    left = _read_piece(match[1], comma=False)
    if any(part.kind == "text" for part in left) and not (right[0].agency and right[0].agency.kind == "stock"):
        return None
    if right[0].kind == "organisation" and any(part.kind == "word" for part in left):
        return None
    return [*left, *right]


# In the order in which they are tried: what is certain first.
_READERS: tuple[Callable[[str], list[Part] | None], ...] = (
    _reporter,
    _after_colon,
    _commissioned,
    _for_a_client,
    _several_known,
    _person_for,
    _bracketed,
    _soldier,
    _organisation,
    _person,
    _several,
    _linked,
)
