"""The ledger: every announced address with its sources, state and reason, and when to look again. Must not fetch."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from sqlite3 import Connection
from typing import Literal

from archive import clock
from archive.models import Announced, LedgerState, Outcome, RunEnd, Snapshot
from archive.rows import snapshot_id
from archive.urls import address_key

Mode = Literal["nightly", "backfill", "recheck"]

RETRY = timedelta(hours=20)
_NIGHT = timedelta(hours=12)
MISSING = ("HTTP 404", "HTTP 410")
"""What an address answers that leads nowhere any more."""
LEADS = "redirects to its article"
"""Why an alias is stored whose article was asked for, in the same run, at its own address."""
DAYS_MISSING = 3
"""On how many days, in healthy runs, an address must be missing before it counts as gone."""

_ANNOUNCE = """
INSERT INTO ledger (url, key, sources, first_announced_at, last_announced_at, lastmod, state)
VALUES (:url, :key, :sources, :at, :at, :lastmod, 'pending')
ON CONFLICT (key) DO UPDATE SET last_announced_at = max(last_announced_at, excluded.last_announced_at),
    lastmod = nullif(max(coalesce(lastmod, ''), coalesce(excluded.lastmod, '')), ''),
    lastmod_read = CASE WHEN excluded.lastmod <= checked_at AND checked_at >= :tonight
                   THEN max(coalesce(lastmod_read, ''), excluded.lastmod) ELSE lastmod_read END,
    state = CASE WHEN state = 'excluded' AND checked_at IS NULL THEN 'pending' ELSE state END,
    reason = CASE WHEN state = 'excluded' AND checked_at IS NULL THEN NULL ELSE reason END,
    sources = (SELECT json_group_array(value) FROM (SELECT value FROM json_each(ledger.sources)
               UNION SELECT value FROM json_each(excluded.sources)))
"""
# What led to an article stays stored whatever its page answers later, and what is gone stays gone until it is back.
_SETTLE = """
UPDATE ledger SET url = :url,
    state = CASE WHEN :state NOT IN ('failed', 'excluded') THEN :state WHEN state = 'gone' THEN 'gone'
                 WHEN article_id IS NOT NULL THEN 'stored' ELSE :state END,
    reason = :reason, attempts = attempts + :asked,
    checked_at = CASE WHEN :asked THEN :at ELSE checked_at END,
    lastmod_read = CASE WHEN :asked THEN lastmod ELSE lastmod_read END,
    missing = CASE WHEN :state = 'failed' OR NOT :asked THEN missing END,
    next_check_at = :next_check_at, article_id = coalesce(:article_id, article_id),
    snapshot_id = coalesce(:snapshot_id, snapshot_id)
WHERE key = :key
"""
_COUNT_MISSING = """
UPDATE ledger SET missing = json_insert(coalesce(missing, '[]'), '$[#]', substr(checked_at, 1, 10))
WHERE reason IN ('HTTP 404', 'HTTP 410') AND checked_at >= :since AND state != 'gone'
    AND coalesce(json_extract(missing, '$[#-1]'), '') != substr(checked_at, 1, 10)
