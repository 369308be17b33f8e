"""Reads WARC files record by record, in bounded memory and past whatever is damaged. Must not write them.

The files are gone through by their gzip members alone: no index is trusted. Foreign members are accepted, too.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from archive.digests import fits_payload, is_digest_of
from archive.stored import StoredResponse, read_http, split_http

_MAGIC = b"\x1f\x8b\x08"
_HEADERS = (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\x03", b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x04\x03")
"""The only gzip headers that our writer writes: without and, in blanked records, with a file name."""
_START = b"WARC/1."
_CHUNK = 1 << 16
_CLOSE = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with a file, and where: the offset of the record that is hit."""

    file: str
    offset: int
    what: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record: `offset` and `length` are those of its gzip member, `kind` its WARC-Type, `block` its content."""

    file: str
    offset: int
    length: int
    kind: str
    headers: Mapping[str, str]
    block: bytes

    def header(self, name: str) -> str | None:
        """Return a header by its name, in any case."""
        found = self.headers.get(name)
        if found is None:
            low = name.lower()
            found = next((value for key, value in self.headers.items() if key.lower() == low), None)
        return found

    @property
    def url(self) -> str:
        """Return the address; WARC 1.0 writes it in angle brackets."""
        return (self.header("WARC-Target-URI") or "").strip("<>")

    @property
    def at(self) -> str:
        """Return the time as the archive writes it; fractions of a second are dropped."""
        return f"{(self.header('WARC-Date') or '')[:19]}+00:00"

    @property
    def id(self) -> str:
        """Return what other records call it by."""
        return self.header("WARC-Record-ID") or ""

    @property
    def concurrent_to(self) -> str | None:
        """Return the record that it belongs to."""
        return self.header("WARC-Concurrent-To")

    @property
    def digest(self) -> str | None:
        """Return the payload digest."""
        return self.header("WARC-Payload-Digest")

    def fields(self) -> dict[str, str]:
        """Read a block of `application/warc-fields`."""
        lines = self.block.decode("utf-8", "replace").split("\r\n")
        return dict(line.split(": ", 1) for line in lines if ": " in line)

    def stored(self) -> StoredResponse:
        """Return the answer that it holds, its transfer coding undone and its content coding left on."""
        if self.kind == "resource":
            headers = (("Content-Type", self.header("Content-Type") or ""),)
            return StoredResponse(self.url, self.at, 200, headers, self.block)
        status, head, body = read_http(self.block)
        return StoredResponse(self.url, self.at, status, head, body)


def read_records(
    path: Path,
    name: str,
    start: int = 0,
    end: int | None = None,
    damaged: Callable[[Damage], None] | None = None,
    strict: bool = False,
) -> Iterator[Record]:
    """Read a file's whole records from `start` to `end`, in their order; `name` is what they call the file.

    `damaged` is told of every place where a record is not whole; reading goes on behind it. `strict`: members must
    begin as our writer begins them. Raises OSError.
    """
    tell = damaged or (lambda damage: None)
    with path.open("rb") as stream:
        size = path.stat().st_size if end is None else end
        at = start
        while at < size:
            content, following, what = _member(stream, at, size)
            if what is None and strict:
                what = _unlike_ours(stream, at)
            if content is not None and what is None:
                record, what = _record(name, at, following - at, content)
                if record is not None and what is None:
                    yield record
            if what is not None:
                tell(Damage(name, at, what))
                following = _next_member(stream, at + 1, size)
            at = following


def _member(stream: IO[bytes], at: int, size: int) -> tuple[bytes | None, int, str | None]:
    """Inflate the member at `at`: its content, where it ends, and what is wrong with it."""
    stream.seek(at)
    inflate = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    position = at
    while not inflate.eof:
        chunk = stream.read(min(_CHUNK, size - position))
        if not chunk:
            return None, size, "the file is cut off in this record"
        position += len(chunk)
        try:
            parts.append(inflate.decompress(chunk))
        except zlib.error as error:
            return None, position, f"the record cannot be inflated ({str(error).partition(': ')[2] or error})"
    return b"".join(parts), position - len(inflate.unused_data), None


def _unlike_ours(stream: IO[bytes], at: int) -> str | None:
    stream.seek(at)
    head = stream.read(len(_HEADERS[0]))
    return None if head in _HEADERS else "the record's gzip header is not as it was written"


def _next_member(stream: IO[bytes], at: int, size: int) -> int:
    """Find the next place at which a whole record's beginning stands; the file's end when there is none."""
    stream.seek(at)
    held, begins = b"", at
    while chunk := stream.read(_CHUNK):
        held += chunk
        place = held.find(_MAGIC)
        while place >= 0:
            if begins + place >= size:
                return size
            if _begins_record(stream, begins + place):
                return begins + place
            place = held.find(_MAGIC, place + 1)
        begins += len(held) - len(_MAGIC) + 1
        held = held[-len(_MAGIC) + 1 :]
        stream.seek(begins + len(held))
    return size


def _begins_record(stream: IO[bytes], at: int) -> bool:
    stream.seek(at)
    try:
        return zlib.decompressobj(wbits=31).decompress(stream.read(_CHUNK), len(_START)).startswith(_START)
    except zlib.error:
        return False


def _record(name: str, at: int, length: int, content: bytes) -> tuple[Record | None, str | None]:
    """Read the one record of a member; say what is wrong with it."""
    head, close, rest = content.partition(_CLOSE)
    lines = head.split(b"\r\n")
    if not close or not lines[0].startswith(_START):
        return None, "no WARC record begins here"
    headers: dict[str, str] = {}
    for line in lines[1:]:
        key, colon, value = line.partition(b":")
        if not colon:
            return None, "the record's header cannot be read"
        headers[key.decode("utf-8", "replace")] = value.strip().decode("utf-8", "surrogateescape")
    low = {key.lower(): value for key, value in headers.items()}
    size = low.get("content-length", "")
    if not size.isdecimal() or len(rest) < int(size):
        return None, "the record is shorter than it says"
    block, tail = rest[: int(size)], rest[int(size) :]
    if tail.strip(b"\r\n"):
        return None, "more than one record stands in one gzip member"
    record = Record(name, at, length, low.get("warc-type", ""), headers, block)
    return record, _wrong_digest(record)


def _wrong_digest(record: Record) -> str | None:
    """Say which digest does not match (WARC 1.1, sections 5.8 and 5.9); one of an unknown algorithm may."""
    block, payload = record.header("WARC-Block-Digest"), record.digest
    if block and is_digest_of(block, record.block) is False:
        return "the record does not match its block digest"
    if payload and record.kind == "response":
        _, headers, _ = read_http(record.block)
        if fits_payload(payload, split_http(record.block)[1], headers) is False:
            return "the record does not match its payload digest"
    return None
