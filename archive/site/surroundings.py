"""Where an article stands among the others: its series, and who cites it. Must not know HTTP or HTML, or write."""

from __future__ import annotations

from dataclasses import dataclass
from sqlite3 import Connection

from archive.site.keeping import kept
from archive.site.queries import Row, row, rows

CITING = 20
_NEAR = 2
# A date is missing now and then; the id keeps the order the same.
_MEMBERS = """
SELECT id, series_part, published_at FROM articles WHERE series_id = :series AND status != 'withdrawn'
ORDER BY published_at IS NULL, published_at, id
"""
_CITING = """
SELECT a.slug, a.headline, a.published_at, l.sentence, l.anchor_text
FROM links l JOIN articles a ON a.id = l.article_id
WHERE l.id IN (SELECT min(id) FROM links WHERE target_article_id = :id AND article_id != :id GROUP BY article_id)
    AND a.status != 'withdrawn' ORDER BY a.published_at DESC, a.id LIMIT :most
"""
_CITED = "SELECT count(DISTINCT article_id) AS n FROM links WHERE target_article_id = :id AND article_id != :id"


@dataclass(frozen=True, slots=True)
class Citing:
    """The newest articles whose bodies link to one, with the sentence, and how many there are in all."""

    total: int
    articles: list[Row]


@dataclass(frozen=True, slots=True)
class SeriesPlace:
    """A series and the articles before and after one in it, nearest ones only; `number` counts from 1."""

    name: str
    slug: str
    number: int
    total: int
    earlier: list[Row]
    later: list[Row]


def citing(connection: Connection, article_id: int) -> Citing:
    """Find the articles that cite one."""
    total = rows(connection, _CITED, {"id": article_id})[0]["n"]
    return Citing(total, rows(connection, _CITING, {"id": article_id, "most": CITING}) if total else [])


def series_place(connection: Connection, article: Row) -> SeriesPlace | None:
    """Find an article's place in its series; None when it is in none."""
    series = row(connection, "SELECT id, name, slug FROM series WHERE id = :id", {"id": article["series_id"]})
    if series is None:
        return None
    ids = kept(connection, ("series", series["id"]), lambda: series_members(connection, series["id"]))
    if article["id"] not in ids:
        return None
    place = ids.index(article["id"])
    before, after = ids[max(place - _NEAR, 0) : place], ids[place + 1 : place + 1 + _NEAR]
    return SeriesPlace(
        series["name"], series["slug"], place + 1, len(ids), _shown(connection, before), _shown(connection, after)
    )


def series_members(connection: Connection, series_id: int) -> list[int]:
    """Return the ids of a series' articles: by part where every one says which it is, else by date."""
    members = rows(connection, _MEMBERS, {"series": series_id})
    if all(member["series_part"] is not None for member in members):
        members = sorted(members, key=lambda member: int(member["series_part"]))
    return [member["id"] for member in members]


def _shown(connection: Connection, ids: list[int]) -> list[Row]:
    listed = ", ".join(map(str, ids))
    columns = "id, slug, headline, published_at, series_part"
    found = {each["id"]: each for each in rows(connection, f"SELECT {columns} FROM articles WHERE id IN ({listed})")}
    return [found[one] for one in ids]
