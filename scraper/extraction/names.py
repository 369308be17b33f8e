"""Reads the names in a byline: persons apart from agencies, desks, job titles, places, dates and lead-in words.

The words are in `tables/bylines.toml`. Must not look at the page.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from scraper.extraction.moments import is_month

MAX_LINE = 500
MAX_NAME_WORDS = 6
MAX_STATED_WORDS = 8

Kind = Literal["person", "body", "nothing"]

_DROPPED = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S*|www\.\S+|[@＠][\w.]+|\([^)]*\)|\[[^\]]*\]|（[^）]*）|[®™©*]"
)
_SPLIT = re.compile(r"\s*[,;|•،、，；｜\n\t/／]\s*|\s+[·–—-]\s+|(?<=\w{4})\.\s+(?=[^\W\d_a-z])")
_HOST = re.compile(r"[\w-]{2,}\.[a-z]{2,}(?:\.[a-z]{2})?$", re.I)
_EDGES = " .,:;|-–—·•/\"'“”„"
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UNSPACED_NAME = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af・＝]{2,20}"
    r"(?:[ \u3000][\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af・]{1,10})?"
)
# These words join names in one language and stand inside a name, or before a place, in another.
_WEAK_CONJUNCTIONS = frozenset({"y", "e", "i", "en", "a", "ja", "и", "і", "й", "و"})
# These lead-ins are also the beginning of names: taken off only when a whole name is left.
_WEAK_LEAD_INS = frozenset({"di", "af", "av", "od", "von", "text", "reporter", "interview", "from"})


@dataclass(frozen=True, slots=True)
class Names:
    """Who a line names, in printed order: persons, and bodies (agencies, desks, the publication)."""

    persons: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Words:
    lead_in: re.Pattern[str]
    conjunction: re.Pattern[str]
    other: re.Pattern[str]
    sets: Mapping[str, frozenset[str]]
    inside: tuple[str, ...]
    endings: tuple[str, ...]


def read_names(line: str, own: Iterable[str] = (), *, stated: bool = False) -> Names:
    """Read the persons and bodies a byline names.

    `own` are names that are bodies here, the publication's own above all, as `name_key` gives them. `stated` says that
    the line was given as an author's name (in JSON-LD, say): then one word, or words without capitals, is a name too.
    """
    own = frozenset(own)
    persons: list[str] = []
    bodies: list[str] = []
    segments = list(_segments(line))
    for place, segment in enumerate(segments):
        lone = stated and len(segments) == 1
        kind, name = _read_segment(segment, own, lone=lone)
        if kind == "person" and not (place and name_key(name) in _words().sets["places"]):
            persons.append(name)
        elif kind == "body":
            bodies.append(name)
    return Names(tuple(dict.fromkeys(persons)), tuple(dict.fromkeys(bodies)))


def name_key(name: str) -> str:
    """Reduce a name to what tells two apart: its words without case and punctuation."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", name).casefold()).strip()


def without_lead_in(line: str) -> str:
    """Take `By`, `Von`, `文/` and the like off the front of a line, repeatedly."""
    for _ in range(3):
        match = _words().lead_in.match(line)
        if match is None:
            break
        rest = line[match.end() :].strip(_EDGES)
        word = match.group().strip(" :：/／|").casefold()
        if not rest or (word in _WEAK_LEAD_INS and ":" not in match.group() and _capitalised(rest.split()) < 2):
            break
        line = rest
    return line


def has_lead_in(line: str) -> bool:
    """Tell whether a line begins with a word that introduces an author."""
    return without_lead_in(line) != line


def covers(line: str, names: Names) -> bool:
    """Tell whether a line says nothing but these names, apart from words that join and introduce them."""
    said = {word for name in (*names.persons, *names.bodies) for word in name_key(name).split()}
    joining = {
        word for table in ("lead_ins", "conjunctions") for words in _words().sets[table] for word in words.split()
    }
    return bool(said) and set(name_key(line).split()) <= said | joining


def words_of(table: str) -> frozenset[str]:
    """Return one of the word lists of `tables/bylines.toml`, in lower case."""
    return _words().sets[table]


def _segments(line: str) -> Iterator[str]:
    """Split a line at commas, bars, slashes and conjunctions, up to the label of a photographer, editor or source."""
    line = unicodedata.normalize("NFC", line[:MAX_LINE])
    line = without_lead_in(_DROPPED.sub(", ", line).strip(_EDGES))
    for part in _SPLIT.split(line):
        segment = without_lead_in(_without_date(part).strip(_EDGES))
        if _words().other.match(segment):
            return
        for name in _joined_names(segment):
            if name:
                yield without_lead_in(name)


def _without_date(part: str) -> str:
    """Cut a segment at its first weekday or number; a month in front of the number goes too."""
    tokens = part.split()
    days = _words().sets["weekdays"]
    end = next((at for at, token in enumerate(tokens) if token.casefold().strip(_EDGES) in days and at), len(tokens))
    number = next((at for at, token in enumerate(tokens[:end]) if any(map(str.isdigit, token))), None)
    if number is not None:
        end = number - 1 if number and is_month(tokens[number - 1].strip(_EDGES)) else number
    return " ".join(tokens[:end])


