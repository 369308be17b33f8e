"""The head of a WARC record or of an HTTP message: its first line and named fields. Must not know what they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

_END = re.compile(rb"\r?\n\r?\n")
_LINE = re.compile(r"\r?\n")
_STATUS = re.compile(r"HTTP/\d(?:\.\d)?\s+(\d{3})\b")


@dataclass(frozen=True, slots=True)
class Head:
    """A head as it was written. `length` is in bytes, the blank line included."""

    first_line: str
    fields: tuple[tuple[str, str], ...]
    length: int

    def get(self, name: str) -> str | None:
        """Return the first field called `name`, in any case."""
        low = name.lower()
        return next((value for key, value in self.fields if key.lower() == low), None)

    def all(self, name: str) -> list[str]:
        """Return every field called `name`, in any case."""
        low = name.lower()
        return [value for key, value in self.fields if key.lower() == low]

    @property
    def status(self) -> int | None:
        """Return an HTTP answer's status; HTTP/2 and later have no reason phrase, which tools write as they like."""
        match = _STATUS.match(self.first_line)
        return int(match[1]) if match else None


def parse_head(data: bytes) -> Head | None:
    """Read the head that `data` begins with, None when it has no end (WARC 1.1, section 4; RFC 9112, section 2).

    Lines may end without a carriage return, as old tools wrote them; folded lines are joined.
    """
    end = _END.search(data)
    if end is None:
        return None
    lines = _LINE.split(_text(data[: end.start()]))
    fields: list[tuple[str, str]] = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if line[:1] in " \t" and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
        elif colon:
            fields.append((name.strip(), value.strip()))
    return Head(lines[0] if lines else "", tuple(fields), end.end())


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")
