"""What a run's report says: its figures beside those of the last healthy runs. Pure; must not write files or markup."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from archive.facts import Gauge, Lengths, RunFacts, words_at
from archive.portraits import FIELDS
from archive.runs import PastRun, Row

Section = list[dict[str, Any]]
FORMAT = 1
"""Grows when what is in the report means something else than before."""
_COUNTS = ("announced", "fetched", "new", "changed", "unchanged", "excluded", "failed")


@dataclass(frozen=True, slots=True)
class Told:
    """A run as its report is made: the row in `crawls`, its facts, and the earlier healthy runs, newest first."""

    title: str
    row: Row
    facts: RunFacts
    earlier: Sequence[PastRun]

    @property
    def nights(self) -> list[RunFacts]:
        """List the facts of the earlier runs."""
        return [run.facts for run in self.earlier]


def report_of(told: Told) -> dict[str, Any]:
    """Return the report: JSON values only, the keys as README lists them."""
    row = told.row
    return {
        "format": FORMAT,
        "publication": told.title,
        "run": {name: row.get(name) for name in ("mode", "started_at", "ended_at", "ended_why", "exit_status")},
        "compared_with": [run.row["started_at"] for run in told.earlier],
        "alarms": _listed(row.get("alarms")),
        "remarks": _listed(row.get("remarks")),
        "counts": [_count(told, name) for name in _COUNTS],
        "cost": _costs(told),
        "reasons": _reasons(told),
        "fields": _fields(told),
        "lengths": _lengths(told),
        "rates": _rates(told),
        "sources": _sources(told),
    }


def _listed(text: str | None) -> Any:
    return json.loads(text or "[]")


def figure(name: str, now: float | None, earlier: Iterable[float | None], **more: Any) -> dict[str, Any]:
    """Set one figure beside the median, least and most of earlier runs; `series` is oldest first, this run last."""
    nights = list(earlier)
    known = [night for night in nights if night is not None]
    return {
        "name": name,
        **more,
        "now": now,
        "usual": round(median(known), 4) if known else None,
        "least": min(known, default=None),
        "most": max(known, default=None),
        "series": [*reversed(nights), now],
    }


def _count(told: Told, name: str) -> dict[str, Any]:
    return figure(name, told.row.get(name), (run.row[name] for run in told.earlier))


def _costs(told: Told) -> Section:
    totals = [figure(name, told.facts.totals[name], (f.totals[name] for f in told.nights)) for name in _TOTALS]
    return [figure("seconds", told.row.get("seconds"), (run.row["seconds"] for run in told.earlier)), *totals]


_TOTALS = ("bytes", "requests")


def _reasons(told: Told) -> Section:
    """List why addresses were not read, the most frequent reason first, with examples."""
    found = sorted(told.facts.outcomes.items(), key=lambda item: (-item[1], item[0]))
    return [
        figure(
            reason,
            count,
            (night.outcomes.get((state, reason), 0) for night in told.nights),
            state=state,
            examples=told.facts.examples.get((state, reason), []),
        )
        for (state, reason), count in found
        if reason and state != "stored"
    ] + _kept(told)


def _kept(told: Told) -> Section:
    """List why stored articles keep their last good revision though their page was asked for."""
    return [
        figure(reason, count, (), state=state, examples=told.facts.examples.get((state, reason), []))
        for (state, reason), count in sorted(told.facts.outcomes.items())
        if reason and state == "stored"
    ]


def _fields(told: Told) -> Section:
    """List the share of pages of each layout that have each field."""
    layouts = Counter[str]()
    for gauge, share in told.facts.shares.items():
        if gauge.what == "filled" and gauge.name == "headline":
            layouts[gauge.layout] += share.tally.all
    return [
        figure(name, _filled(told.facts, name, layout), (_filled(f, name, layout) for f in told.nights), **more)
        for layout, pages in layouts.most_common()
        for name in FIELDS
        for more in [{"layout": layout, "pages": pages}]
    ]


def _filled(facts: RunFacts, name: str, layout: str) -> float | None:
    shares = [facts.share(Gauge("filled", name, layout, age)) for age in ("recent", "older")]
    pages = sum(share.tally.all for share in shares)
    return round(sum(share.good for share in shares) / pages, 4) if pages else None


def _lengths(told: Told) -> Section:
    """List how long the texts of each layout were, with how many articles fell between which lengths."""
    layouts = dict.fromkeys(layout for layout, _ in told.facts.lengths)
    return [_length(told, layout) for layout in layouts]


def _length(told: Told, layout: str) -> dict[str, Any]:
    parts = [found for (name, _), found in told.facts.lengths.items() if name == layout]
    nights = [_steps(night, layout) for night in told.nights]
    return {
        **figure(layout, _mean(told.facts, layout), (_mean(night, layout) for night in told.nights)),
        "articles": sum(part.steps.total() for part in parts),
        "shortest": _end(parts, min, "shortest"),
        "longest": _end(parts, max, "longest"),
        "words": _histogram(_steps(told.facts, layout), sum(nights, Counter[int]())),
    }


def _end(parts: Iterable[Lengths], choose: Callable[..., Any], which: str) -> dict[str, Any] | None:
    found = choose((end for part in parts if (end := getattr(part, which))), default=None)
    return {"words": found[0], "url": found[1]} if found else None


def _steps(facts: RunFacts, layout: str) -> Counter[int]:
    return sum((found.steps for (name, _), found in facts.lengths.items() if name == layout), Counter[int]())


def _mean(facts: RunFacts, layout: str) -> float | None:
    parts = [found for (name, _), found in facts.lengths.items() if name == layout]
    articles = sum(part.steps.total() for part in parts)
    return round(sum(part.words for part in parts) / articles) if articles else None


def _histogram(now: Mapping[int, int], usual: Mapping[int, int]) -> Section:
    """Return shares of articles by length: `from` so many words to the next step's."""
    steps = range(min([*now, *usual], default=0), max([*now, *usual], default=-1) + 1)
    tonight, before = sum(now.values()) or 1, sum(usual.values()) or 1
    return [
        {
            "from": words_at(step),
            "now": round(now.get(step, 0) / tonight, 4),
            "usual": round(usual.get(step, 0) / before, 4),
        }
        for step in steps
    ]


def _rates(told: Told) -> Section:
    rates = (("links per article", "links", "articles"), ("images per article", "images", "articles"))
    return [
        figure(name, _rate(told.facts, of, by), (_rate(night, of, by) for night in told.nights))
        for name, of, by in (*rates, ("credits per image", "credits", "images"))
    ]


def _rate(facts: RunFacts, of: str, by: str) -> float | None:
    return round(facts.totals[of] / facts.totals[by], 2) if facts.totals[by] else None


def _sources(told: Told) -> Section:
    """List how many addresses each source named; `problem` is what came instead of an answer."""
    names = dict.fromkeys([*told.facts.sources, *told.facts.unanswered])
    found = []
    for name in names:
        named = told.facts.sources.get(name)
        nights = [night.sources[name].addresses if name in night.sources else None for night in told.nights]
        more = {"kind": named.kind if named else None, "problem": told.facts.unanswered.get(name)}
        found.append(figure(name, named.addresses if named else None, nights, **more))
    return found
