"""WARC/1.1 files: writes records, finishes and repairs files, reads answers back. Must not know HTML or the database.

An unfinished file ends in `.open`; finishing is a rename. Every record is a gzip member of its own (WARC 1.1, annex D).
"""

from __future__ import annotations

import hashlib
import io
import os
import uuid
import zlib
from base64 import b32encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import IO

from fastwarc.warc import WarcRecord, WarcRecordType

from archive.errors import DamagedRecord
from archive.members import FAST, STORED, pack
from archive.records import Damage, read_records
from archive.stored import StoredResponse

FOLDER = "warc"
OPEN_SUFFIX = ".open"
ROLL_BYTES = 1_000_000_000
_SAMPLE = 1024
RUN_ENDED = "press-archive:run-ended"
"""The address of the metadata record with which a run ends."""
PURGED = "Press-Archive-Purged"
"""The WARC header of a record whose content was blanked on request, with the date."""
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

Headers = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back, as on the wire: the body still has its content encoding."""

    url: str
    at: datetime
    method: str
    request_headers: tuple[tuple[str, str], ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    known: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands. `file` is relative to the archive's root and always the finished name."""

    file: str
    offset: int
    length: int
    digest: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A file that nothing is added to any more."""

    file: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier response with the same payload, which a revisit record points to."""

    url: str
    at: str
    digest: str


def payload_digest(body: bytes) -> str:
    """Return the payload digest as WARC writes it: `sha1:` and base 32."""
    return "sha1:" + b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


class WarcWriter:
    """Appends records to the archive's current WARC file, which it opens with the first one."""

    def __init__(
        self, root: Path, prefix: str, about: Mapping[str, str], roll_bytes: int = ROLL_BYTES, serial: int = 0
    ) -> None:
        self._root = root
        self._prefix = prefix
        self._about = dict(about)
        self._roll_bytes = roll_bytes
        self._stream: IO[bytes] | None = None
        self._name = ""
        self._position = 0
        self._serial = serial
        self._hash = hashlib.sha256()
        self.finished: list[Finished] = []
        """The files finished so far; whoever writes them down empties the list."""

    def write(self, exchange: Exchange, earlier: Earlier | None = None) -> Place:
        """Append metadata, request and response records; with `earlier` the response becomes a revisit.

        The response is the last, so that whoever finds it finds all of them. Returns its place. Nothing is durable
        before `sync`. Raises OSError.
        """
        self._ensure_open(exchange.at)
        response = _response_record(exchange, earlier)
        if exchange.known:
            self._append(_metadata_record(exchange.url, exchange.at, exchange.known, response.record_id))
        self._append(_request_record(exchange, response.record_id))
        return self._append(response, earlier.digest if earlier else payload_digest(exchange.body))

    def note(self, url: str, at: datetime, known: Mapping[str, str]) -> Place:
        """Append a metadata record about an address that gave no response."""
        self._ensure_open(at)
        return self._append(_metadata_record(url, at, known, None))

    def copy(self, members: bytes, at: datetime) -> Place:
        """Append whole records, each a gzip member already, as another tool's captures are packed."""
        self._ensure_open(at)
        return self._append_packed(members)

    def sync(self) -> None:
        """Bring all that was written to the disk; the database may point to it afterwards. Raises OSError."""
        if self._stream:
            self._stream.flush()
            os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Sync and close the current file, leaving it unfinished. Raises OSError."""
        if self._stream:
            self.sync()
            self._stream.close()
            self._stream = None

    def abandon(self) -> None:
        """Leave the current file as it is, after a write or sync failed: the next run cuts off what is not whole."""
        stream, self._stream = self._stream, None
        if stream:
            with suppress(OSError):
                stream.close()

    def finish(self) -> None:
        """Close the current file and give it its finished name. Raises OSError."""
        if self._stream:
            self.close()
            finished = self._root / FOLDER / self._name
            os.replace(finished.with_name(self._name + OPEN_SUFFIX), finished)
            sync_folder(finished.parent)
            self.finished.append(Finished(f"{FOLDER}/{self._name}", self._position, self._hash.hexdigest()))

    def _ensure_open(self, at: datetime) -> None:
        if self._stream and self._position >= self._roll_bytes:
            self.finish()
        if self._stream:
            return
        folder = self._root / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self._name = self._free_name(folder, at)
        self._stream = (folder / (self._name + OPEN_SUFFIX)).open("xb")
        self._position = 0
        self._hash = hashlib.sha256()
        self._append(_warcinfo_record(self._name, at, self._about))

    def _free_name(self, folder: Path, at: datetime) -> str:
        while True:
            name = f"{self._prefix}-{at:%Y%m%d%H%M%S}-{self._serial:05d}.warc.gz"
            self._serial += 1
            if not (folder / name).exists() and not (folder / (name + OPEN_SUFFIX)).exists():
                return name

    def _append(self, record: WarcRecord, digest: str = "") -> Place:
        return self._append_packed(as_member(record), digest)

    def _append_packed(self, members: bytes, digest: str = "") -> Place:
        assert self._stream
        place = Place(f"{FOLDER}/{self._name}", self._position, len(members), digest)
        self._stream.write(members)
        self._hash.update(members)
        self._position += len(members)
        return place


def as_member(record: WarcRecord) -> bytes:
    """Write a record as a gzip member of its own, with a digest of its block.

    FastWARC's own compressor costs 0.3 ms a member before it has written a byte; zlib's costs a hundredth of that.
    """
    buffer = io.BytesIO()
    record.write(buffer, checksum_data=True)
    content = buffer.getvalue()
    return pack(content, STORED if _is_dense(content) else FAST)


def _is_dense(content: bytes) -> bool:
    """Say whether a record holds what is compressed already: trying again costs more than all else for nothing."""
    middle = len(content) // 2
    sample = content[middle : middle + _SAMPLE]
    return len(sample) == _SAMPLE and len(zlib.compress(sample, FAST)) > _SAMPLE


def _record(kind: WarcRecordType, content_type: str, block: bytes, at: datetime, url: str | None = None) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(record_type=kind, record_urn=f"uuid:{uuid.uuid4()}".encode())
    record.headers["WARC-Date"] = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    if url:
        record.headers["WARC-Target-URI"] = url
    record.headers["Content-Type"] = content_type
    record.set_bytes_content(block)
    return record


def _response_record(exchange: Exchange, earlier: Earlier | None) -> WarcRecord:
    head = _http_head(f"HTTP/1.1 {exchange.status} {_phrase(exchange.status)}", exchange.headers)
    kind = "application/http; msgtype=response"
    if earlier is None and exchange.status != HTTPStatus.NOT_MODIFIED:
        record = _record(WarcRecordType.response, kind, head + exchange.body, exchange.at, exchange.url)
        record.headers["WARC-Payload-Digest"] = payload_digest(exchange.body)
        return record
    record = _record(WarcRecordType.revisit, kind, head, exchange.at, exchange.url)
    record.headers["WARC-Profile"] = NOT_MODIFIED if exchange.status == HTTPStatus.NOT_MODIFIED else SAME_PAYLOAD
    record.headers["WARC-Payload-Digest"] = earlier.digest if earlier else payload_digest(exchange.body)
    if earlier:
        record.headers["WARC-Refers-To-Target-URI"] = earlier.url
        record.headers["WARC-Refers-To-Date"] = earlier.at.replace("+00:00", "Z")
    return record


def _request_record(exchange: Exchange, response_id: str | None) -> WarcRecord:
    target = "/" + exchange.url.split("://", 1)[-1].partition("/")[2].partition("#")[0]
    head = _http_head(f"{exchange.method} {target} HTTP/1.1", exchange.request_headers)
    record = _record(WarcRecordType.request, "application/http; msgtype=request", head, exchange.at, exchange.url)
    if response_id:
        record.headers["WARC-Concurrent-To"] = response_id
    return record


def _metadata_record(url: str, at: datetime, known: Mapping[str, str], response_id: str | None) -> WarcRecord:
    block = "".join(f"{name}: {value}\r\n" for name, value in known.items()).encode()
    record = _record(WarcRecordType.metadata, "application/warc-fields", block, at, url)
    if response_id:
        record.headers["WARC-Concurrent-To"] = response_id
    return record


def _warcinfo_record(name: str, at: datetime, about: Mapping[str, str]) -> WarcRecord:
    fields = {"format": "WARC File Format 1.1", **about}
    block = "".join(f"{key}: {value}\r\n" for key, value in fields.items()).encode()
    record = _record(WarcRecordType.warcinfo, "application/warc-fields", block, at)
    record.headers["WARC-Filename"] = name
    return record


def _http_head(first_line: str, headers: Headers) -> bytes:
    lines = [first_line, *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def weigh(root: Path, file: str) -> Finished:
    """Return a finished file's size and SHA-256. Raises OSError."""
    with (root / file).open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
        return Finished(file, stream.tell(), digest.hexdigest())


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_file(root: Path, warc_file: str) -> Path:
    """Return the path under which a record's file now stands: finished, or still open. Raises DamagedRecord."""
    finished = root / warc_file
    for path in (finished, finished.with_name(finished.name + OPEN_SUFFIX)):
        if path.exists():
            return path
    raise DamagedRecord(f"{warc_file} is missing: put it back from a backup")


