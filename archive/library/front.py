"""What the front page says of all archives: how much each holds, from when to when, and the newest of all.

Must not know HTTP or HTML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from archive.library.finding import each
from archive.library.merging import by_date, merged
from archive.library.volume import Volume
from archive.site.overview import NEWEST, Overview, overview
from archive.site.queries import Row


@dataclass(frozen=True, slots=True)
class Front:
    """What the archives hold, by their names, and why some cannot be read."""

    held: Mapping[str, Overview]
    missing: Mapping[str, str]

    @property
    def articles(self) -> int:
        """Count the articles of all archives."""
        return sum(self._facts("articles"))

    @property
    def first(self) -> str | None:
        """Return when the first article of all was published."""
        return min(self._facts("first_published_at"), default=None)

    @property
    def last(self) -> str | None:
        """Return when the last article of all was published."""
        return max(self._facts("last_published_at"), default=None)

    @property
    def newest(self) -> list[tuple[str, Row]]:
        """Return the newest articles of all, each with its archive's name."""
        known = {(name, row["id"]): row for name, one in self.held.items() for row in one.newest}
        lists = [
            by_date(name, ((row["id"], row["published_at"]) for row in one.newest)) for name, one in self.held.items()
        ]
        return [(hit.volume, known[hit.volume, hit.id]) for hit in list(merged(lists, dated=True))[:NEWEST]]

    def _facts(self, fact: str) -> list[Any]:
        return [one.tallies.facts[fact] for one in self.held.values() if one.tallies.facts[fact] is not None]


async def front_of(volumes: Sequence[Volume]) -> Front:
    """Read what all archives hold."""
    return Front(*await each(volumes, _overview))


def _overview(connection: Connection, name: str) -> Overview:
    return overview(connection)
