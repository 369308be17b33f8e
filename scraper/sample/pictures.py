"""Draws the sample publication's pictures: small PNG files, another for each number. Must not read files."""

from __future__ import annotations

import hashlib
import struct
import zlib

_WIDTH, _HEIGHT = 120, 80


def picture(number: int) -> bytes:
    """Draw a picture of two flat colours made of `number` (PNG, 8 bits a channel)."""
    colours = hashlib.sha256(str(number).encode()).digest()
    sky, ground = colours[:3] * _WIDTH, colours[3:6] * _WIDTH
    horizon = _HEIGHT // 3 + colours[6] % (_HEIGHT // 3)
    rows = b"".join(b"\0" + (sky if row < horizon else ground) for row in range(_HEIGHT))
    head = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    parts = (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
