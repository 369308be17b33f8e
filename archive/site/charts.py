"""Charts as numbers that a template draws. Must not write HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

HEIGHT = 100
BAR = 10
# A chart of more months than these is no chart; a page that claims the year 1 does not stretch it.
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Year:
    """One year's place in the chart, in the chart's units, and its count."""

    name: str
    x: int
    width: int
    count: int


@dataclass(frozen=True, slots=True)
class MonthChart:
    """A bar for each month from the first to the last; `bars` and `gaps` are the data of SVG paths.

    A month without an article has a mark below the floor, so that it is seen.
    """

    width: int
    bars: str
    gaps: str
    years: tuple[Year, ...]
    first: str
    last: str
    highest: str
    most: int


def month_chart(counts: Mapping[str, int]) -> MonthChart | None:
    """Lay out counts by month (`YYYY-MM`), the last `LONGEST` months of them. None without counts."""
    months = _months(counts)
    if not months:
        return None
    top = max(counts.get(month, 0) for month in months)
    return MonthChart(
        width=len(months) * BAR,
        bars="".join(
            _bar(place, counts.get(month, 0) / top) for place, month in enumerate(months) if counts.get(month)
        ),
        gaps="".join(
            f"M{place * BAR} 105h{BAR}v4h-{BAR}z" for place, month in enumerate(months) if not counts.get(month)
        ),
        years=tuple(_years(months, counts)),
        first=months[0],
        last=months[-1],
        highest=max(months, key=lambda month: counts.get(month, 0)),
        most=top,
    )


def gaps(counts: Mapping[str, int]) -> list[str]:
    """List the months without an article between the first and the last."""
    return [month for month in _months(counts) if not counts.get(month)]


def months_between(months: Iterable[str]) -> list[str]:
    """List all months from the first to the last of some, the last `LONGEST` of them."""
    return _months(dict.fromkeys(months, 1))


def _bar(place: int, share: float) -> str:
    height = max(round(HEIGHT * share), 1)
    return f"M{place * BAR + 1} {HEIGHT}v-{height}h{BAR - 2}v{height}z"


def _years(months: list[str], counts: Mapping[str, int]) -> Iterator[Year]:
    for name in dict.fromkeys(month[:4] for month in months):
        places = [place for place, month in enumerate(months) if month[:4] == name]
        count = sum(counts.get(months[place], 0) for place in places)
        yield Year(name, places[0] * BAR, len(places) * BAR, count)


def _months(counts: Mapping[str, int]) -> list[str]:
    known = sorted(month for month in counts if _is_month(month))
    return list(_between(known[0], known[-1]))[-LONGEST:] if known else []


def _is_month(text: str) -> bool:
    return len(text) == 7 and text[:4].isdigit() and text[4] == "-" and text[5:] in _NUMBERS


_NUMBERS = frozenset(f"{number:02d}" for number in range(1, 13))


def _between(first: str, last: str) -> Iterator[str]:
    year, month = map(int, first.split("-"))
    while (name := f"{year:04d}-{month:02d}") <= last:
        yield name
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
