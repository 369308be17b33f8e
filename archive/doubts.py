"""What a run that did not see the usual leaves open: what it set aside is not settled for good. Must not judge it."""

from __future__ import annotations

from sqlite3 import Connection

from archive.models import RunEnd

# A reason with a slash is a media type: no page came, whatever the reader thinks of pages.
_SET_ASIDE = "state = 'excluded' AND reason LIKE 'not an article: %' AND reason NOT LIKE '%/%' AND checked_at >= ?"


def leave_open(connection: Connection, end: RunEnd) -> None:
    """Let what a doubtful run took for no article be asked for again: it may be one behind a wall or a new design."""
    connection.execute(f"UPDATE ledger SET state = 'failed', next_check_at = NULL WHERE {_SET_ASIDE}", [end.started_at])
