"""One archive of the library: its site, its name, and what is wrong with it. Must not know what is read from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, TypeVar

from datasette.app import Datasette

from archive.errors import ArchiveBusy, ArchiveError, NewerSchema, Replaced, UsageError
from archive.site import holding, showing
from archive.site.serving import Site
from archive.storage import explained

Found = TypeVar("Found")
_LATE = "did not answer in time"


class Readable(Site, Protocol):
    """An archive's own pages, and its database."""

    def reading(self) -> AbstractContextManager[Datasette]:
        """Hold the archive for one reading of its database."""


class Missing(Exception):
    """An archive cannot be read now; the words say why, in half a sentence that names no path."""


class Volume:
    """An archive of the library. `trouble` says why it is not served; None where it is."""

    def __init__(self, name: str, site: Readable) -> None:
        self.name, self.site = name, site
        self.title = name
        self.trouble: str | None = "is being opened"

    @property
    def base(self) -> str:
        """What the addresses of its pages begin with, the last slash left out."""
        return f"/{self.name}"

    @property
    def edition(self) -> str:
        """What changes with its release, and with its being there; for what was published."""
        if self.trouble:
            return f"{self.name} {self.trouble}"
        with self.site.reading() as datasette:
            release = holding.public_release(datasette)
        return release.id if release else self.name

    async def start(self) -> None:
        """Open it. Raises ArchiveError where it cannot be served, and says so from then on."""
        try:
            await self.site.start()
            self.trouble = None
            with self.site.reading() as datasette:
                self.title = await showing.publication(datasette)
        except (ArchiveError, sqlite3.Error, OSError, holding.TookTooLong) as error:
            self.trouble = _words(error)
            raise (error if isinstance(error, ArchiveError) else _explained(error)) from error

    async def read(self, query: Callable[..., Found], *arguments: Any) -> Found:
        """Run a query function on the archive's connection, in its threads. Raises Missing."""
        with self.open() as datasette:
            return await holding.read(datasette, query, *arguments)

    @contextmanager
    def open(self) -> Iterator[Datasette]:
        """Hold the archive for a block that reads it. Raises Missing."""
        if self.trouble:
            raise Missing(self.trouble)
        try:
            with self.site.reading() as datasette:
                yield datasette
        except (ArchiveError, sqlite3.Error, OSError, holding.TookTooLong) as error:
            raise Missing(_words(error)) from error


def _explained(error: Exception) -> ArchiveError:
    return explained(error) if isinstance(error, OSError | sqlite3.Error) else ArchiveError(_LATE)


def _words(error: Exception) -> str:
    """Say what is wrong, for readers: nothing of where the archive lies."""
    if isinstance(error, holding.TookTooLong):
        return _LATE
    told = error if isinstance(error, ArchiveError) else _explained(error)
    if isinstance(told, ArchiveBusy):
        return "is locked by another program"
    if isinstance(told, NewerSchema):
        return "was written by a newer release of press-archive"
    if isinstance(told, Replaced | UsageError):
        return "is being replaced"
    return "cannot be read: its database is damaged or not there"
