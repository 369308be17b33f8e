"""An article as its editors wrote it, and how stories are made up.

Must not know markup, addresses of lists or what a night does.
"""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.benchmarks.heldback.words import Pen, full_name

SECTIONS = ("Europe", "Media", "Africa", "Global Crises", "Asia-Pacific", "Latin America", "Washington Politics")
TYPES = ("Reporting", "Analysis")
AGENCIES = ("Shutterstock", "Reuters", "Getty Images")
PROVEN = ("etag", "weak", "modified", "both", "gzip etag")
UNPROVEN = ("none", "fickle", "gzip")
PLACES = ("all", "all", "section", "sitemap", "feed", "sitemap+section", "sitemap+feed")


@dataclass(frozen=True, slots=True)
class Story:
    """One article. `key` is the path it first had, `path` the one it has now; both end in a slash.

    `credit` is the photographer and agency under the lead image. `notice` is a paragraph of its own under the body.
    `validators` names what its answers are validated by, `place` the kinds of source that announce it.
    """

    key: str
    path: str
    elid: int
    headline: str
    dek: str
    type: str
    section: str
    authors: tuple[str, ...]
    caption: str
    credit: str
    published: datetime
    modified: datetime
    paragraphs: tuple[str, ...]
    validators: str
    place: str
    notice: str | None = None


def make_stories(seed: int, count: int, validated: float = 0.6, prefix: str = "") -> tuple[Story, ...]:
    """Make stories of a seed; a share of `validated` has validators."""
    rng = random.Random(f"{seed}/{prefix}")
    taken: set[str] = set()
    return tuple(_story(rng, taken, index, validated, prefix) for index in range(count))


def _story(rng: random.Random, taken: set[str], index: int, validated: float, prefix: str) -> Story:
    pen = Pen(rng, taken)
    published = datetime(2023, 10, 1, 9, tzinfo=UTC) + timedelta(seconds=rng.randint(0, 60_000_000))
    slug = f"{prefix}{pen.place.lower()}-{pen.coin().lower()}"
    era = f"/{published:%Y/%m/%d}" if index % 6 == 5 else ""
    path = f"{era}/{slug}/"
    return Story(
        key=path,
        path=path,
        elid=2671000000 + (zlib.crc32(prefix.encode()) % 9000) * 10000 + index * 7,
        headline=f"How {pen.place} lost the {rng.choice(['river', 'vote', 'convoy', 'treaty', 'harbor'])} {index}",
        dek=f"The {rng.choice(['envoys', 'ministers', 'auditors'])} of {pen.place} had other plans, {pen.person} says",
        type=rng.choice(TYPES),
        section=rng.choice(SECTIONS),
        authors=tuple(dict.fromkeys(full_name(rng) for _ in range(rng.choice([1, 1, 2])))),
        caption=f"The old bridge in {pen.place}, seen at dawn",
        credit=f"{full_name(rng)}/{rng.choice(AGENCIES)}",
        published=published,
        modified=published + timedelta(hours=rng.randint(0, 40)),
        paragraphs=tuple(pen.sentences(2, 4) for _ in range(rng.randint(5, 9))),
        validators=rng.choice(PROVEN if rng.random() < validated else UNPROVEN),
        place=rng.choice(PLACES),
    )
