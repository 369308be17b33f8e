"""The SQL behind every page but search: reads rows, as dictionaries. Must not know HTTP or HTML, and must not write."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from sqlite3 import Connection
from typing import Any

from archive.urls import host_of

Row = dict[str, Any]
Params = Mapping[str, Any]

CARD = (
    "a.id, a.slug, a.url, a.headline, a.dek, a.type, a.section, a.byline, a.authors, a.published_at,"
    " a.published_offset, a.word_count, a.language"
)
_LINKS = """
SELECT l.url, l.href, l.anchor_text, l.sentence, l.host, l.internal, coalesce(o.name, l.host) AS outlet,
    t.slug AS target_slug, t.headline AS target_headline
FROM links l LEFT JOIN outlets o ON o.id = l.outlet_id LEFT JOIN articles t ON t.id = l.target_article_id
WHERE l.article_id = :id ORDER BY l.position
"""
_RELATED = """
SELECT r.url, coalesce(r.headline, t.headline, r.url) AS headline, r.place, t.slug AS target_slug,
    t.published_at AS target_published_at
FROM related_stories r LEFT JOIN articles t ON t.id = r.related_article_id WHERE r.article_id = :id ORDER BY r.position
"""
_REVISIONS = """
SELECT r.number, r.seen_at, r.changed_fields, r.kind, r.silent, r.snapshot_id, s.fetched_at
FROM revisions r JOIN snapshots s ON s.id = r.snapshot_id WHERE r.article_id = :id ORDER BY r.number DESC
"""
_LEAD_IMAGE = """
SELECT x.id, x.image_id, x.alt, x.caption, x.credit_line, i.url, i.snapshot_id
FROM article_images x JOIN images i ON i.id = x.image_id
WHERE x.article_id = :id AND x.role = 'lead' ORDER BY x.position LIMIT 1
"""
_NAMES = "SELECT n.name, n.slug FROM {0} x JOIN {1} n ON n.id = x.{2}_id WHERE x.article_id = :id ORDER BY x.position"


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
    return str(found["at"]) if found and found["at"] else "1970-01-01T00:00:00+00:00"


def with_authors(found: list[Row]) -> list[Row]:
    """Read the JSON list of authors in each row."""
    return [article | {"authors": _listed(article["authors"])} for article in found]


def _listed(text: str | None) -> list[str]:
    return [str(item) for item in json.loads(text)] if text else []


@dataclass(frozen=True, slots=True)
class Outlet:
    """One site that an article cites, and the links to it in reading order."""

    name: str
    host: str
    links: list[Row]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """What an article's page shows. `row` is its row in articles, with `evidence` read."""

    row: Row
    authors: list[Row]
    labels: list[Row]
    tags: list[Row]
    image: Row | None
    credits: list[Row]
    outlets: list[Outlet]
    own_links: list[Row]
    related: list[Row]
    revisions: list[Row]
    snapshot: Row
    snapshots: int
    aliases: list[str]

    @property
    def paths(self) -> dict[str, str]:
        """Return the slugs of linked articles that are held, by address as written and as cleaned."""
        held = [link for link in self.own_links if link["target_slug"]]
        return {link[column]: link["target_slug"] for link in held for column in ("url", "href")}


def article(connection: Connection, slug: str) -> ArticleView | None:
    """Read one article with all that belongs to it; None when no article has the slug."""
    found = row(
        connection,
        "SELECT * FROM articles WHERE slug = :slug ORDER BY status = 'live' DESC, id LIMIT 1",
        {"slug": slug},
    )
    if found is None:
        return None
    by_id = {"id": found["id"]}
    image = row(connection, _LEAD_IMAGE, by_id)
    links = rows(connection, _LINKS, by_id)
    snapshot = rows(connection, "SELECT * FROM snapshots WHERE id = :id", {"id": found["snapshot_id"]})[0]
    credit = "SELECT kind, name, basis FROM credits WHERE article_image_id = :id ORDER BY kind DESC, name"
    count = "SELECT count(*) AS n FROM snapshots WHERE url = :url"
    return ArticleView(
        row=found | {"evidence": json.loads(found["evidence"] or "{}")},
        authors=rows(connection, _NAMES.format("article_authors", "authors", "author"), by_id),
        labels=rows(connection, _NAMES.format("article_sections", "sections", "section"), by_id),
        tags=rows(connection, _NAMES.format("article_tags", "tags", "tag"), by_id),
        image=image,
        credits=rows(connection, credit, {"id": image["id"]}) if image else [],
        outlets=_by_outlet(link for link in links if not link["internal"]),
        own_links=[link for link in links if link["internal"]],
        related=rows(connection, _RELATED, by_id),
        revisions=[_changes(revision) for revision in rows(connection, _REVISIONS, by_id)],
        snapshot=snapshot,
        snapshots=rows(connection, count, {"url": snapshot["url"]})[0]["n"],
        aliases=[alias["url"] for alias in rows(connection, "SELECT url FROM aliases WHERE article_id = :id", by_id)],
    )


def _by_outlet(links: Iterable[Row]) -> list[Outlet]:
    ordered = sorted(links, key=lambda link: (link["outlet"].casefold(), link["host"]))
    grouped = groupby(ordered, key=lambda link: (link["outlet"], link["host"]))
    outlets = [Outlet(name, host, list(found)) for (name, host), found in grouped]
    return sorted(outlets, key=lambda outlet: -len(outlet.links))


def _changes(revision: Row) -> Row:
    return revision | {"changed_fields": _listed(revision["changed_fields"])}
