"""What each feed holds: which articles and edits, newest first. Must not know HTTP or formats; must not write."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from sqlite3 import Connection
from typing import Any

from archive.exports.entries import Publication, entry_of, publication
from archive.exports.feeds import Entry, excerpt, tag
from archive.exports.items import Item, items_of
from archive.site.queries import Row, last_change, row, rows

SIZE = 50
MOST = 100
MAX_PAGE = 100
Address = Callable[[str], str]

_NEWEST = (
    "SELECT id AS article_id FROM articles WHERE status <> 'withdrawn' ORDER BY coalesce(published_at, first_seen_at)"
    " DESC, id DESC"
)
_REVISED = (
    "SELECT r.article_id, r.number, r.kind, r.silent, r.seen_at, r.changed_fields, r.notices FROM revisions r"
    " CROSS JOIN articles a ON a.id = r.article_id WHERE r.number > 1 AND a.status <> 'withdrawn'"
    " ORDER BY r.seen_at DESC, r.article_id DESC, r.number DESC"
)
_CORRECTED = (
    "SELECT * FROM (SELECT r.article_id, r.number, r.kind, r.silent, r.seen_at, r.changed_fields, r.notices"
    " FROM revisions r JOIN articles a ON a.id = r.article_id WHERE r.kind = 'correction' AND a.status <> 'withdrawn'"
    " UNION ALL SELECT n.article_id, 0, NULL, NULL, a.last_changed_at, NULL, json_group_array(n.text) FROM notices n"
    " JOIN articles a ON a.id = n.article_id WHERE n.kind = 'correction' AND a.status <> 'withdrawn' AND NOT EXISTS"
    " (SELECT 1 FROM revisions r WHERE r.article_id = n.article_id AND r.kind = 'correction') GROUP BY n.article_id)"
    " ORDER BY seen_at DESC, article_id, number DESC"
)
_GONE = (
    "SELECT t.article_id, t.reason, t.gone_at, t.returned_at FROM tombstones t JOIN articles a ON a.id = t.article_id"
    " WHERE a.status <> 'withdrawn' ORDER BY t.gone_at DESC, t.article_id"
)
_UNDER = (
    "SELECT a.id AS article_id FROM articles a WHERE a.status <> 'withdrawn' AND a.id IN (SELECT x.article_id FROM"
    " article_{0}s x JOIN {0}s n ON n.id = x.{0}_id WHERE n.slug = :slug)"
    " ORDER BY coalesce(a.published_at, a.first_seen_at) DESC, a.id"
)
_IN_SERIES = (
    "SELECT a.id AS article_id FROM articles a WHERE a.status <> 'withdrawn' AND a.series_id IN"
    " (SELECT id FROM series WHERE slug = :slug) ORDER BY coalesce(a.published_at, a.first_seen_at) DESC, a.id"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of feed: its title and words, its statement, and what an entry says of a row of it."""

    title: str
    words: str
    sql: str
    entry: Callable[[Publication, Entry, Row], Entry]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a feed: whose, of what, which entries, when it last changed, and whether there are more."""

    source: Publication
    name: str
    entries: list[Entry]
    updated: str
    more: bool


def _plain(source: Publication, entry: Entry, row: Row) -> Entry:
    return entry


def _revised(source: Publication, entry: Entry, row: Row) -> Entry:
    fields = ", ".join(json.loads(row["changed_fields"] or "[]"))
    silent = ", silently" if row["silent"] else ""
    said = f"Revision {row['number']}, {row['kind'] or 'edit'}{silent}: {fields} changed."
    return replace(
        entry,
        id=tag(source.host, "article", _id_of(row), "revision", row["number"]),
        updated=row["seen_at"],
        summary=f"{said} {_notices(row)}".strip(),
    )


def _corrected(source: Publication, entry: Entry, row: Row) -> Entry:
    if row["number"]:
        return _revised(source, entry, row)
    return replace(
        entry, id=tag(source.host, "article", _id_of(row), "correction"), updated=row["seen_at"], summary=_notices(row)
    )


def _gone(source: Publication, entry: Entry, row: Row) -> Entry:
    back = f" It was seen again on {row['returned_at'][:10]}." if row["returned_at"] else ""
    return replace(
        entry,
        id=tag(source.host, "article", _id_of(row), "gone", row["gone_at"]),
        title=f"Gone: {entry.title}",
        updated=row["returned_at"] or row["gone_at"],
        summary=f"The publication's address answers no more ({row['reason']}); the text is kept here.{back}",
    )


def _id_of(row: Row) -> int:
    return int(row["article_id"])


def _notices(row: Row) -> str:
    return excerpt(" ".join(json.loads(row["notices"] or "[]")))


KINDS: Mapping[str, Kind] = {
    "newest": Kind("Newest articles", "The newest articles, by date of publication.", _NEWEST, _plain),
    "changed": Kind("Changed articles", "Articles whose words changed after they were first seen.", _REVISED, _revised),
    "corrected": Kind("Corrections", "Articles that were corrected with a notice.", _CORRECTED, _corrected),
    "gone": Kind("Articles taken down", "Articles that the publication's site no longer shows.", _GONE, _gone),
}
NOUNS: Mapping[str, Kind] = {
    "author": Kind("Articles by {}", "The newest articles of one author.", _UNDER.format("author"), _plain),
    "section": Kind("Articles in {}", "The newest articles under one label.", _UNDER.format("section"), _plain),
    "tag": Kind("Articles tagged {}", "The newest articles under one tag.", _UNDER.format("tag"), _plain),
    "series": Kind("Series {}", "The newest articles of one series.", _IN_SERIES, _plain),
}


def found_by_kind(connection: Connection, kind: Kind, page: int, size: int, address: Address) -> Found:
    """Read one page of a feed, counted from 1."""
    return _page(connection, kind, {}, kind.title, page, size, address)


def found_under(connection: Connection, noun: str, slug: str, page: int, size: int, address: Address) -> Found | None:
    """Read one page of the feed of an author, section, tag or series; None when there is no such name."""
    table = "series" if noun == "series" else f"{noun}s"
    named = row(connection, f"SELECT name FROM {table} WHERE slug = :slug ORDER BY name LIMIT 1", {"slug": slug})
    if named is None:
        return None
    kind = NOUNS[noun]
    return _page(connection, kind, {"slug": slug}, kind.title.format(named["name"]), page, size, address)


def found_by_search(connection: Connection, ids: Sequence[int], name: str, more: bool, address: Address) -> Found:
    """Read the articles of one page of a search's result."""
    source = publication(connection)
    entries = [entry_of(source, item, address(item.slug)) for item in _kept(connection, ids)]
    return Found(source, name, entries, _updated(connection, entries), more)


def _page(
    connection: Connection, kind: Kind, params: Mapping[str, Any], name: str, page: int, size: int, address: Address
) -> Found:
    limits = {"size": size + 1, "offset": (page - 1) * size}
    listed = rows(connection, f"{kind.sql} LIMIT :size OFFSET :offset", {**params, **limits})
    shown = listed[:size]
    source = publication(connection)
    known = {item.id: item for item in _kept(connection, [_id_of(each) for each in shown])}
    entries = [
        kind.entry(source, entry_of(source, known[_id_of(each)], address(known[_id_of(each)].slug)), each)
        for each in shown
        if _id_of(each) in known
    ]
    return Found(source, name, entries, _updated(connection, entries), len(listed) > size)


def _kept(connection: Connection, ids: Sequence[int]) -> list[Item]:
    return [item for item in items_of(connection, list(dict.fromkeys(ids))) if item.status != "withdrawn"]


def _updated(connection: Connection, entries: Sequence[Entry]) -> str:
    return max((entry.updated for entry in entries), default=last_change(connection))
