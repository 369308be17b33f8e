"""What the watch over a crawl looks at in one reading of an article, read now or held. Must not judge it.

A portrait has no words in it: the layout, which fields are filled and from where, how long the text is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from sqlite3 import Connection
from typing import get_args

from archive.models import Article, RelatedPlace


def _beside(place: str) -> Callable[[Article], object]:
    return lambda article: any(story.place == place for story in article.related)


FIELDS: dict[str, Callable[[Article], object]] = {
    "headline": lambda article: article.headline,
    "dek": lambda article: article.dek,
    "type": lambda article: article.type,
    "section": lambda article: article.section,
    "byline": lambda article: article.byline.line,
    "authors": lambda article: article.byline.authors,
    "published_at": lambda article: article.published_at,
    "modified_at": lambda article: article.modified_at,
    "language": lambda article: article.language,
    "lead_image": lambda article: article.lead_image,
    "caption": lambda article: any(image.caption for image in article.images),
    "credit_line": lambda article: any(image.credit_line for image in article.images),
    "credits": lambda article: any(image.credits for image in article.images),
    "links": lambda article: article.links,
    "related": lambda article: article.related,
    "tags": lambda article: article.tags,
}
"""The fields of an article that a page may or may not give."""
PORTRAYED = {**FIELDS, **{f"related {place}": _beside(place) for place in get_args(RelatedPlace)}}
"""What an article that is read again is looked at for: related stories by where they stood."""
UNRECOGNISED = "generic"
"""The layout of a page that no layout of the profile fits."""

_NEWEST = 200
_IMAGES = "EXISTS (SELECT 1 FROM article_images x WHERE x.article_id = a.id AND x.{} IS NOT NULL)"
_BESIDE = "EXISTS (SELECT 1 FROM related_stories x WHERE x.article_id = a.id AND x.place = '{}')"
_PARTS = "EXISTS (SELECT 1 FROM {} x WHERE x.article_id = a.id)"
_COLUMNS = ("headline", "dek", "type", "section", "byline", "published_at", "modified_at", "language")
_HELD = {
    **{name: f"a.{name} IS NOT NULL" for name in _COLUMNS},
    "authors": "coalesce(a.authors, '[]') != '[]'",
    "lead_image": "a.lead_image_id IS NOT NULL",
    **{name: _IMAGES.format(name) for name in ("caption", "credit_line")},
    "credits": "EXISTS (SELECT 1 FROM article_images x JOIN credits c ON c.article_image_id = x.id"
    " WHERE x.article_id = a.id)",
    "links": _PARTS.format("links"),
    "related": _PARTS.format("related_stories"),
    **{f"related {place}": _BESIDE.format(place) for place in get_args(RelatedPlace)},
    "tags": _PARTS.format("article_tags"),
}
_SELECT = f"SELECT a.layout, a.word_count, a.evidence, {', '.join(_HELD.values())} FROM articles a"


@dataclass(frozen=True, slots=True)
class Portrait:
    """One reading: its layout, the words of its body, the fields that it has, and where each was read."""

    layout: str
    words: int
    filled: frozenset[str]
    read_by: Mapping[str, str]


def held_with(connection: Connection, name: str, layout: str, before: str, limit: int) -> list[str]:
    """List live articles of a layout (empty: any) that have a field, asked for last before a time.

    Of the newest ones, those that have the most fields come first.
    """
    where = ["l.state = 'stored'", "a.status = 'live'", "l.checked_at < ?", "(? = '' OR a.layout = ?)"]
    where += [_HELD[name]] if name in _HELD else []
    rows = connection.execute(
        f"SELECT l.url, {' + '.join(f'({held})' for held in _HELD.values())} AS fields, a.published_at"
        " FROM articles a JOIN ledger l ON l.article_id = a.id AND l.url = a.url"
        f" WHERE {' AND '.join(where)} ORDER BY a.published_at DESC, a.id LIMIT ?",
        [before, layout, layout, _NEWEST],
    )
    ordered = sorted(rows, key=lambda row: (row[1], row[2] or ""), reverse=True)
    return [url for url, *_ in ordered[:limit]]


def portrait_of(article: Article) -> Portrait:
    """Portray what a page was just read as."""
    filled = frozenset(name for name, found in PORTRAYED.items() if found(article))
    read_by = {name: evidence.source for name, evidence in article.evidence.items() if evidence.source}
    return Portrait(article.layout, article.word_count, filled, read_by)


def held_portrait(connection: Connection, article_id: int, since: str = "") -> Portrait | None:
    """Portray an article as the archive holds it; None for one that is not, was withdrawn, or last read before."""
    row = connection.execute(
        f"{_SELECT} JOIN snapshots s ON s.id = a.snapshot_id WHERE a.id = ? AND a.status != 'withdrawn'"
        " AND s.fetched_at >= ?",
        [article_id, since],
    ).fetchone()
    if row is None:
        return None
    layout, words, evidence, *held = row
    sources = {name: source for name, source in json.loads(evidence or "{}").items() if source}
    filled = frozenset(name for name, is_there in zip(_HELD, held, strict=True) if is_there)
    return Portrait(layout, words, filled, sources)
