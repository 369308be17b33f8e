"""Charts as numbers that a template draws. Must not write SVG or HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

HEIGHT = 100
BAR = 10
GAP = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One month: its place and height in the chart, and what it says."""

    x: int
    y: float
    height: float
    month: str
    count: int


@dataclass(frozen=True, slots=True)
class MonthChart:
    """A bar for each month from the first to the last, empty ones too, so that gaps are seen."""

    width: int
    bars: tuple[Bar, ...]
    years: tuple[int, ...]
    first: str
    last: str
    highest: Bar


def month_chart(counts: Mapping[str, int]) -> MonthChart | None:
    """Lay out counts by month (`YYYY-MM`); `years` are the places where a year begins. None without counts."""
    months = list(_between(min(counts), max(counts))) if counts else []
    if not months:
        return None
    top = max(counts.values())
    bars = tuple(_bar(place, month, counts.get(month, 0), top) for place, month in enumerate(months))
    return MonthChart(
        width=len(bars) * BAR,
        bars=bars,
        years=tuple(bar.x for bar in bars if bar.month.endswith("-01") and bar.x),
        first=months[0],
        last=months[-1],
        highest=max(bars, key=lambda bar: bar.count),
    )


def _bar(place: int, month: str, count: int, top: int) -> Bar:
    height = round(HEIGHT * count / top, 1)
    return Bar(place * BAR, round(HEIGHT - height, 1), height, month, count)


def _between(first: str, last: str) -> Iterator[str]:
    year, month = map(int, first.split("-"))
    while (name := f"{year:04d}-{month:02d}") <= last:
        yield name
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
