"""Whether an archive is as it was written: every digest again, and every row's way to its bytes. Must not mend it."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveError
from archive.history import file_names
from archive.records import Damage, Record, read_records
from archive.root import DATABASE, open_database
from archive.warc import OPEN_SUFFIX, open_file, weigh

Watch = Callable[[str], None]
_ORPHANS = {
    "articles": "SELECT url FROM articles WHERE snapshot_id NOT IN (SELECT id FROM snapshots)",
    "revisions": "SELECT article_id FROM revisions WHERE snapshot_id NOT IN (SELECT id FROM snapshots)",
}
_TRAILER = 8
_PATIENCE = 30.0


@dataclass(slots=True)
class Findings:
    """What a check found: the damages, and how much was looked at."""

    damages: list[Damage] = field(default_factory=list)
    files: int = 0
    records: int = 0
    rows: int = 0
    remarks: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.damages


def verify_root(root: Path, watch: Watch | None = None) -> Findings:
    """Check an archive: its WARC files, its database, and that each row leads to the record that it names.

    Without a database the files alone are checked. Writes nothing. Raises OSError.
    """
    found = Findings()
    if (root / DATABASE).exists():
        try:
            with closing(open_database(root)) as db:
                _check_database(db, found)
                _check_index(root / DATABASE, found)
                _check_files(root, db, found, watch)
            return found
        except (ArchiveError, sqlite3.DatabaseError) as error:
            found.damages.append(Damage(DATABASE, 0, str(error)))
    else:
        found.remarks.append(f"there is no {DATABASE}: the WARC files alone were checked")
    _check_files(root, None, found, watch)
    return found


def _check_database(db: Database, found: Findings) -> None:
    for (line,) in db.execute("PRAGMA integrity_check").fetchall():
        if line != "ok":
            found.damages.append(Damage(DATABASE, 0, f"integrity check: {line}"))
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check").fetchall():
        found.damages.append(Damage(DATABASE, 0, f"row {row} of {table} points to no row of {parent}"))
    for table, sql in _ORPHANS.items():
        for (name,) in db.execute(sql):
            found.damages.append(Damage(DATABASE, 0, f"{table}: {name} points to no snapshot"))


def _check_index(path: Path, found: Findings) -> None:
    """Compare the full-text index with the articles. SQLite takes the check as an insert, which writes nothing."""
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as connection:
            connection.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.OperationalError as error:
        found.remarks.append(f"the full-text index was not checked ({error})")
    except sqlite3.DatabaseError as error:
        found.damages.append(Damage(DATABASE, 0, f"the full-text index does not match the articles ({error})"))


def _check_files(root: Path, db: Database | None, found: Findings, watch: Watch | None) -> None:
    weighed = _weighed(db)
    rows = _rows(db)
    names = file_names(root)
    for name in sorted({*names, *weighed, *rows}):
        if watch:
            watch(name)
        if name not in names:
            found.damages.append(Damage(name, 0, "the file is missing"))
        else:
            _check_file(root, name, weighed.get(name), rows.get(name, {}), found)
            found.files += 1


def _weighed(db: Database | None) -> dict[str, tuple[int, str]]:
    if db is None or not db["warc_files"].exists():
        return {}
    rows = db.execute("SELECT name, bytes, sha256 FROM warc_files WHERE sha256 IS NOT NULL")
    return {name: (size, digest) for name, size, digest in rows}


@dataclass(frozen=True, slots=True)
class _Row:
    """What the database says of one record."""

    url: str
    length: int
    digest: str


def _rows(db: Database | None) -> dict[str, dict[int, _Row]]:
    by_file: dict[str, dict[int, _Row]] = {}
    if db is not None:
        sql = "SELECT warc_file, warc_offset, url, warc_length, digest FROM snapshots"
        for file, offset, *rest in db.execute(sql):
            by_file.setdefault(file, {})[offset] = _Row(*rest)
    return by_file


def _check_file(root: Path, name: str, weighed: tuple[int, str] | None, rows: dict[int, _Row], found: Findings) -> None:
    before = len(found.damages)
    path = open_file(root, name)
    is_open = path.name.endswith(OPEN_SUFFIX)
    expected = dict(rows)
    end = 0
    for record in read_records(path, name, damaged=found.damages.append, strict=True):
        found.records += 1
        end = record.offset + record.length
        row = expected.pop(record.offset, None)
        if row is not None:
            found.rows += 1
            found.damages.extend(_unlike(record, row))
    damages = found.damages[before:]
    if is_open and len(damages) == 1 and damages[0].offset >= end and not any(at >= end for at in expected):
        found.damages.pop()
        found.remarks.append(f"{name} is unfinished; its torn end is cut off by the next crawl")
    at_fault = {damage.offset for damage in damages}
    for offset, row in sorted(expected.items()):
        if offset not in at_fault:
            found.damages.append(Damage(name, offset, f"no record begins here, but the database has one of {row.url}"))
    if weighed and not is_open and len(found.damages) == before:
        found.damages.extend(_changed(root, name, weighed))


def _unlike(record: Record, row: _Row) -> Iterator[Damage]:
    for what, there, here in (
        ("address", record.url, row.url),
        ("length", record.length, row.length),
        ("digest", record.digest or "", row.digest),
    ):
        if there != here:
            yield Damage(record.file, record.offset, f"the record's {what} is {there}, in the database {here}")


def _changed(root: Path, name: str, weighed: tuple[int, str]) -> Iterator[Damage]:
    """Compare a file that reads well with what it weighed when it was finished."""
    now = weigh(root, name)
    if (now.bytes, now.sha256) == weighed:
        return
    if now.bytes != weighed[0]:
        yield Damage(name, min(now.bytes, weighed[0]), f"the file has {now.bytes} bytes, and had {weighed[0]}")
        return
    places = list(_padded(root, name))
    if not places:
        yield Damage(name, 0, "the file's SHA-256 is another than when it was finished")
    for offset in places:
        yield Damage(name, offset, "bits that mean nothing were changed in this record: the file's SHA-256 differs")


def _padded(root: Path, name: str) -> Iterator[int]:
    """Find members whose deflate stream has a bit set behind its end, where zlib writes none."""
    path = open_file(root, name)
    with path.open("rb") as stream:
        for record in read_records(path, name):
            stream.seek(record.offset)
            member = bytearray(stream.read(record.length))
            last = len(member) - _TRAILER - 1
            if _has_stray_bit(member, last):
                yield record.offset


def _has_stray_bit(member: bytearray, last: int) -> bool:
    """Say whether the stream inflates to the same without the highest bit that is set in its last byte."""
    value = member[last]
    if not value:
        return False
    whole = zlib.decompress(member, wbits=31)
    for bit in reversed(range(value.bit_length())):
        member[last] = value & ~(1 << bit)
        try:
            same = bool(value >> bit & 1) and zlib.decompress(member, wbits=31) == whole
        except zlib.error:
            same = False
        member[last] = value
        if value >> bit & 1:
            return same
    return False
