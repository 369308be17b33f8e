"""What an address looks like: the pattern that it shares with others, and whether it grows. Must not count or fetch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

LONGEST = 2000
"""Characters; longer addresses are made by machines for machines."""
DEEPEST = 12
"""Segments of a path."""
_MOST_SAME = 3
_NUMBER, _TOKEN, _WORD = "#", "@", "~"
_DIGITS = re.compile(r"[\d._,-]*\d[\d._,-]*")
_OPAQUE = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_-]{12,}")
_ESCAPED_AGAIN = re.compile(r"%25(?:25)+", re.IGNORECASE)
# Words that stand for a stretch of time or a step in a list, never for an article.
_STEP_WORDS = (
    "calendar calendars event events archive archives date day days week weeks month months year years time page pages"
    " offset start from to begin next prev previous older newer before after today tomorrow p pn paged list view"
)
_STEPS = frozenset(_STEP_WORDS.split())


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern; `counted` says that its addresses differ in numbers, dates and opaque tokens only.

    `bare` is the address without the numbers and tokens in its query, None when there are none; `names` are theirs.
    """

    pattern: str
    counted: bool
    bare: str | None = None
    names: str = ""


def growth(url: str) -> str | None:
    """Return how an address grows without end, None when it does not."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    if len(url) > LONGEST:
        return "an address of more than 2,000 characters"
    if len(segments) > DEEPEST:
        return "a growing path"
    # Two-letter words and numbers may well stand in one path several times: /2024/01/01/01/.
    if _most(word for word in segments if len(word) > 2 and not word.isdigit()) >= _MOST_SAME or _repeats(segments):
        return "a path that repeats itself"
    if _most(names) > _MOST_SAME or _ESCAPED_AGAIN.search(url):
        return "a growing query"
    return None


def _most(words: Iterable[str]) -> int:
    return max(Counter(words).values(), default=0)


def _repeats(segments: list[str]) -> bool:
    """Say whether two or more segments stand in a path twice, one after the other."""
    for length in range(2, len(segments) // 2 + 1):
        for at in range(len(segments) - 2 * length + 1):
            first = segments[at : at + length]
            if first == segments[at + length : at + 2 * length] and len(set(first)) > 1:
                return True
    return False


def shape_of(url: str) -> Shape:
    """Return the pattern of an address: its first segment, then what kind of thing follows, however often.

    `/calendar/2031/05/` and `/calendar/2031/06/` are `/calendar/#`; `/feed?page=2` is `/feed&page=#`.
    """
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    kinds = [_kind(segment) for segment in segments]
    query = sorted((name, _kind(value), value) for name, value in parse_qsl(parts.query, keep_blank_values=True))
    pattern = parts.netloc + "/" + "/".join(_collapsed(segments, kinds))
    pattern += "".join(f"&{name}={kind}" for name, kind, _ in query)
    moving = [name for name, kind, _ in query if kind != _WORD]
    if not moving:
        return Shape(pattern, _is_counted(segments, kinds))
    kept = urlencode([(name, value) for name, kind, value in query if kind == _WORD])
    bare = urlunsplit(parts._replace(query=kept, fragment=""))
    return Shape(pattern, _is_counted(segments, [*kinds, _NUMBER]), bare, "&".join(moving))


def _collapsed(segments: list[str], kinds: list[str]) -> list[str]:
    """Write a path as its first segment and the kinds of what follows, each once."""
    if not segments:
        return []
    first = re.sub(r"\d+", _NUMBER, segments[0]) if kinds[0] == _WORD else kinds[0]
    return [first, *(kind for kind, _ in groupby(kinds[1:]))]


def _kind(text: str) -> str:
    if _DIGITS.fullmatch(text):
        return _NUMBER
    return _TOKEN if _OPAQUE.fullmatch(text) and not _is_slug(text) else _WORD


def _is_slug(text: str) -> bool:
    """Say whether a long piece is made of words: most of its parts have no digit."""
    words = re.split(r"[_-]", text)
    return sum(map(str.isalpha, words)) >= max(2, len(words) / 2)


def _is_counted(segments: list[str], kinds: list[str]) -> bool:
    words = (word for word, kind in zip(segments[1:], kinds[1:], strict=False) if kind == _WORD)
    return any(kind != _WORD for kind in kinds) and all(word.lower() in _STEPS for word in words)
