"""A search's result to take away: CSV and JSON. Must not find articles, and must not know HTTP."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from archive.site.asked import Search
from archive.site.markup import marked, unmarked
from archive.site.ordering import all_of
from archive.site.queries import Row, rows
from archive.site.results import Results
from archive.site.sampling import find

COLUMNS = (
    "id", "headline", "dek", "byline", "authors", "section", "sections", "type", "series", "published_at", "year",
    "word_count", "language", "status", "revision_count", "url", "slug",
)  # fmt: skip
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Places:
    """Whole addresses: of the search itself, of the page after this one, and of an article's page here."""

    here: str
    page: str
    next: str | None
    article: Callable[[str], str]


def found_ids(connection: Connection, search: Search) -> list[int]:
    """Return the ids of all that a search finds, in the page's order."""
    return [] if search.is_hopeless else all_of(connection, search, find(connection, search))


def csv_head() -> str:
    """Return the row of column names."""
    return csv_text([COLUMNS])


def csv_rows(connection: Connection, ids: Sequence[int]) -> str:
    """Return articles as CSV rows (RFC 4180), in the order given; what SQL calls NULL is an empty cell."""
    return csv_text([[row[name] for name in COLUMNS] for row in listed(connection, ids)])


def listed(connection: Connection, ids: Sequence[int]) -> list[Row]:
    """Read articles as article_list has them, texts left out, in the order given."""
    columns = ", ".join((*COLUMNS, "modified_at", "first_seen_at"))
    known = ", ".join(map(str, ids))
    found = {row["id"]: row for row in rows(connection, f"SELECT {columns} FROM article_list WHERE id IN ({known})")}
    return [found[one] for one in ids if one in found]


def csv_text(lines: Sequence[Sequence[Any]]) -> str:
    """Write lines as CSV (RFC 4180)."""
    stream = io.StringIO()
    csv.writer(stream).writerows(lines)
    return stream.getvalue()


def as_json(search: Search, results: Results, articles: Sequence[Row], places: Places) -> str:
    """Write one page of a result as JSON: articles, how all divide, and of how many that is true."""
    sql, parameters = search.sql()
    snippets = {card["id"]: card["snippet"] for card in results.cards}
    said = {
        "q": search.typed,
        "expression": search.expression,
        "filters": dict(search.filters),
        "sort": search.sort,
        "hits": results.hits,
        "hits_are_exact": results.found.exact,
        "ranked_among": results.ranked,
        "counted_over": results.division.looked_at,
        "page": search.page,
        "pages": results.pages,
        "next": places.next,
        "articles": [with_page(row, snippets.get(row["id"]), places.article) for row in articles],
        "facets": {name: dict(values) for name, values in results.division.facets.items()},
        "months": dict(sorted(results.division.months.items())),
        "sql": sql,
        "parameters": parameters,
    }
    return json.dumps(said, ensure_ascii=False)


def with_page(row: Row, snippet: str | None, address: Callable[[str], str]) -> Row:
    """Return an article as JSON says it: with the whole address of its page here, and its snippet, if there is one."""
    shown = {"page": address(row["slug"])}
    if snippet is not None:
        shown |= {"snippet": unmarked(snippet), "snippet_html": str(marked(snippet))}
    return row | shown
