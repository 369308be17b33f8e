"""SQL that tells times in UTC, as the archive writes them, from other texts. Must not read rows."""

from __future__ import annotations

_FORM = "%Y-%m-%dT%H:%M:%S+00:00"


def is_moment(column: str) -> str:
    """Return the condition that a column holds a time in UTC which the calendar has; it is NULL where the column is."""
    # Only when it adds something does SQLite take 30 February to March; years before 1 are in no other program.
    return f"({column} >= '0001' AND strftime('{_FORM}', {column}, '+0 days') = {column})"


def moment(column: str) -> str:
    """Return the expression of a column's time in UTC, NULL where it holds none."""
    return f"CASE WHEN {is_moment(column)} THEN {column} END"
