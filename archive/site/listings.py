"""The plain list pages: which rows, in which columns, under which words. Must not know HTTP or HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Literal

from archive.site.queries import CARD, Row, rows, with_authors

Kind = Literal["text", "number", "day", "minute", "link", "outlet", "fields"]

PAGE = 200
CARDS = 20


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the row's field, how it is written; `path` is where a link leads, `{}` its slug."""

    heading: str
    field: str
    kind: Kind = "text"
    path: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list page. `table` is the table or view that people can query for the same."""

    title: str
    lead: str
    table: str
    sql: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, and how many rows there are in all."""

    rows: list[Row]
    total: int

    @property
    def pages(self) -> int:
        """Count the pages."""
        return -(-self.total // PAGE)


def listed(connection: Connection, listing: Listing, page: int) -> Listed:
    """Read one page of a list, counted from 1."""
    total = rows(connection, f"SELECT count(*) AS n FROM ({listing.sql})")[0]["n"]
    return Listed(rows(connection, f"{listing.sql} LIMIT {PAGE} OFFSET {(page - 1) * PAGE}"), total)


def _counted(noun: str) -> str:
    return (
        f"SELECT n.name, n.slug, count(*) AS articles, min(a.published_at) AS first, max(a.published_at) AS last"
        f" FROM {noun}s n JOIN article_{noun}s x ON x.{noun}_id = n.id JOIN articles a ON a.id = x.article_id"
        " GROUP BY n.id ORDER BY articles DESC, n.name"
    )


def _names(heading: str, path: str) -> tuple[Column, ...]:
    return (
        Column(heading, "name", "link", path),
        Column("Articles", "articles", "number"),
        Column("First", "first", "day"),
        Column("Latest", "last", "day"),
    )


LISTINGS: Mapping[str, Listing] = {
    "authors": Listing(
        "Authors",
        "Everyone whom a byline names.",
        "authors",
        _counted("author"),
        _names("Author", "/author/{}"),
    ),
    "sections": Listing(
        "Sections and types",
        "The labels that the publication prints on its articles.",
        "sections",
        _counted("section"),
        _names("Label", "/section/{}"),
    ),
    "tags": Listing("Tags", "The tags that articles carry.", "tags", _counted("tag"), _names("Tag", "/tag/{}")),
    "outlets": Listing(
        "Outlets cited",
        "The sites that articles link to in their text, most cited first.",
        "outlets_cited",
        "SELECT outlet, host, links, articles, first_cited_at, last_cited_at FROM outlets_cited"
        " ORDER BY links DESC, outlet",
        (
            Column("Outlet", "outlet", "outlet"),
            Column("Links", "links", "number"),
            Column("Articles", "articles", "number"),
            Column("First cited", "first_cited_at", "day"),
            Column("Last cited", "last_cited_at", "day"),
        ),
    ),
    "credits": Listing(
        "Photographers, agencies and licences",
        "Whom the credit lines under images name. The images themselves are not kept.",
        "photo_credits",
        "SELECT name, kind, images, articles, last_credited_at FROM photo_credits ORDER BY images DESC, name",
        (
            Column("Name", "name"),
            Column("Kind", "kind"),
            Column("Images", "images", "number"),
            Column("Articles", "articles", "number"),
            Column("Last credited", "last_credited_at", "day"),
        ),
    ),
    "edits": Listing(
        "Edits",
        "Articles whose words changed after they were first seen here, newest change first.",
        "edits",
        "SELECT seen_at, headline, slug, number, changed_fields FROM edits ORDER BY seen_at DESC, headline",
        (
            Column("Article", "headline", "link", "article"),
            Column("Revision", "number", "number"),
            Column("What changed", "changed_fields", "fields"),
            Column("Seen", "seen_at", "minute"),
        ),
    ),
}


NOUNS: Mapping[str, str] = {"author": "Author", "section": "Section", "tag": "Tag"}


@dataclass(frozen=True, slots=True)
class Gathering:
    """Articles under one name. `names` are the spellings that share the address; `articles` are one page of them."""

    names: list[str]
    articles: list[Row]
    total: int

    @property
    def pages(self) -> int:
        """Count the pages."""
        return -(-self.total // CARDS)


def gathered(connection: Connection, noun: str, slug: str, page: int) -> Gathering | None:
    """Read one page of the articles under an author, section or tag (`NOUNS`); None when there is no such name."""
    by_slug = {"slug": slug}
    names = rows(connection, f"SELECT name FROM {noun}s WHERE slug = :slug ORDER BY name", by_slug)
    if not names:
        return None
    theirs = (
        f"FROM articles a WHERE a.id IN (SELECT x.article_id FROM article_{noun}s x JOIN {noun}s n"
        f" ON n.id = x.{noun}_id WHERE n.slug = :slug)"
    )
    total = rows(connection, f"SELECT count(*) AS n {theirs}", by_slug)[0]["n"]
    paged = f"ORDER BY a.published_at DESC, a.id LIMIT {CARDS} OFFSET {(page - 1) * CARDS}"
    found = with_authors(rows(connection, f"SELECT {CARD} {theirs} {paged}", by_slug))
    return Gathering([name["name"] for name in names], found, total)
