"""What a search asks for: read from an address, and written back into one. Must not run anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from archive.site.search import MAX_LENGTH, clean, match_expression, shortened

Sort = Literal["relevance", "date"]

PAGE = 20
# Nobody reads further; what lies deeper is in the CSV file.
MAX_PAGE = 200
FACETS = ("section", "type", "author", "series", "year", "outlet")
MAX_VALUE = 300
# headline, dek, body_text, byline: a word in the headline says more about an article than one in its text.
RANK = "bm25(articles_fts, 10, 5, 1, 2)"
_AUTHOR = (
    "a.id IN (SELECT x.article_id FROM article_authors x WHERE x.author_id IN"
    " (SELECT p.id FROM authors p WHERE p.name = :author OR p.slug = :author))"
)
_OUTLET = (
    "a.id IN (SELECT l.article_id FROM links l WHERE l.internal = 0 AND l.outlet_id IN"
    " (SELECT o.id FROM outlets o WHERE o.name = :outlet OR o.host = :outlet))"
)
_SERIES = "a.series_id IN (SELECT s.id FROM series s WHERE s.name = :series OR s.slug = :series)"
CONDITIONS = {
    "section": "a.section = :section",
    "type": "a.type = :type",
    "author": _AUTHOR,
    "series": _SERIES,
    # The bounds let an index by date find what the first four letters must be.
    "year": "(substr(a.published_at, 1, 4) = :year AND a.published_at BETWEEN :year AND :year || '~')",
    "outlet": _OUTLET,
}
# The same asked of one article after the other: dearer for what few have, cheaper for what many have.
_ASKED = {
    "author": "EXISTS (SELECT 1 FROM article_authors x WHERE x.article_id = a.id AND x.author_id IN"
    " (SELECT p.id FROM authors p WHERE p.name = :author OR p.slug = :author))",
    "outlet": "EXISTS (SELECT 1 FROM links l WHERE l.article_id = a.id AND l.internal = 0"
    " AND l.outlet_id IN (SELECT o.id FROM outlets o WHERE o.name = :outlet OR o.host = :outlet))",
}
_COLUMNS = "a.id, a.headline, a.dek, a.byline, a.section, a.type, a.published_at, a.word_count, a.slug, a.url"


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked for. `expression` is FTS5's; None means that all articles are meant."""

    typed: str = ""
    expression: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: Sort = "date"
    page: int = 1
    was_cut: bool = False

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Search:
        """Read a search from an address's query; what makes no sense there counts as not said."""
        whole = clean(args.get("q", ""))
        typed = shortened(whole).strip()
        expression = match_expression(typed)
        wished = args.get("sort") or ("relevance" if expression else "date")
        return cls(
            typed=typed,
            expression=expression,
            filters={name: clean(args[name])[:MAX_VALUE] for name in FACETS if clean(args.get(name) or "")},
            sort="relevance" if expression and wished == "relevance" else "date",
            page=_page(args.get("page", "")),
            was_cut=len(whole) > MAX_LENGTH,
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
        # CROSS JOIN keeps SQLite from starting with the table.
        source = "articles_fts CROSS JOIN articles a ON a.id = articles_fts.rowid" if self.expression else "articles a"
        conditions = [_PLAIN.get(name, CONDITIONS[name]) for name in self.filters]
        if self.expression:
            conditions.insert(0, "articles_fts MATCH :q")
        where = "\nWHERE " + "\n  AND ".join(conditions) if conditions else ""
        order = f"{RANK}, a.id" if self.sort == "relevance" else "a.published_at DESC, a.id"
        return f"SELECT {_COLUMNS}\nFROM {source}{where}\nORDER BY {order}", self.parameters()

    def conditions(self) -> str:
        """Return the filters as one SQL condition on `articles a`, to find articles by."""
        return " AND ".join(CONDITIONS[name] for name in self.filters) or "TRUE"

    def checks(self) -> str:
        """Return the filters as one SQL condition on `articles a`, to check articles that other things found."""
        return " AND ".join(_ASKED.get(name, CONDITIONS[name]) for name in self.filters) or "TRUE"

    def parameters(self) -> dict[str, str]:
        """Return the values that the statements name."""
        return dict(self.filters) | ({"q": self.expression} if self.expression else {})


_PLAIN = {"year": "a.year = :year"}


def _page(text: str) -> int:
    return min(max(int(text), 1), MAX_PAGE) if text.isascii() and text.isdigit() and len(text) < 6 else 1
