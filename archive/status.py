"""How an archive is: its last runs, what is due, coverage, what is off, and disk. Must not write or print."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from archive import clock
from archive.coverage import Totals, totals_of
from archive.disk import Disk, disk_of
from archive.errors import ArchiveError
from archive.lock import holder
from archive.roots import open_current
from archive.runs import last_runs
from archive.storage import explained
from archive.troubles import Trouble, is_healthy, said_of, since_when, troubles_of

Row = dict[str, Any]
MAX_AGE = timedelta(days=2)
"""How long ago the last healthy run may be: a nightly one that was missed once is not, one missed twice is."""
RUNS = 10
_LOOKED_AT = 400
"""So many runs are looked through for the last healthy one, more than a year of nights."""
_DAY = timedelta(days=1)
_DUE = """
SELECT count(*) FILTER (WHERE state = 'stored' AND next_check_at <= :now),
    count(*) FILTER (WHERE state = 'stored' AND next_check_at <= :day),
    count(*) FILTER (WHERE state = 'stored'), count(*) FILTER (WHERE state = 'failed' AND next_check_at <= :now)
FROM ledger WHERE next_check_at <= :week
"""


@dataclass(frozen=True, slots=True)
class Due:
    """Stored addresses that it is time to look at again now, within a day and within a week, each with those before.

    `failed` are to be tried again now; `pending` were never asked for, or put off.
    """

    now: int = 0
    day: int = 0
    week: int = 0
    failed: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """One archive. `runs` are rows of `crawls`, newest first; `troubles` is what is off and not settled.

    `error` says why the archive cannot be read, and then nothing else is known; `running` since when a run is at work.
    """

    root: Path
    publication: str = ""
    runs: tuple[Row, ...] = ()
    running: str | None = None
    last_healthy_at: str | None = None
    due: Due = field(default_factory=Due)
    totals: Totals | None = None
    disk: Disk | None = None
    troubles: tuple[Trouble, ...] = ()
    error: str | None = None

    @property
    def exit_status(self) -> int:
        """Return 0 when nothing is off, 3 when a person should look, 1 when the archive cannot be read."""
        if self.error:
            return 1
        return 3 if self.troubles else 0

    @property
    def last_run(self) -> Row | None:
        """Return the last run that is over."""
        return next((run for run in self.runs if run["started_at"] != self.running), None)


def status_of(root: Path, max_age: timedelta = MAX_AGE, runs: int = RUNS) -> Status:
    """Read how an archive is, with its last `runs` runs. An archive that cannot be read says so in `error`."""
    try:
        with open_current(root) as db:
            return _read(root, db.conn, max_age, runs)
    except (ArchiveError, OSError, sqlite3.Error) as error:
        why = str(error if isinstance(error, ArchiveError) else explained(error, root))
        return Status(root, root.resolve().name, error=why, troubles=(Trouble("archive", "archive", why),))


def _read(root: Path, connection: Connection, max_age: timedelta, runs: int) -> Status:
    rows = last_runs(connection, max(runs, _LOOKED_AT))
    running = _running(root, rows)
    over = rows[1:] if running else rows
    settled = said_of(root).until
    healthy = next((row for row in over if is_healthy(row, settled)), None)
    totals = totals_of(connection)
    name = connection.execute("SELECT title FROM publication").fetchone()
    return Status(
        root=root,
        publication=str(name[0]) if name else root.resolve().name,
        runs=tuple(rows[:runs]),
        running=running,
        last_healthy_at=str(healthy["ended_at"] or healthy["started_at"]) if healthy else None,
        due=_due(connection, totals.counts.pending),
        totals=totals,
        disk=disk_of(root, connection),
        troubles=troubles_of(over, root, max_age),
    )


def _running(root: Path, rows: Sequence[Row]) -> str | None:
    """Return when the run began that is at work now: the newest has no end, and whoever holds the archive lives."""
    if not rows or rows[0]["ended_at"] is not None:
        return None
    owner = holder(root)
    if owner is None or owner.is_dead():
        return None
    return str(rows[0]["started_at"])


def _due(connection: Connection, pending: int) -> Due:
    now = clock.now()
    moments = {"now": now, "day": now + _DAY, "week": now + 7 * _DAY}
    stamps = {name: clock.stamp(moment) for name, moment in moments.items()}
    counts: tuple[int, int, int, int] = connection.execute(_DUE, stamps).fetchone()
    return Due(*counts, pending)


def normal_since(root: Path) -> tuple[str, str] | None:
    """Return since when the site does what raised alarms, and the last run that a person can have looked at.

    None when no run raised any that is not settled. Raises what `open_current` and `said_of` raise.
    """
    with open_current(root) as db:
        rows = last_runs(db.conn, _LOOKED_AT)
    over = rows[1:] if _running(root, rows) else rows
    since = since_when(over, said_of(root))
    return (since, str(over[0]["started_at"])) if since else None
