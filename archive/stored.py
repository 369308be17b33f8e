"""An answer as its WARC record holds it: status, headers, the body without its transfer coding. Must not read files."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.transfer import is_chunked, joined_chunks

_CLOSE = re.compile(rb"\r?\n\r?\n")
_LINE = re.compile(rb"\r?\n")
"""Old tools ended lines without a carriage return."""


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response read back: decoded from its transfer, with its content encoding still on."""

    url: str
    at: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first header called `name`, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def read_http(block: bytes) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """Read an HTTP answer: status (0 when there is none), headers, and the body with its chunks joined."""
    head, body = split_http(block)
    first, *lines = _LINE.split(head)
    status = first.split(b" ", 2)[1:2]
    headers = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if colon:
            headers.append((name.strip().decode("latin-1"), value.strip().decode("utf-8", "surrogateescape")))
    number = int(status[0]) if status and status[0].isdigit() else 0
    return number, tuple(headers), joined_chunks(body)[0] if is_chunked(headers) else body


def split_http(block: bytes) -> tuple[bytes, bytes]:
    """Split an HTTP answer into its head and its body, with the chunks that this may have."""
    close = _CLOSE.search(block)
    return (block[: close.start()], block[close.end() :]) if close else (block, b"")
