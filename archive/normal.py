"""What a maintainer answers to an alarm: "this is normal now". Earlier runs are no measure then. Must not judge."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive import clock
from archive.decisions import Decision, add_decision
from archive.root import locked, open_database


@dataclass(frozen=True, slots=True)
class Normal:
    """Since when the site is as it should be, and when a person said so; both empty where nobody did.

    Runs from `since` to `at` are a measure for later ones, whatever alarms they raised.
    """

    since: str = ""
    at: str = ""


def normal_of(decisions: Iterable[Decision]) -> Normal:
    """Return the last word on what is normal. Raises UsageError where a line of the file is no such word."""
    said = [Normal(each.text("since"), each.text("at")) for each in decisions if each.kind == "normal"]
    return max(said, key=lambda normal: normal.at, default=Normal())


def accept(root: Path, since: str | None = None, why: str | None = None) -> str:
    """Decide that what runs saw since a time is normal (default: since the last run began); return that time.

    Later runs are compared with those from then on only, and articles that were read before with nothing. Raises
    ArchiveBusy and OSError.
    """
    with locked(root):
        began = since or _last_run(root) or clock.stamp()
        normal = {"since": began, "at": clock.stamp()}
        add_decision(root, {"normal": normal, **({"why": why} if why else {})})
    return began


def _last_run(root: Path) -> str | None:
    with closing(open_database(root)) as db:
        (found,) = db.execute("SELECT max(started_at) FROM crawls WHERE facts IS NOT NULL").fetchone()
    return found if isinstance(found, str) else None
