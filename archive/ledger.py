"""The ledger: every announced address with its sources, state and reason, and when to look again. Must not fetch."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from sqlite3 import Connection

from archive import clock
from archive.models import Announcement, LedgerState, Outcome, Snapshot
from archive.rows import snapshot_id
from archive.urls import address_key

FIRST_CHECK = timedelta(hours=20)
LAST_CHECK = timedelta(days=90)
RETRY = timedelta(hours=20)

_ANNOUNCE = """
INSERT INTO ledger (url, key, sources, first_announced_at, last_announced_at, lastmod, state)
VALUES (:url, :key, :sources, :at, :at, :lastmod, 'pending')
ON CONFLICT (key) DO UPDATE SET last_announced_at = excluded.last_announced_at,
    lastmod = max(coalesce(lastmod, ''), coalesce(excluded.lastmod, lastmod)),
    sources = (SELECT json_group_array(value) FROM (SELECT value FROM json_each(ledger.sources)
               UNION SELECT value FROM json_each(excluded.sources)))
"""
_SETTLE = """
UPDATE ledger SET url = :url,
    state = CASE WHEN article_id IS NOT NULL AND :state IN ('failed', 'excluded') THEN 'stored' ELSE :state END,
    reason = :reason, attempts = attempts + :attempt, checked_at = :at,
    next_check_at = :next_check_at, article_id = coalesce(:article_id, article_id),
    snapshot_id = coalesce(:snapshot_id, snapshot_id)
WHERE key = :key
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger knows of one address before it is asked for."""

    url: str
    state: LedgerState
    checked_at: str | None = None
    next_check_at: str | None = None
    lastmod: str | None = None
    article_id: int | None = None

    def is_due(self, now: str) -> bool:
        """Say whether the address should be asked for now."""
        if self.state == "excluded":
            return False
        return self.next_check_at is None or self.next_check_at <= now


class Ledger:
    """Reads and writes the ledger table; the caller holds the transaction.

    An address that led to an article stays stored, whatever its page answers later; the reason says what it answered.
    """

    def __init__(self, connection: Connection, own_hosts: Collection[str]) -> None:
        self._connection = connection
        self._own_hosts = frozenset(own_hosts)

    def key(self, url: str) -> str:
        """Return what all spellings of an address share."""
        return address_key(url, self._own_hosts)

    def entries(self) -> dict[str, Entry]:
        """Return every known address by its key."""
        rows = self._connection.execute(
            "SELECT key, url, state, checked_at, next_check_at, lastmod, article_id FROM ledger"
        )
        return {row[0]: Entry(*row[1:]) for row in rows}

    def announce(self, announcements: Iterable[Announcement], at: str) -> None:
        """Write down addresses that sources named; known ones gain the source."""
        self._connection.executemany(
            _ANNOUNCE,
            [
                {
                    "url": said.url,
                    "key": self.key(said.url),
                    "sources": json.dumps([said.source]),
                    "at": at,
                    "lastmod": said.lastmod,
                }
                for said in announcements
            ],
        )

    def settle(self, outcomes: Iterable[Outcome], article_ids: Mapping[str, int], unchanged: Collection[str]) -> None:
        """Write each outcome's state and when to look again; `article_ids` and `unchanged` speak of outcome URLs."""
        rows = [self._settled(outcome, article_ids.get(outcome.url), outcome.url in unchanged) for outcome in outcomes]
        self._connection.executemany(_SETTLE, rows)

    def _settled(self, outcome: Outcome, article_id: int | None, unchanged: bool) -> dict[str, str | int | None]:
        key = self.key(outcome.url)
        canonical = outcome.article.url if outcome.article else outcome.url
        return {
            "key": key,
            "url": canonical if self.key(canonical) == key else outcome.url,
            "state": outcome.state,
            "reason": outcome.reason,
            "attempt": 1 if outcome.snapshot or outcome.state == "failed" else 0,
            "at": outcome.at,
            "next_check_at": self._next_check(outcome, key, unchanged),
            "article_id": article_id,
            "snapshot_id": snapshot_id(outcome.snapshot) if outcome.article and outcome.snapshot else None,
        }

    def _next_check(self, outcome: Outcome, key: str, unchanged: bool) -> str | None:
        at = clock.parse(outcome.at)
        row = self._connection.execute(
            "SELECT checked_at, next_check_at, article_id FROM ledger WHERE key = ?", [key]
        ).fetchone()
        if outcome.state == "excluded" and not (row and row[2]):
            return None
        if outcome.state != "stored":
            return clock.stamp(at + RETRY)
        interval = FIRST_CHECK
        if unchanged and row and row[0] and row[1]:
            interval = 2 * (clock.parse(row[1]) - clock.parse(row[0]))
        return clock.stamp(at + min(max(interval, FIRST_CHECK), LAST_CHECK))

    def last_snapshot(self, url: str) -> Snapshot | None:
        """Return the snapshot that an address was last read from, if it was."""
        row = self._connection.execute(
            "SELECT s.url, s.fetched_at, s.status, s.digest, s.warc_file, s.warc_offset, s.warc_length, s.etag,"
            " s.last_modified FROM ledger JOIN snapshots s ON s.id = ledger.snapshot_id WHERE key = ?",
            [self.key(url)],
        ).fetchone()
        return Snapshot(*row) if row else None
