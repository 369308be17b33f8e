"""Where an article comes from: its fetches, the record it was read from, its revisions, what it said on a day.

Must not write, and must not know how any of it is shown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive import clock
from archive.errors import UsageError
from archive.fetches import Fetched, fetches_of, full_fetch
from archive.stored import StoredResponse
from archive.warc import read_response

_DAY = len("2026-01-01")


@dataclass(frozen=True, slots=True)
class Text:
    """One revision: its words by field (None when they were withdrawn), and how it came about."""

    number: int
    seen_at: str
    kind: str | None
    silent: bool
    changed_fields: tuple[str, ...]
    fingerprint: str
    extractor: str
    snapshot_id: int
    words: dict[str, str | None]
    diff: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """All that is known of how an article came into the archive. `article` is its row."""

    article: dict[str, Any]
    sources: dict[str, str]
    aliases: tuple[str, ...]
    tombstones: tuple[dict[str, Any], ...]
    fetches: tuple[Fetched, ...]
    texts: tuple[Text, ...]

    @property
    def read_from(self) -> Fetched:
        """Return the fetch that the article's row was read from."""
        return next(each for each in self.fetches if each.id == self.article["snapshot_id"])

    def text_at(self, moment: str | None) -> Text:
        """Return the revision in force at a moment, None for now. Raises UsageError."""
        found = [text for text in self.texts if moment is None or text.seen_at <= moment]
        if not found:
            raise self._too_early(moment)
        return found[-1]

    def text_number(self, number: int) -> Text:
        """Return a revision by its number. Raises UsageError."""
        for text in self.texts:
            if text.number == number:
                return text
        raise UsageError(f"it has {len(self.texts)} revisions, counted from 1: there is no number {number}")

    def fetch_at(self, moment: str | None) -> Fetched:
        """Return the fetch that holds the page as it was at a moment, None for the one it was read from."""
        if moment is None:
            return self.read_from
        found = full_fetch(self.fetches, moment)
        if found is None:
            raise self._too_early(moment)
        return found

    def _too_early(self, moment: str | None) -> UsageError:
        if self.article["status"] == "withdrawn":
            return UsageError("the article was withdrawn: its text is not kept")
        first = self.article["first_seen_at"]
        return UsageError(f"nothing is known of it at {moment}: it was first seen at {first}")


def moment_of(date: str) -> str:
    """Return the end of a day, or a time, as the archive writes it. Raises UsageError."""
    try:
        moment = datetime.fromisoformat(date)
        if len(date) <= _DAY:
            moment += timedelta(hours=23, minutes=59, seconds=59)
        return clock.stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{date} is no date: write one like 2026-12-31 or 2026-12-31T18:00:00+00:00") from error


def provenance_of(db: Database, article_id: int) -> Provenance:
    """Gather an article's provenance, also from a database of an earlier release."""
    article = db.table("articles").get(article_id)
    return Provenance(
        article=article,
        sources=json.loads(article["evidence"] or "{}"),
        aliases=tuple(row["url"] for row in db["aliases"].rows_where("article_id = ?", [article_id], order_by="url")),
        tombstones=tuple(_tombstones(db, article_id)),
        fetches=fetches_of(db, article_id),
        texts=tuple(map(_text, db["revisions"].rows_where("article_id = ?", [article_id], order_by="number"))),
    )


def _tombstones(db: Database, article_id: int) -> list[dict[str, Any]]:
    if not db["tombstones"].exists():
        return []
    return list(db["tombstones"].rows_where("article_id = ?", [article_id], order_by="gone_at"))


def _text(row: dict[str, Any]) -> Text:
    return Text(
        row["number"],
        row["seen_at"],
        row["kind"],
        bool(row["silent"]),
        tuple(json.loads(row["changed_fields"] or "[]")),
        row["fingerprint"],
        row["extractor"],
        row["snapshot_id"],
        json.loads(row["words"] or "{}"),
        json.loads(row.get("diff") or "null"),
    )


def bytes_of(root: Path, fetched: Fetched) -> StoredResponse:
    """Return the answer that a fetch brought. Raises DamagedRecord."""
    return read_response(root, fetched.warc_file, fetched.warc_offset, fetched.warc_length)
