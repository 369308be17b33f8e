"""What was read before, kept as long as nothing is written. Must not know what it keeps.

A write changes the size or time of the database's file or of its write-ahead log; that is the mark.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Hashable
from sqlite3 import Connection
from threading import Lock
from typing import Any, TypeVar

from archive.site.releases import release_of

Kept = TypeVar("Kept")
Mark = tuple[int, ...]

_MOST = 96
_kept: OrderedDict[Hashable, Any] = OrderedDict()
_lock = Lock()


def path_of(connection: Connection) -> str:
    """Return the path of the connection's database; nothing for one in memory.

    A published database is named by its release: it never changes, but another one takes its path.
    """
    release = release_of(connection)
    if release:
        return f"release {release.id}"
    return str(connection.execute("PRAGMA database_list").fetchone()[2])


def mark_of(path: str) -> Mark:
    """Return what changes with every write: sizes and times of the database and of its write-ahead log."""
    found: list[int] = []
    for name in (path, f"{path}-wal"):
        try:
            status = os.stat(name)
        except OSError:
            continue
        found += (status.st_ino, status.st_size, status.st_mtime_ns)
    return tuple(found)


def kept(connection: Connection, key: Hashable, read: Callable[[], Kept]) -> Kept:
    """Return what `read` gives, or what it gave before for the same key where nothing was written since."""
    path = path_of(connection)
    if not path:
        return read()
    whole = (path, mark_of(path), key)
    with _lock:
        if whole in _kept:
            _kept.move_to_end(whole)
            found: Kept = _kept[whole]
            return found
    found = read()
    with _lock:
        _kept[whole] = found
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return found
