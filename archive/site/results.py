"""What a search's page shows: articles with marks, how they divide, and of how many that is true. Must not know HTTP.

Nor HTML; nothing here writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from sqlite3 import Connection
from typing import Any

from archive.site.asked import Search
from archive.site.dividing import Division, divide
from archive.site.ordering import Ordered, page_count, page_of, reached
from archive.site.queries import CARD, Row, rows, with_authors
from archive.site.sampling import COUNTED, Found
from archive.site.sampling import find as find_all

MARK, UNMARK = "\ue000", "\ue001"
_NAMES = {
    "author": "SELECT name FROM authors WHERE slug = :value OR name = :value",
    "series": "SELECT name FROM series WHERE slug = :value OR name = :value",
    "outlet": "SELECT name FROM outlets WHERE name IN (SELECT name FROM outlets WHERE host = :value)",
}
_NOTHING = Found([], True, 0, True)


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found, and how all of it divides."""

    found: Found
    cards: list[Row]
    division: Division
    ranked: int | None

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
    if search.is_hopeless:
        return Results(_NOTHING, [], Division({}, {}), None)
    found = find_all(connection, search)
    page = page_of(connection, search, found) if found.hits else Ordered([], None)
    return Results(found, cards(connection, search, page.ids), divide(connection, search, found), page.ranked)


def cards(connection: Connection, search: Search, ids: Sequence[int]) -> list[Row]:
    """Read articles as cards, in the order given, with marks around what was searched for."""
    found = {card["id"]: card for card in with_authors(rows(connection, *_marked(search, ids)))}
    return [found[one] for one in ids if one in found]


def _marked(search: Search, ids: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """Return the statement that reads cards with their marks; snippets cost, so only the page's own are made."""
    listed = ", ".join(map(str, ids))
    if not search.expression:
        return f"SELECT {CARD}, NULL AS snippet FROM articles a WHERE a.id IN ({listed})", {}
    marks = ":mark, :unmark"
    # Where words are only begun, each look would gather all words that begin so again; where some are excluded, it
    # would go past all articles before. Going past all hits once is sooner.
    is_dear = "*" in search.expression or " NOT " in search.expression
    column = "+articles_fts.rowid" if is_dear else "articles_fts.rowid"
    sql = (
        f"SELECT {CARD.replace('a.headline, a.dek,', '')}, highlight(articles_fts, 0, {marks}) AS headline,"
        f" highlight(articles_fts, 1, {marks}) AS dek, snippet(articles_fts, 2, {marks}, '…', 40) AS snippet"
        " FROM articles_fts CROSS JOIN articles a ON a.id = articles_fts.rowid"
        f" WHERE articles_fts MATCH :q AND {column} IN ({listed})"
    )
    return sql, {"q": search.expression, "mark": MARK, "unmark": UNMARK}
