"""Bodies in chunks, as they travel over the wire (RFC 9112, section 7.1). Must not know content codings."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


def is_chunked(headers: Iterable[tuple[str, str]]) -> bool:
    """Say whether an answer's headers call its body chunked."""
    return any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers)


def joined_chunks(body: bytes) -> tuple[bytes, bool]:
    """Join a body's chunks and say whether the last one came.

    Tools that join the chunks and keep the header leave a body that begins with no chunk: it comes back as it is.
    """
    pieces: list[bytes] = []
    position = 0
    while size := _SIZE.match(body, position):
        start, length = size.end(), int(size[1], 16)
        if length == 0:
            return b"".join(pieces), True
        if start + length > len(body):
            return b"".join([*pieces, body[start:]]), False
        if body[start + length : start + length + 2] != b"\r\n" and not pieces:
            return body, True
        pieces.append(body[start : start + length])
        position = start + length + 2
    return (b"".join(pieces), False) if pieces else (body, True)
