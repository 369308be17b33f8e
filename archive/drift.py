"""Whether a run saw what runs usually see: compares its facts with those of earlier, healthy ones. Pure.

Must not read the archive or know selectors: where a field is looked for is told by whoever asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from archive.facts import Age, Gauge, Lengths, RunFacts, Share, What, words_at
from archive.odds import Expectation, Tally, chance_of_silence, chance_of_so_few, expect
from archive.portraits import UNRECOGNISED

Where = Callable[[str, str], str | None]
"""Says by which selector or marker a layout (second) finds a field (first); None when it does not say."""
AlarmKind = Literal["source", "layout", "field", "text", "non-articles"]
HEALTHY_RUNS = 30
"""So many earlier runs are compared with."""

_RARE = 3e-4
_RARE_ALTOGETHER = 1e-2
"""How unlikely a night must be to be told of; the second where every single page is struck, as chance seldom does."""
_SILENT = 3e-3
_KNOWN = 20
"""Pages that must have been read before what is usual is known."""
_FEW = 12
_POOLED = 4
"""A night with fewer pages is looked at together with up to so many nights before it."""
_TELLING = 0.15
"""A share that falls by less is no redesign, however many pages say so."""
_FAITHFUL = Expectation(30, 0.3)
"""What to think, without any history, of an article that is read again: nearly always it has what it had."""
_STEADY = Expectation(8, 2)
_ENDS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that a person should look at. `was` and `now` are shares, or addresses a source named."""

    kind: AlarmKind
    name: str
    layout: str
    sentence: str
    where: str | None
    last_good: str | None
    first_bad: str | None
    was: float
    now: float
    chance: float


@dataclass(frozen=True, slots=True)
class _Finding:
    """A share that has fallen, before it is put into words."""

    gauge: Gauge
    tonight: Share
    was: float
    chance: float
    last_good: str | None
    place: str | None = None


def _nowhere(name: str, layout: str) -> None:
    return None


def find_alarms(
    tonight: RunFacts, history: Sequence[RunFacts], where: Where = lambda name, layout: None
) -> list[Alarm]:
    """Compare a run with earlier healthy ones, newest first; list what is off, one alarm a subject, worst first."""
    findings = list(_falls(tonight, history[:HEALTHY_RUNS]))
    alarms = [_alarm(finding, where) for finding in findings] + list(_silences(tonight, history[:HEALTHY_RUNS]))
    lost = {alarm.layout for alarm in alarms if alarm.kind == "layout"}
    worst: dict[tuple[AlarmKind, str], Alarm] = {}
    for alarm in sorted(alarms, key=lambda alarm: (alarm.chance, alarm.name, alarm.layout)):
        # Where a layout is not recognised, all its fields are read by other ways: that is said once.
        if alarm.kind != "field" or alarm.layout not in lost:
            worst.setdefault((alarm.kind, alarm.name), alarm)
    order = ("layout", "non-articles", "text", "field", "source")
    return sorted(worst.values(), key=lambda alarm: order.index(alarm.kind))


def _falls(tonight: RunFacts, history: Sequence[RunFacts]) -> Iterator[_Finding]:
    for gauge, share in tonight.shares.items():
        if finding := _fall(gauge, share, [night.share(gauge) for night in history], history):
            yield finding
    for layout, name in tonight.places:
        if finding := _misplaced(layout, name, tonight, history):
            yield finding
    for layout, lengths in tonight.lengths.items():
        if finding := _unlike_length(layout, lengths, [night.lengths.get(layout) for night in history]):
            yield finding


def _fall(gauge: Gauge, tonight: Share, nights: list[Share], history: Sequence[RunFacts]) -> _Finding | None:
    """Judge a share by itself, and a night of few together with the nights before it."""
    if not tonight.bad:
        return None
    before = _before(gauge.what)
    if before is None and sum(night.tally.all for night in nights) < _KNOWN and gauge.age:
        nights = [_both_ages(night, gauge) for night in history]
    tallies = [night.tally for night in nights]
    last_good = next((night.last_good for night in nights if night.last_good), None)
    for behind in _windows(tonight.tally, tallies):
        pooled = _sum([tonight.tally, *tallies[:behind]])
        usual = tallies[behind:]
        if before is None and _sum(usual).all < _KNOWN:
            continue
        expected = expect(usual, before)
        chance = chance_of_so_few(pooled, expected)
        enough = _RARE_ALTOGETHER if _strikes_all(gauge, tonight) and not behind else _RARE
        if chance < enough and expected.share - pooled.share >= _TELLING:
            return _Finding(gauge, tonight, expected.share, chance, last_good or tonight.last_good)
    return None


def _before(what: What) -> Expectation | None:
    if what in ("kept", "same place", "same length", "distinct"):
        return _FAITHFUL
    return _STEADY if what == "steady" else None


def _strikes_all(gauge: Gauge, tonight: Share) -> bool:
    """Say whether every page of the night is no longer what pages always were: a layout's, or an article at all."""
    return gauge.what == "recognised" and not tonight.good


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


def _misplaced(layout: str, name: str, tonight: RunFacts, history: Sequence[RunFacts]) -> _Finding | None:
    """Judge whether a field is still read from the place where it was read most often."""
    if layout == UNRECOGNISED:
        return None
    known = [night.places.get((layout, name), Counter()) for night in history]
    usual = sum(known, Counter()).most_common(1)
    if not usual:
        return None
    place = usual[0][0]

    def share(found: Counter[str], facts: RunFacts) -> Share:
        last = facts.lengths.get(layout, Lengths()).last
        return Share(found[place], found.total() - found[place], last, last)

    nights = [share(found, facts) for found, facts in zip(known, history, strict=True)]
    finding = _fall(Gauge("same place", name, layout), share(tonight.places[layout, name], tonight), nights, ())
    return finding and _Finding(finding.gauge, finding.tonight, finding.was, finding.chance, finding.last_good, place)