"""
_SNAPSHOT = "url, fetched_at, status, digest, warc_file, warc_offset, warc_length, etag, last_modified, revisit_of"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When to look again at a stored page: after `first`, then doubling while nothing changes, up to `last`.

    A page that is old when it is first read begins with a tenth of its age: old articles seldom change.
    """

    first: timedelta = timedelta(hours=6)
    last: timedelta = timedelta(days=90)

    def begin(self, read_at: str, published_at: str | None) -> timedelta:
        """Return how long to wait after a page was read for the first time."""
        if published_at is None:
            return self.first
        return (clock.parse(read_at) - clock.parse(published_at)) / 10


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger knows of one address before it is asked for."""

    url: str
    state: LedgerState
    reason: str | None = None
    checked_at: str | None = None
    next_check_at: str | None = None
    lastmod: str | None = None
    lastmod_read: str | None = None
    article_id: int | None = None
    dated_at: str | None = None
    """When its article was published or changed, as the page says."""

    def is_due(self, now: str, mode: Mode = "nightly", lastmod: str | None = None) -> bool:
        """Say whether to ask for the address now; `lastmod` is what a source says tonight."""
        if self.state == "excluded":
            return self.checked_at is None
        if mode == "backfill":
            return self.state in ("pending", "failed")
        if mode == "recheck" and self.state == "stored":
            return True
        if lastmod and self.state == "stored" and self._has_moved(lastmod, now):
            return True
        if self.checked_at is not None and self.checked_at > now:
            # The clock was ahead, and so is when to look again: perhaps by years.
            return True
        return self.next_check_at is None or self.next_check_at <= now

    def _has_moved(self, lastmod: str, now: str) -> bool:
        checked_at = self.checked_at or ""
        read_since = lastmod <= checked_at and checked_at >= _tonight(now)
        return lastmod > (self.lastmod_read or "") and not read_since


@dataclass(frozen=True, slots=True)
class Missing:
    """An address that is gone now: of which article, what it answered, and on which days."""

    url: str
    article_id: int | None
    reason: str
    days: str
    seen_at: str


class Ledger:
    """Reads and writes the ledger table; the caller holds the transaction. `own_hosts` may grow."""

    def __init__(self, connection: Connection, own_hosts: Collection[str], rhythm: Rhythm | None = None) -> None:
        self._connection = connection
        self.own_hosts = set(own_hosts)
        self._rhythm = rhythm or Rhythm()

    def key(self, url: str) -> str:
        """Return what all spellings of an address share."""
        return address_key(url, self.own_hosts)

    def entries(self) -> dict[str, Entry]:
        """Return every known address by its key."""
        rows = self._connection.execute(
            "SELECT key, l.url, state, reason, checked_at, next_check_at, lastmod, lastmod_read, article_id,"
            " nullif(max(coalesce(a.published_at, ''), coalesce(a.modified_at, '')), '')"
            " FROM ledger l LEFT JOIN articles a ON a.id = l.article_id"
        )
        return {row[0]: Entry(*row[1:]) for row in rows}

    def announce(self, announced: Announced) -> None:
        """Write down addresses that a page of a source named; known ones gain the source."""
        tonight = _tonight(announced.at)
        self._connection.executemany(
            _ANNOUNCE,
            [
                {
                    "url": said.url,
                    "key": self.key(said.url),
                    "sources": json.dumps([said.source]),
                    "at": announced.at,
                    "tonight": tonight,
                    "lastmod": said.lastmod,
                }
                for said in announced.said
            ],
        )

        self._find_moved(announced)

    def _find_moved(self, announced: Announced) -> None:
        """Note that addresses named for the first time lead to an article that is known to have moved there."""
        for said in announced.said:
            spellings = (said.url, said.url.rstrip("/"), said.url.rstrip("/") + "/")
            self._connection.execute(
                "UPDATE ledger SET state = 'stored', article_id = found.id FROM (SELECT article_id AS id FROM aliases"
                " WHERE url IN (?, ?, ?) UNION ALL SELECT id FROM articles WHERE url IN (?, ?, ?) LIMIT 1) AS found"
                " WHERE key = ? AND state = 'pending' AND attempts = 0",
                [*spellings, *spellings, self.key(said.url)],
            )

    def article_at(self, key: str) -> int | None:
        """Return the article that an address led to."""
        row = self._connection.execute("SELECT article_id FROM ledger WHERE key = ?", [key]).fetchone()
        return int(row[0]) if row and row[0] else None

    def settle(self, outcome: Outcome, article_id: int | None = None, unchanged: bool = False) -> None:
        """Write an outcome's state and when to look again."""
        key = self.key(outcome.url)
        canonical = outcome.article.url if outcome.article else outcome.url
        fetched = outcome.snapshot if outcome.state == "stored" else None
        self._connection.execute(
            _SETTLE,
            {
                "key": key,
                "url": canonical if self.key(canonical) == key else outcome.url,
                "state": outcome.state,
                "reason": outcome.reason,
                "asked": int(outcome.asked),
                "at": outcome.at,
                "next_check_at": self._next_check(outcome, key, unchanged, article_id),
                "article_id": article_id,
                "snapshot_id": snapshot_id(fetched) if fetched else None,
            },
        )

    def _next_check(self, outcome: Outcome, key: str, unchanged: bool, leads_to: int | None) -> str | None:
        row = self._connection.execute(
            "SELECT checked_at, next_check_at, article_id, state FROM ledger WHERE key = ?", [key]
        ).fetchone()
        checked_at, due_at, article_id, state = row or (None, None, None, None)
        if outcome.state == "pending" or (outcome.state == "excluded" and not article_id):
            return None
        if not outcome.asked:
            return str(due_at) if due_at else None
        interval = RETRY
        if outcome.state == "stored" or state == "gone":
            interval = self._rhythm.first
            if outcome.reason == LEADS:
                interval = self._rhythm.last
            elif checked_at and due_at and (unchanged or state == "gone"):
                interval = 2 * (clock.parse(due_at) - clock.parse(checked_at))
            elif not checked_at:
                interval = self._rhythm.begin(outcome.at, self._published_at(outcome, leads_to or article_id))
            interval = min(max(interval, self._rhythm.first), self._rhythm.last)
        return clock.stamp(clock.parse(outcome.at) + interval)

    def _published_at(self, outcome: Outcome, article_id: int | None) -> str | None:
        if outcome.article:
            return outcome.article.published_at
        row = self._connection.execute("SELECT published_at FROM articles WHERE id = ?", [article_id]).fetchone()
        return row[0] if row else None

    def count_missing(self, end: RunEnd) -> Iterator[Missing]:
        """Count what a healthy run did not find; yield the addresses that are gone now."""
        self._connection.execute(_COUNT_MISSING, {"since": end.started_at})
        gone = self._connection.execute(
            "UPDATE ledger SET state = 'gone' WHERE reason IN ('HTTP 404', 'HTTP 410') AND checked_at >= ?"
            " AND state != 'gone' AND json_array_length(coalesce(missing, '[]')) >= ?"
            " RETURNING url, article_id, reason, missing, checked_at",
            [end.started_at, DAYS_MISSING],
        ).fetchall()
        yield from (Missing(*row) for row in gone)

    def last_snapshot(self, url: str) -> Snapshot | None:
        """Return the newest fetch of an address that led to its article; perhaps a revisit."""
        return self._snapshot(
            f"SELECT {_aliased('s')} FROM ledger JOIN snapshots s ON s.id = ledger.snapshot_id WHERE key = ?",
            self.key(url),
        )

    def full_snapshot(self, url: str, digest: str | None = None) -> Snapshot | None:
        """Return the newest fetch of an address as it is asked for whose bytes are kept whole."""
        same = " AND digest = ?" if digest else ""
        return self._snapshot(
            f"SELECT {_SNAPSHOT} FROM snapshots WHERE url = ? AND status = 200 AND revisit_of IS NULL{same}"
            " ORDER BY fetched_at DESC, warc_file DESC, warc_offset DESC LIMIT 1",
            *([url, digest] if digest else [url]),
        )

    def next_snapshot(self, url: str, at: str) -> Snapshot | None:
        """Return the first full answer of an address, as it is asked for, from a time on."""
        return self._snapshot(
            f"SELECT {_SNAPSHOT} FROM snapshots WHERE url = ? AND status = 200 AND revisit_of IS NULL"
            " AND fetched_at >= ? ORDER BY fetched_at LIMIT 1",
            url,
            at,
        )

    def snapshot(self, id_: int) -> Snapshot | None:
        """Return a snapshot by its id."""
        return self._snapshot(f"SELECT {_SNAPSHOT} FROM snapshots WHERE id = ?", id_)

    def _snapshot(self, sql: str, *values: str | int) -> Snapshot | None:
        row = self._connection.execute(sql, values).fetchone()
        return Snapshot(*row) if row else None


def _tonight(at: str) -> str:
    """Return when the night of a time began: what was read since then is not read again for a late word of it."""
    return clock.stamp(clock.parse(at) - _NIGHT)


def _aliased(table: str) -> str:
    return ", ".join(f"{table}.{column}" for column in _SNAPSHOT.split(", "))


def is_missing(outcome: Outcome) -> bool:
    """Say whether an address led nowhere."""
    return outcome.reason in MISSING
