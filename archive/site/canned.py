"""Questions that researchers ask, as queries with names: what Datasette lists under the tables. Must not run any.

Every parameter may be left empty: the statement then takes what is said in the description, so that each query shows
something on every archive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Canned:
    """One question, and the statement that answers it."""

    title: str
    description: str
    sql: str


_NEWEST = "SELECT headline FROM articles WHERE status <> 'withdrawn' ORDER BY published_at DESC LIMIT 1"
# What is left of a text when all up to its last space is taken away: a rarer word than the first.
_LAST = "replace({0}, rtrim({0}, replace({0}, ' ', '')), '')"
_WORD = f"(SELECT {_LAST.format('headline')} FROM ({_NEWEST}))"
# A phrase, so that no sign in it is read as an operator.
_PHRASE = f"""'"' || replace(coalesce(nullif(trim(:words), ''), {_WORD}), '"', '""') || '"'"""
_AUTHOR = (
    "coalesce(nullif(trim(:author), ''), (SELECT p.name FROM article_authors x JOIN authors p ON p.id = x.author_id"
    " GROUP BY p.id ORDER BY count(*) DESC, p.name LIMIT 1))"
)
_THEIR_WORD = (
    f"(SELECT {_LAST.format('a.headline')} FROM articles a JOIN article_authors x"
    f" ON x.article_id = a.id JOIN authors p ON p.id = x.author_id WHERE p.name = {_AUTHOR} COLLATE NOCASE"
    " ORDER BY a.published_at DESC LIMIT 1)"
)
_OUTLET = (
    "coalesce(nullif(trim(:outlet), ''), (SELECT o.host FROM links l JOIN outlets o ON o.id = l.outlet_id"
    " WHERE l.internal = 0 GROUP BY o.id ORDER BY count(*) DESC, o.host LIMIT 1))"
)
_SERIES = (
    "coalesce(nullif(trim(:series), ''), (SELECT s.name FROM articles a JOIN series s ON s.id = a.series_id"
    " GROUP BY s.id ORDER BY count(*) DESC, s.name LIMIT 1))"
)
# From an index alone: the rows of articles hold their texts.
_DATED = "SELECT id, substr(published_at, 1, 4) AS year FROM articles WHERE published_at IS NOT NULL"
_IN_YEAR = "(:year = '' OR a.year = :year)"
_THERE = "a.status <> 'withdrawn'"

QUERIES: Mapping[str, Canned] = {
    "most_cited_outlets_by_year": Canned(
        "Most-cited outlets by year",
        "The ten sites that articles of each year link to most often. year: one year, such as 2025; empty for all.",
        f"""WITH dated AS MATERIALIZED ({_DATED}), cited AS (
  SELECT d.year, l.outlet_id, count(*) AS links, count(DISTINCT l.article_id) AS articles
  FROM links l JOIN dated d ON d.id = l.article_id
  WHERE l.internal = 0 AND l.outlet_id IS NOT NULL AND (:year = '' OR d.year = :year)
  GROUP BY d.year, l.outlet_id)
SELECT c.year, o.name AS outlet, o.host, c.links, c.articles
FROM (SELECT *, row_number() OVER (PARTITION BY year ORDER BY links DESC, outlet_id) AS place FROM cited) c
JOIN outlets o ON o.id = c.outlet_id
WHERE c.place <= 10
ORDER BY c.year DESC, c.place""",
    ),
    "articles_by_author_that_mention": Canned(
        "Articles by X that mention Y",
        "author: a name as in authors; empty for whoever wrote most. words: a word or phrase; empty for the last word"
        " of that author's newest headline.",
        f"""SELECT a.published_at, a.headline, a.slug, a.section,
  snippet(articles_fts, 2, '', '', ' … ', 24) AS passage
FROM articles_fts JOIN articles a ON a.id = articles_fts.rowid
WHERE articles_fts MATCH {_PHRASE.replace(_WORD, _THEIR_WORD)}
  AND {_THERE} AND a.id IN (
    SELECT x.article_id FROM article_authors x JOIN authors p ON p.id = x.author_id
    WHERE p.name = {_AUTHOR} COLLATE NOCASE)
ORDER BY a.published_at DESC""",
    ),
    "silent_edits": Canned(
        "Silent edits",
        "Changes of articles' bodies that no notice tells of, newest first. kind: typo, addition, cut, substantive …;"
        " empty for all.",
        """SELECT r.seen_at, a.headline, a.slug, r.number, r.kind, r.changed_fields, a.byline
FROM revisions r JOIN articles a ON a.id = r.article_id
WHERE r.silent = 1 AND r.number > 1 AND (:kind = '' OR r.kind = :kind)
ORDER BY r.seen_at DESC, a.headline""",
    ),
    "who_photographs_for_us": Canned(
        "Who photographs for us",
        "Photographers and agencies in credit lines, most often credited first, with the years. kind: photographer,"
        " agency or licence; empty for photographers and agencies.",
        f"""WITH dated AS MATERIALIZED ({_DATED})
SELECT c.name, c.kind, count(*) AS images, count(DISTINCT i.article_id) AS articles,
  min(d.year) AS first_year, max(d.year) AS last_year, sum(c.basis = 'inferred') AS inferred
FROM credits c JOIN article_images i ON i.id = c.article_image_id LEFT JOIN dated d ON d.id = i.article_id
WHERE c.kind = :kind OR (:kind = '' AND c.kind <> 'licence')
GROUP BY c.kind, c.name
ORDER BY images DESC, c.name""",
    ),
    "what_cites_an_outlet": Canned(
        "What is cited from an outlet",
        "Every link to one site, with the sentence around it. outlet: its host or name; empty for the most cited.",
        f"""SELECT a.published_at, a.headline, a.slug, l.anchor_text, l.sentence, l.url
