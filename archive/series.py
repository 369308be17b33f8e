"""Series: which articles share the prefix of their headlines, and which part each is. Must not touch the database.

All of it follows from the headlines and from what people decided, so that a rebuild finds the same series.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.decisions import Decision
from archive.labels import LABELS

FEWEST = 3
"""So many articles must share a prefix before it is a series."""
_SHORTEST, _LONGEST = 2, 60

_SEPARATOR = re.compile(r"\s*:\s+|：\s*|\s+[|｜–—]\s+")
_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER = rf"\d{{1,3}}\b|(?=[ivx])(?:x{{0,3}})(?:ix|iv|v?i{{0,3}})\b|(?:{'|'.join(_NUMBER_WORDS)})\b"
_WORD = (
    r"part|pt\.?|chapter|episode|ep\.?|teil|folge|kapitel|partie|épisode|chapitre|parte|capítulo|episodio|capitolo"
    r"|puntata|deel|aflevering|część|odcinek|часть|частина|díl|rész|partea|bölüm|μέρος|osa"
)
_COUNT = r"(?:no\.|nr\.?|vol\.?|n[°º]|#|del)\s*(?=\d)"
_TOTAL = rf"(?:\s*(?:/|of|von|de|sur|di|van|av|z|из)\s*(?:{_NUMBER}))?"
# "Part 2", "Part II of V", "No. 2"; "(2/5)", "(2)"; "第2回".
_PART = (
    rf"(?:\b(?:{_WORD})\s*(?P<word>{_NUMBER}){_TOTAL}|\b{_COUNT}(?P<count>\d{{1,3}})\b|#\s?(?P<hash>\d{{1,3}})\b"
    r"|(?<=[(\[（])(?P<of>\d{1,2})(?:\s*(?:/|of|von|de|sur|di|van)\s*\d{1,2})?(?=[)\]）])|第(?P<kanji>\d{1,3})[回部章話])"
)
_PART_BEHIND = re.compile(rf"[\s,;:–—-]*[(\[（]?{_PART}[)\]）.]?\s*$|\s(?P<stop>\d{{1,2}})\.\s*$", re.IGNORECASE)
# What a text that ends with a part number ends with: looked for first, being much the faster search.
_NUMBERED = re.compile(rf"(?:\d|\b[ivx]+|\b(?:{'|'.join(_NUMBER_WORDS)}))[\s)\]）.回部章話]*$", re.IGNORECASE)
_LONGEST_NUMBER, _LONGEST_PART = 12, 50
_PART_BEFORE = re.compile(rf"^[(\[（]?{_PART}[)\]）]?[\s.:,;–—-]*|^(?P<stop>\d{{1,2}})\.\s+(?=\D)", re.IGNORECASE)

_QUOTES = str.maketrans({**dict.fromkeys("“”„‟«»＂「」『』", '"'), **dict.fromkeys("‘’‚‛‹›`´", "'")})
_ARTICLE = re.compile(r"^(?:the|an?|der|die|das|l[ae]|les|el|il|un[ae]?|het|de|l')\s*\b")
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Membership:
    """The series that an article belongs to, and which part it says it is."""

    name: str
    part: int | None


@dataclass(frozen=True, slots=True)
class Prefix:
    """What stands before a headline's first separator, its part number taken out.

    `key` is the same however it is spelled; `spoken` says that it or what follows it is a quotation.
    """

    text: str
    key: str
    part: int | None
    spoken: bool


def find_series(headlines: Mapping[int, str], decisions: Iterable[Decision] = ()) -> dict[int, Membership]:
    """Find the series among an archive's headlines, by the articles' ids. Raises UsageError for a decision in error.

    A prefix is a series once FEWEST articles share it, unless it is a label that any article may carry, stands as often
    inside other headlines (a topic), or mostly stands before quotations (a speaker). What people decided goes first.
    """
    decided = _decided(decisions)
    prefixes = {number: prefix for number, text in headlines.items() if (prefix := read_prefix(text))}
    names = _names(prefixes, headlines)
    found = {key: decided.get(key, names.get(key)) for key in {*decided, *names}}
    return {
        number: Membership(name, prefix.part) for number, prefix in prefixes.items() if (name := found.get(prefix.key))
    }


def read_prefix(headline: str) -> Prefix | None:
    """Read a headline's prefix and part number; None without a prefix of 2 to 60 characters, letters among them."""
    text = headline.strip()
    separator = _SEPARATOR.search(text)
    if separator is None and not _NUMBERED.search(text, max(0, len(text) - _LONGEST_NUMBER)):
        return None
    before = _PART_BEFORE.match(text)
    if before and before.group("stop"):
        text = text[before.end() :]
        separator = _SEPARATOR.search(text)
    front, rest = (text[: separator.start()], text[separator.end() :]) if separator else (text, "")
    name, part = _without_part(front)
    if separator is None and part is None:
        return None
    if part is None:
        part = _part(_PART_BEFORE.match(rest)) or _without_part(rest)[1] or _part(before)
    name = " ".join(name.split())
    if not _SHORTEST <= len(name) <= _LONGEST or not any(map(str.isalpha, name)):
        return None
    return Prefix(name, _key(name), part, _is_spoken(name) or _straight(rest[:1]).startswith(('"', "'")))


