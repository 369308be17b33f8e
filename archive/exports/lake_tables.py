"""What a lake holds: each table's rows of one year, and the type of each column. Must not write.

Left out is what every night changes without the article having changed, such as when it was last seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Connection

from archive.exports.fetching import Query


@dataclass(frozen=True, slots=True)
class LakeTable:
    """One data set of a lake. `types` are those of `archive.exports.parquet`; `sql` takes `:year`, NULL for undated."""

    name: str
    types: Mapping[str, str]
    sql: str
    has_years: bool = True

    def query(self, year: str | None) -> Query:
        """Return the rows of one year."""
        return Query(self.name, self.sql, {"year": year} if self.has_years else {})


def _types(**named: str) -> dict[str, str]:
    return {column: kind for kind, columns in named.items() for column in columns.split()}


def _table(name: str, sql: str, has_years: bool = True, **named: str) -> LakeTable:
    return LakeTable(name, _types(**named), sql, has_years)


def _joined(noun: str, link: str) -> str:
    return (
        f"(SELECT json_group_array(name) FROM (SELECT x.name FROM {link} l JOIN {noun}s x ON x.id = l.{noun}_id"
        " WHERE l.article_id = a.id ORDER BY l.position))"
    )


_YEAR = "a.year IS :year AND a.status != 'withdrawn'"
PUBLICATIONS = _table(
    "publications",
    "SELECT name, title, url, language, hosts FROM publication",
    has_years=False,
    string="name title url language",
    list="hosts",
)
ARTICLES = _table(
    "articles",
    f"""
SELECT a.id, a.url, a.slug, a.headline, a.dek, a.kicker, a.type, a.section,
    {_joined("section", "article_sections")} AS sections, {_joined("tag", "article_tags")} AS tags, a.byline,
    {_joined("author", "article_authors")} AS authors, a.published_at, a.published_offset, a.modified_at, a.language,
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
    f"""
SELECT l.article_id, a.url AS article_url, a.published_at, l.position, l.url, l.host, o.name AS outlet,
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
    f"""
SELECT i.article_id, a.url AS article_url, a.published_at, i.role, i.position, i.caption, i.credit_line,
    c.kind, c.name, c.basis, c.rule
FROM articles a JOIN article_images i ON i.article_id = a.id JOIN credits c ON c.article_image_id = i.id
WHERE {_YEAR} ORDER BY a.published_at, a.id, i.position, i.role, c.kind, c.name""",
    string="article_url role caption credit_line kind name basis rule",
    integer="article_id position",
    moment="published_at",
)
REVISIONS = _table(
    "revisions",
    f"""
SELECT r.article_id, a.url AS article_url, a.published_at, r.number, r.seen_at, r.kind, r.silent, r.changed_fields,
    r.fingerprint, r.extractor
FROM articles a JOIN revisions r ON r.article_id = a.id WHERE {_YEAR} ORDER BY a.published_at, a.id, r.number""",
    string="article_url kind changed_fields fingerprint extractor",
    integer="article_id number",
    moment="seen_at published_at",
    boolean="silent",
)
LAKE_TABLES = (PUBLICATIONS, ARTICLES, LINKS, CREDITS, REVISIONS)


def years_of(connection: Connection) -> list[str | None]:
    """List the years in which articles were published, None first when some are undated."""
    found = connection.execute("SELECT DISTINCT year FROM articles WHERE status != 'withdrawn' ORDER BY year")
    return [year for (year,) in found]
