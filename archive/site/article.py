"""One article with all that belongs to it, as its page shows it: reads rows. Must not know HTTP or HTML, or write."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from sqlite3 import Connection
from typing import Any

from sqlite_utils import Database

from archive.fetches import Fetched, fetches_of
from archive.site.queries import Row, row, rows
from archive.site.surroundings import Citing, SeriesPlace, citing, series_place

_LINKS = """
SELECT l.url, l.href, l.anchor_text, l.sentence, l.host, l.internal, coalesce(o.name, l.host) AS outlet,
    t.slug AS target_slug, t.headline AS target_headline, t.published_at AS target_published_at
FROM links l LEFT JOIN outlets o ON o.id = l.outlet_id
LEFT JOIN articles t ON t.id = l.target_article_id AND t.status != 'withdrawn'
WHERE l.article_id = :id ORDER BY l.position
"""
_ATTRIBUTIONS = """
SELECT x.name, x.sentence, o.host FROM attributions x JOIN outlets o ON o.id = x.outlet_id
WHERE x.article_id = :id ORDER BY x.position
"""
_RELATED = """
SELECT r.url, coalesce(r.headline, t.headline, r.url) AS headline, r.place, t.slug AS target_slug,
    t.published_at AS target_published_at
FROM related_stories r LEFT JOIN articles t ON t.id = r.related_article_id
WHERE r.article_id = :id AND coalesce(t.status, '') != 'withdrawn' ORDER BY r.position
"""
_REVISIONS = """
SELECT r.number, r.seen_at, r.changed_fields, r.kind, r.silent, r.snapshot_id, r.extractor, s.fetched_at, s.digest
FROM revisions r JOIN snapshots s ON s.id = r.snapshot_id WHERE r.article_id = :id ORDER BY r.number DESC
"""
_IMAGES = """
SELECT x.id, x.image_id, x.role, x.alt, x.caption, x.credit_line, i.url, i.snapshot_id
FROM article_images x JOIN images i ON i.id = x.image_id WHERE x.article_id = :id ORDER BY x.role = 'inline', x.position
"""
_CREDITS = """
SELECT c.article_image_id, c.kind, c.name, c.basis FROM article_images x JOIN credits c ON c.article_image_id = x.id
WHERE x.article_id = :id ORDER BY c.kind DESC, c.name
"""
_NAMES = "SELECT n.name, n.slug FROM {0} x JOIN {1} n ON n.id = x.{2}_id WHERE x.article_id = :id ORDER BY x.position"
_FETCHED = """
SELECT s.* FROM snapshots s WHERE s.id IN (SELECT snapshot_id FROM revisions WHERE article_id = :id
    UNION SELECT snapshot_id FROM articles WHERE id = :id) ORDER BY s.fetched_at
"""


@dataclass(frozen=True, slots=True)
class Outlet:
    """One site that an article cites: the links to it in reading order, and where it is only named."""

    name: str
    host: str
    links: list[Row]
    mentions: list[Row]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """What an article's page shows. `row` is its row in articles, with `evidence` read; `fetches` in order of time."""

    row: Row
    authors: list[Row]
    labels: list[Row]
    tags: list[Row]
    images: list[Row]
    outlets: list[Outlet]
    own_links: list[Row]
    related: list[Row]
    citing: Citing
    series: SeriesPlace | None
    notices: list[Row]
    revisions: list[Row]
    snapshot: Row
    fetches: tuple[Fetched, ...]
    aliases: list[str]
    tombstones: list[Row]

    @property
    def lead(self) -> Row | None:
        """Return the lead image with its credits, or None."""
        return next((image for image in self.images if image["role"] == "lead"), None)

    @property
    def inline(self) -> list[Row]:
        """List the images in the body, with their credits."""
        return [image for image in self.images if image["role"] == "inline"]

    @property
    def paths(self) -> dict[str, str]:
        """Return the slugs of linked articles that are held, by address as written and as cleaned."""
        held = [link for link in self.own_links if link["target_slug"]]
        return {link[column]: link["target_slug"] for link in held for column in ("url", "href")}


