"""The records of other tools' WARC files, one after another, past whatever is damaged. Must not judge them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

from archive.errors import DamagedRecord
from archive.heads import Head, parse_head
from archive.unpacking import BEGINNING, Plain, Unpacked, unpacked
from archive.warc_parts import WarcPart, open_part

MAX_BLOCK = 1 << 26
"""Bytes of a record's block that are read: no page is larger."""
_MAX_LINE = 1 << 16
_MAX_LINES = 1000
_BUFFER = 1 << 16
_EMPTY = (b"\r\n", b"\n")


@dataclass(frozen=True, slots=True)
class ForeignRecord:
    """A whole record. `block` is None when nobody asked for it or it is larger than MAX_BLOCK."""

    head: Head
    block: bytes | None
    length: int
    offset: int

    @property
    def kind(self) -> str:
        """Return the record's type."""
        return (self.head.get("WARC-Type") or "").lower()

    @property
    def url(self) -> str:
        """Return what was asked for; wget writes it in angle brackets, as the grammar of WARC 1.0 wanted it."""
        return (self.head.get("WARC-Target-URI") or "").strip("<> ")


Wants = Callable[[Head], bool]
Report = Callable[[str], None]
Advance = Callable[[int], None]


def read_foreign(part: WarcPart, wants: Wants, report: Report, advance: Advance) -> Iterator[ForeignRecord]:
    """Read every whole record of a WARC file; `wants` says by its head whether a record's block is read.

    `report` is told of each damage in half a sentence that names the file and the offset, `advance` where in the packed
    file reading stands. WARC 0.17 to 1.1. Memory is bounded by MAX_BLOCK. Raises OSError.
    """
    with closing(open_part(part)) as stored:
        records = _Records(unpacked(stored, part.name), wants)
        while True:
            try:
                record = records.next()
            except (DamagedRecord, EOFError) as error:
                report(f"{part.name} at {records.offset}: {_said(error)}")
                if not records.recover():
                    return
                continue
            advance(stored.tell())
            if record is None:
                return
            yield record


def _said(error: Exception) -> str:
    return "the record is cut off" if isinstance(error, EOFError) else str(error)


class _Records:
    """Reads records from an unpacked stream. `offset` is where the record stands that was read or tried last."""

    def __init__(self, stretch: Plain | Unpacked, wants: Wants) -> None:
        self._stretch = stretch
        self._wants = wants
        self.offset = 0
        self._start()

    def _start(self) -> None:
        self._stream = io.BufferedReader(self._stretch, _BUFFER)
        self._consumed = self._mark = 0
        self._cut = False

    def recover(self) -> bool:
        """Go to the next record behind a damaged one; False when there is none."""
        self._stream.detach()
        found = self._stretch.recover(self.offset + 1)
        self._start()
        return found

    def next(self) -> ForeignRecord | None:
        """Read the next record, None at the end. Raises DamagedRecord, EOFError."""
        if self._cut:
            raise EOFError
        try:
            line = self._first_line()
        finally:
            self.offset = self._stretch.place(self._mark)
        if not line:
            return None
        if not line.startswith(BEGINNING):
            raise DamagedRecord("what stands there is no record")
        head = self._head(line)
        length = _length_of(head)
        block = self._block(head, length)
        self._check_end()
        return ForeignRecord(head, block, length, self.offset)

    def _line(self) -> bytes:
        self._mark = self._consumed
        line = self._stream.readline(_MAX_LINE)
        self._consumed += len(line)
        return line

    def _first_line(self) -> bytes:
        """Skip the empty lines behind the last record."""
        while (line := self._line()) in _EMPTY:
            pass
        return line

    def _head(self, line: bytes) -> Head:
        lines = [line]
        while line not in _EMPTY:
            line = self._line()
            if not line:
                raise EOFError
            lines.append(line)
            if len(lines) > _MAX_LINES:
                raise DamagedRecord("its head has no end")
        head = parse_head(b"".join(lines))
        assert head
        return head

    def _block(self, head: Head, length: int) -> bytes | None:
        if length <= MAX_BLOCK and self._wants(head):
            return self._read(length)
        while length:
            length -= len(self._read(min(length, _BUFFER)))
        return None

    def _read(self, length: int) -> bytes:
        data = self._stream.read(length)
        self._consumed += len(data)
        if len(data) < length:
            raise EOFError
        return data

    def _check_end(self) -> None:
        """Two line ends close a record; where something else stands, its length is wrong.

        A record that is cut behind its last byte is whole: the cut is said when the next one is asked for.
        """
        try:
            ends = self._read(2)
            if ends != b"\n\n":
                ends += self._read(2)
            if ends.strip(b"\r\n"):
                raise DamagedRecord("its length is not the one it states")
            self._stretch.settle(self._consumed)
        except EOFError:
            self._cut = True


def _length_of(head: Head) -> int:
    try:
        length = int(head.get("Content-Length") or "")
    except ValueError:
        raise DamagedRecord("its length is not stated") from None
    if length < 0:
        raise DamagedRecord("its length is not stated")
    return length
