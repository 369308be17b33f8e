"""What an archive holds already of the captures that are imported. Must not write."""

from __future__ import annotations

from sqlite3 import Connection
from typing import Protocol

from archive.warc import Earlier

_FULL = "SELECT url, fetched_at, digest FROM snapshots WHERE url = ? AND status = 200 AND revisit_of IS NULL AND {}"


class Held(Protocol):
    """What is asked of an archive before captures are added. Times are as the archive writes them."""

    def holds(self, url: str, at: str, digest: str) -> bool:
        """Say whether this very capture is there."""

    def last_page(self, url: str, until: str) -> Earlier | None:
        """Return the last page of an address up to a time, in full."""

    def page_at(self, url: str, at: str) -> Earlier | None:
        """Return the page of an address that was fetched at a time, in full."""

    def page_with(self, url: str, digest: str, until: str) -> Earlier | None:
        """Return the last page of an address up to a time that has this payload, in full."""


class HeldNothing:
    """An archive that is only being made."""

    def holds(self, url: str, at: str, digest: str) -> bool:
        """Say no."""
        return False

    def last_page(self, url: str, until: str) -> Earlier | None:
        """Return nothing."""

    def page_at(self, url: str, at: str) -> Earlier | None:
        """Return nothing."""

    def page_with(self, url: str, digest: str, until: str) -> Earlier | None:
        """Return nothing."""


class HeldSnapshots:
    """The snapshots of an archive's database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def holds(self, url: str, at: str, digest: str) -> bool:
        """Say whether this very capture is there."""
        found = self._connection.execute(
            "SELECT 1 FROM snapshots WHERE url = ? AND fetched_at = ? AND digest = ?", [url, at, digest]
        )
        return found.fetchone() is not None

    def last_page(self, url: str, until: str) -> Earlier | None:
        """Return the last page of an address up to a time, in full."""
        return self._find("fetched_at <= ? ORDER BY fetched_at DESC LIMIT 1", url, until)

    def page_at(self, url: str, at: str) -> Earlier | None:
        """Return the page of an address that was fetched at a time, in full."""
        return self._find("fetched_at = ? LIMIT 1", url, at)

    def page_with(self, url: str, digest: str, until: str) -> Earlier | None:
        """Return the last page of an address up to a time that has this payload, in full."""
        return self._find("digest = ? AND fetched_at <= ? ORDER BY fetched_at DESC LIMIT 1", url, digest, until)

    def _find(self, condition: str, *values: str) -> Earlier | None:
        row = self._connection.execute(_FULL.format(condition), values).fetchone()
        return Earlier(*row) if row else None
