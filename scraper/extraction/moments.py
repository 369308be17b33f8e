"""Reads a written date into UTC, with the offset as it was claimed. Must not use a clock or choose between dates."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files

EARLIEST_YEAR = 1990
LATEST_YEAR = 2100
MAX_LENGTH = 200

# Offsets of the zone names that publications print. Where a name has two meanings it is left out.
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 60, "west": 60, "cet": 60, "mez": 60, "cest": 120, "mesz": 120,
    "eet": 120, "eest": 180, "msk": 180, "est": -300, "edt": -240, "cdt": -300, "mst": -420, "mdt": -360,
    "pst": -480, "pdt": -420, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
    "wib": 420, "wita": 480, "wit": 540, "sast": 120, "pkt": 300, "hkt": 480, "sgt": 480,
}  # fmt: skip
_CLOCK = (
    r"(?P<hour>[01]?\d|2[0-4])\s?[:.h時시]\s?(?P<minute>[0-5]\d)(?:\s?[:.分분]\s?(?P<second>[0-6]\d))?(?:[.,]\d{1,9})?"
    r"\s?(?P<half>[ap]\.?\s?m\b\.?)?"
)
_ZONE = r"\s?(?P<zone>[+-]\d\d:?\d\d|[+-]\d\d(?![\d:])|[A-Za-z]{1,5}\b(?!\.))?"
_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:[T\s_]+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:[.,]\d{1,9})?" + _ZONE + ")?"
)
_COMPACT = re.compile(
    r"^(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<hour>\d\d):?(?P<minute>\d\d):?(?P<second>\d\d)?"
    + _ZONE
    + ")?$"
)
_EPOCH = re.compile(r"^\d{9,10}(?:\d{3})?$")
_BIG_FIRST = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)\s?[./年년-]\s?(?P<month>\d{1,2})\s?[./月월-]\s?(?P<day>\d{1,2})(?!\d)"
)
_SMALL_FIRST = re.compile(
    r"(?<![\d.])(?P<day>\d{1,2})\s?[./-]\s?(?P<month>\d{1,2})\s?[./-]\s?(?P<year>(?:19|20)\d\d)(?!\d)"
)
_TIME = re.compile(r"(?<![\d.:/-])" + _CLOCK + _ZONE, re.I)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Moment:
    """One point in time as UTC text `YYYY-MM-DDTHH:MM:SS+00:00`, and how well it is known.

    `offset` is the claimed one, None when none was; `precise` False means that only the day was given.
    """

    utc: str
    offset: str | None
    precise: bool


def read_moment(text: str) -> Moment | None:
    """Read a written date: ISO 8601, RFC 5322, Unix time, or as printed in about thirty languages.

    Without a time it is midnight; without an offset it is taken as UTC and `offset` is None. A year outside 1990 to
    2100 gives None, as does a date that does not exist. `1/2/2024` (either order) gives None too.
    """
    text = text.strip()[:MAX_LENGTH]
    if _EPOCH.match(text):
        return _moment(datetime.fromtimestamp(int(text[:10]), UTC), "+00:00", precise=True)
    match = _ISO.search(text) or _COMPACT.match(text)
    if match:
        return _assembled(match.groupdict(), match.groupdict())
    day = _printed_day(text)
    if day is None:
        return None
    parts, rest = day
    clock = _TIME.search(rest)
    return _assembled(parts, clock.groupdict() if clock else {})


def local_text(moment: Moment) -> str:
    """Return the wall-clock time the page claims: the moment at its claimed offset, without it."""
    shift = _shift(moment.offset) or timedelta()
    return (datetime.fromisoformat(moment.utc) + shift).strftime("%Y-%m-%dT%H:%M:%S")


def is_month(word: str) -> bool:
    """Tell whether a word is the name of a month, whole or short, in one of the languages of `tables/months.toml`."""
    return word.casefold() in _months()


def _assembled(day: Mapping[str, str | None], clock: Mapping[str, str | None]) -> Moment | None:
    year, month, date = (int(day[part] or 0) for part in ("year", "month", "day"))
    if clock.get("hour") is None:
        hour, minute, second, offset = 0, 0, 0, None
    else:
        hour, minute, second = (int(clock.get(part) or 0) for part in ("hour", "minute", "second"))
        hour = _full_hour(hour, clock.get("half"))
        offset = _offset(clock.get("zone"))
    try:
        moment = datetime(
            year, month, date, hour % 24, minute, min(second, 59), tzinfo=timezone(_shift(offset) or timedelta())
        )
        return _moment(moment, offset, precise=clock.get("hour") is not None)
    except (ValueError, OverflowError):
        return None


def _full_hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half[0] in "pP" else 0)


def _offset(zone: str | None) -> str | None:
    if not zone:
        return None
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        return f"{zone[0]}{digits[:2]}:{digits[2:]}"
    minutes = _ZONES.get(zone.casefold())
    if minutes is None:
        return None
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _shift(offset: str | None) -> timedelta | None:
    if offset is None:
        return None
    size = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
    return -size if offset[0] == "-" else size


def _moment(moment: datetime, offset: str | None, *, precise: bool) -> Moment | None:
    utc = moment.astimezone(UTC).replace(microsecond=0)
    if not EARLIEST_YEAR <= utc.year <= LATEST_YEAR:
        return None
    return Moment(utc.isoformat(), offset, precise)


def _printed_day(text: str) -> tuple[dict[str, str | None], str] | None:
    """Find the day in a printed date: its parts, and the text without it."""
    match = _BIG_FIRST.search(text) or _SMALL_FIRST.search(text)
    if match:
        parts: dict[str, str | None] = dict(match.groupdict())
        if "/" in match.group() and match.re is _SMALL_FIRST and int(parts["day"] or 0) <= 12:
            return None
        return parts, text[: match.start()] + " " + text[match.end() :]
    return _worded_day(text)


def _worded_day(text: str) -> tuple[dict[str, str | None], str] | None:
    for word in _WORD.finditer(text):
        month = _months().get(word.group().casefold())
        if month is None:
            continue
        before, after = text[: word.start()], text[word.end() :]
        day_first = re.search(r"(?<![\d:.])(\d{1,2})(?:\.|er|st|nd|rd|th|º|-)?\s*(?:de|of|d’|d')?\s*$", before, re.I)
        year = re.match(r"\.?,?\s*(?:de|del|of|г\.?)?\s*((?:19|20)\d\d)(?!\d)", after, re.I)
        if day_first and year:
            parts = {"year": year[1], "month": str(month), "day": day_first[1]}
            return parts, before[: day_first.start()] + " " + after[year.end() :]
        month_first = re.match(r"\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)(?!\d)", after, re.I)
        if month_first:
            parts = {"year": month_first[2], "month": str(month), "day": month_first[1]}
            return parts, before + " " + after[month_first.end() :]
    return None


@cache
def _months() -> Mapping[str, int]:
    table = tomllib.loads((files("scraper.extraction") / "tables" / "months.toml").read_text("utf-8"))
    return {word.casefold(): number for number, words in enumerate(table["months"], 1) for word in words}
