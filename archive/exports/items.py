"""Articles with what belongs to them, one after the other, for the formats that hold articles. Must not format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from archive.exports.fetching import Query, sound_text, texts_as

_AT_ONCE = 100
_NAMES = (
    "(SELECT json_group_array(name) FROM (SELECT n.name FROM article_{0}s x JOIN {0}s n ON n.id = x.{0}_id"
    " WHERE x.article_id = a.id ORDER BY x.position)) AS {0}s"
)
_COLUMNS = (
    "a.id, a.url, a.slug, a.headline, a.dek, a.kicker, a.type, a.section, a.byline, a.published_at, a.published_offset,"
    " a.modified_at, a.language, a.word_count, a.status, a.first_seen_at, a.last_seen_at, a.last_changed_at,"
    " a.revision_count, a.series_part, a.body_text, a.body_html, s.fetched_at, s.digest,"
    " (SELECT name FROM series WHERE series.id = a.series_id) AS series"
)
_SQL = (
    f"SELECT {_COLUMNS}, {_NAMES.format('author')}, {_NAMES.format('section')}, {_NAMES.format('tag')}"
    " FROM articles a JOIN snapshots s ON s.id = a.snapshot_id WHERE a.id IN ({})"
)
_LISTS = ("authors", "sections", "tags")


@dataclass(frozen=True, slots=True)
class Item:
    """An article in its present text, with its names joined; times are the archive's UTC texts, None is not said."""

    id: int
    url: str
    slug: str
    headline: str
    dek: str | None
    kicker: str | None
    type: str | None
    section: str | None
    byline: str | None
    published_at: str | None
    published_offset: str | None
    modified_at: str | None
    language: str | None
    word_count: int
    status: str
    first_seen_at: str
    last_seen_at: str
    last_changed_at: str
    revision_count: int
    series_part: int | None
    body_text: str
    body_html: str
    fetched_at: str
    digest: str
    series: str | None
    authors: tuple[str, ...]
    sections: tuple[str, ...]
    tags: tuple[str, ...]


def items(connection: Connection, query: Query, watch: Callable[[int, int], None]) -> Iterator[Item]:
    """Read the articles that a query of article_list or articles finds, in its order."""
    # No cursor stays open between the batches: ids are small, and the texts are read some at a time.
    ids = [row[0] for row in connection.execute(f"SELECT id FROM ({query.sql})", query.params)]
    for first in range(0, len(ids), _AT_ONCE):
        yield from items_of(connection, ids[first : first + _AT_ONCE])
        watch(min(first + _AT_ONCE, len(ids)), 0)


def items_of(connection: Connection, ids: Sequence[int]) -> list[Item]:
    """Read some articles by id, in that order; one that is not there is left out."""
    with texts_as(connection, sound_text):
        cursor = connection.execute(_SQL.format(", ".join(map(str, ids))))
        names = [column[0] for column in cursor.description]
        found = {row[0]: _item(dict(zip(names, row, strict=True))) for row in cursor}
    return [found[id_] for id_ in ids if id_ in found]


def _item(row: dict[str, Any]) -> Item:
    return Item(**row | {name: tuple(json.loads(row[name])) for name in _LISTS})
