"""A search's result to take away: CSV, JSON and Atom. Must not find articles, and must not know HTTP."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any
from xml.etree import ElementTree

from archive.site.asked import Search
from archive.site.markup import marked, unmarked, web_address
from archive.site.ordering import all_of
from archive.site.queries import Row, rows
from archive.site.results import Results
from archive.site.sampling import find

COLUMNS = (
    "id", "headline", "dek", "byline", "authors", "section", "sections", "type", "series", "published_at", "year",
    "word_count", "language", "status", "revision_count", "url", "slug",
)  # fmt: skip
CHUNK = 500
_ATOM = "http://www.w3.org/2005/Atom"
# What XML 1.0 cannot hold (section 2.2).
_UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
    return _lines([COLUMNS])


def csv_rows(connection: Connection, ids: Sequence[int]) -> str:
    """Return articles as CSV rows (RFC 4180), in the order given; what SQL calls NULL is an empty cell."""
    return _lines([[row[name] for name in COLUMNS] for row in listed(connection, ids)])


def listed(connection: Connection, ids: Sequence[int]) -> list[Row]:
    """Read articles as article_list has them, texts left out, in the order given."""
    columns = ", ".join((*COLUMNS, "modified_at", "first_seen_at"))
    known = ", ".join(map(str, ids))
    found = {row["id"]: row for row in rows(connection, f"SELECT {columns} FROM article_list WHERE id IN ({known})")}
    return [found[one] for one in ids if one in found]


def _lines(lines: Sequence[Sequence[Any]]) -> str:
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
        "articles": [_article(row, snippets.get(row["id"]), places) for row in articles],
        "facets": {name: dict(values) for name, values in results.division.facets.items()},
        "months": dict(sorted(results.division.months.items())),
        "sql": sql,
        "parameters": parameters,
    }
    return json.dumps(said, ensure_ascii=False)


def _article(row: Row, snippet: str | None, places: Places) -> Row:
    shown = {"page": places.article(row["slug"])}
    if snippet is not None:
        shown |= {"snippet": unmarked(snippet), "snippet_html": str(marked(snippet))}
    return row | shown


def as_atom(title: str, articles: Sequence[Row], places: Places, updated: str) -> bytes:
    """Write articles as an Atom feed (RFC 4287); `updated` is what an empty feed says."""
    feed = ElementTree.Element("feed", {"xmlns": _ATOM})
    _add(feed, "id", places.here)
    _add(feed, "title", title)
    _add(feed, "updated", max((_changed(row) for row in articles), default=updated))
    _add(feed, "link", rel="self", type="application/atom+xml", href=places.here)
    _add(feed, "link", rel="alternate", type="text/html", href=places.page)
    if places.next:
        _add(feed, "link", rel="next", href=places.next)
    _add(_add(feed, "author"), "name", title.partition(":")[0])
    for row in articles:
        _add_entry(feed, row, places)
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _add_entry(feed: ElementTree.Element, row: Row, places: Places) -> None:
    entry = _add(feed, "entry")
    _add(entry, "id", row["url"])
    _add(entry, "title", row["headline"])
    _add(entry, "link", rel="alternate", type="text/html", href=places.article(row["slug"]))
    original = web_address(row["url"])
    if original:
        _add(entry, "link", rel="via", href=original)
    _add(entry, "updated", _changed(row))
    if row["published_at"]:
        _add(entry, "published", row["published_at"])
    for name in (row["authors"] or row["byline"] or "").split(", "):
        if name:
            _add(_add(entry, "author"), "name", name)
    for label in filter(None, (row["section"], row["type"])):
        _add(entry, "category", term=label)
    if row["dek"]:
        _add(entry, "summary", row["dek"])


def _changed(row: Row) -> str:
    return str(row["modified_at"] or row["published_at"] or row["first_seen_at"])


def _add(parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    written = {name: _UNWRITABLE.sub("", value) for name, value in attributes.items()}
    child = ElementTree.SubElement(parent, tag, written)
    child.text = _UNWRITABLE.sub("", text) if text else None
    return child
