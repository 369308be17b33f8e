"""What a search finds: filters, ranking, snippets and counts as SQL. Must not know HTTP or HTML, and must not write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from sqlite3 import Connection
from typing import Any, Literal

from archive.site.queries import CARD, Row, rows, with_authors
from archive.site.search import match_expression

Sort = Literal["relevance", "date"]

PAGE = 20
MAX_PAGE = 500
MARK, UNMARK = "\ue000", "\ue001"
# headline, dek, body_text, byline: a word in the headline says more about an article than one in its text.
RANK = "bm25(articles_fts, 10, 5, 1, 2)"
FACETS = ("section", "type", "author", "year")
_CONDITIONS = {
    "section": "a.section = :section",
    "type": "a.type = :type",
    "year": "a.year = :year",
    "author": "a.id IN (SELECT x.article_id FROM article_authors x JOIN authors p ON p.id = x.author_id"
    " WHERE p.name = :author OR p.slug = :author)",
}


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked for. `expression` is FTS5's; None means that all articles are meant."""

    typed: str = ""
    expression: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: Sort = "date"
    page: int = 1

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Search:
        """Read a search from an address's query; what makes no sense there counts as not said."""
        typed = args.get("q", "").strip()
        expression = match_expression(typed)
        page = args.get("page", "")
        wished = args.get("sort") or ("relevance" if expression else "date")
        return cls(
            typed=typed,
            expression=expression,
            sort="relevance" if expression and wished == "relevance" else "date",
            page=min(max(int(page), 1), MAX_PAGE) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
            filters={name: args[name] for name in FACETS if args.get(name)},
        )

    @property
    def is_hopeless(self) -> bool:
        """Say whether something was typed that holds no word to search for."""
        return bool(self.typed) and self.expression is None

    def query(self, **changed: str | int | None) -> dict[str, str]:
        """Return this search as an address's query, with some of it changed; a change goes back to the first page."""
        said: dict[str, str | int | None] = {"q": self.typed or None, **self.filters}
        if self.expression and self.sort == "date":
            said["sort"] = "date"
        said |= changed
        return {name: str(value) for name, value in said.items() if value}

    def without(self, *names: str) -> Search:
        """Return this search without some of its filters."""
        return replace(self, filters={name: value for name, value in self.filters.items() if name not in names})

    def sql(self) -> tuple[str, dict[str, str]]:
        """Return the search as one statement that people can run and change, and its parameters."""
        columns = "a.id, a.headline, a.dek, a.byline, a.section, a.type, a.published_at, a.word_count, a.slug, a.url"
        return f"SELECT {columns}\n{self._from()}\n{self._order()}", self._params()

    def _from(self) -> str:
        # CROSS JOIN keeps SQLite from starting with the table.
        source = "articles_fts CROSS JOIN articles a ON a.id = articles_fts.rowid" if self.expression else "articles a"
        conditions = [_CONDITIONS[name] for name in self.filters]
        if self.expression:
            conditions.insert(0, "articles_fts MATCH :q")
        return f"FROM {source}" + ("\nWHERE " + "\n  AND ".join(conditions) if conditions else "")

    def _order(self) -> str:
        ranked = f"{RANK}, " if self.sort == "relevance" else ""
        return f"ORDER BY {ranked}a.published_at DESC, a.id"

    def _params(self) -> dict[str, str]:
        return dict(self.filters) | ({"q": self.expression} if self.expression else {})


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found, and how all of it divides. `facets` is by name: values and counts."""

    hits: int
    cards: list[Row]
    facets: dict[str, list[tuple[str, int]]]

    @property
    def pages(self) -> int:
        """Count the pages that can be asked for."""
        return min(-(-self.hits // PAGE), MAX_PAGE)


def find(connection: Connection, search: Search) -> Results:
    """Run a search. Facets count what would be found with their own filter off."""
    if search.is_hopeless:
        return Results(0, [], {})
    facets, hits = _tally(connection, search)
    facets["author"] = _authors(connection, search)
    return Results(hits, _cards(connection, search), {name: facets[name] for name in FACETS})


def _tally(connection: Connection, search: Search) -> tuple[dict[str, list[tuple[str, int]]], int]:
    """Count by section, type and year in one pass over what the words and the author find."""
    wide = search.without("section", "type", "year")
    names = ("section", "type", "year")
    columns = ", ".join(f"a.{name}" for name in names)
    counted = rows(connection, f"SELECT {columns}, count(*) AS n {wide._from()} GROUP BY {columns}", wide._params())
    facets = {name: Counter[str]() for name in names}
    hits = 0
    for group in counted:
        misses = [name for name in names if name in search.filters and group[name] != search.filters[name]]
        hits += 0 if misses else group["n"]
        for name in names:
            if group[name] and misses in ([], [name]):
                facets[name][group[name]] += group["n"]
    by_count = {name: sorted(facets[name].items(), key=lambda item: (-item[1], item[0])) for name in names}
    return by_count | {"year": sorted(facets["year"].items(), reverse=True)}, hits


def _authors(connection: Connection, search: Search) -> list[tuple[str, int]]:
    wide = search.without("author")
    sql = (
        f"WITH hits AS MATERIALIZED (SELECT a.id {wide._from()}) SELECT p.name, count(*) AS n"
        " FROM hits JOIN article_authors x ON x.article_id = hits.id JOIN authors p ON p.id = x.author_id"
        " GROUP BY p.id ORDER BY n DESC, p.name LIMIT 20"
    )
    return [(found["name"], found["n"]) for found in rows(connection, sql, wide._params())]


def _cards(connection: Connection, search: Search) -> list[Row]:
    params: dict[str, Any] = search._params() | {"offset": (search.page - 1) * PAGE}
    sql = f"SELECT a.id {search._from()} {search._order()} LIMIT {PAGE} OFFSET :offset"
    ids = [found["id"] for found in rows(connection, sql, params)]
    found = {card["id"]: card for card in with_authors(rows(connection, *_shown(search, ids)))}
    return [found[one] for one in ids]


def _shown(search: Search, ids: list[int]) -> tuple[str, dict[str, Any]]:
    """Return the statement that reads cards with their marks; snippets cost, so only the page's own are made."""
    listed = ", ".join(map(str, ids))
    if not search.expression:
        return f"SELECT {CARD}, NULL AS snippet FROM articles a WHERE a.id IN ({listed})", {}
    marks = ":mark, :unmark"
    sql = (
        f"SELECT {CARD.replace('a.headline, a.dek,', '')}, highlight(articles_fts, 0, {marks}) AS headline,"
        f" highlight(articles_fts, 1, {marks}) AS dek, snippet(articles_fts, 2, {marks}, '…', 40) AS snippet"
        " FROM articles_fts JOIN articles a ON a.id = articles_fts.rowid"
        f" WHERE articles_fts MATCH :q AND articles_fts.rowid IN ({listed})"
    )
    return sql, {"q": search.expression, "mark": MARK, "unmark": UNMARK}
