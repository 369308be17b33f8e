"""Gzip members (RFC 1952), of which a WARC file consists: packs them, reads them, finds the next one behind damage.

Must not know what is in them.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import IO

from archive.errors import DamagedRecord

MAX_CONTENT = 1 << 28
"""Bytes that a member may unpack to; no record of ours has a quarter of it."""
CUT = "the file is cut off in this record"
_MAGIC = b"\x1f\x8b\x08"
_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\x04\x03"
"""No time and no name, the fastest compression, Unix: what zlib writes at its levels 0 and 1, on every machine here."""
_FILLED = b"\x1f\x8b\x08\x08\0\0\0\0\x04\x03"
"""The same, with a file name to follow: it fills the member up to a length."""
_FILLER = b"-"
_TRAILER = struct.Struct("<II")
STORED, FAST, _BEST = 0, 1, 9
"""zlib's levels."""
_GZIP = 31
_CHUNK = 1 << 16
_FIRST_CHUNK = 1 << 12
_STORED_HEAD = 5


@dataclass(frozen=True, slots=True)
class Member:
    """A whole member: where it stands, its bytes as packed, and what is in it."""

    offset: int
    packed: bytes
    content: bytes

    @property
    def end(self) -> int:
        """Return where the next member begins."""
        return self.offset + len(self.packed)


def pack(content: bytes, level: int) -> bytes:
    """Return `content` as a member; `level` is STORED or FAST."""
    return _HEADER + _deflated(content, level) + _TRAILER.pack(zlib.crc32(content), len(content))


def pack_to(length: int, content: bytes) -> bytes:
    """Return `content` as a member of exactly `length` bytes. Raises ValueError when it does not fit.

    What is missing is filled up in the member's file name field (RFC 1952, section 2.3.1), which readers skip.
    """
    body = _deflated(content, _BEST) + _TRAILER.pack(zlib.crc32(content), len(content))
    filler = length - len(_FILLED) - 1 - len(body)
    if filler < 0:
        raise ValueError(f"a record of {length} bytes has no room for its own head")
    return _FILLED + _FILLER * filler + b"\0" + body


def _deflated(content: bytes, level: int) -> bytes:
    compressor = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush()


def read_member(stream: IO[bytes], at: int, end: int) -> Member:
    """Read the member that begins at `at`; nothing behind `end` is read.

    Raises DamagedRecord when it is cut, does not unpack, has another checksum, or is larger than MAX_CONTENT.
    """
    stream.seek(at)
    inflate = zlib.decompressobj(wbits=_GZIP)
    packed: list[bytes] = []
    content: list[bytes] = []
    position, unpacked, size = at, 0, _FIRST_CHUNK
    while not inflate.eof:
        chunk = stream.read(min(size, end - position))
        if not chunk:
            raise DamagedRecord(CUT)
        try:
            content.append(inflate.decompress(chunk))
        except zlib.error as error:
            raise DamagedRecord(f"the record cannot be unpacked ({str(error).partition(': ')[2] or error})") from error
        packed.append(chunk)
        position += len(chunk)
        unpacked += len(content[-1])
        if unpacked > MAX_CONTENT:
            raise DamagedRecord(f"the record unpacks to more than {MAX_CONTENT} bytes")
        # What is read beyond a member's end is read again: most members are small.
        size = min(2 * size, _CHUNK)
    return Member(at, b"".join(packed)[: position - at - len(inflate.unused_data)], b"".join(content))


def find_member(stream: IO[bytes], at: int, end: int, beginning: bytes) -> int:
    """Return where, from `at` on, the next member stands that begins with `beginning`; `end` when there is none."""
    window, begins = b"", at
    while begins + len(window) < end:
        stream.seek(begins + len(window))
        chunk = stream.read(min(_CHUNK, end - begins - len(window)))
        if not chunk:
            break
        window += chunk
        place = window.find(_MAGIC)
        while place >= 0:
            if _begins_with(stream, begins + place, end, beginning):
                return begins + place
            place = window.find(_MAGIC, place + 1)
        kept = window[-len(_MAGIC) + 1 :]
        begins, window = begins + len(window) - len(kept), kept
    return end


def _begins_with(stream: IO[bytes], at: int, end: int, beginning: bytes) -> bool:
    stream.seek(at)
    inflate = zlib.decompressobj(wbits=_GZIP)
    found = b""
    try:
        while len(found) < len(beginning) and not inflate.eof and at < end:
            chunk = stream.read(min(_FIRST_CHUNK, end - at))
            if not chunk:
                break
            at += len(chunk)
            found += inflate.decompress(chunk, len(beginning) - len(found))
    except zlib.error:
        return False
    return found == beginning


def oddity(member: Member) -> str | None:
    """Say what in a member's bytes is not as `pack` and `pack_to` write them, though it unpacks without complaint.

    That is: the header's fields, what fills a member up, and the bits of the deflate stream that mean nothing
    (RFC 1951, section 3.2.4), which zlib leaves zero. The checksum covers none of them.
    """
    packed = member.packed
    begins = len(_HEADER)
    if packed.startswith(_FILLED):
        name, _, _ = packed[begins:].partition(b"\0")
        begins += len(name) + 1
        if name.strip(_FILLER):
            return "what fills this record up is not as it was written"
    elif not packed.startswith(_HEADER):
        return "the record's gzip header is not as it was written"
    if _has_stray_bit_between(packed, begins) or _has_stray_bit_behind(member):
        return "bits that mean nothing are not as they were written in this record"
    return None


def _has_stray_bit_between(packed: bytes, at: int) -> bool:
    """Look at the bits that fill up the bytes in which stored blocks begin, as far as all blocks are stored."""
    last = len(packed) - _TRAILER.size
    while at + _STORED_HEAD <= last and not packed[at] & 0b110:
        if packed[at] >> 3:
            return True
        if packed[at] & 1:
            return False
        at += _STORED_HEAD + int.from_bytes(packed[at + 1 : at + 3], "little")
    return False


def _has_stray_bit_behind(member: Member) -> bool:
    """Say whether the member unpacks to the same without the highest bit that is set in its last byte of data."""
    last = len(member.packed) - _TRAILER.size - 1
    value = member.packed[last]
    if not value:
        return False
    without = bytearray(member.packed)
    without[last] = value ^ 1 << (value.bit_length() - 1)
    try:
        return zlib.decompress(without, _GZIP) == member.content
    except zlib.error:
        return False


def is_suspect(member: Member) -> bool:
    """Say whether a member's bytes are not those that packing its content gives.

    Some bits can be flipped and nothing that unpacks it complains: those that name one of two places with the same
    words. Only the zlib that packed it can say so for certain; with another, all members of a file are suspects.
    """
    if member.packed.startswith(_FILLED):
        return pack_to(len(member.packed), member.content) != member.packed
    return all(pack(member.content, level) != member.packed for level in (STORED, FAST))
