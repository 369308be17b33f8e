"""Whether an archive is as it was written: every digest again, and every row's way to its bytes. Must not mend it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.decisions import DECISIONS, read_decisions
from archive.errors import ArchiveBusy, ArchiveError, NewerSchema, UsageError
from archive.findings import Findings
from archive.history import file_names
from archive.members import CUT, is_suspect, read_member
from archive.records import Damage, Record, read_records
from archive.root import DATABASE, open_database
from archive.soundness import check_database, check_index
from archive.warc import OPEN_SUFFIX, open_file, weigh

Watch = Callable[[str], None]
_TOLD_EVERY = 2_000
"""Records between two signs of life."""
_RARE = 10
"""One in so many records, at most, is packed otherwise because it was damaged."""


@dataclass(frozen=True, slots=True)
class _Weight:
    """What the database says of a whole file; nothing but that it is there until it is finished."""

    bytes: int | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class _Row:
    """What the database says of one record."""

    url: str
    fetched_at: str
    length: int
    digest: str


def verify_root(root: Path, watch: Watch | None = None) -> Findings:
    """Check an archive: its WARC files, its database, and that each row leads to the record that it names.

    Without a database the files alone are checked. Writes nothing. Raises ArchiveBusy, NewerSchema, OSError.
    """
    found = Findings()
    _check_decisions(root, found)
    if not (root / DATABASE).exists():
        found.remarks.append(f"there is no {DATABASE}: the WARC files alone were checked")
        _check_files(root, None, found, watch)
        return found
    try:
        with closing(open_database(root)) as db:
            check_database(db, found)
            check_index(root / DATABASE, found)
            _check_files(root, db, found, watch)
    except (ArchiveBusy, NewerSchema):
        raise
    except (ArchiveError, sqlite3.DatabaseError) as error:
        found.add(DATABASE, 0, str(error))
        _check_files(root, None, found, watch)
    return found


def _check_decisions(root: Path, found: Findings) -> None:
    try:
        read_decisions(root)
    except UsageError as error:
        found.add(DECISIONS, 0, str(error))


def _check_files(root: Path, db: Database | None, found: Findings, watch: Watch | None) -> None:
    weights, there = _weights(db), set(file_names(root))
    named = weights.keys() | (_named(db) if db else set())
    for name in sorted(there | named):
        if name not in there:
            found.add(name, 0, "the file is missing")
            continue
        if db and name not in named:
            found.remarks.append(f"{name} is not in the database: the next crawl files it")
        _File(root, name, weights.get(name), _rows(db, name)).check(found, watch)
        found.files += 1


def _named(db: Database) -> set[str]:
    return {name for (name,) in db.execute("SELECT DISTINCT warc_file FROM snapshots")}


def _weights(db: Database | None) -> dict[str, _Weight]:
    """Return what the database knows of whole files; the first release wrote nothing down of them."""
    if db is None or not db["warc_files"].exists():
        return {}
    rows = db.execute("SELECT name, bytes, sha256 FROM warc_files WHERE sha256 IS NOT NULL OR filed_to > 0")
    return {name: _Weight(size, digest) for name, size, digest in rows}


def _rows(db: Database | None, name: str) -> dict[int, _Row]:
    if db is None:
        return {}
    sql = "SELECT warc_offset, url, fetched_at, warc_length, digest FROM snapshots WHERE warc_file = ?"
    return {offset: _Row(*rest) for offset, *rest in db.execute(sql, [name])}


class _File:
    """One WARC file on its way through the check, with what the database says of it."""

    def __init__(self, root: Path, name: str, weight: _Weight | None, rows: dict[int, _Row]) -> None:
        self._root = root
        self._path = open_file(root, name)
        self._name = name
        self._is_open = self._path.name.endswith(OPEN_SUFFIX)
        self._weight = weight if weight and weight.sha256 and not self._is_open else None
        self._rows = rows
        self._size = self._path.stat().st_size
        self._damages: list[Damage] = []

    def check(self, found: Findings, watch: Watch | None) -> None:
        """Read every record, then compare the file as a whole."""
        end = 0
        for number, record in enumerate(self._records(strict=True)):
            if watch and number % _TOLD_EVERY == 0:
                watch(f"{self._name} ({record.offset * 100 // self._size} %)")
            end = record.offset + record.length
            row = self._rows.pop(record.offset, None)
            if row:
                self._damages.extend(_unlike(record, row))
                found.rows += 1
            found.records += 1
        if self._is_torn(end):
            found.remarks.append(f"{self._name} is unfinished: the next crawl cuts off its torn end")
        else:
            self._damages.extend(self._lost())
            self._damages.extend(self._unlike_weight())
            found.damages.extend(sorted(self._damages, key=lambda damage: damage.offset))

    def _records(self, strict: bool = False) -> Iterator[Record]:
        return read_records(self._path, self._name, damaged=self._damages.append, strict=strict)

    def _is_torn(self, end: int) -> bool:
        """Say whether nothing is wrong but the end of an unfinished file, behind all that is filed."""
        places = [damage.offset for damage in self._damages]
        return self._is_open and len(places) == 1 and places[0] >= end and not any(at >= end for at in self._rows)

    def _lost(self) -> Iterator[Damage]:
        """Name the rows whose record was not found; those behind a cut are told with it, once."""
        told = {damage.offset for damage in self._damages}
        for offset, row in self._rows.items():
            if offset < self._size and offset not in told:
                yield Damage(self._name, offset, f"no record begins here, but the database has one of {row.url}")
        behind = sum(offset >= self._size for offset in self._rows)
        was = self._weight.bytes if self._weight and self._weight.bytes else 0
        is_cut = any(damage.what == CUT for damage in self._damages)
        if (behind or self._size < was) and not is_cut:
            had = f"it had {was} bytes" if was else f"the database has {behind} records behind its end"
            yield Damage(self._name, self._size, f"the file is cut off here: {had}")

    def _unlike_weight(self) -> Iterator[Damage]:
        """Compare a file that reads well with what it weighed when it was finished; unweighed, with how we pack."""
        if self._damages:
            return
        if self._weight is None:
            for offset in self._suspects():
                yield Damage(self._name, offset, "the record unpacks, but its bytes are not as they were written")
            return
        now = weigh(self._root, self._name)
        if now.bytes != self._weight.bytes:
            yield Damage(
                self._name, self._weight.bytes or 0, f"the file goes on here: it had {self._weight.bytes} bytes"
            )
        elif now.sha256 != self._weight.sha256:
            for offset in self._suspects() or [0]:
                yield Damage(self._name, offset, "the file's SHA-256 is another than when it was finished")

    def _suspects(self) -> list[int]:
        """Find the members that are not packed as our writer packs; if they are many, its zlib was another."""
        offsets, total = [], 0
        with self._path.open("rb") as stream:
            for record in self._records():
                total += 1
                if is_suspect(read_member(stream, record.offset, self._size)):
                    offsets.append(record.offset)
        return offsets if len(offsets) * _RARE <= total else []


def _unlike(record: Record, row: _Row) -> Iterator[Damage]:
    for what, there, here in (
        ("address", record.url, row.url),
        ("time", record.at, row.fetched_at),
        ("length", record.length, row.length),
        ("digest", record.digest or "", row.digest),
    ):
        if there != here:
            yield Damage(record.file, record.offset, f"the record's {what} is {there}, in the database {here}")
