"""What feeds say of articles: their ids, titles and excerpts. Must not know formats or pages."""

from __future__ import annotations

from dataclasses import dataclass
from sqlite3 import Connection

from archive.exports.feeds import Entry, Feed, excerpt, tag
from archive.exports.items import Item
from archive.urls import host_of


@dataclass(frozen=True, slots=True)
class Publication:
    """Whose archive it is."""

    title: str
    url: str

    @property
    def host(self) -> str:
        """Return the host that ids are named after."""
        return host_of(self.url) or "archive.invalid"


def publication(connection: Connection) -> Publication:
    """Read whose archive it is; one that does not say is named after its articles' host."""
    for sql in ("SELECT title, url FROM publication", "SELECT NULL, url FROM articles LIMIT 1"):
        row = connection.execute(sql).fetchone()
        if row:
            return Publication(row[0] or host_of(row[1]), row[1])
    return Publication("An empty archive", "")


def exported_feed(source: Publication, updated: str) -> Feed:
    """Describe the feed that `export atom` writes."""
    words = f"Articles of {source.title}, from its archive"
    return Feed(tag(source.host, "export"), source.title, words, updated, source.title, page=source.url)


def entry_of(source: Publication, item: Item, url: str | None = None) -> Entry:
    """Say of an article what a feed shows; `url` is where it is read, when that is not the publication's own page."""
    return Entry(
        id=tag(source.host, "article", item.id),
        url=url or item.url,
        original=item.url,
        title=item.headline,
        updated=item.last_changed_at,
        published=item.published_at,
        authors=item.authors,
        labels=tuple(dict.fromkeys((*item.sections, *item.tags))),
        summary=item.dek or excerpt(item.body_text),
        language=item.language,
    )
