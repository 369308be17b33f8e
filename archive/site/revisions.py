"""One revision of an article: its words, what it changed, its neighbours. Must not know HTTP or HTML, or write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from sqlite3 import Connection

from archive.site.article import find, names
from archive.site.queries import Row, row
from archive.worddiff import FieldChange, ParagraphChange, changes_in

FIELDS = ("section", "headline", "dek", "byline", "credits", "body")
_REVISION = """
SELECT r.*, s.fetched_at, s.digest, s.warc_file, s.warc_offset, s.warc_length, s.url AS fetched_from
FROM revisions r JOIN snapshots s ON s.id = r.snapshot_id WHERE r.article_id = :id AND r.number = :number
"""
_AND = re.compile(r",\s*(?:and\s+)?|\s+(?:and|und|et|y)\s+|\s*&\s*")


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring paragraphs of a diff: `kept` ones are shown on request only."""

    kept: bool
    paragraphs: tuple[ParagraphChange, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A changed field with its paragraphs in runs."""

    field: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class RevisionView:
    """What a revision's page shows. `words` is None where the words are not in this database."""

    article: Row
    authors: list[str]
    row: Row
    words: dict[str, str | None] | None
    changed_fields: list[str]
    changes: list[Change]
    total: int

    @property
    def headline(self) -> str:
        """Return the headline of this revision, else the present one."""
        return str((self.words or {}).get("headline") or self.article["headline"])


def revision(connection: Connection, slug: str, number: int) -> RevisionView | None:
    """Read a revision by its article's slug; None when there is no such article or revision."""
    article = find(connection, slug)
    found = article and row(connection, _REVISION, {"id": article["id"], "number": number})
    if not article or not found:
        return None
    words = json.loads(found["words"]) if found["words"] else None
    return RevisionView(
        article=article,
        authors=_authors(connection, article, words),
        row=found,
        words=words,
        changed_fields=json.loads(found["changed_fields"] or "[]"),
        changes=[_change(change) for change in changes_in(json.loads(found["diff"] or "{}"))],
        total=int(article["revision_count"]),
    )


def _authors(connection: Connection, article: Row, words: dict[str, str | None] | None) -> list[str]:
    """Return a revision's authors: the article's, unless its byline was another one."""
    if words is None or _plain(words.get("byline")) == _plain(article["byline"]):
        return [author["name"] for author in names(connection, "author", article["id"])]
    line = re.sub(r"^by\s+", "", words.get("byline") or "", flags=re.IGNORECASE)
    return [name for name in _AND.split(line) if name.strip()]


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())


def _change(change: FieldChange) -> Change:
    return Change(change.field, tuple(_runs(change.paragraphs)))


def _runs(paragraphs: Sequence[ParagraphChange]) -> Iterator[Run]:
    for kept, group in groupby(paragraphs, key=lambda paragraph: paragraph.kind == "kept"):
        yield Run(kept, tuple(group))
