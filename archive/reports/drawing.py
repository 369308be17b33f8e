"""Figures as the numbers that a template draws: lines over nights, bars of lengths. Must not write markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, EDGE = 120.0, 26.0, 3.0
BAR, TALL = 14.0, 90.0


@dataclass(frozen=True, slots=True)
class Line:
    """A figure over the nights: pieces of a line (nights without one leave gaps), and the dot of this run."""

    pieces: tuple[str, ...]
    dot: tuple[float, float] | None
    band: tuple[float, float] | None
    """From which height, and how high, what earlier runs had lies."""


def line_of(figure: Mapping[str, Any]) -> Line | None:
    """Lay out a figure's series; None when there is nothing to compare."""
    series: Sequence[float | None] = figure["series"]
    known = [value for value in series if value is not None]
    if len(known) < 2:
        return None
    least, most = min(known), max(known)

    def y(value: float) -> float:
        share = (value - least) / (most - least) if most > least else 0.5
        return round(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE), 1)

    step = (WIDTH - 2 * EDGE) / (len(series) - 1)
    places = [(round(EDGE + place * step, 1), value) for place, value in enumerate(series)]
    pieces: list[list[str]] = [[]]
    for x, value in places:
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{x},{y(value)}")
    last = places[-1]
    dot = (last[0], y(last[1])) if last[1] is not None else None
    band = (y(figure["most"]), y(figure["least"])) if figure["most"] is not None else None
    # A night between two without a figure is drawn as a point.
    lines = (" ".join(piece if len(piece) > 1 else 2 * piece) for piece in pieces if piece)
    return Line(tuple(lines), dot, band and (band[0], band[1] - band[0]))


@dataclass(frozen=True, slots=True)
class Bar:
    """The texts of one length: where the bar stands, and how high it is now and usually."""

    x: float
    now: float
    usual: float
    words: int


def bars_of(histogram: Sequence[Mapping[str, Any]]) -> list[Bar]:
    """Lay out how many texts had which length."""
    top = max((max(step["now"], step["usual"]) for step in histogram), default=0) or 1
    return [
        Bar(place * BAR, round(TALL * step["now"] / top, 1), round(TALL * step["usual"] / top, 1), step["from"])
        for place, step in enumerate(histogram)
    ]
