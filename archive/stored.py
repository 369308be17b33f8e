"""An answer as its WARC record holds it: status, headers, the body without its transfer coding. Must not read files."""

from __future__ import annotations

from dataclasses import dataclass

_CLOSE = b"\r\n\r\n"


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
    head, _, body = block.partition(_CLOSE)
    first, *lines = head.split(b"\r\n")
    status = first.split(b" ", 2)[1:2]
    headers = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if colon:
            headers.append((name.strip().decode("latin-1"), value.strip().decode("utf-8", "surrogateescape")))
    chunked = any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers)
    number = int(status[0]) if status and status[0].isdigit() else 0
    return number, tuple(headers), _joined(body) if chunked else body


def _joined(body: bytes) -> bytes:
    """Join the chunks of a body (RFC 9112, section 7.1); one that is not chunked after all stays as it is."""
    parts: list[bytes] = []
    at = 0
    while True:
        line, close, _ = body[at : at + 1024].partition(b"\r\n")
        try:
            size = int(line.partition(b";")[0].strip(), 16)
        except ValueError:
            return body if not parts else b"".join(parts)
        if not close or size == 0:
            return b"".join(parts)
        begin = at + len(line) + 2
        parts.append(body[begin : begin + size])
        at = begin + size + 2
