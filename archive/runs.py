"""The runs that an archive has seen, with what they saw. Must not write."""

from __future__ import annotations

from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from archive.facts import RunFacts
from archive.normal import Normal

Row = dict[str, Any]
# What a person should look at for other reasons, such as a page that cannot be read, leaves a run a measure for others.
_HEALTHY = (
    "exit_status IN (0, 3) AND facts IS NOT NULL AND (alarms = '[]' OR (alarms IS NOT NULL AND started_at <= :until))"
    " AND id < :before AND started_at >= :since"
)


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run of earlier: its row in `crawls`, and its facts."""

    row: Row
    facts: RunFacts


def healthy_runs(connection: Connection, before: int, limit: int, normal: Normal | None = None) -> list[PastRun]:
    """Return the last healthy runs before the one with the id `before`, newest first.

    Healthy is a run that came to its end, or to the bounds it was given, and raised no alarm, or such as a person said
    are normal. Runs before those are no measure any more.
    """
    said = normal or Normal()
    values = {"before": before, "since": said.since, "until": said.until, "limit": limit}
    rows = _rows(connection, f"SELECT * FROM crawls WHERE {_HEALTHY} ORDER BY id DESC LIMIT :limit", values)
    return [PastRun(row, RunFacts.from_json(row["facts"])) for row in rows]


def last_runs(connection: Connection, limit: int) -> list[Row]:
    """Return the rows of the last runs, newest first, with whatever columns there are."""
    return _rows(connection, "SELECT * FROM crawls ORDER BY id DESC LIMIT :limit", {"limit": limit})


def _rows(connection: Connection, sql: str, values: dict[str, Any]) -> list[Row]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
