"""Rows of bars and lines as the data of SVG paths. Must not write SVG or HTML, and must not read anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.site.chart_data import Chart

HEIGHT = 100
BAR = 10


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
    return Drawing(chart, len(chart.places) * BAR, tuple(plots), years)


def bars(values: Sequence[int | None], top: int) -> str:
    """Return the path of a bar for each value that is not 0; the smallest is still seen."""
    gap = 1 if len(values) <= 300 else 0
    return "".join(
        f"M{at * BAR + gap} {HEIGHT}v-{max(round(HEIGHT * value / top, 1), 2):g}h{BAR - 2 * gap}V{HEIGHT}z"
        for at, value in enumerate(values)
        if value
    )


def line(values: Sequence[int | None], top: int) -> str:
    """Return the path of a line through the values; it breaks where there is none."""
    return "".join(_steps(values, top))


def _steps(values: Sequence[int | None], top: int) -> Iterator[str]:
    pen = "M"
    for at, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        yield f"{pen}{at * BAR + BAR // 2} {HEIGHT - HEIGHT * value / top:.1f}"
        # A lone point is a dot of no length, which round caps show.
        if pen == "M":
            yield "h0"
        pen = "L"


def _greatest(chart: Chart, values: Sequence[int | None]) -> str:
    known = [(value, place) for value, place in zip(values, chart.places, strict=True) if value]
    value, place = max(known, default=(0, ""), key=lambda item: item[0])
    return f"most in {place}: {value:,}" if place else "none"
