"""The feed of a search over all archives: what it and its entries say. Must not find articles or know HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from sqlite3 import Connection
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from archive.exports.entries import entry_of, publication
from archive.exports.feeds import Entry, Feed
from archive.exports.items import items_of
from archive.library.asked import Question
from archive.library.taking import Address
from archive.site.queries import EPOCH, Row


@dataclass(frozen=True, slots=True)
class Places:
    """Whole addresses: of the feed, of the page that it follows, of older entries, and of an article's page here."""

    here: str
    page: str
    next: str | None
    article: Address


def entries_of(connection: Connection, ids: Sequence[int]) -> list[Row]:
    """Read what a feed says of one archive's articles."""
    source = publication(connection)
    return [
        {"id": item.id, "slug": item.slug, "entry": replace(entry_of(source, item), source=source.title)}
        for item in items_of(connection, ids)
        if item.status != "withdrawn"
    ]


def feed_of(
    question: Question,
    labels: Mapping[str, str],
    found: Sequence[tuple[str, Row]],
    missing: Mapping[str, str],
    places: Places,
) -> tuple[Feed, list[Entry]]:
    """Describe a search's feed, and its entries with their pages here. What is missing is said, too."""
    entries = [replace(row["entry"], url=places.article(name, row["slug"])) for name, row in found]
    query = question.query()
    said = ", ".join(filter(None, (question.search.typed, labels.get(question.publication or ""), question.year)))
    lost = "".join(f" {labels[name]} is missing: it {why}." for name, why in missing.items())
    feed = Feed(
        # A tag needs a host (RFC 4151), and several publications have no common one.
        id=uuid5(NAMESPACE_URL, f"press-archive/{'/'.join(sorted(labels))}/search?{urlencode(query)}").urn,
        title=f"All archives: Search: {said or 'all articles'}",
        subtitle=f"What a search of all archives finds.{lost}",
        updated=max((entry.updated for entry in entries), default=EPOCH),
        author="All archives",
        url=places.here,
        page=places.page,
        next=places.next,
    )
    return feed, entries