def read_response(root: Path, warc_file: str, offset: int, length: int) -> StoredResponse:
    """Read one answer back. Raises DamagedRecord when its record is cut, changed or not there."""
    found: list[Damage] = []
    path = open_file(root, warc_file)
    record = next(read_records(path, warc_file, offset, offset + length, damaged=found.append), None)
    if record is None or record.offset != offset:
        what = found[0].what if found else "no record begins there"
        raise DamagedRecord(f"{warc_file} at {offset}: {what}: put the file back from a backup")
    return record.stored()


def repair_open_files(root: Path) -> list[Path]:
    """Cut a torn tail off every unfinished file and finish it; return the finished paths.

    Appending after a torn record would make all later records unreadable, so nothing is ever appended to such a file.
    """
    finished = []
    for path in sorted((root / FOLDER).glob(f"*{OPEN_SUFFIX}")):
        whole = whole_length(path)
        if whole == 0:
            path.unlink()
            continue
        with path.open("rb+") as stream:
            stream.truncate(whole)
            os.fsync(stream.fileno())
        target = path.with_name(path.name.removesuffix(OPEN_SUFFIX))
        os.replace(path, target)
        finished.append(target)
    if finished:
        sync_folder(root / FOLDER)
    return finished


def whole_length(path: Path) -> int:
    """Return the number of bytes up to the end of the last record before the first that is cut or damaged."""
    found: list[Damage] = []
    end = 0
    for record in read_records(path, path.name, damaged=found.append):
        if found:
            break
        end = record.offset + record.length
    return min(end, found[0].offset) if found else end
