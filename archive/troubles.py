"""What is off with an archive and not settled: alarms, remarks, runs that failed or stay away. Must not write.

Nothing here knows how an alarm is found: a run's row says what was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

from archive import clock
from archive.decisions import read_decisions
from archive.normal import Normal, normal_of

Row = Mapping[str, Any]
FINE = (0, 3)
"""Statuses of a run that came to its end, or to the bounds it was given."""
_STOPPED = (129, 130, 143)
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that a person should look at. `kind` is an alarm's, or remark, failed, killed, stale or archive.

    `key` stays the same while the same thing is off, whatever its figures are.
    """

    kind: str
    key: str
    sentence: str


def troubles_of(rows: Sequence[Row], root: Path, max_age: timedelta) -> tuple[Trouble, ...]:
    """List what is off: `rows` are all runs that may matter, newest first, without one that is still at work.

    Alarms and remarks that `said_of` settles are left out. Raises UsageError when decisions cannot be read.
    """
    settled = said_of(root).until
    found = list(_of_last_run(rows, settled))
    judged = next((row for row in rows if row.get("alarms") is not None), None)
    if judged is not None and judged["started_at"] > settled:
        found += alarms_of(judged)
    found += _staleness(rows, settled, max_age)
    return tuple({trouble.key: trouble for trouble in found}.values())


def _of_last_run(rows: Sequence[Row], settled: str) -> Iterator[Trouble]:
    last = rows[0] if rows else None
    if last is None:
        return
    began = last["started_at"]
    if last["ended_at"] is None:
        yield Trouble("killed", "killed", f"the run of {began} was killed: the next one goes on from where it was")
    elif last["exit_status"] not in (*FINE, *_STOPPED):
        yield Trouble("failed", "failed", f"the run of {began} failed: {last['ended_why']}")
    elif began > settled:
        for remark in remarks_of(last):
            yield Trouble("remark", f"remark:{_NUMBER.sub('#', remark)}", remark)


def alarms_of(row: Row) -> list[Trouble]:
    """Return the alarms that a run raised."""
    alarms = json.loads(row.get("alarms") or "[]")
    return [Trouble(str(alarm["kind"]), _key(alarm), str(alarm["sentence"])) for alarm in alarms]


def remarks_of(row: Row) -> list[str]:
    """Return what a run said that a person should look at, alarms left out."""
    alarms = {alarm.sentence for alarm in alarms_of(row)}
    return [str(remark) for remark in json.loads(row["remarks"] or "[]") if remark not in alarms]


def _key(alarm: Mapping[str, Any]) -> str:
    return ":".join(str(alarm.get(part) or "") for part in ("kind", "name", "layout"))


def is_healthy(row: Row, settled: str = "") -> bool:
    """Say whether a run came to its end and raised no alarm, or only what was accepted later."""
    return row["exit_status"] in FINE and (not alarms_of(row) or row["started_at"] <= settled)


def _staleness(rows: Sequence[Row], settled: str, max_age: timedelta) -> list[Trouble]:
    last = next((row for row in rows if is_healthy(row, settled)), None)
    if last is None:
        return [Trouble("stale", "stale", "no run has been healthy yet: see why with press-archive status")]
    ended = last["ended_at"] or last["started_at"]
    if clock.now() - clock.parse(ended) <= max_age:
        return []
    return [Trouble("stale", "stale", f"the last healthy run ended {ended}: see whether the crawl still runs")]


def said_of(root: Path) -> Normal:
    """Return what people said is normal; runs up to its `until` raise nothing that is open. Raises UsageError."""
    return normal_of(read_decisions(root, "normal"))


def since_when(rows: Sequence[Row], said: Normal) -> str | None:
    """Return since when the site is as it should be if what the last runs said is normal; None when they said nothing.

    That is the start of the first of the runs, up to the last, that all raised alarms. Remarks alone say nothing
    against the runs before as a measure: then it is as it was said before, else the start of the earliest of `rows`,
    which are newest first.
    """
    ended = [row for row in rows if row["exit_status"] in FINE and row["started_at"] > said.until]
    judged = [row for row in ended if row.get("alarms") is not None]
    if alarming := list(takewhile(alarms_of, judged)):
        return str(alarming[-1]["started_at"])
    return (said.since or str(rows[-1]["started_at"])) if ended and remarks_of(ended[0]) else None
