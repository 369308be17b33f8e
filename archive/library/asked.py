"""What a search over all archives asks for: read from an address, and written back into one. Must not run anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from archive.site.asked import Search

_SAID = ("q", "year", "sort", "page")


@dataclass(frozen=True, slots=True)
class Question:
    """A search as one archive reads it, and the name of the only archive whose articles are wanted, if there is one."""

    search: Search
    publication: str | None = None

    @classmethod
    def read(cls, args: Mapping[str, str], names: Collection[str]) -> Question:
        """Read a question from an address's query; what makes no sense there counts as not said."""
        search = Search.read({name: args[name] for name in _SAID if name in args})
        wished = args.get("publication", "")
        return cls(search, wished if wished in names else None)

    def query(self, **changed: str | int | None) -> dict[str, str]:
        """Return this question as an address's query, with some of it changed; a change goes back to the first page."""
        return self.search.query(**({"publication": self.publication} | changed))

    @property
    def year(self) -> str | None:
        """Return the year that is asked for."""
        return self.search.filters.get("year")
