"""Reading rows as dictionaries, and what several pages read. Must not know HTTP or HTML, and must not write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from sqlite3 import Connection
from typing import Any

from archive.urls import host_of

EPOCH = "1970-01-01T00:00:00+00:00"
"""The beginning of time: when something changed that is not there."""
Row = dict[str, Any]
Params = Mapping[str, Any]

CARD = (
    "a.id, a.slug, a.url, a.headline, a.dek, a.type, a.section, a.byline, a.authors, a.published_at,"
    " a.published_offset, a.word_count, a.language"
)


def rows(connection: Connection, sql: str, params: Params | None = None) -> list[Row]:
    """Run a query and return its rows by column name, whatever the connection's row factory is."""
    cursor = connection.execute(sql, params or {})
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def row(connection: Connection, sql: str, params: Params | None = None) -> Row | None:
    """Return the first row of a query, or None."""
    return next(iter(rows(connection, sql, params)), None)


def publication(connection: Connection) -> str:
    """Return the publication's printed title, else the host of its articles."""
    named = row(connection, "SELECT title FROM publication")
    if named:
        return str(named["title"])
    found = row(connection, "SELECT url FROM articles LIMIT 1")
    return host_of(found["url"]) if found else "An empty archive"


def last_change(connection: Connection) -> str:
    """Return when an article here last changed; the beginning of time for an empty archive."""
    found = row(connection, "SELECT max(last_changed_at) AS at FROM articles")
    return str(found["at"]) if found and found["at"] else EPOCH


def with_authors(found: list[Row]) -> list[Row]:
    """Read the JSON list of authors in each row."""
    return [article | {"authors": _listed(article["authors"])} for article in found]


def _listed(text: str | None) -> list[str]:
    return [str(item) for item in json.loads(text)] if text else []
