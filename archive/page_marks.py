"""What a saved page says of where and when it was saved, by marks of tools and its own. Must not read files."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

from archive.capture import tidy_address

BEGINNING = 1 << 18
"""Bytes at the beginning of a page among which marks are looked for."""
_PIECE = 1 << 12
_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\((\d{4})\)(\S+)", re.IGNORECASE)
_SINGLE_FILE = re.compile(rb"<!--\s*Page saved with SingleFile\s+url:\s*(\S+)\s+(?:saved date:\s*([^\r\n]+))?", re.I)
_SCRIPT_DATE = re.compile(r"\w{3} \w{3} \d\d \d{4} \d\d:\d\d:\d\d GMT[+-]\d{4}")
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta)\b",
    re.IGNORECASE | re.DOTALL,
)


def looks_like_html(content: bytes) -> bool:
    """Say whether a file begins as an HTML page does."""
    return _HTML.match(content[:BEGINNING]) is not None


def saved_from(content: bytes) -> str | None:
    """Return the address that a browser or SingleFile wrote into the page when it saved it.

    A browser writes `saved from url=(NNNN)` and as many characters, sometimes of no web address (`about:internet`).
    """
    if match := _SAVED_FROM.search(content[:BEGINNING]):
        return _web_address(match[2][: int(match[1])])
    match = _SINGLE_FILE.search(content[:BEGINNING])
    return _web_address(match[1]) if match else None


def saved_at(content: bytes) -> datetime | None:
    """Return when SingleFile says that it saved the page, in UTC."""
    saved = _SINGLE_FILE.search(content[:BEGINNING])
    written = _SCRIPT_DATE.match(saved[2].decode("latin-1")) if saved and saved[2] else None
    if written is None:
        return None
    return datetime.strptime(written[0], "%a %b %d %Y %H:%M:%S GMT%z").astimezone(UTC)


def canonical(content: bytes) -> str | None:
    """Return the address that the page itself calls its own: `rel=canonical`, else `og:url`."""
    reader = _HeadReader()
    text = content[:BEGINNING].decode("utf-8", "replace")
    for start in range(0, len(text), _PIECE):
        reader.feed(text[start : start + _PIECE])
        if reader.over:
            break
    return reader.canonical or reader.og_url


class _HeadReader(HTMLParser):
    """Reads a page's head up to its end."""

    def __init__(self) -> None:
        super().__init__()
        self.canonical: str | None = None
        self.og_url: str | None = None
        self.over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the page's addresses, up to its body."""
        self.over = self.over or tag == "body"
        if self.over:
            return
        found = {name: value or "" for name, value in attrs}
        if tag == "link" and "canonical" in found.get("rel", "").lower().split():
            self.canonical = self.canonical or _web_address(found.get("href", "").encode())
        elif tag == "meta" and found.get("property", "").lower() == "og:url":
            self.og_url = self.og_url or _web_address(found.get("content", "").encode())

    def handle_endtag(self, tag: str) -> None:
        """Note where the head ends."""
        self.over = self.over or tag == "head"


def _web_address(written: bytes) -> str | None:
    address = tidy_address(written.decode("utf-8", "replace"))
    return address if address.lower().startswith(("http://", "https://")) else None
