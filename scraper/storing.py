"""What a crawl does when its disk or database refuses: it ends, and files nothing more. Must not write anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from archive.errors import ArchiveBusy, ArchiveError
from archive.root import DATABASE
from archive.storage import explained
from archive.warc import FOLDER

REFUSALS = (OSError, sqlite3.Error, ArchiveError)
_Method = TypeVar("_Method", bound=Callable[..., Any])


class Storing:
    """Part of a run: its `failure`, and its `refused` once something could not be kept.

    What was fetched and not filed then is whole in the WARC or not there at all; the next run files it.
    """

    failure: ArchiveError | None = None
    refused: ArchiveError | None = None
    interrupted_by: int | None = None
    root: Path
    stop: Callable[[], None]

    def refuse(self, error: Exception) -> None:
        """End the run for the first refusal. Somebody who ended it first need not hear of a busy database."""
        if self.refused is not None:
            return
        self.refused = self._explained(error)
        if self.interrupted_by is None or not isinstance(self.refused, ArchiveBusy):
            self.failure = self.refused
        self.stop()

    def _explained(self, error: Exception) -> ArchiveError:
        if isinstance(error, sqlite3.Error):
            return explained(error, self.root / DATABASE)
        if isinstance(error, OSError):
            return explained(error, error.filename or self.root / FOLDER)
        assert isinstance(error, ArchiveError)
        return error

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """End the run when anything is refused in the block."""
        try:
            yield
        except REFUSALS as error:
            self.refuse(error)


def storing(instead: Callable[[], Any]) -> Callable[[_Method], _Method]:
    """Guard a method of a run: a refusal ends the run, and from then on the method does nothing but give `instead`."""

    def decorate(method: _Method) -> _Method:
        @wraps(method)
        def guarded(run: Storing, *args: Any, **named: Any) -> Any:
            if run.refused is None:
                with run.keeping():
                    return method(run, *args, **named)
            return instead()

        return cast(_Method, guarded)

    return decorate


def nothing() -> None:
    """Give nothing."""
