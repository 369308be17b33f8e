"""The views that lists and charts are drawn from, and an index: names with counts, and what changes by month.

Must not write rows.
"""

from __future__ import annotations

# The rows of articles hold whole texts; this index holds what the views count.
_NARROW = "INDEXED BY articles_narrow"


def _counted(noun: str) -> str:
    return f"""
CREATE VIEW {noun}_list AS
SELECT n.name, n.slug, count(*) AS articles, sum(a.word_count) AS words, min(a.published_at) AS first_published_at,
    max(a.published_at) AS last_published_at
FROM {noun}s n JOIN article_{noun}s x ON x.{noun}_id = n.id JOIN articles a ON a.id = x.article_id GROUP BY n.id
"""


_SERIES = """
CREATE VIEW series_list AS
SELECT n.name, n.slug, count(*) AS articles, sum(a.word_count) AS words, min(a.published_at) AS first_published_at,
    max(a.published_at) AS last_published_at
FROM series n JOIN articles a ON a.series_id = n.id GROUP BY n.id
"""
_ARTICLES_BY_MONTH = f"""
CREATE VIEW articles_by_month AS
SELECT substr(published_at, 1, 7) AS month, section, count(*) AS articles, sum(word_count) AS words
FROM articles {_NARROW} WHERE published_at IS NOT NULL GROUP BY 1, 2
"""
_LENGTH_BY_MONTH = f"""
CREATE VIEW length_by_month AS
SELECT month, max(n) AS articles, min(word_count) AS shortest,
    CAST(round(avg(word_count) FILTER (WHERE 4 * place > n AND 4 * place <= 3 * n + 3)) AS INTEGER) AS middle,
    max(word_count) AS longest
FROM (SELECT substr(published_at, 1, 7) AS month, word_count,
        row_number() OVER (PARTITION BY substr(published_at, 1, 7) ORDER BY word_count) AS place,
        count(*) OVER (PARTITION BY substr(published_at, 1, 7)) AS n
    FROM articles {_NARROW} WHERE published_at IS NOT NULL) GROUP BY month
"""
_OUTLETS_BY_YEAR = f"""
CREATE VIEW outlets_by_year AS
SELECT substr(a.published_at, 1, 4) AS year, o.name AS outlet, o.host, count(*) AS links,
    count(DISTINCT l.article_id) AS articles
FROM links l JOIN outlets o ON o.id = l.outlet_id JOIN articles a {_NARROW} ON a.id = l.article_id
WHERE l.internal = 0 AND a.published_at IS NOT NULL GROUP BY 1, o.id, o.name, o.host
"""
_EDITS_BY_MONTH = """
CREATE VIEW edits_by_month AS
SELECT substr(seen_at, 1, 7) AS month, kind, count(*) AS edits, coalesce(sum(silent), 0) AS silent
FROM revisions WHERE number > 1 GROUP BY 1, 2
"""
# The rows of revisions hold whole texts; most of them are first ones.
_EDITED = "CREATE INDEX revisions_edited ON revisions(seen_at, article_id, number, kind, silent) WHERE number > 1"
# Both views are as they were, but look at indexes only: the rows hold texts.
_COUNTED = (
    "CREATE INDEX article_images_narrow ON article_images(id, article_id)",
    "DROP VIEW photo_credits",
    f"""
CREATE VIEW photo_credits AS
SELECT c.kind, c.name, count(*) AS images, count(DISTINCT i.article_id) AS articles,
    min(a.published_at) AS first_credited_at, max(a.published_at) AS last_credited_at
FROM credits c INDEXED BY credits_counted
CROSS JOIN article_images i INDEXED BY article_images_narrow ON i.id = c.article_image_id
CROSS JOIN articles a {_NARROW} ON a.id = i.article_id GROUP BY c.kind, c.name
""",
    "DROP VIEW outlets_cited",
    f"""
CREATE VIEW outlets_cited AS
SELECT o.name AS outlet, o.host, x.links, x.articles, x.first_cited_at, x.last_cited_at
FROM (SELECT l.outlet_id, count(*) AS links, count(DISTINCT l.article_id) AS articles,
        min(a.published_at) AS first_cited_at, max(a.published_at) AS last_cited_at
    FROM links l INDEXED BY links_citing CROSS JOIN articles a {_NARROW} ON a.id = l.article_id
    WHERE l.internal = 0 AND l.outlet_id IS NOT NULL GROUP BY l.outlet_id) x
JOIN outlets o ON o.id = x.outlet_id
""",
)
VIEWS = (
    _EDITED,
    *_COUNTED,
    *map(_counted, ("author", "section", "tag")),
    _SERIES,
    _ARTICLES_BY_MONTH,
    _LENGTH_BY_MONTH,
    _OUTLETS_BY_YEAR,
    _EDITS_BY_MONTH,
)
