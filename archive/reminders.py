"""What people were told of, so that no night tells them the same again. Must not hold addresses, and must not send.

`alerts.sent.json` in an archive's folder has, for each trouble that is still open, when it was told of last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from archive import clock
from archive.troubles import Trouble
from archive.whole_files import replaced

SENT = "alerts.sent.json"


def due(root: Path, troubles: Sequence[Trouble], remind: timedelta) -> tuple[Trouble, ...]:
    """Return the troubles that are new, or were told of so long ago that it is time to say them again.

    What is open no longer is forgotten with the next that is told: when it comes back, it is new.
    """
    told = _read(root)
    last_moment = clock.stamp(clock.now() - remind)
    return tuple(trouble for trouble in troubles if told.get(trouble.key, "") <= last_moment)


def remember(root: Path, open_troubles: Iterable[Trouble], told: Iterable[Trouble], keep: str = "") -> None:
    """Write down what was told now, and forget what is open no longer, unless its key begins with `keep`.

    Raises ArchiveError.
    """
    before, now = _read(root), clock.stamp()
    open_keys = {trouble.key for trouble in open_troubles}
    kept = {key: at for key, at in before.items() if key in open_keys or (keep and key.startswith(keep))}
    after = kept | dict.fromkeys((trouble.key for trouble in told), now)
    if after != before:
        with replaced(root / SENT) as stream:
            json.dump(after, stream, ensure_ascii=False, indent=1, sort_keys=True)


def _read(root: Path) -> dict[str, str]:
    """Return when each trouble was told of; a file that cannot be read tells of nothing, and is written anew."""
    try:
        found = json.loads((root / SENT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}
