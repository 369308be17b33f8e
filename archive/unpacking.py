"""What WARC files are packed in: gzip or Zstandard, a record or a file at a time. Must not know records or files."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

import zstandard

from archive.errors import DamagedRecord

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
ZIP = b"PK\x03\x04"
BEGINNING = b"WARC/"
# A skippable frame at the beginning holds the dictionary of all others (the .warc.zst proposal of IIPC).
ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"
_PLAIN_BEGINNING = re.compile(rb"(?<=\n)WARC/[01]\.\d")
_SEARCH = 1 << 20
_WINDOW = 1 << 27
"""Bytes of memory that one Zstandard frame may ask for."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How records are packed: what a member begins with, what unpacks one, how many bytes it is given at a time.

    What one call may unpack is bounded by what it is given: 1000 times as much for gzip, 128 KiB for 4 bytes of zstd.
    """

    magic: bytes
    unpack: Callable[[], Any]
    chunk: int


_GZIP_PACKING = Packing(GZIP + b"\x08", lambda: zlib.decompressobj(wbits=31), 1 << 14)


class Plain(io.RawIOBase):
    """A stream that is not packed."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._start = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some bytes."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def place(self, consumed: int) -> int:
        """Say where the data stands that begins after `consumed` bytes."""
        return self._start + consumed

    def settle(self, consumed: int) -> None:
        """Do nothing: there are no members."""

    def recover(self, after: int) -> bool:
        """Go to the first line at or behind an offset that begins a record."""
        for offset, block in _blocks(self._stream, max(after - 1, 0), overlap=len(BEGINNING) + 4):
            if match := _PLAIN_BEGINNING.search(block, pos=1 if offset < after else 0):
                self._start = offset + match.start()
                self._stream.seek(self._start)
                return True
        return False


class Unpacked(io.RawIOBase):
    """A stream whose members are unpacked one after another. No read reaches into the next member.

    A read raises EOFError where the stream ends inside of a member, DamagedRecord where it is changed.
    """

    def __init__(self, stream: IO[bytes], packing: Packing) -> None:
        self._stream = stream
        self._packing = packing
        self._member: Any = None
        self._member_at = 0
        self._fed = stream.tell()
        self._given = 0
        self._waiting = b""
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some unpacked bytes."""
        while not self._ready:
            if self._member is None and not self._begin():
                return 0
            self._unpack()
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        self._given += size
        return size

    def place(self, consumed: int) -> int:
        """Say where the present member begins."""
        return self._member_at

    def settle(self, consumed: int) -> None:
        """Check the member when all of it was consumed: unpack on until it ends or has more to give."""
        while self._given == consumed and self._member is not None and not self._ready:
            self._unpack()

    def recover(self, after: int) -> bool:
        """Go to the first member at or behind an offset that holds records."""
        magic = re.compile(re.escape(self._packing.magic))
        for offset, block in _blocks(self._stream, after, overlap=len(self._packing.magic) - 1):
            for match in magic.finditer(block):
                if self._holds_record(offset + match.start()):
                    return True
        return False

    def _feed(self) -> bytes:
        data = self._stream.read(self._packing.chunk)
        self._fed += len(data)
        return data

    def _begin(self) -> bool:
        self._waiting = self._waiting or self._feed()
        while self._waiting and len(self._waiting) < len(self._packing.magic) and (more := self._feed()):
            self._waiting += more
        if not self._waiting.strip(b"\0"):
            return False
        self._member_at = self._fed - len(self._waiting)
        if not self._waiting.startswith(self._packing.magic):
            raise DamagedRecord("what stands there is no record")
        self._member = self._packing.unpack()
        return True

    def _unpack(self) -> None:
        data, self._waiting = self._waiting or self._feed(), b""
        if not data:
            raise EOFError
        try:
            self._ready = memoryview(self._member.decompress(data))
        except (zlib.error, zstandard.ZstdError) as error:
            raise DamagedRecord(f"it cannot be unpacked ({error})") from error
        if self._member.eof:
            self._waiting, self._member = self._member.unused_data, None

    def _holds_record(self, offset: int) -> bool:
        self._go_to(offset)
        try:
            self.settle(0) if self._begin() else None
            found = bytes(self._ready[: len(BEGINNING)]) == BEGINNING
        except (DamagedRecord, EOFError):
            found = False
        self._go_to(offset)
        return found

    def _go_to(self, offset: int) -> None:
        self._stream.seek(offset)
        self._fed = self._member_at = offset
        self._given = 0
        self._waiting, self._ready, self._member = b"", memoryview(b""), None


def _blocks(stream: IO[bytes], start: int, overlap: int) -> Iterator[tuple[int, bytes]]:
    """Read from an offset on in blocks that overlap, each with its offset; the stream may be moved meanwhile."""
    while True:
        stream.seek(start)
        block = stream.read(_SEARCH)
        if len(block) <= overlap:
            return
        yield start, block
        start += len(block) - overlap


def unpacked(stream: IO[bytes], name: str) -> Plain | Unpacked:
    """Unpack a stream by what it begins with; its name counts where the beginning is damaged. Raises OSError."""
    magic = stream.read(4)
    stream.seek(0)
    if BEGINNING.startswith(magic):
        return Plain(stream)
    if magic in (ZSTD, ZSTD_DICTIONARY) or name.lower().endswith(".zst"):
        return Unpacked(stream, _zstd_packing(stream))
    if magic.startswith((GZIP, ZIP)) or name.lower().endswith(".gz"):
        # A WACZ without its directory is read like gzip with other things in between.
        return Unpacked(stream, _GZIP_PACKING)
    return Plain(stream)


def _zstd_packing(stream: IO[bytes]) -> Packing:
    dictionary = None
    if stream.read(4) == ZSTD_DICTIONARY:
        data = stream.read(int.from_bytes(stream.read(4), "little"))
        if data.startswith(ZSTD):
            data = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj().decompress(data)
        dictionary = zstandard.ZstdCompressionDict(data)
    else:
        stream.seek(0)
    unpacker = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=_WINDOW)
    return Packing(ZSTD, unpacker.decompressobj, 1 << 10)