def _without_part(text: str) -> tuple[str, int | None]:
    if not _NUMBERED.search(text, max(0, len(text) - _LONGEST_NUMBER)):
        return text, None
    behind = _PART_BEHIND.search(text, max(0, len(text) - _LONGEST_PART))
    part = _part(behind)
    return (text[: behind.start()], part) if behind and part is not None else (text, None)


def _part(match: re.Match[str] | None) -> int | None:
    """Return the number that a part's pattern found: digits, Roman or English."""
    said = next((value for value in match.groupdict().values() if value), None) if match else None
    if said is None:
        return None
    word = said.lower()
    if word in _NUMBER_WORDS:
        return _NUMBER_WORDS.index(word) + 1
    return int(word) if word.isdecimal() else _roman(word)


def _roman(word: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in word]
    return sum(-value if value < max(values[place:], default=0) else value for place, value in enumerate(values))


def _straight(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(_QUOTES))


@lru_cache(maxsize=1024)
def _key(text: str) -> str:
    return " ".join(_straight(text).casefold().split())


def _is_spoken(name: str) -> bool:
    """Tell words that are quoted: they begin with a quotation mark, or a quotation begins or ends within them."""
    straight = _straight(name)
    return straight.startswith(('"', "'")) or straight.count('"') % 2 == 1


def _is_generic(key: str) -> bool:
    words = _ARTICLE.sub("", key).replace("-", " ").split()
    return all(word in LABELS for word in words)


def _decided(decisions: Iterable[Decision]) -> dict[str, str | None]:
    """Return the names that people gave to prefixes, None for a prefix that is no series."""
    decided: dict[str, str | None] = {}
    for decision in decisions:
        if decision.kind == "series":
            prefix, _ = _without_part(decision.text("prefix").rstrip(":：|–— "))
            decided[_key(prefix)] = None if decision.value.get("name", "") is None else decision.text("name")
    return decided


def _names(prefixes: Mapping[int, Prefix], headlines: Mapping[int, str]) -> dict[str, str]:
    """Name the series that the headlines show by the commonest spelling of their prefix."""
    groups: dict[str, list[Prefix]] = defaultdict(list)
    for prefix in prefixes.values():
        groups[prefix.key].append(prefix)
    shared = {key: group for key, group in groups.items() if _is_shared(group) and not _is_generic(key)}
    elsewhere = _mentions(shared, prefixes, headlines)
    return {key: _spelling(group) for key, group in shared.items() if elsewhere[key] < len(group)}


def _is_shared(group: Sequence[Prefix]) -> bool:
    silent = sum(not prefix.spoken for prefix in group)
    return silent >= FEWEST and silent > len(group) - silent


def _spelling(group: Sequence[Prefix]) -> str:
    spellings = Counter(prefix.text for prefix in group)
    return min(spellings, key=lambda text: (-spellings[text], text))


def _mentions(keys: Iterable[str], prefixes: Mapping[int, Prefix], headlines: Mapping[int, str]) -> Counter[str]:
    """Count the headlines that hold a prefix's words without beginning with it as their own prefix."""
    by_first: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
    for key in keys:
        words = _TOKEN.findall(key)
        by_first[words[0]].append((words, key))
    mentions: Counter[str] = Counter()
    if not by_first:
        return mentions
    for number, headline in headlines.items():
        own = prefixes[number].key if number in prefixes else None
        words = _TOKEN.findall(headline.casefold())
        mentions.update(
            {
                key
                for place, word in enumerate(words)
                for wanted, key in by_first.get(word, ())
                if key != own and words[place : place + len(wanted)] == wanted
            }
        )
    return mentions
