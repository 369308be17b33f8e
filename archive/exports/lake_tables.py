"""What a lake holds: each table's rows of one year, and the type of each column. Must not write.

Left out is what every night changes without the article having changed, such as when it was last seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Connection

from archive.descriptions import ARTICLE
from archive.dictionary import TABLES
from archive.exports.fetching import Query
from archive.exports.moments import is_moment, moment


@dataclass(frozen=True, slots=True)
class LakeTable:
    """One data set of a lake: its columns' types, those of `archive.exports.parquet`, and what they mean.

    `sql` takes a condition `{year}` on articles named `a`.
    """

    name: str
    types: Mapping[str, str]
    descriptions: Mapping[str, str]
    sql: str
    has_years: bool = True

    def query(self, year: str | None) -> Query:
        """Return the rows of one year, or those without one."""
        if not self.has_years:
            return Query(self.name, self.sql)
        sql = self.sql.format(year=_UNDATED if year is None else _DATED)
        return Query(self.name, sql, {} if year is None else {"year": year})


_DATED = f"a.year = :year AND {is_moment('a.published_at')}"
_UNDATED = f"a.id IN (SELECT id FROM articles WHERE {is_moment('published_at')} IS NOT 1)"


def _types(**named: str) -> dict[str, str]:
    return {column: kind for kind, columns in named.items() for column in columns.split()}


def _table(name: str, known: Mapping[str, str], sql: str, has_years: bool = True, **named: str) -> LakeTable:
    types = _types(**named)
    return LakeTable(name, types, {column: known[column] for column in types}, sql, has_years)


def _known(name: str, **others: str) -> Mapping[str, str]:
    """Return what the columns of one of the archive's tables mean, and some of the lake's own."""
    of_article = {"article_url": ARTICLE["url"], "published_at": ARTICLE["published_at"]}
    return {**of_article, **TABLES[name].columns, **others}


def _joined(noun: str, link: str) -> str:
    return (
        f"(SELECT json_group_array(name) FROM (SELECT x.name FROM {link} l JOIN {noun}s x ON x.id = l.{noun}_id"
        " WHERE l.article_id = a.id ORDER BY l.position))"
    )


_OUTLET = TABLES["outlets"].columns
_PUBLISHED = f"{moment('a.published_at')} AS published_at"
_YEAR = "{year} AND a.status != 'withdrawn'"
PUBLICATIONS = _table(
    "publications",
    _known("publication"),
    "SELECT name, title, url, language, hosts FROM publication",
    has_years=False,
    string="name title url language",
    list="hosts",
)
ARTICLES = _table(
    "articles",
    _known(
        "articles",
        sections="All labels of the article in printed order, types included.",
        tags="The tags that it carries, in printed order.",
        authors="The persons that the byline names, in printed order.",
        series=TABLES["article_list"].columns["series"],
    ),
    f"""
SELECT a.id, a.url, a.slug, a.headline, a.dek, a.kicker, a.type, a.section,
    {_joined("section", "article_sections")} AS sections, {_joined("tag", "article_tags")} AS tags, a.byline,
    {_joined("author", "article_authors")} AS authors, {_PUBLISHED}, a.published_offset,
    {moment("a.modified_at")} AS modified_at, a.language,
    s.name AS series, a.series_part, a.status, a.revision_count, a.first_seen_at, a.last_changed_at, a.word_count,
    a.body_text
FROM articles a LEFT JOIN series s ON s.id = a.series_id WHERE {_YEAR} ORDER BY a.published_at, a.id""",
    string="url slug headline dek kicker type section byline language status series published_offset body_text",
    integer="id word_count series_part revision_count",
    moment="published_at modified_at first_seen_at last_changed_at",
    list="authors sections tags",
)
LINKS = _table(
    "links",
    _known("links", outlet=_OUTLET["name"], outlet_host=_OUTLET["host"]),
    f"""
SELECT l.article_id, a.url AS article_url, {_PUBLISHED}, l.position, l.url, l.host, o.name AS outlet,
    o.host AS outlet_host, l.anchor_text, l.sentence, l.internal, l.target_article_id
FROM articles a JOIN links l ON l.article_id = a.id LEFT JOIN outlets o ON o.id = l.outlet_id
WHERE {_YEAR} ORDER BY a.published_at, a.id, l.position""",
    string="article_url url host outlet outlet_host anchor_text sentence",
    integer="article_id position target_article_id",
    moment="published_at",
    boolean="internal",
)
CREDITS = _table(
    "credits",
    {**_known("article_images"), **TABLES["credits"].columns},
    f"""
SELECT i.article_id, a.url AS article_url, {_PUBLISHED}, i.role, i.position, i.caption, i.credit_line,
    c.kind, c.name, c.basis, c.rule
FROM articles a JOIN article_images i ON i.article_id = a.id JOIN credits c ON c.article_image_id = i.id
WHERE {_YEAR} ORDER BY a.published_at, a.id, i.position, i.role, c.kind, c.name""",
    string="article_url role caption credit_line kind name basis rule",
    integer="article_id position",
    moment="published_at",
)
REVISIONS = _table(
    "revisions",
    _known("revisions"),
    f"""
SELECT r.article_id, a.url AS article_url, {_PUBLISHED}, r.number, r.seen_at, r.kind, r.silent, r.changed_fields,
    r.fingerprint, r.extractor
FROM articles a JOIN revisions r ON r.article_id = a.id WHERE {_YEAR} ORDER BY a.published_at, a.id, r.number""",
    string="article_url kind changed_fields fingerprint extractor",
    integer="article_id number",
    moment="seen_at published_at",
    boolean="silent",
)
LAKE_TABLES = (PUBLICATIONS, ARTICLES, LINKS, CREDITS, REVISIONS)


def years_of(connection: Connection) -> list[str | None]:
    """List the years in which articles were published, None first when some are undated: a date that no calendar has
    is none.
    """
    year = f"CASE WHEN {is_moment('published_at')} THEN year END"
    found = connection.execute(f"SELECT DISTINCT {year} FROM articles WHERE status != 'withdrawn' ORDER BY 1")
    return [year for (year,) in found]
