"""The nouns of the held-back site: blocks, articles as written, the truth about them, pages as served.

Must not make or judge anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

HOST = "https://responsiblestatecraft.org"
BASE = "@@BASE@@"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a body: its HTML, the body words in it (none for a decoy) and its links as (address, text)."""

    html: str
    text: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Photo:
    """The lead image: how it is written, where its credit line stands and who is to be read from the line."""

    form: str
    image_id: int
    name: str
    alt: str
    place: str
    line: str | None = None
    photographers: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """One article as its editors wrote it."""

    path: str
    elid: int
    headline: str
    dek: str | None
    labels: tuple[str, ...]
    authors: tuple[str, ...]
    published: datetime
    modified: datetime
    blocks: tuple[Block, ...]
    photo: Photo
    features: frozenset[str]

    @property
    def type(self) -> str | None:
        """The label that is a type, if there is one."""
        return next((label for label in self.labels if label in TYPES), None)

    @property
    def section(self) -> str | None:
        """The last label that is no type, if there is one."""
        return next((label for label in reversed(self.labels) if label not in TYPES), None)


TYPES = ("Reporting", "Analysis")


@dataclass(frozen=True, slots=True)
class Truth:
    """What an exact reader says of one article. `soft` names the fields where the notes leave open what is right."""

    key: str
    url: str
    headline: str
    dek: str | None
    type: str | None
    section: str | None
    authors: tuple[str, ...]
    published_at: str
    body_words: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    related: tuple[tuple[str, str], ...]
    beside: tuple[str, ...]
    photographers: tuple[str, ...]
    agencies: tuple[str, ...]
    credit_line: str | None
    sources: frozenset[str]
    features: frozenset[str]
    soft: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the server. `BASE` in the body stands for the served address; `zipped` bodies are gzip files."""

    body: str
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    location: str | None = None
    zipped: bool = False
    encoded: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the robots.txt group that binds everybody."""

    allow: bool
    pattern: str

    def matches(self, path: str) -> bool:
        """Whether the rule covers the path with its query (RFC 9309, 2.2.2 and 2.2.3)."""
        end = self.pattern.endswith("$")
        parts = [re.escape(part) for part in self.pattern.removesuffix("$").split("*")]
        return re.match(".*".join(parts) + ("$" if end else ""), path) is not None


@dataclass(frozen=True, slots=True)
class Site:
    """The whole site and the truth about it. Pages are keyed by path without last slash, and query."""

    seed: int
    style: str
    traits: Mapping[str, str]
    articles: tuple[Truth, ...]
    pages: Mapping[str, Page]
    announced: Mapping[str, frozenset[str]]
    unannounced: frozenset[str]
    not_articles: Mapping[str, str]
    redirects: Mapping[str, str]
    rules: tuple[Rule, ...]

    def forbidden(self, path: str) -> bool:
        """Whether robots.txt forbids the path: the longest rule wins, allow on a tie."""
        hits = [rule for rule in self.rules if rule.matches(path)]
        best = max(hits, key=lambda rule: (len(rule.pattern), rule.allow), default=None)
        return best is not None and not best.allow


def key_of(url: str) -> str:
    """Give the path that identifies an address of the site: no host, no query, no outer slash."""
    path = re.sub(r"^(?:https?:)?//[^/]+|^@@BASE@@", "", url)
    return "/" + re.split(r"[?#]", path)[0].strip("/")
