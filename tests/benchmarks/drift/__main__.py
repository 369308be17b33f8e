"""Redesigns that a crawl must find in the night they happen, and quiet nights on which it must say nothing.

    python -m tests.benchmarks.drift [--quiet 100] [--draws 4] [--seed 1] [--crawls 5] [--nights 10]

By facts, for all redesigns and many quiet nights of two publications; and through the verb, over loopback, for some.

Must not be part of the test run: it is a benchmark.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.drift import HEALTHY_RUNS, Alarm, find_alarms
from archive.facts import RunFacts
from archive.models import Article
from scraper.reading import Reading
from scraper.whereabouts import Whereabouts
from tests.benchmarks.drift.crawls import quarterdeck, statecraft
from tests.benchmarks.drift.nights import Calendar, Publication, heldback, sample
from tests.benchmarks.drift.redesigns import REDESIGNS

WANTED_FOUND, ALLOWED_FALSE = 0.95, 0.01
_HARMED = 0.1


@dataclass(frozen=True)
class Size:
    """A kind of night: how many new articles a usual one has and how many it looks at again, and the redesign's."""

    name: str
    usual: tuple[int, int]
    new: tuple[int, int]
    again: tuple[int, int]


SIZES = (
    Size("1-5 new, 5-12 again", (3, 9), (1, 5), (5, 12)),
    Size("0-3 new, 3-6 again", (1, 4), (0, 3), (3, 6)),
    Size("1-5 new, none again", (3, 0), (1, 5), (0, 0)),
    Size("30 new, 150 again", (30, 150), (25, 40), (120, 180)),
    Size("second night, 1-5 new, 5-12 again", (0, 0), (1, 5), (5, 12)),
)


@dataclass
class Score:
    """What was found, by kind of night."""

    found: Counter[str] = field(default_factory=Counter)
    drawn: Counter[str] = field(default_factory=Counter)
    missed: dict[str, list[str]] = field(default_factory=dict)
    harmless: list[str] = field(default_factory=list)


def main() -> int:
    """Run the benchmark; the exit status is 1 when a figure is short."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.drift", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quiet", type=int, default=100, help="quiet nights of each kind")
    parser.add_argument("--draws", type=int, default=4, help="nights drawn for each redesign and kind of night")
    parser.add_argument("--crawls", type=int, default=5, help="redesigns of each publication that are really crawled")
    parser.add_argument("--nights", type=int, default=10, help="quiet nights of each that are really crawled")
    options = parser.parse_args()
    publications = (sample(), heldback(options.seed, 60))
    score = Score()
    for number, name in enumerate(REDESIGNS):
        judge(publications[number % 2], name, options.draws, options.seed, score)
    short = report(score)
    for number, size in enumerate(SIZES[:4]):
        alarms = list(quiet_nights(publications[number % 2], size, options.quiet, options.seed))
        print(f"quiet nights, {size.name}: {len(alarms)} of {options.quiet} with an alarm")
        for alarm in alarms:
            print(f"    {alarm[0].sentence}")
        short |= len(alarms) > max(1, ALLOWED_FALSE * options.quiet)
    short |= bool(options.crawls) and crawled(options.seed, options.nights, options.crawls)
    return int(short)


def crawled(seed: int, nights: int, redesigns: int) -> bool:
    """Crawl both publications for real; print what came of it, and say whether it is too little."""
    short = False
    for name, crawls in (("quarterdeck", quarterdeck), ("responsible-statecraft", statecraft)):
        with TemporaryDirectory() as folder:
            found = crawls(Path(folder), seed, nights, redesigns)
        print(f"crawled {name}: {len(found.false)} of {found.quiet} quiet nights did not end with 0")
        caught = found.redesigns - len(found.missed)
        print(f"    {caught} of {found.redesigns} redesigns found, {len(found.lost)} rows lost")
        for line in (*found.false, *found.missed, *found.lost):
            print(f"    {line}")
        short |= len(found.false) > max(1, ALLOWED_FALSE * found.quiet) or bool(found.lost)
        short |= len(found.missed) > (1 - WANTED_FOUND) * found.redesigns
    return short


def judge(publication: Publication, name: str, draws: int, seed: int, score: Score) -> None:
    """Draw nights of one redesign and count those on which something is said."""
    readings = publication.after(REDESIGNS[name])
    if not does_harm(publication, readings):
        score.harmless.append(name)
        return
    where = Whereabouts(publication.profile)
    for size in SIZES:
        for draw in range(draws):
            calendar = Calendar(random.Random(f"{seed} {name} {size.name} {draw}"), publication, *size.usual)
            history = past(calendar, size)
            new, again = calendar.rng.randint(*size.new), calendar.rng.randint(*size.again)
            tonight = calendar.redesign(readings, new, again, history)
            score.drawn[size.name] += 1
            if find_alarms(tonight, history, where):
                score.found[size.name] += 1
            else:
                score.missed.setdefault(size.name, []).append(name)


def past(calendar: Calendar, size: Size) -> list[RunFacts]:
    """Draw what came before: the first run, and then so many nights."""
    nights = [calendar.first()]
    if any(size.usual):
        for _ in range(HEALTHY_RUNS - 1):
            nights.append(calendar.quiet(nights[::-1]))
    return nights[::-1]


def does_harm(publication: Publication, readings: dict[str, Reading]) -> bool:
    """Say whether a redesign changes what is read, or where, on more than a few pages."""
    changed = 0
    for article in publication.articles:
        reading = readings[article.url]
        changed += not isinstance(reading, Article) or reading != article
    return changed >= _HARMED * len(publication.articles)


def quiet_nights(publication: Publication, size: Size, nights: int, seed: int) -> Iterator[list[Alarm]]:
    """Draw quiet nights, one after another, and yield the alarms of those that have some."""
    calendar = Calendar(random.Random(f"{seed} {size.name}"), publication, *size.usual)
    healthy = past(calendar, size)
    where = Whereabouts(publication.profile)
    for _ in range(nights):
        tonight = calendar.quiet(healthy[:HEALTHY_RUNS])
        if alarms := find_alarms(tonight, healthy[:HEALTHY_RUNS], where):
            yield alarms
        else:
            healthy.insert(0, tonight)


def report(score: Score) -> bool:
    """Print what was found; say whether it is too little."""
    print(f"{len(REDESIGNS)} redesigns; without any effect on what is read: {', '.join(score.harmless) or 'none'}")
    for size in SIZES:
        found, drawn = score.found[size.name], score.drawn[size.name]
        print(f"{size.name}: {found} of {drawn} nights found ({found / drawn:.1%})")
        for name, times in Counter(score.missed.get(size.name, [])).most_common():
            print(f"    missed {times} times: {name}")
    first = SIZES[0].name
    return score.found[first] < WANTED_FOUND * score.drawn[first]


if __name__ == "__main__":
    sys.exit(main())
