"""What a search's page shows: articles with marks, how they divide, and of how many that is true. Must not know HTTP.

Nor HTML; nothing here writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from sqlite3 import Connection

from archive.site.asked import Search
from archive.site.dividing import Division, divide
from archive.site.excerpt import excerpt
from archive.site.ordering import best_of, page_count, page_of, reached
from archive.site.queries import CARD, Row, rows, with_authors
from archive.site.sampling import COUNTED, Found, counted, is_rankable
from archive.site.sampling import find as find_all
from archive.site.search import begins, excludes

MARK, UNMARK = "\ue000", "\ue001"
_NAMES = {
    "author": "SELECT name FROM authors WHERE slug = :value OR name = :value",
    "series": "SELECT name FROM series WHERE slug = :value OR name = :value",
    "outlet": "SELECT name FROM outlets WHERE name IN (SELECT name FROM outlets WHERE host = :value)",
}
_NOTHING = Found([], True, 0, True)


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found, and how all of it divides. `sought`: see `ordering.Ordered.ranked`."""

    found: Found
    cards: list[Row]
    division: Division
    sought: int | None

    @property
    def ranked(self) -> int | None:
        """Return among how many the best were sought; None when articles are ordered by date."""
        return None if self.sought is None else reached(self.hits, self.sought)

    @classmethod
    def joined(cls, page: tuple[list[Row], int | None], measures: tuple[Found, Division]) -> Results:
        """Put together what was read apart."""
        return cls(measures[0], page[0], measures[1], page[1])

    @property
    def hits(self) -> int:
        """Count what was found; an estimate when `found.exact` is false."""
        return self.found.hits

    @property
    def pages(self) -> int:
        """Count the pages that can be asked for."""
        return page_count(reached(self.hits, self.ranked))

    @property
    def partly_ranked(self) -> int | None:
        """Return among how many the best were sought where that is not all; None where it is."""
        return None if self.ranked is None or self.ranked >= self.hits else self.ranked

    @property
    def unranked(self) -> int | None:
        """Return how many articles can be ranked, when there are more; they stand by date."""
        return COUNTED if self.found.common else None


def spelled_out(connection: Connection, search: Search) -> Search:
    """Return the search with names where slugs and hosts were given that one name alone has."""
    filters = dict(search.filters)
    for name, sql in _NAMES.items():
        if name in filters:
            known = [row["name"] for row in rows(connection, sql, {"value": filters[name]})]
            filters[name] = known[0] if len(known) == 1 else filters[name]
    return replace(search, filters=filters)


def find(connection: Connection, search: Search) -> Results:
    """Run a search and read one page of it."""
    found = begun(connection, search)
    return Results.joined(page(connection, search, found), measured(connection, search, found))


def begun(connection: Connection, search: Search) -> Found | None:
    """Find what a search means; None where its page need not wait for that, since all of it can be ranked.

    What follows, a page of it and its measures, need not wait for one another.
    """
    if search.is_hopeless:
        return _NOTHING
    return None if is_rankable(connection, search) else find_all(connection, search)


def page(connection: Connection, search: Search, found: Found | None) -> tuple[list[Row], int | None]:
    """Read one page of what was found, and among how many the best were sought."""
    if found and not found.hits:
        return [], None
    ordered = page_of(connection, search, found) if found else best_of(connection, search)
    return cards(connection, search, ordered.ids), ordered.ranked


def measured(connection: Connection, search: Search, found: Found | None) -> tuple[Found, Division]:
    """Count what was found, and divide it."""
    if search.is_hopeless:
        return _NOTHING, Division({}, {})
    whole = counted(connection, search, found or find_all(connection, search))
    return whole, divide(connection, search, whole)


def cards(connection: Connection, search: Search, ids: Sequence[int]) -> list[Row]:
    """Read articles as cards, in the order given, with marks around what was searched for."""
    listed = ", ".join(map(str, ids))
    found = with_authors(rows(connection, f"SELECT {CARD}, NULL AS snippet FROM articles a WHERE a.id IN ({listed})"))
    marked = _marked(connection, search.expression, ids) if search.expression and ids else {}
    known = {card["id"]: card | marked.get(card["id"], {}) for card in found}
    return [known[one] for one in ids if one in known]


def _marked(connection: Connection, expression: str, ids: Sequence[int]) -> dict[int, Row]:
    """Read headline, dek and a passage of articles with marks; snippets cost, so only the page's own are made."""
    # Each look into the large index gathers all words that begin so, or goes past all articles before.
    if not begins(expression) and not excludes(expression):
        return _marks(connection, "articles_fts", expression, ids)
    with excerpt(connection, ids) as few:
        return _marks(few, "few", expression, ids)


def _marks(connection: Connection, index: str, expression: str, ids: Sequence[int]) -> dict[int, Row]:
    marks = ":mark, :unmark"
    sql = (
        f"SELECT rowid AS id, highlight({index}, 0, {marks}) AS headline, highlight({index}, 1, {marks}) AS dek,"
        f" snippet({index}, 2, {marks}, '…', 40) AS snippet"
        f" FROM {index} WHERE {index} MATCH :q AND rowid IN ({', '.join(map(str, ids))})"
    )
    return {row["id"]: row for row in rows(connection, sql, {"q": expression, "mark": MARK, "unmark": UNMARK})}
