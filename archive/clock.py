"""The one clock: what time it is, and times as the archive writes them. Must not sleep."""

from __future__ import annotations

import os
from datetime import UTC, datetime

FORMAT = "%Y-%m-%dT%H:%M:%S+00:00"


def now() -> datetime:
    """Return the time in UTC; `PRESS_ARCHIVE_NOW` (ISO 8601) replaces it, for tests and simulations."""
    fixed = os.environ.get("PRESS_ARCHIVE_NOW")
    if not fixed:
        return datetime.now(UTC)
    moment = datetime.fromisoformat(fixed)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def stamp(moment: datetime | None = None) -> str:
    """Write `moment` (default: now) as the archive does: `YYYY-MM-DDTHH:MM:SS+00:00`."""
    return (moment or now()).astimezone(UTC).strftime(FORMAT)


def parse(text: str) -> datetime:
    """Read a time that `stamp` wrote."""
    return datetime.fromisoformat(text)