FROM links l JOIN outlets o ON o.id = l.outlet_id JOIN articles a ON a.id = l.article_id
WHERE l.internal = 0 AND (o.host = {_OUTLET} OR o.name = {_OUTLET} COLLATE NOCASE)
ORDER BY a.published_at DESC, l.position""",
    ),
    "how_often_is_it_mentioned": Canned(
        "How often is it mentioned, by year",
        "Articles that mention a word or phrase, and their share of the year's articles in percent. words: empty for"
        " the last word of the newest headline.",
        f"""WITH hits AS (
  SELECT a.year, count(*) AS n FROM articles_fts JOIN articles a ON a.id = articles_fts.rowid
  WHERE articles_fts MATCH {_PHRASE} AND {_THERE} GROUP BY a.year)
SELECT y.year, coalesce(hits.n, 0) AS articles, y.n AS of_all, round(100.0 * coalesce(hits.n, 0) / y.n, 1) AS percent
FROM (SELECT year, count(*) AS n FROM articles a WHERE {_THERE} AND year IS NOT NULL GROUP BY year) y
LEFT JOIN hits ON hits.year = y.year
ORDER BY y.year DESC""",
    ),
    "corrections": Canned(
        "Corrections and notes",
        "Notices that articles print: corrections, clarifications, updates, editor's notes. kind: one of these; empty"
        " for all.",
        """SELECT a.published_at, a.headline, a.slug, n.kind, n.text, a.byline
FROM notices n JOIN articles a ON a.id = n.article_id
WHERE :kind = '' OR n.kind = :kind
ORDER BY a.published_at DESC, n.position""",
    ),
    "taken_down": Canned(
        "Articles that were taken down",
        "Articles that the publication's site no longer shows; their text is kept here.",
        """SELECT t.gone_at, a.headline, a.slug, t.reason, t.returned_at, a.published_at, a.byline
FROM tombstones t JOIN articles a ON a.id = t.article_id
ORDER BY t.gone_at DESC, a.headline""",
    ),
    "authors_by_year": Canned(
        "Who wrote how much, by year",
        "Articles and words of every author in every year. year: one year; empty for all.",
        f"""SELECT a.year, p.name, p.slug, count(*) AS articles, sum(a.word_count) AS words,
  min(a.published_at) AS first, max(a.published_at) AS last
FROM article_authors x JOIN authors p ON p.id = x.author_id JOIN articles a ON a.id = x.article_id
WHERE a.year IS NOT NULL AND {_IN_YEAR}
GROUP BY a.year, p.id
ORDER BY a.year DESC, articles DESC, p.name""",
    ),
    "series_in_order": Canned(
        "A series in order",
        "The articles of one series, first to last. series: its name; empty for the longest.",
        f"""SELECT a.series_part, a.published_at, a.headline, a.slug, a.byline, a.word_count
FROM articles a JOIN series s ON s.id = a.series_id
WHERE s.name = {_SERIES} COLLATE NOCASE
ORDER BY a.series_part IS NULL, a.series_part, a.published_at""",
    ),
    "most_cited_own_articles": Canned(
        "Own articles most often cited",
        "Articles that other articles of the publication link to, most often first. year: of the cited article; empty"
        " for all.",
        f"""SELECT a.headline, a.slug, a.published_at, count(DISTINCT l.article_id) AS cited_by, a.byline
FROM links l JOIN articles a ON a.id = l.target_article_id
WHERE l.target_article_id <> l.article_id AND {_IN_YEAR}
GROUP BY a.id
ORDER BY cited_by DESC, a.published_at DESC""",
    ),
    "sources_named_without_a_link": Canned(
        "Sources named without a link",
        "Outlets that articles name as their source and do not link to, with how often and in which words.",
        """SELECT t.name, count(*) AS times, count(DISTINCT t.article_id) AS articles, max(a.published_at) AS last,
  max(t.sentence) AS an_example
FROM attributions t JOIN articles a ON a.id = t.article_id
GROUP BY t.name
ORDER BY times DESC, t.name""",
    ),
    "length_by_section_and_year": Canned(
        "How long articles are",
        "Articles and their mean, shortest and longest length in words, by section and year. section: one; empty for"
        " all.",
        f"""SELECT a.year, a.section, count(*) AS articles, round(avg(a.word_count)) AS mean_words,
  min(a.word_count) AS shortest, max(a.word_count) AS longest
FROM articles a
WHERE {_THERE} AND a.year IS NOT NULL AND (:section = '' OR a.section = :section)
GROUP BY a.year, a.section
ORDER BY a.year DESC, articles DESC""",
    ),
    "what_is_missing": Canned(
        "What is missing here, and why",
        "Addresses that the publication announced and that are no article here, by reason. state: pending, excluded,"
        " failed or gone; empty for all.",
        """SELECT state, reason, count(*) AS addresses, min(url) AS an_example, max(checked_at) AS last_asked
FROM ledger
WHERE state <> 'stored' AND (:state = '' OR state = :state)
GROUP BY state, reason
ORDER BY addresses DESC, reason""",
    ),
}


def queries() -> dict[str, dict[str, Any]]:
    """Return the questions as Datasette's metadata has them; new at each call, for Datasette writes into it."""
    return {
        name: {"title": query.title, "description": query.description, "sql": query.sql, "hide_sql": True}
        for name, query in QUERIES.items()
    }