def _joined_names(segment: str) -> list[str]:
    """Split at conjunctions; at those that may stand inside a name only where whole names stand on both sides."""
    parts: list[str] = []
    start = 0
    for match in _words().conjunction.finditer(segment):
        before, after = segment[start : match.start()], segment[match.end() :]
        word = match.group().strip().casefold()
        if (
            word in _WEAK_CONJUNCTIONS
            and min(len(before.split()), len(after.split())) < 2
            and not _UNSPACED.search(after)
        ):
            continue
        parts.append(before)
        start = match.end()
    return [part.strip(_EDGES) for part in (*parts, segment[start:])]


def _read_segment(segment: str, own: frozenset[str], *, lone: bool) -> tuple[Kind, str]:
    segment = _without_agency(segment, own)
    kind = _body_kind(segment, own)
    if kind is not None:
        return kind, segment
    name = _without_title(_without_place(segment), lone=lone)
    if name != segment and _body_kind(name, own) is not None:
        return _body_kind(name, own) or "nothing", name
    return ("person", name) if _is_person(name, lone=lone) else ("nothing", name)


def _body_kind(name: str, own: frozenset[str]) -> Kind | None:
    """Tell whether a signature is nobody's or that of a body, None when it may be a person's."""
    sets = _words().sets
    key, tokens = name_key(name), name.casefold().split()
    if not key or key in sets["nobody"] or not any(map(str.isalpha, key)):
        return "nothing"
    if key in own or key in sets["agencies"] or tokens[0] in ("ap", "afp", "dpa", "pti") or _HOST.search(name):
        return "body"
    if not sets["bodies"].isdisjoint(tokens) or any(part in name for part in _words().inside):
        return "body"
    return None


def _without_agency(name: str, own: frozenset[str]) -> str:
    """Take an agency's or the publication's name off the end of a person's: `ERIC TUCKER Associated Press`."""
    tokens = name.split()
    bodies = _words().sets["agencies"] | own
    for size in (3, 2, 1):
        if len(tokens) >= size + 2 and name_key(" ".join(tokens[-size:])) in bodies:
            return " ".join(tokens[:-size]).strip(_EDGES)
    return name


def _without_place(name: str) -> str:
    tokens = name.split()
    for at, token in enumerate(tokens[1:], 1):
        if token in _words().sets["place_words"] and at + 1 < len(tokens):
            return " ".join(tokens[:at])
    return name


def _without_title(name: str, *, lone: bool) -> str:
    """Take a job title off: the words from the first title on, and such as `Senior` before it."""
    sets = _words().sets
    for ending in _words().endings:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name[: -len(ending)].strip(_EDGES)
    tokens = name.split()
    keys = [token.casefold().strip(_EDGES) for token in tokens]
    at = next((place for place, key in enumerate(keys) if key in sets["titles"]), None)
    if at is None:
        return name
    start = at
    while start and keys[start - 1] in sets["title_modifiers"]:
        start -= 1
    if _capitalised(tokens[:start]) >= 2 or (start and _UNSPACED.search(name)):
        return " ".join(tokens[:start]).strip(_EDGES)
    rest = tokens[at + 1 :]
    if _capitalised(rest) >= 2:
        return " ".join(rest).strip(_EDGES)
    return name if lone and start == at and len(tokens) == 2 else ""


def _is_person(name: str, *, lone: bool) -> bool:
    if _UNSPACED.search(name):
        return _UNSPACED_NAME.fullmatch(name) is not None
    tokens = name.split()
    if not 1 <= len(tokens) <= (MAX_STATED_WORDS if lone else MAX_NAME_WORDS):
        return False
    if any(char.isdigit() or char in "?!<>{}=" for char in name) or len(name) > 80:
        return False
    if lone:
        return len(name_key(name)) > 1
    if not all(map(_may_be_in_name, tokens)):
        return False
    return _capitalised(tokens) >= 2


def _may_be_in_name(token: str) -> bool:
    first = next((char for char in token if char.isalpha()), "")
    if not first:
        return False
    folded = token.casefold()
    particle = folded in _words().sets["particles"] or folded.startswith(
        ("al-", "el-", "d'", "d’", "l'", "l’", "bin-", "ibn-")
    )
    return not first.islower() or particle


def _capitalised(tokens: Iterable[str]) -> int:
    """Count the words that may be a name's own: with a capital, or in a script that has none."""
    return sum(1 for token in tokens if any(char.isalpha() and not char.islower() for char in token))


@cache
def _words() -> _Words:
    table = tomllib.loads((files("scraper.extraction") / "tables" / "bylines.toml").read_text("utf-8"))
    lead = _alternatives(table["lead_ins"])
    joins = _alternatives(table["conjunctions"])
    others = _alternatives(table["others"])
    return _Words(
        lead_in=re.compile(rf"(?:{lead})(?:\s*[:：/／|｜]\s*|\s+|(?<=[记記]者))", re.I),
        conjunction=re.compile(rf"\s+(?:{joins}|AND|UND|&|\+)\s+|\s*[&＆]\s+"),
        other=re.compile(rf"(?:{others})(?:\s*[:：/／]|\s+(?:by|von|de|par|av|af)\b|\s*$)", re.I),
        sets={name: frozenset(word.casefold() for word in words) for name, words in table.items()},
        inside=tuple(table["bodies_inside"]),
        endings=tuple(sorted(table["title_endings"], key=len, reverse=True)),
    )


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))
