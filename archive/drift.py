"""Whether a run saw what runs usually see, in sentences: one alarm for each thing that a person should look at. Pure.

Must not read the archive or know selectors: where a field is looked for is told by whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from archive.facts import Gauge, RunFacts
from archive.falls import HELD, SUSPECT, Fall, find_falls
from archive.odds import chance_of_silence

Where = Callable[[str, str], str | None]
"""Says by which selector or marker a layout (second) finds a field (first); None when it does not say."""
AlarmKind = Literal["source", "layout", "field", "text", "non-articles"]
HEALTHY_RUNS = 30
"""So many earlier runs are compared with."""
_ORDER: tuple[AlarmKind, ...] = ("layout", "non-articles", "text", "field", "source")
_SILENT = 3e-3
_ALWAYS_THERE = 5
"""On so many nights in a row a source must have been named to be missed when it is not."""


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
class Suspect:
    """What may be off: a field (or `layout`, `article`, `body_text`) of the pages of a layout; empty is any."""

    name: str
    layout: str


def find_suspects(tonight: RunFacts, history: Sequence[RunFacts], again: bool = False) -> list[Suspect]:
    """List what a run so far gives reason to look at more closely, the likeliest first.

    `again`: known pages have been looked at; only what some of them have lost is worth another look.
    """
    falls = sorted(find_falls(tonight, history[:HEALTHY_RUNS], SUSPECT), key=lambda fall: fall.chance)
    if again:
        falls = [fall for fall in falls if fall.gauge.what in HELD and fall.tonight.bad > 1]
    found = (Suspect(fall.gauge.name or "article", fall.gauge.layout) for fall in falls if _kind(fall) != "source")
    return list(dict.fromkeys(found))


def find_alarms(
    tonight: RunFacts, history: Sequence[RunFacts], where: Where = lambda name, layout: None
) -> list[Alarm]:
    """Compare a run with earlier healthy ones, newest first; list what is off, one alarm a subject, worst first."""
    history = history[:HEALTHY_RUNS]
    falls = list(find_falls(tonight, history))
    # That pages say something else is said only where nothing tells what.
    if any(fall.gauge.what not in ("steady", "names new") for fall in falls):
        falls = [fall for fall in falls if fall.gauge.what != "steady"]
    alarms = [_alarm(fall, where) for fall in falls]
    alarms += [*_silences(tonight, history), *_absences(tonight, history)]
    lost = {alarm.layout for alarm in alarms if alarm.kind == "layout"}
    worst: dict[tuple[AlarmKind, str], Alarm] = {}
    for alarm in sorted(alarms, key=lambda alarm: (alarm.chance, alarm.name, alarm.layout)):
        # Where a layout is not recognised, all its fields are read by other ways: that is said once.
        if alarm.kind != "field" or alarm.layout not in lost:
            worst.setdefault((alarm.kind, alarm.name), alarm)
    return sorted(worst.values(), key=lambda alarm: _ORDER.index(alarm.kind))


def _silences(tonight: RunFacts, history: Sequence[RunFacts]) -> Iterator[Alarm]:
    """Find sources that name far fewer addresses than they did, or none."""
    for name, named in tonight.sources.items():
        there = [night for night in history if name in night.sources]
        alike = [night for night in there if night.mode == tonight.mode]
        counts = [night.sources[name].addresses for night in (there if not named.addresses else alike)]
        chance = chance_of_silence(named.addresses, counts)
        if chance < _SILENT:
            usual = sorted(counts)[len(counts) // 2]
            what = f"has gone quiet: it names {named.addresses} addresses, usually {usual}"
            yield _quiet(f"{named.kind} {name} {what}", name, there, (usual, named.addresses), chance)


def _absences(tonight: RunFacts, history: Sequence[RunFacts]) -> Iterator[Alarm]:
    """Find sources that pages or robots.txt used to name, and do not any more; numbered ones come and go."""
    alike = [night for night in history if night.mode == tonight.mode][:_ALWAYS_THERE]
    if len(alike) < _ALWAYS_THERE:
        return
    for name, named in alike[0].sources.items():
        counts = [night.sources[name].addresses for night in alike if name in night.sources]
        gone = name not in tonight.sources and name not in tonight.unanswered
        if gone and len(counts) == _ALWAYS_THERE and min(counts) and not any(map(str.isdigit, name)):
            sentence = f"{named.kind} {name} is not there any more: nothing names it"
            yield _quiet(sentence, name, alike, (min(counts), 0), 0.0)


def _quiet(sentence: str, name: str, there: Sequence[RunFacts], counts: tuple[int, int], chance: float) -> Alarm:
    last_good = next((night.sources[name].example for night in there if night.sources[name].example), None)
    sentence += f"; last good {last_good or 'unknown'}, first bad {name}"
    return Alarm("source", name, "", sentence, name, last_good, name, float(counts[0]), float(counts[1]), chance)


def _alarm(fall: Fall, where: Where) -> Alarm:
    gauge = fall.gauge
    kind = _kind(fall)
    name = "layout" if kind == "layout" else gauge.name or kind
    place = fall.place if gauge.what == "same place" and fall.place else where(name, gauge.layout)
    return Alarm(
        kind=kind,
        name=name,
        layout=gauge.layout,
        sentence=f"{_sentence(fall)}{f'; looked for by {place}' if place else ''}"
        f"; last good {fall.last_good or 'unknown'}, first bad {fall.tonight.first_bad}",
        where=place,
        last_good=fall.last_good,
        first_bad=fall.tonight.first_bad,
        was=round(fall.was, 4),
        now=round(fall.tonight.tally.share, 4),
        chance=fall.chance,
    )


def _kind(fall: Fall) -> AlarmKind:
    gauge = fall.gauge
    if gauge.what == "recognised" or gauge.name == "layout":
        return "layout"
    if gauge.what == "article" or gauge.name == "article":
        return "non-articles"
    if gauge.what in ("same length", "steady"):
        return "text"
    return "source" if gauge.what == "names new" else "field"


def _sentence(fall: Fall) -> str:
    gauge, tally = fall.gauge, fall.tonight.tally
    count = f"{tally.bad} of {tally.all}"
    usual = f"usually {1 - fall.was:.0%}"
    pages = f"{gauge.layout} pages" if gauge.layout else "pages"
    again = f"{count} {pages} read again"
    if gauge.what == "same length" and fall.place:
        return f"{count} {pages} have {fall.place}, {usual}"
    return _of_held(gauge, again, usual, fall.place) or _of_all(gauge, count, pages, usual)


def _of_held(gauge: Gauge, again: str, usual: str, place: str | None) -> str | None:
    match gauge.what, gauge.name:
        case "kept", "article":
            return f"{again} are no articles any more"
        case "kept", "layout":
            return f"{again} are not recognised as such any more"
        case "kept", name:
            return f"{again} have lost their {name}"
        case "same place", name if place is None:
            return f"{name} is read from another place on {again}"
        case "same length", _:
            return f"the text of {again} is far shorter or longer than it was"
        case "steady", _:
            return f"{again} say something else, {usual}"
    return None


def _of_all(gauge: Gauge, count: str, pages: str, usual: str) -> str:
    match gauge.what:
        case "article":
            return f"{count} pages are no articles, {usual}"
        case "recognised":
            return f"no layout is recognised on {count} pages, {usual}"
        case "filled":
            return f"{gauge.name} is missing on {count} {pages}, {usual}"
        case "distinct":
            return f"{gauge.name} is the same on {count} {pages}, {usual}"
        case "same place":
            return f"{gauge.name} is read from another place on {count} {pages}, {usual}"
    return f"source {gauge.name} does not name {count} new addresses, {usual}"
