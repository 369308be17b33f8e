"""provisional"""

from __future__ import annotations

import zlib

import brotli
import zstandard

from archive.errors import CutShort, TooLarge


def decode_body(body, headers, limit):
    codings = [v.strip().lower() for k, val in headers if k.lower() == "content-encoding" for v in val.split(",")]
    for c in reversed(codings):
        if c in ("gzip", "x-gzip") and body[:2] == b"\x1f\x8b":
            d = zlib.decompressobj(31)
            out = d.decompress(body, limit + 1)
            if len(out) > limit:
                raise TooLarge("x")
            if not d.eof:
                raise CutShort("x")
            body = out
        elif c == "deflate":
            body = zlib.decompress(body)
        elif c == "br":
            body = brotli.decompress(body)
        elif c == "zstd":
            body = zstandard.ZstdDecompressor().decompressobj().decompress(body)
    if len(body) > limit:
        raise TooLarge("x")
    return body
