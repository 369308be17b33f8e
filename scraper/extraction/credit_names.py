"""Tells persons, organisations and nobody apart in one piece of a credit line; writes a person's name in title case.

Must not split lines or know agencies: that is the grammar's and the table's.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from scraper.extraction.agencies import name_key

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ`.·\-‐‑][^\W\d_]+)*[.,’']?$|[^\W\d_]\.(?:-?[^\W\d_]\.)*$")
_INITIALS_GLUED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]{2,}$")
_DATE = re.compile(
    r"^\W*(?:(?:file|filed|taken|on|in|c|ca|circa|undated|[a-z]{3,9}\.?)[\s,]+)?(?:\d{1,2}(?:st|nd|rd|th)?[\s,.]+)?(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{4}s?|\d{1,2})\W*$",
    re.IGNORECASE,
)
_ACRONYM = re.compile(r"(?=.*[^\W\d_])[^\W_]{2,7}(?:[-.&][^\W_]{1,5})*\.?$")
_DOMAIN = re.compile(r"(?:[\w-]+\.)+(?:[a-z]{2,12}|[A-Z]{2,3})$")
_NTH_CLASS = re.compile(r"(?:\S+ ){0,6}?(?:1st|2nd|3rd|first|second|third) class (?=\S)", re.IGNORECASE)
_ANY_SEAMAN = re.compile(r"(?:[A-Z][\w'’]+ ){1,3}(?:Seaman|Fireman|Airman)(?: Apprentice| Recruit)? (?=[A-Z])")
_UNCASED = re.compile(r"[֐-׿؀-ۿ܀-߿ऀ-๿Ⴀ-ჿ぀-ヿ㐀-鿿가-힯]")


@cache
def credit_words() -> dict[str, Any]:
    """Load the table of words that credit lines are made of: groups of words."""
    table = files("scraper.extraction").joinpath("tables/credit_words.toml").read_text("utf-8")
    return tomllib.loads(table)


def _terms(group: str, name: str) -> list[str]:
    text: str = credit_words()[group][name]
    return [term for line in text.splitlines() for part in line.split(";") if (term := part.strip())]


def word_set(group: str, name: str) -> frozenset[str]:
    """List one entry of the table as its words."""
    text: str = credit_words()[group][name]
    return frozenset(text.split())


_NOBODY = frozenset(name_key(term) for term in _terms("names", "nobody"))
_ABBREVIATED = word_set("names", "abbreviated")
_GENERATION = word_set("names", "generations")
_LOWER_IN_CAPITALS = word_set("names", "small")
_JOINED = word_set("names", "joined")
_LONE = word_set("organisations", "alone")
_SURNAMES = word_set("organisations", "surnames")
_TOP_LEVEL = word_set("organisations", "top_level")
_PARTICLES = word_set("names", "particles")
_NOT_A_NAME = word_set("names", "not_a_name") | word_set("labels", "image")
_NOT_A_NAME_ENDINGS = tuple(sorted(word_set("names", "not_a_name_endings")))
_ARTICLES = word_set("names", "articles")
_SUBJECTS = frozenset(
    key for term in _terms("names", "subjects") for key in (name_key(term), name_key(term.rpartition(" ")[2]))
)
_PLACES = word_set("names", "places")
_ORGANISATION = word_set("organisations", "words")
_INNER = word_set("organisations", "inner")
_ENDINGS = tuple(sorted(word_set("organisations", "endings")))
_GIVEN = word_set("given", "names")
_HEADS = re.compile(rf"(?:the )?(?:{'|'.join(_terms('organisations', 'heads'))}) of (?:the )?[^\W\d_]", re.IGNORECASE)


def _any_of(terms: list[str]) -> str:
    longest_first = sorted(terms, key=len, reverse=True)
    return "|".join(re.escape(term).replace(r"\.", r"\.?").replace(r"\ ", r" ?") for term in longest_first)


_RANK = re.compile(
    rf"(?:(?:(?:{_any_of(_terms('ranks', 'services'))}) )?(?:{_any_of(_terms('ranks', 'words'))})\.?,? )(?=\S)",
    re.IGNORECASE,
)
_RANK_BEGINNINGS = frozenset(
    term.partition(" ")[0].rstrip(".")
    for name in ("ranks", "services")
    for term in _terms("ranks", name.replace("ranks", "words"))
)
_SERVICE = re.compile(rf"(?:{_any_of(_terms('ranks', 'services'))}) (?=\S+ \S)", re.IGNORECASE)


def is_nobody(text: str) -> bool:
    """Say whether a piece stands where a name could and names nobody: "STR", "File", a date, a dash, nothing."""
    key = name_key(text)
    return not key or key in _NOBODY or text[0] == "@" or (len(text) < 40 and _DATE.match(text) is not None)


def without_rank(text: str) -> tuple[str, bool]:
    """Take a military rank, its service and a rating off the front of a name; say whether there was one."""
    rest, lower = text, text.casefold()
    if " class " not in lower and "man " not in lower and lower.partition(" ")[0].rstrip(".") not in _RANK_BEGINNINGS:
        return text, False
    for pattern in (_NTH_CLASS, _ANY_SEAMAN, _RANK, _RANK, _RANK):
        if found := pattern.match(rest):
            rest = rest[found.end() :]
    if rest == text:
        return text, False
    if service := _SERVICE.match(rest):
        rest = rest[service.end() :]
    return rest, True


def person(text: str, *, ranked: bool = False) -> str | None:
    """Read a piece as one person's full name, in title case, or return None when it may be anything else."""
    if len(text) > 60:
        return None
    tokens = text.split()
    core = [token for token in tokens if token.casefold() not in _PARTICLES or token[0].isupper()]
    if not (1 <= len(core) <= 5 and len(tokens) <= 7 and all(map(_is_name_word, tokens))):
        return None
    if len(core) == 1 and not (ranked or _INITIALS_GLUED.match(core[0]) or len(tokens) > 1):
        return None
    if not all(token[0].isupper() or not token[0].islower() or _has_particle(token) for token in core):
        return None
    keys = [token.casefold().strip(".,") for token in tokens]
    if not ranked and (_is_text(keys, tokens) or all(key in _PLACES for key in keys)):
        return None
    return title_case(text.rstrip(","))


