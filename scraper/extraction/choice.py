"""The value chosen for a field, with what it was chosen from. Must not know how any one field is chosen."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from archive.models import Candidate, Evidence

MAX_CANDIDATES = 12
MAX_VALUE = 2_000

_SPACES = re.compile(r"[\s\u200b\ufeff\u2060\u00ad]+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,10});")


@dataclass(frozen=True, slots=True)
class Choice:
    """A field's value (None: the page does not say), where it stood, the rule that took it, and all that was on offer."""

    value: str | None = None
    source: str = ""
    rule: str = ""
    candidates: tuple[Candidate, ...] = ()

    @property
    def evidence(self) -> Evidence:
        """Give the choice without its value, as an article keeps it."""
        return Evidence(self.source, self.rule, self.candidates[:MAX_CANDIDATES])


@dataclass(frozen=True, slots=True)
class DateChoice(Choice):
    """A choice whose value is UTC text `YYYY-MM-DDTHH:MM:SS+00:00`; `offset` is the claimed one, None when none was."""

    offset: str | None = None


def clean_text(text: str) -> str:
    """Return `text` on one line: entities read (twice escaped ones too), tags dropped, white space made single spaces."""
    text = text[:MAX_VALUE * 4]
    for _ in range(2):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    return _SPACES.sub(" ", text).strip()


def distinct(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Drop empty candidates and repetitions of one value at one source, keeping their order."""
    return tuple(dict.fromkeys(candidate for candidate in candidates if candidate.value))
