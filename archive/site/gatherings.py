"""Articles under one name: an author's, a section's, a photographer's. Reads rows; must not know HTTP or HTML.

What is under a name is found once and kept until something is written: ids in the order of the pages, counts by month,
and with which other names it goes, for the newest of them.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from sqlite3 import Connection

from archive.site.keeping import kept
from archive.site.listings import LISTINGS
from archive.site.lists import whole
from archive.site.queries import CARD, Row, rows, with_authors
from archive.site.sampling import narrow
from archive.site.standing import standing

PAGE = 20
DIVIDED = 1000
"""How many of the newest articles are divided by other names."""
_TOP = 8
_JOINED = "SELECT article_id FROM article_{0}s WHERE {0}_id IN (SELECT id FROM {0}s WHERE slug = :slug)"
_CREDITED = (
    "SELECT x.article_id FROM credits c JOIN article_images x ON x.id = c.article_image_id"
    " WHERE c.kind = '{}' AND c.name IN (SELECT value FROM json_each(:names))"
)
_BY_NAME = "SELECT name FROM {}s WHERE slug = :slug ORDER BY name"


@dataclass(frozen=True, slots=True)
class Noun:
    """One kind of name: how it is called, the list it stands in, and SQL for its spellings and articles."""

    label: str
    listing: str
    names: str
    articles: str
    search: str = ""


def _joined(noun: str, label: str, search: str = "") -> Noun:
    return Noun(label, f"{noun}s", _BY_NAME.format(noun), _JOINED.format(noun), search)


NOUNS: Mapping[str, Noun] = {
    "author": _joined("author", "Author", "author"),
    "section": _joined("section", "Section"),
    "tag": _joined("tag", "Tag"),
    "series": Noun(
        "Series",
        "series",
        "SELECT name FROM series WHERE slug = :slug ORDER BY name",
        "SELECT id AS article_id FROM articles WHERE series_id IN (SELECT id FROM series WHERE slug = :slug)",
        "series",
    ),
    "outlet": Noun(
        "Outlet cited",
        "outlets",
        "SELECT name FROM outlets WHERE host = :slug",
        "SELECT article_id FROM links WHERE outlet_id = (SELECT id FROM outlets WHERE host = :slug) AND internal = 0",
        "outlet",
    ),
    **{
        kind: Noun(label, "credits", "", _CREDITED.format(kind))
        for kind, label in (("photographer", "Photographer"), ("agency", "Agency"), ("licence", "Licence"))
    },
}
_DIVISIONS: Mapping[str, str] = {
    "section": "SELECT a.section AS name, count(*) AS n FROM json_each(:ids) j"
    " CROSS JOIN articles a {narrow} ON a.id = j.value WHERE a.section IS NOT NULL GROUP BY 1",
    "author": "SELECT n.name, n.slug, count(*) AS n FROM json_each(:ids) j"
    " CROSS JOIN article_authors x ON x.article_id = j.value JOIN authors n ON n.id = x.author_id GROUP BY n.id",
    "outlet": "SELECT o.name, o.host AS slug, count(DISTINCT j.value) AS n FROM json_each(:ids) j"
    " CROSS JOIN links l ON l.article_id = j.value AND l.internal = 0 JOIN outlets o ON o.id = l.outlet_id"
    " GROUP BY o.id",
}
_CITED = """
SELECT article_id, anchor_text, sentence, url FROM links
WHERE article_id IN (SELECT value FROM json_each(:ids)) AND internal = 0
    AND outlet_id = (SELECT id FROM outlets WHERE host = :slug) ORDER BY article_id, position
"""
_IMAGES = """
SELECT DISTINCT x.article_id, x.caption, x.credit_line FROM article_images x JOIN credits c ON c.article_image_id = x.id
WHERE x.article_id IN (SELECT value FROM json_each(:ids)) AND c.kind = :kind
    AND c.name IN (SELECT value FROM json_each(:names)) ORDER BY x.article_id, x.position
