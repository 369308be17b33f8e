"""The outlets that a text names, by the names table: where each name stands and how sure it is that an outlet is meant.

Must not know what the text says of them.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_SHORT = ("Times", "Post", "Journal", "Tribune", "Herald", "Globe")
"""What several outlets are called for short: read from the full name that stands before."""

_SHORT_NAME = re.compile(rf"\b[Tt]he ({'|'.join(_SHORT)})(?![\w/]|-\w|\.\w)(?! of\b)(?! [A-Z])")
_SHORT_NAMED = re.compile(rf"([A-Z][\w’.-]*) ({'|'.join(_SHORT)})\b")
_FIRST = re.compile(r"[A-Z\d]\w*")
_INSIDE = re.compile(r"[\w@#.\-/]")
_END = re.compile(r"(?![\w/]|-\w|\.\w|’\w\w)")
_ARTICLE = re.compile(
    r"\b(?:[Tt]he|[Dd](?:er|ie|as|em|en)|[Ll][ae]|[Ee]l|[Ii]l|[Ll]o|[Hh]et|[Dd]u|[Aa]u|[Aa]l|[Dd]el)\s$"
)
_NEWS = ("paper", "daily", "weekly", "magazine", "site", "outlet", "tabloid", "agentur", "zeitung", "magazin", "sender")
_OPENED, _CLOSED = re.compile(r"[„“”\"«»]\s?$"), re.compile(r"\s?[”“\"»«]")
_OWNED = re.compile(r"(?:\w’s?|-based|-backed|-owned|-run|-funded|-language)\s$")
_BEFORE = re.compile(r"([^\W\d_][\w’.-]*)\s$")
_SUFFIX = re.compile(
    r" (?:News|Magazine|magazine|newspaper|International|Radio(?: \d| Scotland)?|TV|Television|World Service|World"
    r"|Newsnight|Persian|Arabic|English|Digital|Online|Business|Agency|Group)\b"
)
_CAPITAL = re.compile(r" ([^\W\d_a-z][\w’-]*)")
DAYS = frozenset(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
MONTHS = frozenset(
    (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    )
)
# Words that may stand right before a name with a capital letter, because they begin their sentence.
_OPENING = re.compile(
    r"as|but|and|while|when|if|yet|since|per|citing|quoting|meanwhile|then|also|now|later|earlier|however|so|or|what|how"
    r"|where|although|though|because|after|before|until|told|a|an|another|one|this|that|both|two|three"
    r"|laut|selon|según|secondo|segundo|volgens|enligt|ifølge|wie|comme|como|come|zoals",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One outlet's name in a text: `begin` counts its article in, `doubtful` says that it may be an ordinary word."""

    outlet: str
    begin: int
    start: int
    end: int
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Spelling:
    text: str
    outlet: str
    needs_article: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Names:
    """The names table, ready to be looked up by a name's first word."""

    by_word: Mapping[str, Sequence[_Spelling]]
    shorts: Mapping[str, frozenset[str]]
    persons: frozenset[str]
    hosts: Mapping[str, str]


def find_mentions(texts: Sequence[str]) -> list[list[Mention]]:
    """List the outlets that each of an article's texts names, in order. The texts are in the order of the page."""
    plain = [text.replace("'", "’") for text in texts]
    found = [list(_full(text)) for text in plain]
    named = {mention.outlet for line in found for mention in line} & _names().persons
    persons = {name for name in named if any(_names_person(text, name) for text in plain)}
    if persons:
        found = [[mention for mention in line if mention.outlet not in persons] for line in found]
    return _with_shorts(plain, found) if any(map(_SHORT_NAME.search, plain)) else found


def host_of_outlet(name: str) -> str:
    """Return the main host of an outlet of the table."""
    return _names().hosts[name]


def _full(text: str) -> Iterator[Mention]:
    """Find the names that are written in full or as a name of their own."""
    by_word = _names().by_word
    end = 0
    for word in _FIRST.finditer(text):
        spellings = by_word.get(word.group())
        if spellings is None or word.start() < end or _INSIDE.match(text, max(0, word.start() - 1), word.start()):
            continue
        for spelling in spellings:
            mention = _at(text, word.start(), spelling)
            if mention is not None:
                end = mention.end
                yield mention
                break