def _is_name_word(token: str) -> bool:
    return bool(_WORD.match(token) or _INITIALS_GLUED.match(token))


def _has_particle(token: str) -> bool:
    return re.split(r"['’-]", token)[0] in (
        "al",
        "el",
        "d",
        "l",
        "an",
        "as",
        "ad",
        "ash",
        "t",
        "de",
        "az",
        "ar",
        "abd",
        "ul",
    )


def _is_text(keys: list[str], tokens: list[str]) -> bool:
    if keys[0] in _ARTICLES:
        return True
    words = [key for key in keys if (key in _NOT_A_NAME and key not in _PARTICLES) or key.endswith(_NOT_A_NAME_ENDINGS)]
    if len(words) == 1 and words[0] == keys[-1] and keys[0] in _GIVEN:
        return False
    if words or any(_ends_a_sentence(token, key) for token, key in zip(tokens, keys, strict=True)):
        return True
    # "Sky UK": initials after a word in lower case are no surname.
    return (
        2 <= len(tokens[-1]) <= 3 and tokens[-1].isupper() and keys[-1] not in _GENERATION and not tokens[0].isupper()
    )


def _ends_a_sentence(token: str, key: str) -> bool:
    return token.endswith(".") and len(token) > 2 and "." not in token[:-1] and key not in _ABBREVIATED


def is_subject(name: str) -> bool:
    """Say whether a name, in full or the family name alone, is one that captions name: a head of state, a minister."""
    return name_key(name) in _SUBJECTS


def has_given_name(name: str) -> bool:
    """Say whether a name begins with a usual given name (or holds one, where the family name comes first)."""
    return any(part in _GIVEN for token in name.casefold().split()[:2] for part in (token, token.partition("-")[0]))


def is_organisation(text: str) -> bool:
    """Say whether a piece has an organisation's shape: one of its words, "X of Y", initials, "The …", a domain."""
    tokens = text.split()
    if not tokens or len(tokens) > 18 or len(text) > 140:
        return False
    if len(tokens) == 1:
        return text.casefold() in _LONE or is_acronym(text) or is_domain(text) or text.casefold().endswith(_ENDINGS)
    keys = [token.casefold().strip(".,'’\"“”«»„()") for token in tokens]
    if not all(_is_cased_like_a_title(token, key) for token, key in zip(tokens, keys, strict=True)):
        return False
    if not tokens[0][0].isalnum() and tokens[0][0] not in '"“«„':
        return False
    if keys[-1] in _SURNAMES and _begins_like_a_person(tokens, keys):
        return False
    if any(key in _ORGANISATION or key.endswith(_ENDINGS) for key in keys):
        return True
    return bool(_HEADS.match(text)) or _is_titled(tokens, keys) or "+" in tokens or "&" in tokens


