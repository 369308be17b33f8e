"""What is counted over the whole archive, kept and counted anew behind the scenes. Must not know what it counts.

What takes long to count is shown as it was while a thread of its own counts it anew after a write: no reader waits, and
no limit of a page's time applies. What counts quickly is never old.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from threading import Lock, Thread
from typing import Any, TypeVar

from archive.site.keeping import Mark, mark_of, path_of

Counted = TypeVar("Counted")

_LONG = 0.15
# Names that somebody asked for once do not stay for good.
_MOST = 200
_PATIENCE = 20
"""While something writes all the time, counting takes a twentieth of the time."""


@dataclass(slots=True)
class _Standing:
    mark: Mark
    value: Any
    seconds: float
    at: float
    is_counting: bool = False


_standing: dict[tuple[str, str], _Standing] = {}
_lock = Lock()


def standing(connection: Connection, key: str, count: Callable[[Connection], Counted]) -> Counted:
    """Return what `count` gives of the archive, or gave before: nobody may change it."""
    path = path_of(connection)
    with _lock:
        known = _standing.get((path, key))
        if known and path and _is_good(known, path, key, count):
            value: Counted = known.value
            return value
    return _count(connection, path, key, count)


def count_ahead(path: str, counts: dict[str, Callable[[Connection], Any]]) -> Thread:
    """Count what a new server will be asked for, in a thread of its own; return it."""
    thread = Thread(target=_count_all, args=(path, counts), daemon=True)
    thread.start()
    return thread


def _is_good(known: _Standing, path: str, key: str, count: Callable[[Connection], Any]) -> bool:
    """Say whether to show what is known; where it is old and took long, have it counted anew meanwhile."""
    if known.mark == mark_of(path):
        return True
    if known.seconds < _LONG:
        return False
    if not known.is_counting and time.monotonic() > known.at + _PATIENCE * known.seconds:
        known.is_counting = True
        count_ahead(path, {key: count})
    return True


def _count(connection: Connection, path: str, key: str, count: Callable[[Connection], Counted]) -> Counted:
    mark, began = mark_of(path), time.monotonic()
    value = count(connection)
    now = time.monotonic()
    with _lock:
        _standing.pop((path, key), None)
        _standing[path, key] = _Standing(mark, value, now - began, now)
        while len(_standing) > _MOST:
            _standing.pop(next(iter(_standing)))
    return value


def _count_all(path: str, counts: dict[str, Callable[[Connection], Any]]) -> None:
    with closing(sqlite3.connect(f"{Path(path).as_uri()}?mode=ro", uri=True)) as connection:
        for key, count in counts.items():
            try:
                _count(connection, path, key, count)
            except sqlite3.DatabaseError:
                # A locked or replaced file is counted by the next reader, who is told what is wrong with it.
                with _lock:
                    _standing.pop((path, key), None)
