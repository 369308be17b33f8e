"""Undoes the content codings and character sets of kept bodies, within bounds. Must not read files."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable

import brotli
import zstandard
from w3lib.encoding import html_to_unicode

from archive.errors import CutShort, TooLarge

_CHUNK = 64 * 1024
_STEP = 64
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_AUTO, _ZLIB, _RAW = 31, 15, -15
"""zlib's window bits for gzip, zlib and raw deflate streams."""


def decode_body(body: bytes, headers: Iterable[tuple[str, str]], limit: int) -> bytes:
    """Undo a body's content codings, the last applied first (RFC 9110, section 8.4).

    A body that is not coded as its header says stays as it is, as does one in a coding that nobody knows. Raises
    TooLarge when more than `limit` bytes come out, before they do, and CutShort when a stream ends before its end.
    """
    names = (value for name, value in headers if name.lower() == "content-encoding")
    codings = [coding.strip().lower() for value in names for coding in value.split(",")]
    for coding in reversed(codings):
        decoder = _DECODERS.get(coding)
        if decoder and body:
            body = decoder(body, limit)
    if len(body) > limit:
        raise TooLarge(f"the body is larger than {limit} bytes")
    return body


def page_text(content: bytes, content_type: str | None) -> str:
    """Decode a page: by byte order mark, header, meta element; else as UTF-8, else as windows-1252.

    What is surely UTF-8 is read as UTF-8, whatever is declared.
    """
    try:
        text = content.decode("utf-8-sig")
        if not text.isascii():
            return text
    except UnicodeDecodeError:
        pass
    decoded: str = html_to_unicode(content_type, content, auto_detect_fun=lambda _: "cp1252")[1]
    return decoded


def _gunzip(body: bytes, limit: int) -> bytes:
    if not body.startswith(_GZIP_MAGIC):
        return body
    parts: list[bytes] = []
    while body.startswith(_GZIP_MAGIC):
        content, body = _inflate(body, limit - sum(map(len, parts)), _AUTO)
        parts.append(content)
    return b"".join(parts)


def _inflate(body: bytes, limit: int, wbits: int) -> tuple[bytes, bytes]:
    """Inflate one stream; return its content and what stands behind it."""
    inflate = zlib.decompressobj(wbits=wbits)
    try:
        content = inflate.decompress(body, limit + 1)
    except zlib.error as error:
        raise CutShort(f"the body cannot be inflated ({error})") from error
    if len(content) > limit:
        raise TooLarge(f"the body is larger than {limit} bytes")
    if not inflate.eof:
        raise CutShort("the body ends before its end")
    return content, inflate.unused_data


def _undeflate(body: bytes, limit: int) -> bytes:
    # The name means zlib's format; many servers send raw deflate streams under it.
    for wbits in (_ZLIB, _RAW):
        try:
            return _inflate(body, limit, wbits)[0]
        except CutShort as error:
            failure = error
    raise failure


def _unbrotli(body: bytes, limit: int) -> bytes:
    decoder = brotli.Decompressor()
    content = bytearray()
    try:
        for at in range(0, len(body), _CHUNK):
            content += decoder.process(body[at : at + _CHUNK], output_buffer_limit=limit + 1)
            while not decoder.can_accept_more_data() and len(content) <= limit:
                content += decoder.process(b"", output_buffer_limit=limit + 1)
            if len(content) > limit:
                raise TooLarge(f"the body is larger than {limit} bytes")
    except brotli.error:
        if content:
            raise CutShort("the body cannot be read as brotli") from None
        return body
    if not decoder.is_finished():
        raise CutShort("the body ends before its end")
    return bytes(content)


def _unzstd(body: bytes, limit: int) -> bytes:
    if not body.startswith(_ZSTD_MAGIC):
        return body
    decoder = zstandard.ZstdDecompressor(max_window_size=8 * 1024 * 1024).decompressobj()
    content = bytearray()
    try:
        # Four bytes of a bomb give 128 KB: small steps bound what comes out at once.
        for at in range(0, len(body), _STEP):
            content += decoder.decompress(body[at : at + _STEP])
            if len(content) > limit:
                raise TooLarge(f"the body is larger than {limit} bytes")
    except zstandard.ZstdError as error:
        raise CutShort(f"the body cannot be read as zstd ({error})") from error
    if not decoder.eof:
        raise CutShort("the body ends before its end")
    return bytes(content)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
