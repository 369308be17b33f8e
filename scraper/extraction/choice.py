"""The value chosen for a field, with what it was chosen from. Must not know how any one field is chosen."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from archive.models import Candidate, Evidence
from scraper.extraction.document import Element, normalise_space, visible_text
from scraper.extraction.selecting import matches

MAX_CANDIDATES = 12
MAX_VALUE = 500_000

_BRACKETS = re.compile(r"\s*\([^)]*\)")
_TOP_DOMAIN = re.compile(r"(?:\.(?:com?|org|net|gov|edu))?\.[a-z]{2,6}$", re.I)
_NO_WORD = re.compile(r"\W+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,10});")


@dataclass(frozen=True, slots=True)
class Choice:
    """A field's value (None: the page does not say), where it stood, the rule that took it, and what was on offer."""

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
    """Return `text` on one line: entities read (twice escaped ones too), tags dropped, white space collapsed."""
    text = text[:MAX_VALUE]
    for _ in range(2):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    return normalise_space(text)


def distinct(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Drop empty candidates and repetitions of one value at one source, keeping their order."""
    return tuple(dict.fromkeys(candidate for candidate in candidates if candidate.value))


@lru_cache(maxsize=512)
def headline_key(text: str) -> str:
    """Reduce a text to what tells two headlines apart: its words, without case, punctuation or typography."""
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def site_keys(names: Iterable[str]) -> frozenset[str]:
    """List the forms in which a site's names stand on its pages, as keys: `The Sun` also as `sun`, `dw.com` as `dw`."""
    return _site_keys(tuple(names))


@lru_cache(maxsize=64)
def _site_keys(names: tuple[str, ...]) -> frozenset[str]:
    keys = set()
    for name in names:
        for form in (name, _BRACKETS.sub("", name), *_BRACKETS.findall(name), _TOP_DOMAIN.sub("", name.strip(" ()"))):
            key = headline_key(form)
            keys |= {key, key.removeprefix("the "), key.removeprefix("www ")}
    return frozenset(key for key in keys if key)


def printed(tree: Element, selector: str) -> list[str]:
    """List what a CSS selector finds: visible texts, of `meta` elements the contents; empty ones are left out."""
    texts = (clean_text(element.get("content") or "") or visible_text(element) for element in matches([tree], selector))
    return [text for text in texts if text]
