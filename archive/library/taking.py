"""The result of a search over all archives to take away: CSV and JSON. Must not find articles or know HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial

from archive.library.finding import Together
from archive.site.queries import Row
from archive.site.taking import COLUMNS, csv_text, with_page

CHUNK = 500
Address = Callable[[str, str], str]
"""Makes the whole address of an article's page here of its archive's name and its slug."""


def csv_head() -> str:
    """Return the row of column names."""
    return csv_text([("publication", "page", *COLUMNS)])


def csv_rows(articles: Sequence[tuple[str, Row]], address: Address) -> str:
    """Return articles as CSV rows (RFC 4180), each with its archive's name and its page here."""
    return csv_text(
        [(name, address(name, row["slug"]), *(row[column] for column in COLUMNS)) for name, row in articles]
    )


def as_json(found: Together, articles: Sequence[tuple[str, Row]], address: Address, following: str | None) -> str:
    """Write one page of a result as JSON: articles, how all divide, and what could not be asked."""
    search = found.question.search
    snippets = {(name, card["id"]): card.get("snippet") for name, card in found.cards}
    said = {
        "q": search.typed,
        "expression": search.expression,
        "publication": found.question.publication,
        "year": found.question.year,
        "sort": search.sort,
        "hits": found.hits,
        "hits_are_exact": found.is_exact,
        "page": search.page,
        "pages": found.pages,
        "next": following,
        "articles": [
            {"publication": name} | with_page(row, snippets.get((name, row["id"])), partial(address, name))
            for name, row in articles
        ],
        "publications": {
            name: {"hits": part.count, "hits_are_exact": part.is_exact, "ranked_among": part.reached}
            for name, part in found.parts.items()
        },
        "years": dict(found.years),
        "missing": dict(found.missing),
    }
    return json.dumps(said, ensure_ascii=False)
