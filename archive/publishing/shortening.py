"""Shortens texts for publishing, inside SQL. Must not know tables."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection
from sqlite3 import Connection
from urllib.parse import urljoin

from archive.urls import address_key

CUT = " \u2026"
_HEADINGS = ("headline", "dek", "byline", "section")
_LETTERS = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_LETTERS}]|[^\s{_LETTERS}]+")
_HREF = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_LETTERS_A_WORD = 10


class Withheld:
    """What is not published whatever the text level: articles by id, and addresses that lead to them by key."""

    def __init__(self, ids: Collection[int], keys: Collection[str], hosts: Collection[str]) -> None:
        self._ids, self._keys, self._hosts = ids, keys, hosts

    def holds(self, article_id: int | None, url: str | None) -> bool:
        """Say whether an article or an address is withheld."""
        if article_id in self._ids:
            return True
        if not self._keys or not url:
            return False
        try:
            return address_key(urljoin(self._base, url), self._hosts) in self._keys
        except ValueError:
            return False

    @property
    def _base(self) -> str:
        return f"https://{min(self._hosts, default='localhost')}/"

    def unlinked(self, body_html: str) -> str:
        """Return HTML without the addresses of withheld articles."""
        if not self._keys:
            return body_html
        return _HREF.sub(
            lambda found: "" if self.holds(None, html.unescape(found[1] or found[2])) else found[0], body_html
        )


def teach(connection: Connection, words: int, withheld: Withheld) -> None:
    """Teach a connection the functions that the public tables' expressions use."""

    def cut(text: str | None, most: int = words) -> str | None:
        return shortened(text, min(most, words))

    connection.create_function("shortened", -1, cut, deterministic=True)
    connection.create_function("as_html", 1, as_html, deterministic=True)
    connection.create_function("headings", 1, headings, deterministic=True)
    connection.create_function("withheld", 2, withheld.holds, deterministic=True)
    connection.create_function("unlinked", 1, withheld.unlinked, deterministic=True)


def shortened(text: str | None, words: int) -> str | None:
    """Return the first words of a text, with an ellipsis where it was cut; None for None.

    Words are parted by white space; a Chinese, Japanese or Korean character counts as one, and no text is longer than
    so many words usually are, whatever its script.
    """
    if text is None:
        return None
    found = [match.end() for match, _ in zip(_WORD.finditer(text), range(words), strict=False)]
    end = min(found[-1] if found else 0, words * _LETTERS_A_WORD)
    return text if not text[end:].strip() else text[:end].rstrip() + CUT


def as_html(text: str) -> str:
    """Write lines of text as paragraphs."""
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in text.splitlines() if line.strip())


def headings(diff: str | None) -> str | None:
    """Keep of a revision's diff what it says of the lines above the text."""
    if diff is None:
        return None
    kept = {name: rows for name, rows in json.loads(diff).items() if name in _HEADINGS}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
