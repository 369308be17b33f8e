"""The plain list pages: which view, in which columns, under which words. Must not know HTTP or HTML, or read rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "day", "link", "month"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the view's column, how it is written; `path` is where a link leads, `{}` its slug."""

    heading: str
    field: str
    kind: Kind = "text"
    path: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list page, the rows of one view; `order` is the column it is sorted by where nobody asks for another.

    `named` is the column that is searched and divided by letters; `note` a column shown small behind the name.
    `by_family`: names are persons', and are sorted by what comes last.
    """

    title: str
    lead: str
    view: str
    columns: tuple[Column, ...]
    order: str
    named: str = ""
    note: str = ""
    by_family: bool = False
    filters: tuple[str, ...] = ()


def _names(heading: str, path: str) -> tuple[Column, ...]:
    return (
        Column(heading, "name", "link", path),
        Column("Articles", "articles", "number"),
        Column("Words", "words", "number"),
        Column("First", "first_published_at", "day"),
        Column("Latest", "last_published_at", "day"),
    )


def _named(title: str, lead: str, noun: str, heading: str, by_family: bool = False) -> Listing:
    columns = _names(heading, f"/{noun}/{{}}")
    return Listing(title, lead, f"{noun}_list", columns, "articles", "name", by_family=by_family)


LISTINGS: Mapping[str, Listing] = {
    "authors": _named("Authors", "Everyone whom a byline names.", "author", "Author", by_family=True),
    "sections": _named(
        "Sections and types", "The labels that the publication prints on its articles.", "section", "Label"
    ),
    "series": _named(
        "Series", "Articles that belong together, as their headlines and the publication say.", "series", "Series"
    ),
    "tags": _named("Tags", "The tags that articles carry.", "tag", "Tag"),
    "outlets": Listing(
        "Outlets cited",
        "The sites that articles link to in their text.",
        "outlets_cited",
        (
            Column("Outlet", "outlet", "link", "/outlet/{}"),
            Column("Links", "links", "number"),
            Column("Articles", "articles", "number"),
            Column("First cited", "first_cited_at", "day"),
            Column("Last cited", "last_cited_at", "day"),
        ),
        "links",
        "outlet",
        note="host",
    ),
    "credits": Listing(
        "Photographers, agencies and licences",
        "Whom and what the credit lines under images name.",
        "photo_credits",
        (
            Column("Name", "name", "link", "/{}"),
            Column("Kind", "kind"),
            Column("Images", "images", "number"),
            Column("Articles", "articles", "number"),
            Column("First credited", "first_credited_at", "day"),
            Column("Last credited", "last_credited_at", "day"),
        ),
        "images",
        "name",
        filters=("kind",),
    ),
}