def _unlike_length(layout: str, tonight: Lengths, nights: Sequence[Lengths | None]) -> _Finding | None:
    """Judge whether texts have become shorter or longer: at each of several lengths, how many lie on which side."""
    known = [night for night in nights if night is not None]
    steps = sum((night.steps for night in known), Counter[int]())
    if steps.total() < _KNOWN:
        return None
    last_good = next((night.last for night in known if night.last), None)
    ordered = sorted(steps.elements())
    worst: _Finding | None = None
    for end in _ENDS:
        limit = ordered[int(end * len(ordered))]
        for longer in (False, True):
            worst = _worse(worst, _beyond(layout, tonight, known, limit, longer, last_good))
    return worst


def _beyond(
    layout: str, tonight: Lengths, known: Sequence[Lengths], limit: int, longer: bool, last_good: str | None
) -> _Finding | None:
    def tally(lengths: Lengths) -> Tally:
        bad = sum(count for step, count in lengths.steps.items() if (step > limit if longer else step < limit))
        return Tally(lengths.steps.total() - bad, bad)

    now, expected = tally(tonight), expect([tally(night) for night in known])
    chance = chance_of_so_few(now, expected)
    if chance >= _RARE or expected.share - now.share < _TELLING:
        return None
    end = tonight.longest if longer else tonight.shortest
    share = Share(now.good, now.bad, None, end[1] if end else None)
    what = f"{'more' if longer else 'fewer'} than {words_at(limit + longer)} words"
    return _Finding(Gauge("same length", "body_text", layout), share, expected.share, chance, last_good, what)


def _worse(one: _Finding | None, other: _Finding | None) -> _Finding | None:
    return min((each for each in (one, other) if each), key=lambda each: each.chance, default=None)


def _silences(tonight: RunFacts, history: Sequence[RunFacts]) -> Iterator[Alarm]:
    for name, named in tonight.sources.items():
        there = [night for night in history if name in night.sources]
        alike = [night for night in there if night.mode == tonight.mode]
        counts = [night.sources[name].addresses for night in (there if not named.addresses else alike)]
        chance = chance_of_silence(named.addresses, counts)
        if chance < _SILENT:
            usual = sorted(counts)[len(counts) // 2]
            last_good = next((night.sources[name].example for night in there if night.sources[name].example), None)
            sentence = f"{named.kind} {name} has gone quiet: it names {named.addresses} addresses, usually {usual}"
            yield Alarm(
                "source", name, "", sentence, name, last_good, name, float(usual), float(named.addresses), chance
            )


def _alarm(finding: _Finding, where: Where) -> Alarm:
    gauge = finding.gauge
    kind = _kind(gauge)
    name = "layout" if kind == "layout" else gauge.name or kind
    place = finding.place if gauge.what == "same place" and finding.place else where(name, gauge.layout)
    return Alarm(
        kind=kind,
        name=name,
        layout=gauge.layout,
        sentence=f"{_sentence(finding, kind)}{f'; looked for by {place}' if place else ''}"
        f"; last good {finding.last_good or 'unknown'}, first bad {finding.tonight.first_bad}",
        where=place,
        last_good=finding.last_good,
        first_bad=finding.tonight.first_bad,
        was=round(finding.was, 4),
        now=round(finding.tonight.tally.share, 4),
        chance=finding.chance,
    )


def _kind(gauge: Gauge) -> AlarmKind:
    if gauge.what == "recognised" or gauge.name == "layout":
        return "layout"
    if gauge.what == "article" or gauge.name == "article":
        return "non-articles"
    if gauge.what in ("same length", "steady"):
        return "text"
    return "source" if gauge.what == "names new" else "field"


def _sentence(finding: _Finding, kind: AlarmKind) -> str:
    gauge, tonight = finding.gauge, finding.tonight.tally
    count = f"{tonight.bad} of {tonight.all}"
    usual = f"usually {1 - finding.was:.0%}"
    pages = f"{gauge.layout} pages" if gauge.layout else "pages"
    again = f"{count} {pages} read again"
    match gauge.what:
        case "article":
            return f"{count} pages are no articles, {usual}"
        case "recognised":
            return f"no layout is recognised on {count} pages, {usual}"
        case "kept" if gauge.name == "article":
            return f"{again} are no articles any more"
        case "kept" if gauge.name == "layout":
            return f"{again} are not recognised as such any more"
        case "kept":
            return f"{again} have lost their {gauge.name}"
        case "filled":
            return f"{gauge.name} is missing on {count} {pages}, {usual}"
        case "distinct":
            return f"{gauge.name} is the same on {count} {pages}, {usual}"
        case "same place":
            return f"{gauge.name} is read from another place on {count} {pages}, {usual}"
        case "same length" if finding.place:
            return f"{count} {pages} have {finding.place}, {usual}"
        case "same length":
            return f"the text of {again} is far shorter or longer than it was"
        case "steady":
            return f"{count} articles looked at again say something else, {usual}"
        case "names new":
            return f"source {gauge.name} does not name {count} new addresses, {usual}"
