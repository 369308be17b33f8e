"""Rows of bars and lines as the data of SVG paths. Must not write SVG or HTML, and must not read anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.site.chart_data import Chart

HEIGHT = 100
BAR = 10
# Fewer places than these leave room at the end: a bar as wide as the page looks like no bar.
FEWEST = 12


@dataclass(frozen=True, slots=True)
class Plot:
    """One row as it is drawn, in a box of `width` by `HEIGHT`: the paths of its bars, its marked part and its line."""

    name: str
    says: str
    path: str
    bars: str
    dark: str
    line: str
    greatest: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart with its rows drawn, and where a year begins."""

    chart: Chart
    width: int
    plots: tuple[Plot, ...]
    years: tuple[int, ...]

    @property
    def end(self) -> int:
        """Return where the last place ends: there is nothing beyond it, not even a zero."""
        return len(self.chart.places) * BAR

    @property
    def is_short(self) -> bool:
        """Say whether the places end before the box does."""
        return len(self.chart.places) < FEWEST


def draw(chart: Chart) -> Drawing:
    """Draw a chart's rows, each to its own greatest value, or all to one where the chart says so."""
    everything = [value or 0 for strip in chart.strips for value in strip.values]
    one = max(everything, default=0) if chart.shared else 0
    plots = []
    for strip in chart.strips:
        top = one or max((value or 0 for value in strip.values), default=0) or 1
        plots.append(
            Plot(
                strip.name,
                strip.says,
                strip.path,
                "" if chart.line else bars(strip.values, top),
                bars(strip.dark, top),
                line(strip.values, top) if chart.line else "",
                _greatest(chart, strip.values),
            )
        )
    years = tuple(at * BAR for at, place in enumerate(chart.places) if at and place.endswith("-01"))
    return Drawing(chart, max(len(chart.places), FEWEST) * BAR, tuple(plots), years)


def bars(values: Sequence[int | None], top: int) -> str:
    """Return the path of a bar for each value that is not 0; the smallest is still seen."""
    gap = 1 if len(values) <= 300 else 0
    return "".join(
        f"M{at * BAR + gap} {HEIGHT}v-{max(round(HEIGHT * value / top, 1), 2):g}h{BAR - 2 * gap}V{HEIGHT}z"
        for at, value in enumerate(values)
        if value
    )


def line(values: Sequence[int | None], top: int) -> str:
    """Return the path of a line through the values, and on to the next where there is none."""
    known = [(at, value) for at, value in enumerate(values) if value is not None]
    points = [f"{at * BAR + BAR // 2} {HEIGHT - HEIGHT * value / top:.1f}" for at, value in known]
    # A lone point is a line of no length, which round caps show.
    return f"M{'L'.join(points)}{'h0' if len(points) == 1 else ''}" if points else ""


def _greatest(chart: Chart, values: Sequence[int | None]) -> str:
    known = [(value, place) for value, place in zip(values, chart.places, strict=True) if value]
    value, place = max(known, default=(0, ""), key=lambda item: item[0])
    return f"most in {place}: {value:,}" if place else "none"
