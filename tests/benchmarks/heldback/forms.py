"""Draws which of the allowed forms one page uses.

Must not print anything.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from .model import Piece


@dataclass(frozen=True, slots=True)
class Form:
    """Which of the allowed forms one page uses."""

    marker: str
    split: bool
    wordpress: bool
    headline_link: bool
    dek: str
    labels: str
    byline: str
    dates: str
    offset: int
    ld: str
    stacked_span: bool
    bootstrap: bool
    social_title: bool
    extras: frozenset[str]


def draw_form(rng: random.Random, piece: Piece, wordpress: bool) -> Form:
    """Draw the forms of one page from those that the article allows."""
    ld = rng.choices(["object", "array", "graph", "broken", "none", "reference"], [4, 5, 3, 2, 1, 1])[0]
    byline = rng.choice(["social-author__name", "social-author__name", "post-author", "post-authors__name", "ld only"])
    if byline == "ld only" and ld in ("broken", "none", "reference"):
        byline = "social-author__name"
    dates = rng.choices(["all", "meta", "ld", "time", "text"], [6, 2, 2, 2, 1])[0]
    if dates == "ld" and ld in ("broken", "none"):
        dates = "meta"
    extras = [name for name in EXTRAS if rng.random() < 0.45]
    return Form(
        marker=rng.choice(["class", "source", "is_current", "all", "all"]),
        split=rng.random() < 0.75,
        wordpress=wordpress,
        headline_link=rng.random() < 0.5,
        dek=rng.choice(["widget__subheadline-text", "widget__subheadline", "both"]),
        labels=rng.choice(["a", "text", "all", "one line", "nested", "repeated"]),
        byline=byline,
        dates=dates,
        offset=rng.choice([-300, -240, 0, 60, 330, 0]),
        ld=ld,
        stacked_span=rng.random() < 0.7,
        bootstrap=rng.random() < 0.5,
        social_title=rng.random() < 0.5,
        extras=frozenset(extras),
    )


EXTRAS = (
    "shares",
    "cta",
    "bio",
    "donation",
    "disclaimer",
    "newsletter",
    "latest",
    "qiosk",
    "tags",
    "trap",
    "today",
    "more",
    "logo",
)
