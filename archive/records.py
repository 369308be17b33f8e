"""Reads WARC files record by record, in bounded memory and past whatever is damaged. Must not write them.

The files are gone through by their gzip members alone: no index is trusted. Foreign members are accepted, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.digests import fits_payload, is_digest_of
from archive.errors import DamagedRecord
from archive.members import CUT, Member, find_member, oddity, read_member
from archive.stored import StoredResponse, read_http, split_http

_START = b"WARC/1."
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

    `damaged` is told of every place where a record is not whole; reading goes on behind it, at the next member in which
    a record begins. `strict`: members must be as our writer packs them, down to the bits that no checksum covers.
    Raises OSError.
    """
    tell = damaged or (lambda damage: None)
    with path.open("rb") as stream:
        size = path.stat().st_size if end is None else end
        at = start
        while at < size:
            try:
                member = read_member(stream, at, size)
                record = _record(name, member, strict)
            except DamagedRecord as error:
                following = find_member(stream, at + 1, size, _START)
                # A record whose last bytes are lost looks as if the file ended in it, until another one follows.
                cut = str(error) == CUT and following < size
                tell(Damage(name, at, "the record has no end" if cut else str(error)))
                at = following
            else:
                at = member.end
                yield record


def _record(name: str, member: Member, strict: bool) -> Record:
    """Read the one record of a member. Raises DamagedRecord."""
    content = member.content
    close = content.find(_CLOSE)
    if close < 0 or not content.startswith(_START):
        raise DamagedRecord("no WARC record begins here")
    headers = _headers(content[:close])
    low = {key.lower(): value for key, value in headers.items()}
    begins = close + len(_CLOSE)
    length = low.get("content-length", "")
    if not length.isdecimal() or begins + int(length) > len(content):
        raise DamagedRecord("the record is shorter than it says")
    ends = begins + int(length)
    if content[ends:].strip(b"\r\n"):
        raise DamagedRecord("more than one record stands in one gzip member")
    record = Record(name, member.offset, len(member.packed), low.get("warc-type", ""), headers, content[begins:ends])
    what = _wrong_digest(record) or (oddity(member) if strict else None)
    if what:
        raise DamagedRecord(what)
    return record


def _headers(head: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in head.split(b"\r\n")[1:]:
        key, colon, value = line.partition(b":")
        if not colon:
            raise DamagedRecord("the record's header cannot be read")
        headers[key.decode("utf-8", "replace")] = value.strip().decode("utf-8", "surrogateescape")
    return headers


def _wrong_digest(record: Record) -> str | None:
    """Say which digest does not match (WARC 1.1, sections 5.8 and 5.9); one of an unknown algorithm may."""
    block, payload = record.header("WARC-Block-Digest"), record.digest
    if block and is_digest_of(block, record.block) is False:
        return "the record does not match its block digest"
    if payload and _has_payload(record, payload) is False:
        return "the record does not match its payload digest"
    return None


def _has_payload(record: Record, payload: str) -> bool | None:
    """Say whether a record's payload has the digest; None when it holds none, as a revisit, or nobody can say."""
    if record.kind == "resource":
        return is_digest_of(payload, record.block)
    if record.kind != "response":
        return None
    _, headers, _ = read_http(record.block)
    return fits_payload(payload, split_http(record.block)[1], headers)
