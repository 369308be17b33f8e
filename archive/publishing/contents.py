"""What may be public: every table and column of an archive, kept, shortened or held back. Must not read any.

Nothing is public that is not named here: a new table or column stays private until somebody decides. What counts was
decided with copyright in mind: facts about articles (who, when, where, how often, which outlet) are published; words
that authors wrote are published as far as the text level says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

TextLevel = Literal["full", "excerpt", "none"]
LEVELS: tuple[TextLevel, ...] = get_args(TextLevel)
EXCERPT_WORDS = 50
"""Words of an article's body that an excerpt shows, where nothing else is asked for."""
SHORT_WORDS = 25
"""Words of a caption, an alternative text or a notice in an excerpt."""
ANCHOR_WORDS = 8
"""Words of a link's anchor in an excerpt."""


@dataclass(frozen=True, slots=True)
class Shortened:
    """A column whose words depend on the text level: SQL for each; `full` without any is as it is."""

    excerpt: str
    none: str
    full: str = ""

    def sql(self, column: str, level: TextLevel) -> str:
        """Return the expression that gives the public value."""
        return {"full": self.full or f"s.{column}", "excerpt": self.excerpt, "none": self.none}[level]


@dataclass(frozen=True, slots=True)
class PublicTable:
    """One public table: columns kept as they are, shortened ones, those held back, and which rows (SQL, table `s`).

    Held-back columns stay in the table, always NULL, so that queries written for an archive run on what is published.
    """

    kept: str
    private: str = ""
    shortened: Mapping[str, Shortened] = field(default_factory=dict)
    rows: str = "1"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that are not held back."""
        return (*self.kept.split(), *self.shortened)


_OF_ARTICLES = "s.article_id IN (SELECT id FROM main.articles)"
_JOIN = "article_id {}_id position"


def _named(noun: str) -> PublicTable:
    return PublicTable("id name slug", rows=f"s.id IN (SELECT {noun}_id FROM main.article_{noun}s)")


def _joining(noun: str) -> PublicTable:
    return PublicTable(_JOIN.format(noun), rows=_OF_ARTICLES)


TABLES: Mapping[str, PublicTable] = {
    "publication": PublicTable("id name title url language", private="hosts"),
    "articles": PublicTable(
        "id url slug headline kicker type section byline authors published_at published_offset modified_at language"
        " word_count lead_image_id series_id series_part status first_seen_at last_seen_at last_changed_at"
        " revision_count snapshot_id layout extractor evidence",
        private="record",
        shortened={
            "dek": Shortened("shortened(s.dek)", "NULL"),
            "body_text": Shortened("shortened(s.body_text)", "''"),
            "body_html": Shortened("as_html(shortened(s.body_text))", "''", "unlinked(s.body_html)"),
        },
        rows="NOT withheld(s.id, s.url)",
    ),
    "aliases": PublicTable("url article_id", rows=_OF_ARTICLES),
    "article_authors": _joining("author"),
    "article_sections": _joining("section"),
    "article_tags": _joining("tag"),
    "authors": _named("author"),
    "sections": _named("section"),
    "tags": _named("tag"),
    "series": PublicTable("id name slug", rows="s.id IN (SELECT series_id FROM main.articles)"),
    "article_images": PublicTable(
        "id article_id image_id role position credit_line",
        shortened={
            "alt": Shortened(f"shortened(s.alt, {SHORT_WORDS})", "NULL"),
            "caption": Shortened(f"shortened(s.caption, {SHORT_WORDS})", "NULL"),
        },
        rows=_OF_ARTICLES,
    ),
    "images": PublicTable(
        "id identity url",
        private="snapshot_id",
        rows="s.id IN (SELECT image_id FROM main.article_images UNION SELECT lead_image_id FROM main.articles)",
    ),
    "credits": PublicTable(
        "id article_image_id kind name basis rule", rows="s.article_image_id IN (SELECT id FROM main.article_images)"
    ),
    "links": PublicTable(
        "id article_id url href position host outlet_id internal target_article_id",
        shortened={
            "anchor_text": Shortened(f"shortened(s.anchor_text, {ANCHOR_WORDS})", "''"),
            "sentence": Shortened("''", "''"),
        },
        rows=f"{_OF_ARTICLES} AND NOT withheld(s.target_article_id, s.url) AND NOT withheld(NULL, s.href)",
    ),
    "attributions": PublicTable(
        "id article_id outlet_id name position rule", shortened={"sentence": Shortened("''", "''")}, rows=_OF_ARTICLES
    ),
    "outlets": PublicTable(
        "id name host",
        rows="s.id IN (SELECT outlet_id FROM main.links UNION SELECT outlet_id FROM main.attributions)",
    ),
    "notices": PublicTable(
        "id article_id kind position",
        shortened={"text": Shortened(f"shortened(s.text, {SHORT_WORDS})", "''")},
        rows=_OF_ARTICLES,
    ),
    "related_stories": PublicTable(
        "id article_id url headline position place related_article_id",
        rows=f"{_OF_ARTICLES} AND NOT withheld(s.related_article_id, s.url)",
    ),
    "revisions": PublicTable(
        "id article_id number snapshot_id seen_at fingerprint kind silent changed_fields extractor",
        shortened={
            "words": Shortened("NULL", "NULL"),
            "notices": Shortened("NULL", "NULL"),
            "diff": Shortened("headings(s.diff)", "NULL"),
        },
        rows=_OF_ARTICLES,
    ),
    "tombstones": PublicTable("id article_id url reason days gone_at returned_at", rows=_OF_ARTICLES),
    "snapshots": PublicTable(
        "id url fetched_at status digest revisit_of",
        private="warc_file warc_offset warc_length etag last_modified",
        rows="s.id IN (SELECT id FROM temp.leading)",
    ),
    "crawls": PublicTable(
        "id mode started_at ended_at announced fetched new changed unchanged excluded failed seconds swept",
        private="ended_why exit_status fill_rates remarks program facts alarms database_bytes warc_bytes",
    ),
}
"""In the order in which they are filled: rows of later tables depend on earlier ones."""
PRIVATE = frozenset({"ledger", "fetches", "warc_files", "_sqlite_migrations"})
"""Tables of which nothing is published; a test holds this list and `TABLES` to the whole schema."""
COUNTED = ("coverage_by_month",)
"""Views over private tables that hold nothing but counts: what they say is written down as tables."""
RELEASE = "release"
"""The table that says of a database that it is public; one row."""
