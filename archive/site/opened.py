"""A published folder opened as a site, which stays what it was when the folder is replaced. Must not serve it."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.database import Database, WriteTask

from archive.errors import ArchiveError, Replaced, UsageError
from archive.publishing.bounds import BOUNDS
from archive.root import DATABASE
from archive.site.based import Based
from archive.site.holding import forget
from archive.site.refusing import PLUGIN
from archive.site.releases import release_of

_SPARE = 4
_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Options:
    """How a public site is served: whether visitors may ask queries of their own, and whom to believe who they are.

    All its addresses begin with `base`; any other than `/` means that it is one of several.
    """

    allow_sql: bool = False
    trust_proxy: bool = False
    base: str = "/"


class _Pinned(Database):
    """A database all of whose connections were opened at once: later, its path may be another release's."""

    def __init__(self, datasette: Datasette, path: Path, release: str, connections: int) -> None:
        super().__init__(datasette, str(path), is_mutable=False)
        self._release = release
        self._ready = [self._opened() for _ in range(connections)]

    def _opened(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super().connect()
        found = release_of(connection)
        if found is None or found.id != self._release:
            connection.close()
            raise Replaced("the folder was replaced meanwhile: try again")
        return connection

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Give a connection that was opened at the beginning, while there are any."""
        return self._ready.pop() if self._ready else self._opened()


def stamp(folder: Path) -> tuple[int, int, int]:
    """Return what differs between two releases in the same place; zeros where nothing is. Raises OSError."""
    if not (folder / DATABASE).is_file():
        return 0, 0, 0
    found = (folder / DATABASE).stat()
    return found.st_dev, found.st_ino, found.st_mtime_ns


def open_site(folder: Path, options: Options, threads: int, inner: bool = False) -> Datasette:
    """Open a published folder, one release of it whole. Raises UsageError for another folder, ArchiveError."""
    for _ in range(_ATTEMPTS):
        try:
            return _open(folder, options, threads, inner)
        except (Replaced, sqlite3.OperationalError):
            continue
        except (FileNotFoundError, NotADirectoryError, ValueError, KeyError) as error:
            raise UsageError(f"{folder} holds nothing published: press-archive publish {folder} writes it") from error
    raise ArchiveError(f"{folder} cannot be read: is it being replaced all the time?")


def _open(folder: Path, options: Options, threads: int, inner: bool) -> Datasette:
    metadata, inspected = _read(folder)
    release = str(metadata.pop("release"))
    metadata["allow_sql"] = options.allow_sql
    among = options.base != "/"
    config = {"allow_sql": options.allow_sql, "trust_proxy": options.trust_proxy, "inner": inner, "among": among}
    metadata["plugins"] = {PLUGIN: config}
    settings = {**BOUNDS, "num_sql_threads": threads, "base_url": options.base}
    datasette = Based(inspect_data=inspected, metadata=metadata, settings=settings)
    datasette.remove_database("_memory")
    datasette.add_database(_Pinned(datasette, folder / DATABASE, release, threads + _SPARE))
    forget(datasette)
    return datasette


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read both descriptions of one release, whatever stands at the path by then."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, dir_fd=handle)

    try:
        with (
            open("metadata.json", encoding="utf-8", opener=opener) as metadata,
            open("inspect-data.json", encoding="utf-8", opener=opener) as inspected,
        ):
            return json.load(metadata), json.load(inspected)
    finally:
        os.close(handle)


def close_site(datasette: Datasette) -> None:
    """Close a site that nobody asks any more, with its threads."""
    datasette.executor.shutdown(wait=False, cancel_futures=True)
    for database in datasette.databases.values():
        if database._write_queue is not None:
            # Datasette has no way to end the thread that writes; this exception it does not catch.
            database._write_queue.put(WriteTask(_leave, None, None))
            database._write_thread.join(timeout=1)
        database.close()


def _leave(connection: sqlite3.Connection) -> None:
    raise SystemExit