"""


@dataclass(frozen=True, slots=True)
class Under:
    """All that is under a name: article ids, newest first, counts by month, and the names it goes with most."""

    ids: array[int]
    months: Mapping[str, int]
    first: str | None
    last: str | None
    words: int
    with_names: Mapping[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Gathering:
    """One page under a name. `names` are the spellings that share the address; cards may have `quotes`."""

    names: list[str]
    under: Under
    articles: list[Row]

    @property
    def total(self) -> int:
        """Count the articles."""
        return len(self.under.ids)

    @property
    def pages(self) -> int:
        """Count the pages."""
        return -(-self.total // PAGE)


def gathered(connection: Connection, noun: str, slug: str, page: int) -> Gathering | None:
    """Read one page of the articles under a name (`NOUNS`); None when there is no such name."""
    names = _names(connection, noun, slug)
    if not names:
        return None
    asked = {"slug": slug, "names": json.dumps(names)}
    under = _kept_under(connection, noun, asked)
    ids = list(under.ids[(page - 1) * PAGE : page * PAGE])
    return Gathering(names, under, _cards(connection, noun, ids, asked))


def section_counts(connection: Connection) -> dict[str, Callable[[Connection], Under]]:
    """Return what reads each section's articles: sections are few and large, and counted ahead."""
    slugs = [row["slug"] for row in rows(connection, "SELECT DISTINCT slug FROM sections LIMIT 40")]
    return {f"section {slug}": _counter("section", {"slug": slug, "names": "[]"}) for slug in slugs}


def _kept_under(connection: Connection, noun: str, asked: Row) -> Under:
    if noun == "section":
        return standing(connection, f"section {asked['slug']}", _counter(noun, asked))
    return kept(connection, (noun, asked["slug"]), lambda: _under(connection, noun, asked))


def _counter(noun: str, asked: Row) -> Callable[[Connection], Under]:
    return lambda connection: _under(connection, noun, asked)


def _names(connection: Connection, noun: str, slug: str) -> list[str]:
    if NOUNS[noun].names:
        return [found["name"] for found in rows(connection, NOUNS[noun].names, {"slug": slug})]
    credits = whole(connection, LISTINGS["credits"])
    return [row["name"] for row in credits if row["_slug"] == f"{noun}/{slug}"]


def _under(connection: Connection, noun: str, asked: Row) -> Under:
    sql = (
        f"SELECT a.id, a.published_at, a.word_count FROM ({NOUNS[noun].articles}) x"
        f" CROSS JOIN articles a {narrow(connection)} ON a.id = x.article_id"
    )
    found = {row[0]: (row[1], row[2]) for row in connection.execute(sql, asked)}
    ordered = sorted(found, key=lambda one: (found[one][0] or "", -one), reverse=True)
    dated = [found[one][0] for one in ordered if found[one][0]]
    return Under(
        ids=array("q", ordered),
        months=Counter(moment[:7] for moment in dated),
        first=dated[-1] if dated else None,
        last=dated[0] if dated else None,
        words=sum(words for _, words in found.values()),
        with_names=_divided(connection, noun, asked["slug"], ordered[:DIVIDED]),
    )


def _divided(connection: Connection, noun: str, slug: str, ids: list[int]) -> dict[str, list[Row]]:
    """Return by kind of name those that stand most often at the articles, itself left out."""
    listed = {"ids": json.dumps(ids)}
    found = {
        kind: rows(connection, sql.format(narrow=narrow(connection)), listed)
        for kind, sql in _DIVISIONS.items()
        if kind != noun or kind != "section"
    }
    if noun in found:
        found[noun] = [row for row in found[noun] if row["slug"] != slug]
    return {kind: sorted(each, key=lambda row: (-row["n"], row["name"]))[:_TOP] for kind, each in found.items()}


def _cards(connection: Connection, noun: str, ids: list[int], asked: Row) -> list[Row]:
    listed = ", ".join(map(str, ids))
    cards = with_authors(rows(connection, f"SELECT {CARD} FROM articles a WHERE a.id IN ({listed})"))
    quotes = _quotes(connection, noun, ids, asked)
    found = {card["id"]: card for card in cards}
    return [found[one] | {"quotes": [row for row in quotes if row["article_id"] == one]} for one in ids]


def _quotes(connection: Connection, noun: str, ids: list[int], asked: Row) -> list[Row]:
    listed = asked | {"ids": json.dumps(ids), "kind": noun}
    if noun == "outlet":
        return rows(connection, _CITED, listed)
    return rows(connection, _IMAGES, listed) if NOUNS[noun].listing == "credits" else []
