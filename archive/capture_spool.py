"""Captures on their way into the archive: kept on disk as they come, given back in the order of time.

Memory does not grow with their number. Must not judge captures or write WARC files.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from archive.capture import Capture, Kind, Refers, Role, micros_of, moment_of, parse_moment
from archive.clock import stamp
from archive.imported_records import packed
from archive.warc import Earlier

_SECOND = 1_000_000
_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE captures (
    id INTEGER PRIMARY KEY, micros INTEGER NOT NULL, rank INTEGER NOT NULL, url TEXT NOT NULL, digest TEXT NOT NULL,
    kind TEXT NOT NULL, role TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
    record_id TEXT, concurrent_to TEXT, claimed TEXT
);
CREATE TABLE unasked (id TEXT PRIMARY KEY) WITHOUT ROWID;
BEGIN;
"""
_ORDER = "CREATE INDEX in_time ON captures (micros, rank, id)"
_ORIGINALS = """
CREATE INDEX by_record ON captures (record_id) WHERE kind <> 'revisit' AND role <> 'gone';
CREATE INDEX by_address ON captures (url, micros) WHERE kind <> 'revisit' AND role <> 'gone';
CREATE INDEX by_claim ON captures (claimed, micros) WHERE kind <> 'revisit' AND role <> 'gone';
"""
_ORIGINAL = (
    "SELECT url, micros, digest, role FROM captures WHERE kind <> 'revisit' AND role <> 'gone' AND {} AND micros <= ?"
    " ORDER BY micros DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Spooled:
    """A capture that waits; `records` are its finished records, of a revisit what makes them."""

    url: str
    micros: int
    digest: str
    kind: Kind
    role: Role
    records: bytes

    @property
    def second(self) -> int:
        """Return its time in seconds since 1970."""
        return self.micros // _SECOND

    def revisit(self) -> tuple[Capture, str]:
        """Return a revisit and where it was found."""
        return cast(tuple[Capture, str], pickle.loads(self.records))


@dataclass(frozen=True, slots=True)
class Original:
    """The full record that a revisit repeats, and what it is to us."""

    earlier: Earlier
    role: Role


class CaptureSpool:
    """Takes captures in any order. Its files stand in `folder` and are its owner's to remove."""

    def __init__(self, folder: Path) -> None:
        self._index = sqlite3.connect(folder / "captures.db", isolation_level=None)
        self._index.executescript(_TABLES)
        self._records = (folder / "captures.bin").open("w+b")
        self._position = 0

    def close(self) -> None:
        """Close its files."""
        self._records.close()
        self._index.close()

    def add(self, capture: Capture, imported_from: str) -> None:
        """Take a capture. Raises OSError."""
        whole = capture.kind != "revisit"
        records = packed(capture, imported_from) if whole else pickle.dumps((capture, imported_from))
        self._records.write(records)
        # A redirect comes before what it leads to, also where both bear the same second.
        rank = 0 if capture.role == "redirect" else 1
        self._index.execute(
            "INSERT INTO captures (micros, rank, url, digest, kind, role, offset, length, record_id, concurrent_to,"
            " claimed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                capture.micros,
                rank,
                capture.url,
                capture.digest,
                capture.kind,
                capture.role,
                self._position,
                len(records),
                capture.record_id,
                next(iter(capture.concurrent_to), None),
                capture.claimed,
            ],
        )
        self._position += len(records)

    def note_unasked(self, ids: Iterable[str]) -> None:
        """Take the ids of a request by another method than GET, and of what belongs to it."""
        self._index.executemany("INSERT OR IGNORE INTO unasked VALUES (?)", [(id_,) for id_ in ids])

    def drop_unasked(self) -> int:
        """Drop the answers to such requests, which may have come before them; return how many they are."""
        unasked = "(SELECT id FROM unasked)"
        dropped = self._index.execute(
            f"DELETE FROM captures WHERE record_id IN {unasked} OR concurrent_to IN {unasked}"
        )
        return dropped.rowcount

    @property
    def count(self) -> int:
        """Return how many captures wait."""
        return int(self._index.execute("SELECT count(*) FROM captures").fetchone()[0])

    def in_order(self) -> Iterator[Spooled]:
        """Give the captures back, oldest first. Nothing may be added any more."""
        self._records.flush()
        self._index.execute(_ORDER)
        if self._index.execute("SELECT 1 FROM captures WHERE kind = 'revisit' LIMIT 1").fetchone():
            self._index.executescript(_ORIGINALS)
        rows = self._index.execute(
            "SELECT url, micros, digest, kind, role, offset, length FROM captures ORDER BY micros, rank, id"
        )
        for url, micros, digest, kind, role, offset, length in rows:
            self._records.seek(offset)
            yield Spooled(url, micros, digest, kind, role, self._records.read(length))

    def original(self, revisit: Capture) -> Original | None:
        """Return the record among these that a revisit repeats: by its id, its address and time, or its digest."""
        refers = revisit.refers or Refers()
        if refers.unchanged:
            return self._find("url = ? AND role <> 'redirect'", revisit.url, revisit.micros)
        if refers.id and (found := self._find("record_id = ?", refers.id, revisit.micros)):
            return found
        moment = parse_moment(refers.at)
        if refers.url and moment:
            # Its time is often cut to the second, or was by the tool that wrote the revisit.
            until = min((micros_of(moment) // _SECOND + 1) * _SECOND - 1, revisit.micros)
            found = self._find("url = ?", refers.url, until)
            if found and found.earlier.at == stamp(moment):
                return found
        return self._find("claimed = ?", refers.digest, revisit.micros) if refers.digest else None

    def _find(self, condition: str, value: str, until: int) -> Original | None:
        """Find the last full record up to a time, in microseconds."""
        row = self._index.execute(_ORIGINAL.format(condition), [value, until]).fetchone()
        if row is None:
            return None
        url, at, digest, role = row
        return Original(Earlier(url, stamp(moment_of(at)), digest), role)
