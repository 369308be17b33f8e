"""Which shares of a run have fallen below what earlier runs and the archive itself lead one to expect. Pure.

Pages that the archive holds are compared with themselves, which tells a redesign from a night of odd articles: where
they are as they were, new pages must be very unlike others to count. Must not put anything into words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archive.facts import Age, Gauge, Lengths, RunFacts, Share, What, words_at
from archive.odds import Expectation, Tally, chance_of_so_few, expect
from archive.portraits import UNRECOGNISED

HELD: tuple[What, ...] = ("kept", "same place", "same length", "steady")
"""What compares an article with how it is held."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How unlikely a fall must be to count, and by how much a share must have fallen.

    An article that is compared with itself is told by less than others (`telling_held`).
    `altogether` is for a night on which not one page is recognised, `intact` for new pages where held ones are as ever.
    """

    rare: float
    altogether: float
    intact: float
    telling: float
    telling_held: float
    spread: float = 0.0
    """How alike the pages of one night are at least: 0 not more than those of two nights, 1 the same."""

    def of_new_pages(self) -> Measure:
        """Return the measure for nights on which held articles are as ever: some days bring nothing but videos."""
        return replace(self, rare=self.intact, altogether=self.intact, spread=_ONE_SORT)


_ONE_SORT = 0.3
ALARMING = Measure(3e-4, 1e-2, 1e-5, 0.15, 0.08)
SUSPECT = Measure(5e-2, 5e-2, 5e-2, 0.05, 0.02)
"""Enough to look at more pages before anything is said."""

_KNOWN = 20
"""Pages that must have been read before what is usual is known."""
_FEW = 12
_POOLED = 4
"""A night with fewer pages is looked at together with up to so many nights before it."""
_FAITHFUL = Expectation(30, 0.3)
"""What to think, without any history, of an article that is read again: nearly always it has what it had."""
_STEADY = Expectation(8, 2)
_ENDS = (0.05, 0.25, 0.5, 0.75, 0.95)
_FEWEST_ALIKE = 3
_ENOUGH_HELD, _HARMED = 5, 0.2
_IN_A_ROW = 3
"""A source must leave out what is new on so many nights: lists are often late by one."""


@dataclass(frozen=True, slots=True)
class Fall:
    """A share that has fallen. `limit` tells how long texts are now, `place` where a field was read before."""

    gauge: Gauge
    tonight: Share
    was: float
    chance: float
    last_good: str | None
    place: str | None = None


def find_falls(tonight: RunFacts, history: Sequence[RunFacts], measure: Measure = ALARMING) -> Iterator[Fall]:
    """Yield all that has fallen; `history` are the facts of earlier healthy runs, newest first."""
    yield from filter(None, (_fall_of(gauge, tonight, history, measure) for gauge in tonight.shares))
    yield from filter(None, (_misplaced(*key, tonight, history, measure) for key in tonight.places))
    for layout, age in tonight.lengths:
        # What is read of old articles is drawn otherwise every night; each is compared with itself.
        if age == "recent" and (fall := _unlike_length(layout, tonight, history, measure)):
            yield fall


def is_intact(tonight: RunFacts, name: str, layout: str) -> bool:
    """Say whether enough articles that the archive holds still have a field, their length, their layout."""
    what: What = "same length" if name == "body_text" else "kept"
    shares = [tonight.share(Gauge(what, name, layout)), tonight.share(Gauge("same place", name, layout))]
    if not layout:
        shares = [share for gauge, share in tonight.shares.items() if gauge[:2] == (what, name)]
    bad = max((share.bad for share in shares), default=0)
    good = max((share.good for share in shares), default=0)
    return good >= _ENOUGH_HELD and bad <= _HARMED * (good + bad)


def _fall_of(gauge: Gauge, tonight: RunFacts, history: Sequence[RunFacts], measure: Measure) -> Fall | None:
    nights = [night.share(gauge) for night in history]
    if gauge.what == "names new":
        return _late(gauge, tonight.share(gauge), nights, measure)
    if gauge.age and sum(night.tally.all for night in nights) < _KNOWN:
        nights = [_both_ages(night, gauge) for night in history]
    if gauge.what not in HELD and is_intact(tonight, _subject(gauge), gauge.layout):
        measure = measure.of_new_pages()
    return _fall(gauge, tonight.share(gauge), nights, measure)


def _subject(gauge: Gauge) -> str:
    return gauge.name or {"article": "article", "recognised": "layout"}[gauge.what]


def _fall(gauge: Gauge, tonight: Share, nights: list[Share], measure: Measure) -> Fall | None:
    """Judge a share by itself, and a night of few together with the nights before it."""
    if tonight.bad < (_FEWEST_ALIKE if gauge.what == "distinct" else 1):
        return None
    before = _before(gauge.what)
    tallies = [night.tally for night in nights]
    last_good = next((night.last_good for night in nights if night.last_good), None)
    for behind in _windows(tonight.tally, tallies):
        pooled, usual = _sum([tonight.tally, *tallies[:behind]]), tallies[behind:]
        if (before is None or behind) and _sum(usual).all < _KNOWN:
            continue
        expected = expect(usual, before, measure.spread)
        chance = chance_of_so_few(pooled, expected)
        altogether = gauge.what == "recognised" and not tonight.good and not behind
        telling = measure.telling_held if before is _FAITHFUL else measure.telling
        enough = measure.altogether if altogether else measure.rare
        if chance < enough and expected.share - pooled.share >= telling:
            return Fall(gauge, tonight, expected.share, chance, last_good or tonight.last_good)
    return None


def _before(what: What) -> Expectation | None:
    if what in ("kept", "same place", "same length", "distinct"):
        return _FAITHFUL
    return _STEADY if what == "steady" else None


def _late(gauge: Gauge, tonight: Share, nights: list[Share], measure: Measure) -> Fall | None:
    """Judge a source by the last nights on which there was anything new: each of them must be odd."""
    told = [tonight, *(night for night in nights if night.tally.all)]
    lately, usual = told[:_IN_A_ROW], told[_IN_A_ROW:]
    tallies = [night.tally for night in usual]
    if not tonight.tally.all or len(lately) < _IN_A_ROW or _sum(tallies).all < _KNOWN:
        return None
    expected = expect(tallies)
    pooled = _sum([night.tally for night in lately])
    fallen = max(night.tally.share for night in lately) <= expected.share - 0.5
    chance = chance_of_so_few(pooled, expected)
    if not fallen or chance >= measure.rare:
        return None
    last_good = next((night.last_good for night in usual if night.last_good), None)
    return Fall(gauge, tonight, expected.share, chance, last_good)


def _both_ages(night: RunFacts, gauge: Gauge) -> Share:
    ages: tuple[Age, ...] = ("recent", "older")
    shares = [night.share(gauge._replace(age=age)) for age in ages]
    good, bad = (sum(getattr(share, side) for share in shares) for side in ("good", "bad"))
    return Share(good, bad, next((share.last_good for share in shares if share.last_good), None))


def _windows(tonight: Tally, nights: Sequence[Tally]) -> Iterator[int]:
    """Yield how many earlier nights to pool with this one: none, then as many as it takes to have more than a few."""
    yield 0
    pages, behind = tonight.all, 0
    while pages < _FEW and behind < min(_POOLED, len(nights)):
        pages += nights[behind].all
        behind += 1
    if behind:
        yield behind


def _sum(tallies: Sequence[Tally]) -> Tally:
    return Tally(sum(tally.good for tally in tallies), sum(tally.bad for tally in tallies))


def _misplaced(layout: str, name: str, tonight: RunFacts, history: Sequence[RunFacts], measure: Measure) -> Fall | None:
    """Judge whether a field is still read from the place where it was read most often."""
    known = [night.places.get((layout, name), Counter()) for night in history]
    if layout == UNRECOGNISED or sum(found.total() for found in known) < _KNOWN:
        return None
    place = sum(known, Counter()).most_common(1)[0][0]

    def share(found: Counter[str], facts: RunFacts) -> Share:
        last = facts.lengths.get((layout, "recent"), Lengths()).last
        return Share(found[place], found.total() - found[place], last, last)

    if is_intact(tonight, name, layout):
        measure = measure.of_new_pages()
    nights = [share(found, facts) for found, facts in zip(known, history, strict=True)]
    fall = _fall(Gauge("same place", name, layout), share(tonight.places[layout, name], tonight), nights, measure)
    return fall and Fall(fall.gauge, fall.tonight, fall.was, fall.chance, fall.last_good, place)


def _unlike_length(layout: str, tonight: RunFacts, history: Sequence[RunFacts], measure: Measure) -> Fall | None:
    """Judge whether texts have become shorter or longer: at each of several lengths, how many lie on which side."""
    key: tuple[str, Age] = (layout, "recent")
    known = [night.lengths[key] for night in history if key in night.lengths]
    steps = sum((night.steps for night in known), Counter[int]())
    if steps.total() < _KNOWN or is_intact(tonight, "body_text", layout):
        # Some days bring nothing but briefs or videos.
        return None
    ordered = sorted(steps.elements())
    limits = {ordered[int(end * len(ordered))] for end in _ENDS}
    falls = (
        _beyond(layout, tonight.lengths[key], known, limit, longer, measure)
        for limit in limits
        for longer in (False, True)
    )
    return min(filter(None, falls), key=lambda fall: fall.chance, default=None)


def _beyond(
    layout: str, tonight: Lengths, known: Sequence[Lengths], limit: int, longer: bool, measure: Measure
) -> Fall | None:
    def tally(lengths: Lengths) -> Tally:
        bad = sum(count for step, count in lengths.steps.items() if (step > limit if longer else step < limit))
        return Tally(lengths.steps.total() - bad, bad)

    now, expected = tally(tonight), expect([tally(night) for night in known])
    chance = chance_of_so_few(now, expected)
    if chance >= measure.rare or expected.share - now.share < measure.telling:
        return None
    end = tonight.longest if longer else tonight.shortest
    share = Share(now.good, now.bad, None, end[1] if end else None)
    last_good = next((night.last for night in known if night.last), None)
    what = f"{'more' if longer else 'fewer'} than {words_at(limit + longer)} words"
    return Fall(Gauge("same length", "body_text", layout), share, expected.share, chance, last_good, what)
