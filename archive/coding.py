"""Undoes the content codings of kept bodies, within bounds. Must not read files or know what a page is."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator, Iterable, Iterator

import brotli
import zstandard

from archive.errors import CutShort, TooLarge

Pieces = Iterator[bytes]

_GZIP, _ZLIB, _RAW = 31, 15, -15
"""zlib's window bits for gzip, zlib and raw deflate streams."""
_GZIP_MAGIC = b"\x1f\x8b\x08"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPED = tuple(bytes((first, 0x2A, 0x4D, 0x18)) for first in range(0x50, 0x60))
_CHUNK = 64 * 1024
_FIRST_CHUNK = 256
_ZSTD_STEP = 64
"""Four bytes of a bomb give 128 KB: small steps bound what comes out at once."""
_ZSTD_WINDOW = 8 * 1024 * 1024
"""The most that a server may ask for (RFC 9659)."""
_MOST_STREAMS = 10_000
"""Servers send one, or one for each block they compressed; empty ones by the million would only cost time."""
_MOST_CODINGS = 5
"""As many as curl undoes."""
_SNIFFED = 1445
_BINARY = frozenset((*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)))
"""The binary data bytes of the WHATWG MIME Sniffing Standard, and how far it looks for them."""


def decode_body(body: bytes, headers: Iterable[tuple[str, str]], limit: int) -> bytes:
    """Undo a body's content codings, the last applied first (RFC 9110, section 8.4).

    A body that is not coded as its header says stays as it is, as does one in a coding that nobody knows; what stands
    behind the end of a coded stream is left out, as browsers do (brotli's library calls it damage). Raises TooLarge
    when more than `limit` bytes come out, before they do, and CutShort when a stream is damaged or cut.
    """
    values = (value for name, value in headers if name.lower() == "content-encoding")
    names = [name.strip().lower() for value in values for name in value.split(",")]
    codings = [_CODINGS[name] for name in reversed(names) if name in _CODINGS]
    if len(codings) > _MOST_CODINGS:
        raise TooLarge(f"the body is coded {len(codings)} times")
    for coding in codings:
        if body:
            body = _undone(coding, body, limit)
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _undone(coding: Callable[[bytes], Pieces], body: bytes, limit: int) -> bytes:
    content = bytearray()
    try:
        for piece in coding(body):
            content += piece
            if len(content) > limit:
                raise _too_large(limit)
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        if _BINARY.isdisjoint(body[:_SNIFFED]):
            return body
        raise CutShort(f"the body cannot be decoded ({error})") from error
    return bytes(content)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the body is larger than {limit} bytes")


def _unzipped(body: bytes) -> Pieces:
    """Inflate gzip members in a row (RFC 1952, section 2.2)."""
    view, at = memoryview(body), 0
    if not _may_be(body, _GZIP_MAGIC):
        yield body
        return
    for _ in range(_MOST_STREAMS):
        at += yield from _inflated(view[at:], _GZIP)
        if not body.startswith(_GZIP_MAGIC, at):
            return
    raise TooLarge(f"the body comes in more than {_MOST_STREAMS} streams")


def _undeflated(body: bytes) -> Pieces:
    """Inflate one stream. The coding's name means zlib's format; many servers send raw deflate streams under it."""
    yield from _inflated(memoryview(body), _ZLIB if _has_zlib_head(body) else _RAW)


def _has_zlib_head(body: bytes) -> bool:
    """Look for compression method 8 and the check sum of the head (RFC 1950, section 2.2)."""
    return body[0] & 0x0F == 8 and (len(body) == 1 or int.from_bytes(body[:2]) % 31 == 0)


def _inflated(stream: memoryview, wbits: int) -> Generator[bytes, None, int]:
    """Inflate one stream and return its length in bytes."""
    inflate = zlib.decompressobj(wbits=wbits)
    at, size = 0, _FIRST_CHUNK
    while not inflate.eof:
        pending = bytes(stream[at : at + size])
        if not pending:
            raise CutShort("the body ends before its end")
        at += len(pending)
        # Small at first: what follows a short stream is copied with it.
        size = min(2 * size, _CHUNK)
        while True:
            piece = inflate.decompress(pending, _CHUNK)
            yield piece
            pending = inflate.unconsumed_tail
            if not pending and len(piece) < _CHUNK:
                break
    return at - len(inflate.unused_data)


def _unbrotlied(body: bytes) -> Pieces:
    """Decode one brotli stream (RFC 7932)."""
    decoder = brotli.Decompressor()
    for at in range(0, len(body), _CHUNK):
        piece = decoder.process(body[at : at + _CHUNK], output_buffer_limit=_CHUNK)
        while piece or not decoder.can_accept_more_data():
            yield piece
            piece = decoder.process(b"", output_buffer_limit=_CHUNK)
    if not decoder.is_finished():
        raise CutShort("the body ends before its end")


def _unzstandarded(body: bytes) -> Pieces:
    """Decode zstd frames in a row, those to be skipped included (RFC 8878, section 3.1)."""
    if not any(_may_be(body, magic) for magic in (_ZSTD_MAGIC, *_ZSTD_SKIPPED)):
        yield body
        return
    decoder, at = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW), 0
    for _ in range(_MOST_STREAMS):
        at += yield from _framed(decoder, memoryview(body)[at:])
        if not body.startswith((_ZSTD_MAGIC, *_ZSTD_SKIPPED), at):
            return
    raise TooLarge(f"the body comes in more than {_MOST_STREAMS} streams")


def _framed(decoder: zstandard.ZstdDecompressor, stream: memoryview) -> Generator[bytes, None, int]:
    """Decode one frame and return its length in bytes."""
    frame = decoder.decompressobj()
    at = 0
    while not frame.eof:
        step = bytes(stream[at : at + _ZSTD_STEP])
        if not step:
            raise CutShort("the body ends before its end")
        at += len(step)
        yield frame.decompress(step)
    return at - len(frame.unused_data)


def _may_be(body: bytes, magic: bytes) -> bool:
    """Say whether a body begins as its format does, as far as it goes."""
    return body[: len(magic)] == magic[: len(body)]


_CODINGS: dict[str, Callable[[bytes], Pieces]] = {
    "gzip": _unzipped,
    "x-gzip": _unzipped,
    "deflate": _undeflated,
    "br": _unbrotlied,
    "zstd": _unzstandarded,
}
