"""Reads an archive as a stranger would: SQLite, and WARC records by warcio at their offsets.

Must not import the archive's own code.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import sqlite3
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

from tests.warcio_check import passes

LOGS = ("fetches", "crawls")
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive's folder; every question opens the database anew and reads only."""

    root: Path

    def rows(self, query: str, *values: object) -> list[Row]:
        """Return a query's rows."""
        with closing(sqlite3.connect(f"file:{self.root / 'archive.db'}?mode=ro", uri=True, timeout=30)) as database:
            return database.execute(query, values).fetchall()

    def one(self, query: str, *values: object) -> Any:
        """Return the first value of a query's first row, None without a row."""
        found = self.rows(query, *values)
        return found[0][0] if found else None

    def columns(self, table: str) -> list[str]:
        """Return a table's columns."""
        return [row[0] for row in self.rows("SELECT name FROM pragma_table_info(?) ORDER BY cid", table)]

    def tables(self) -> list[str]:
        """Return the tables that are a function of the WARCs: no logs, no full-text shadows, no internals of SQLite."""
        names = [row[0] for row in self.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        return [name for name in names if name not in LOGS and not re.match(r"sqlite_|_sqlite|articles_fts", name)]

    def hashes(self, without: tuple[str, ...] = ()) -> dict[str, str]:
        """Return the hash of each table's rows, whatever their order; `without` leaves out columns `table.column`."""
        return {table: _hash(self.sorted_rows(table, without)) for table in self.tables()}

    def sorted_rows(self, table: str, without: tuple[str, ...] = ()) -> list[str]:
        """Return a table's rows as sorted texts."""
        names = [f'"{name}"' for name in self.columns(table) if f"{table}.{name}" not in without]
        return sorted(map(repr, self.rows(f'SELECT {", ".join(names)} FROM "{table}"')))

    def warcs(self) -> list[Path]:
        """Return the WARC files, unfinished ones too."""
        return sorted(path for path in (self.root / "warc").rglob("*") if path.is_file() and ".warc" in path.name)

    def path_of(self, warc_file: str) -> Path:
        """Return where a file that the database names is now: finished, or not yet."""
        path = self.root / warc_file
        return path if path.exists() else path.with_name(path.name + ".open")


def _hash(rows: list[str]) -> str:
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


def differing(one: Archive, other: Archive, table: str, limit: int = 3) -> Iterator[str]:
    """Give the first rows that only one of two archives has."""
    left, right = set(one.sorted_rows(table)), set(other.sorted_rows(table))
    for name, some in (("only before", left - right), ("only after", right - left)):
        for row in sorted(some)[:limit]:
            yield f"{table}: {name} ({len(some)}): {row[:600]}"


@dataclass(frozen=True, slots=True)
class Record:
    """A WARC record as warcio reads it: type, address, time, named digests, body as sent, computed digests."""

    kind: str
    url: str
    at: str
    payload_digest: str
    block_digest: str
    body: bytes
    block: bytes

    def wrong_digests(self) -> list[str]:
        """Name the digests that are not those of the bytes."""
        wrong = []
        if self.kind == "response" and not _matches(self.payload_digest, self.body):
            wrong.append("payload")
        if not _matches(self.block_digest, self.block):
            wrong.append("block")
        return wrong


def read_record(path: Path, offset: int, length: int) -> Record:
    """Read the one record in `length` bytes at `offset`. Raises ValueError when they are not just one record."""
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read(length)
    block = b""
    for record in ArchiveIterator(io.BytesIO(data), no_record_parse=True):
        block = record.raw_stream.read()
    found = []
    for record in ArchiveIterator(io.BytesIO(data)):
        say = record.rec_headers.get_header
        found.append(
            Record(
                record.rec_type,
                say("WARC-Target-URI"),
                say("WARC-Date"),
                say("WARC-Payload-Digest") or "",
                say("WARC-Block-Digest") or "",
                record.raw_stream.read(),
                block,
            )
        )
    if len(found) != 1 or len(data) != length:
        raise ValueError(f"{path.name} at {offset}: {len(found)} records in {len(data)} of {length} bytes")
    return found[0]


def _matches(digest: str, data: bytes) -> bool:
    name, _, value = digest.partition(":")
    try:
        raw = hashlib.new(name.replace("-", ""), data).digest()
    except ValueError:
        return False
    return value in (base64.b32encode(raw).decode(), raw.hex(), base64.b32encode(raw).decode().rstrip("="))


def warcio_check(path: Path) -> bool:
    """Say whether `warcio check` passes every record of a file."""
    return passes([sys.executable, "-m", "warcio.cli"], path, ())


def plain(text: str | None) -> str:
    """Return a text after NFC and white-space normalisation."""
    return " ".join(unicodedata.normalize("NFC", text or "").split())
