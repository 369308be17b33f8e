"""What a maintainer answers to an alarm, "this is normal now": which runs are a measure then. Must not judge runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from archive.decisions import Decision


@dataclass(frozen=True, slots=True)
class Normal:
    """Since when the site is as it should be, and up to which run a person had looked; empty where nobody did.

    Runs from `since` to `until` are a measure for later ones, whatever alarms they raised.
    """

    since: str = ""
    until: str = ""


def normal_of(decisions: Iterable[Decision]) -> Normal:
    """Return the last word on what is normal. Raises UsageError where a line of the file is no such word."""
    said = [each for each in decisions if each.kind == "normal"]
    known = [Normal(each.text("since"), str(each.value.get("until") or each.text("since"))) for each in said]
    return max(known, key=lambda normal: normal.until, default=Normal())