def find(connection: Connection, slug: str) -> Row | None:
    """Return the row of the article with a slug, or None."""
    sql = "SELECT * FROM articles WHERE slug = :slug ORDER BY status = 'live' DESC, id LIMIT 1"
    return row(connection, sql, {"slug": slug})


def article(connection: Connection, slug: str) -> ArticleView | None:
    """Read one article with all that belongs to it; None when no article has the slug."""
    found = find(connection, slug)
    if found is None:
        return None
    by_id = {"id": found["id"]}
    links = rows(connection, _LINKS, by_id)
    outward = [link for link in links if not link["internal"]]
    notices = "SELECT kind, text FROM notices WHERE article_id = :id ORDER BY position"
    tombstones = "SELECT * FROM tombstones WHERE article_id = :id ORDER BY gone_at DESC"
    return ArticleView(
        row=found | {"evidence": json.loads(found["evidence"] or "{}")},
        authors=names(connection, "author", found["id"]),
        labels=names(connection, "section", found["id"]),
        tags=names(connection, "tag", found["id"]),
        images=_images(connection, by_id),
        outlets=_by_outlet(outward, rows(connection, _ATTRIBUTIONS, by_id)),
        own_links=[link for link in links if link["internal"]],
        related=rows(connection, _RELATED, by_id),
        citing=citing(connection, found["id"]),
        series=series_place(connection, found),
        notices=rows(connection, notices, by_id),
        revisions=[_changes(revision) for revision in rows(connection, _REVISIONS, by_id)],
        snapshot=rows(connection, "SELECT * FROM snapshots WHERE id = :id", {"id": found["snapshot_id"]})[0],
        fetches=_fetches(connection, found["id"]),
        aliases=[alias["url"] for alias in rows(connection, "SELECT url FROM aliases WHERE article_id = :id", by_id)],
        tombstones=rows(connection, tombstones, by_id),
    )


def names(connection: Connection, noun: str, article_id: int) -> list[Row]:
    """Return names and slugs of an article's authors, sections or tags (`noun` in the singular), in printed order."""
    return rows(connection, _NAMES.format(f"article_{noun}s", f"{noun}s", noun), {"id": article_id})


def _images(connection: Connection, by_id: Row) -> list[Row]:
    credits = rows(connection, _CREDITS, by_id)
    return [
        image | {"credits": [credit for credit in credits if credit["article_image_id"] == image["id"]]}
        for image in rows(connection, _IMAGES, by_id)
    ]


def _fetches(connection: Connection, article_id: int) -> tuple[Fetched, ...]:
    # What is published has no ledger, and only the fetches that revisions were read from.
    if row(connection, "SELECT 1 FROM sqlite_schema WHERE name = 'ledger'"):
        return fetches_of(Database(connection), article_id)
    fields = Fetched.__slots__
    found = rows(connection, _FETCHED, {"id": article_id})
    return tuple(Fetched(**{name: each[name] for name in fields}) for each in found)


def _by_outlet(links: Iterable[Row], mentions: Iterable[Row]) -> list[Outlet]:
    both = [(link["outlet"], link["host"], True, link) for link in links]
    both += [(mention["name"], mention["host"], False, mention) for mention in mentions]
    ordered = sorted(both, key=lambda item: (item[1], not item[2]))
    outlets = [_outlet(list(found)) for _, found in groupby(ordered, key=lambda item: item[1])]
    return sorted(outlets, key=lambda outlet: (-len(outlet.links), -len(outlet.mentions), outlet.name.casefold()))


def _outlet(found: list[tuple[Any, ...]]) -> Outlet:
    return Outlet(
        found[0][0],
        found[0][1],
        [each[3] for each in found if each[2]],
        [each[3] for each in found if not each[2]],
    )


def _changes(revision: Row) -> Row:
    return revision | {"changed_fields": json.loads(revision["changed_fields"] or "[]")}