def _at(text: str, start: int, spelling: _Spelling) -> Mention | None:
    """Return the mention when a spelling stands at a place and no longer name does."""
    end = start + len(spelling.text)
    if not text.startswith(spelling.text, start) or not _END.match(text, end):
        return None
    suffix = _SUFFIX.match(text, end)
    end = suffix.end() if suffix else end
    opened, closed = _OPENED.search(text, max(0, start - 2), start), _CLOSED.match(text, end)
    if opened and closed:
        start, end = opened.start(), closed.end()
    behind = _CAPITAL.match(text, end)
    if behind and behind.group(1) not in DAYS | MONTHS | {"I"}:
        return None
    article = _ARTICLE.search(text, max(0, start - 5), start)
    begin = article.start() if article else start
    if article is None and not _may_begin(text, start, spelling.needs_article):
        return None
    if spelling.needs_article and text.startswith(" of ", end):
        return None
    if spelling.doubtful and article and article.group() == "the ":
        return None
    return Mention(spelling.outlet, begin, start, end, spelling.doubtful)


def _may_begin(text: str, start: int, needs_article: bool) -> bool:
    """Tell whether a name may begin at a place without an article: not behind another capital, as in `Sky News`."""
    if _OWNED.search(text, max(0, start - 40), start):
        return True
    before = _BEFORE.search(text, max(0, start - 40), start)
    word = before.group(1) if before else ""
    if word.endswith(_NEWS):
        return True
    if needs_article:
        return False
    return not word[:1].isupper() or _OPENING.fullmatch(word) is not None or word in DAYS | MONTHS


def _with_shorts(texts: Sequence[str], found: Sequence[list[Mention]]) -> list[list[Mention]]:
    """Add the names written short, where exactly one outlet called so was named before."""
    merged: list[list[Mention]] = []
    unknown = {short for short in _SHORT if _is_unlisted(short, texts, found)}
    meant: dict[str, set[str]] = {short: set() for short in _SHORT}
    for text, full in zip(texts, found, strict=True):
        line = list(full)
        waiting = iter(full)
        mention = next(waiting, None)
        for match in _SHORT_NAME.finditer(text):
            short, start = match.group(1), match.start(1)
            while mention is not None and mention.end <= start:
                _remember(mention, meant)
                mention = next(waiting, None)
            inside = mention is not None and mention.start <= start
            if not inside and short not in unknown and len(meant[short]) == 1:
                line.append(Mention(next(iter(meant[short])), match.start(), start, match.end(1)))
        for mention in full:
            _remember(mention, meant)
        merged.append(sorted(line, key=lambda mention: mention.start))
    return merged


def _remember(mention: Mention, meant: Mapping[str, set[str]]) -> None:
    for short, outlets in _names().shorts.items():
        if mention.outlet in outlets:
            meant[short].add(mention.outlet)


def _is_unlisted(short: str, texts: Sequence[str], found: Sequence[Sequence[Mention]]) -> bool:
    """Tell whether a text names an outlet called so that the table does not have, as in `the Argus Times`."""
    for text, mentions in zip(texts, found, strict=True):
        starts = [mention.start for mention in mentions]
        for match in _SHORT_NAMED.finditer(text):
            place = bisect_right(starts, match.start(2)) - 1
            known = place >= 0 and match.start(2) < mentions[place].end
            if match.group(2) == short and match.group(1) != "The" and not known:
                return True
    return False


def _names_person(text: str, name: str) -> bool:
    """Tell whether a text has a first name or title before a name that is an outlet's and a person's."""
    before = (
        {match.group(1) for match in _person(name).finditer(text)} - DAYS - MONTHS - {"The", "In", "On", "At", "By"}
    )
    return any(_OPENING.fullmatch(word) is None for word in before)


@cache
def _person(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)([A-Z]\w*(?:’(?!s )\w+)?)\.? {name}\b(?! News)")


@cache
def _names() -> _Names:
    path = files("scraper.extraction").joinpath("tables/outlets.toml")
    table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    by_word: dict[str, list[_Spelling]] = defaultdict(list)
    shorts: dict[str, set[str]] = defaultdict(set)
    for outlet, others in table["press"].items():
        bare = outlet.removeprefix("The ").lstrip("+")
        for short in _SHORT:
            if bare == short or bare.endswith(f" {short}"):
                shorts[short].add(outlet)
        doubtful = outlet in table["doubtful"]["words"]
        needs_article = outlet.startswith("The ") and (" " not in bare or doubtful)
        spellings = [] if bare in _SHORT else [_Spelling(bare, outlet, needs_article, doubtful)]
        for spelling in (*spellings, *(_Spelling(other.lstrip("+"), outlet) for other in others)):
            text = spelling.text.replace("'", "’")
            first = re.match(r"\w+", text)
            assert first, outlet
            by_word[first.group()].append(_Spelling(text, outlet, spelling.needs_article, spelling.doubtful))
    for spellings in by_word.values():
        spellings.sort(key=lambda spelling: -len(spelling.text))
    return _Names(
        dict(by_word),
        {short: frozenset(outlets) for short, outlets in shorts.items()},
        frozenset(table["doubtful"]["persons"]),
        {outlet: domains[0] for outlet, domains in table["outlets"].items()},
    )
