"""One capture that another tool made and that is kept: the noun, its time, and what is told of it. Reads no file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

Kind = Literal["response", "revisit", "resource"]
Role = Literal["page", "gone", "redirect", "source", "robots", "same"]
_LINE_ENDS = re.compile(r"[\t\r\n]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Refers:
    """What a revisit says of the record that it repeats: its id, address, time, and its digest as they wrote it.

    `unchanged` is a 304, which repeats whatever was there before.
    """

    id: str | None = None
    url: str | None = None
    at: str | None = None
    digest: str | None = None
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Capture:
    """One answer, or one saved page, as it was found. `micros` is its time in microseconds since 1970, UTC.

    `block` is the record's block, byte for byte; `digest` our digest of its payload, empty for a revisit; `claimed` the
    one it came with, if any. `told` is what else is known of it, for the metadata record.
    """

    kind: Kind
    role: Role
    url: str
    micros: int
    block: bytes
    digest: str
    record_id: str | None = None
    content_type: str = "application/http; msgtype=response"
    leads_to: str | None = None
    claimed: str | None = None
    concurrent_to: tuple[str, ...] = ()
    refers: Refers | None = None
    told: dict[str, str] = field(default_factory=dict)


def micros_of(moment: datetime) -> int:
    """Return a time as microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(micros: int) -> datetime:
    """Return the time that `micros_of` gave."""
    return _EPOCH + timedelta(microseconds=micros)


def parse_moment(text: str | None) -> datetime | None:
    """Read a time: ISO 8601 with or without a fraction, or 14 digits; UTC where it names no zone. None when it is none.

    WARC 1.1, section 5.4, allows a bare year, month or day.
    """
    text = (text or "").strip()
    try:
        if text.isdigit() and len(text) == 14:
            moment = datetime.strptime(text, "%Y%m%d%H%M%S")
        elif len(text) == 4:
            moment = datetime(int(text), 1, 1)
        else:
            moment = datetime.fromisoformat(f"{text}-01" if len(text) == 7 else text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def tidy_address(written: str) -> str:
    """Write an address as a browser asks for it: without line ends, its blanks encoded (URL Standard, section 4.4)."""
    return _LINE_ENDS.sub("", written.strip()).replace(" ", "%20")


def fields_of(capture: Capture, imported_from: str) -> dict[str, str]:
    """Return what the metadata record before a capture says: where it comes from and what it is to us."""
    fields = {"imported-from": imported_from}
    if capture.role == "robots":
        fields["robots"] = "yes"
    elif capture.role == "source":
        parts = urlsplit(capture.url)
        fields["source"] = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    else:
        fields["address"] = capture.url
    if capture.leads_to:
        fields["leads-to"] = capture.leads_to
    if capture.micros % 1_000_000:
        fields["captured-at"] = moment_of(capture.micros).isoformat()
    return fields | capture.told