def _is_titled(tokens: list[str], keys: list[str]) -> bool:
    return keys[0] in _ARTICLES and tokens[0][0].isupper() and _NOT_A_NAME.isdisjoint(keys[1:])


def _begins_like_a_person(tokens: list[str], keys: list[str]) -> bool:
    return keys[0] in _GIVEN or any(len(token) == 2 and token.endswith(".") for token in tokens[:-1])


def _is_cased_like_a_title(token: str, key: str) -> bool:
    return not token[0].islower() or key in _INNER or key in _PARTICLES or key in _ORGANISATION


def is_acronym(text: str) -> bool:
    """Say whether a piece is initials in capitals: "SWNS", "IRNA", "M5S"."""
    return text.isupper() and _ACRONYM.match(text) is not None and not _UNCASED.search(text)


def is_domain(text: str) -> bool:
    """Say whether a piece is a bare host name: "ntv.de"."""
    ending = text.rpartition(".")[2].lower()
    if not (len(ending) == 2 or ending in _TOP_LEVEL):
        return False
    return _DOMAIN.match(text) is not None and len(text) > 4 and not text.split(".")[0].isdigit()


def is_handle(text: str) -> bool:
    """Say whether a piece can be a contributor's name on a stock site: up to three words, none of them a caption's."""
    tokens = text.split()
    if not (1 <= len(tokens) <= 3 and len(text) <= 40) or text[0] in "#@" or text.isdigit():
        return False
    keys = [token.casefold().strip(".,") for token in tokens]
    rest = [key for key in keys if key not in ("of", "the", "a", "and", "in", "my", "de")]
    return bool(rest) and not any(key in _NOT_A_NAME for key in rest) and not all(key in _PLACES for key in rest)


def is_place(text: str) -> bool:
    """Say whether a piece is only the name of a country or a city."""
    keys = text.casefold().replace(".", "").split()
    return bool(keys) and all(key in _PLACES for key in keys)


def is_single_word(text: str) -> bool:
    """Say whether a piece is one capitalised or uncased word that could name a house ("Cuartoscuro") or a person."""
    key = text.casefold()
    if " " in text or len(text) < 2 or not text[0].isalpha() or text[0].islower():
        return False
    return key not in _NOT_A_NAME and key not in _PLACES and all(char.isalnum() or char in "-'’.!&" for char in text)


def is_mononym(text: str) -> bool:
    """Say whether one word can be all of a photographer's name: "Beawiharta", "Al-Sudani"."""
    bare = text[3:] if text[:3].casefold() in ("al-", "el-") else text
    return bare.isalpha() and bare.istitle() and len(bare) > 2


def is_uncased(text: str) -> bool:
    """Say whether a piece is written in a script without capitals."""
    return _UNCASED.search(text) is not None


def title_case(name: str) -> str:
    """Write words in capitals in title case ("O'NEILL-MCKAY" → "O'Neill-McKay"); leave the others as printed."""
    tokens = name.split()
    if not any(token.isupper() and len(token) > 1 for token in tokens):
        return " ".join(tokens)
    shouting = all(token.isupper() for token in tokens if len(token) > 1)
    cased = [_cased_token(token, index, shouting) for index, token in enumerate(tokens)]
    titled = " ".join(cased)
    return titled if titled.casefold() == " ".join(tokens).casefold() else " ".join(tokens)


def _cased_token(token: str, index: int, shouting: bool) -> str:
    letters = [char for char in token if char.isalpha()]
    if len(letters) < 2 or not token.isupper() or _is_initials(token, letters, shouting):
        return token
    lower = token.casefold()
    if shouting and index and lower in _LOWER_IN_CAPITALS:
        return token.lower()
    if lower.strip(".,") in _GENERATION - {"jr", "sr"}:
        return token
    return re.sub(r"[^\W\d_]+", _cased_part, token)


def _is_initials(token: str, letters: list[str], shouting: bool) -> bool:
    if "." in token and all(len(part) <= 1 for part in token.split(".")):
        return True
    vowels = set("AEIOUYÀÁÂÄÅÆÈÉÊËÌÍÎÏÒÓÔÖØÙÚÛÜÝАЕЁИОУЫЭЮЯІЇЄΑΕΗΙΟΥΩ")
    return len(letters) <= 2 and (not shouting or (not vowels & set(letters) and token != "NG"))


def _cased_part(match: re.Match[str]) -> str:
    part = match.group()
    if match.start() and len(part) == 1 and match.string[match.start() - 1] in "'’":
        return part.lower()
    if len(part) > 3 and part.startswith("MC"):
        return "Mc" + part[2:].capitalize()
    return part.capitalize()
