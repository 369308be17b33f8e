"""Makes a printed line ready to read (white space, image numbers, buttons, terms, addresses) and finds its brackets.

Must not read names.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scraper.extraction.agencies import agency_of_host

_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_URL = re.compile(r"https?://[^\s<>\"“”]+")
_MILITARY_NUMBER = re.compile(r"\b\d{6}-[A-Z]{1,2}-[A-Z0-9]{3,6}-\d{3,5}[A-Z]*\b[:.]?\s*")
_INTERFACE = re.compile(
    r"(?:hide|toggle|show|view) caption|enlarge (?:this )?image|(?:read )?more\s*>+|click to (?:enlarge|expand)"
    r"|No Use (?:Germany|UK|France|Italy|USA)[.\w\s]{0,40}$"
    r"|TPX IMAGES OF THE DAY|NO RESALES|NO ARCHIVES?|EDITORIAL USE ONLY|MANDATORY CREDIT"
    r"|(?-i:THIS (?:IMAGE|PICTURE|PHOTO) (?:HAS|WAS|IS|MAY)\b.*|ATTENTION EDITORS\b.*|REFILE\b.*$)"
    r"|RESTRICTED TO EDITORIAL USE\b.*|[/(]\s*RELEASED\s*\)?|\(?\ball rights reserved\.?\)?",
    re.IGNORECASE,
)
_INTERFACE_HINT = re.compile(
    r"caption|enlarge|more|no use|tpx|no resale|no archiv|editorial|mandatory|this |attention|refile|released|rights"
)
_GLUED_BYLINE = re.compile(r"(?<=[)\]])\s*By(?=[A-Z][\w'’.-]+[\s,]).*$")
OPENING, CLOSING = "([（【［〔", ")]）】］〕"


def single_spaced(text: str) -> str:
    """Fold every run of white space and invisible characters to one space."""
    return _SPACE.sub(" ", text).strip()


def without_interface(text: str) -> str:
    """Take out what is neither credit nor caption: image numbers, buttons, terms of use, a byline glued on."""
    if _INTERFACE_HINT.search(text.lower()):
        text = _INTERFACE.sub(" | ", text)
    return _GLUED_BYLINE.sub("", _MILITARY_NUMBER.sub("", text) if "-" in text else text)


def with_hosts_named(text: str) -> str:
    """Put an agency's name, set apart, where its address stands, and nothing where any other address stands."""
    return _URL.sub(_host_name, text) if "://" in text else text


def _host_name(match: re.Match[str]) -> str:
    url = match.group()
    closing = ""
    while url and (
        url[-1] in ".,;" or (url[-1] in ")]" and url.count(")") + url.count("]") > url.count("(") + url.count("["))
    ):
        url, closing = url[:-1], url[-1] + closing
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    agency = agency_of_host(host)
    return f" | {agency.name} | {closing}" if agency else f" | {closing}"


def brackets(text: str) -> list[tuple[int, int]]:
    """Find every bracketed span, outer before inner; one that is never closed runs to the end."""
    stack: list[int] = []
    spans: list[tuple[int, int]] = []
    for index, char in enumerate(text):
        if char in OPENING:
            stack.append(index)
        elif char in CLOSING and stack:
            spans.append((stack.pop(), index + 1))
    spans += [(start, len(text)) for start in stack]
    return sorted(spans)[:60]
