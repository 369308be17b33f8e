"""What Datasette's own pages are told about the tables: words, facets, sorting, labels. Must not read the database."""

from __future__ import annotations

from html import escape
from typing import Any

from archive.dictionary import TABLES
from archive.site.canned import queries
from archive.site.tables import ALL_COLUMNS, SHOWN

ABOUT = (
    "Every table below is documented, and every page of this site is a query over them. Begin with article_list: one"
    " row an article, ready to filter, facet and download."
)
# What Datasette does with a table, where that differs from what it does by itself.
_BEHAVIOUR: dict[str, dict[str, Any]] = {
    "articles": {
        "sort_desc": "published_at",
        "facets": ["section", "type", {"array": "authors"}, "year"],
        "label_column": "headline",
        "fts_table": "articles_fts",
        "fts_pk": "id",
        "size": 50,
    },
    "article_list": {
        "sort_desc": "published_at",
        # Names that are joined are on no index; the facet of articles takes them apart.
        "facets": ["section", "type", "year"],
        "fts_table": "articles_fts",
        "fts_pk": "id",
        "size": 50,
    },
    "outlets_cited": {"sort_desc": "links"},
    "photo_credits": {"sort_desc": "images", "facets": ["kind"]},
    "coverage_by_month": {"sort_desc": "month"},
    "edits": {"sort_desc": "seen_at", "facets": ["kind"]},
    "coverage_by_source": {"sort_desc": "announced"},
    "run_history": {"sort_desc": "started_at", "units": {"seconds": "s"}},
    "authors": {"sort": "name", "label_column": "name"},
    "sections": {"sort": "name", "label_column": "name"},
    "tags": {"sort": "name", "label_column": "name"},
    "series": {"sort": "name", "label_column": "name"},
    "outlets": {"sort": "name", "label_column": "name"},
    "images": {"sort": "identity", "label_column": "identity"},
    "article_images": {"sort": "article_id", "label_column": "caption"},
    "credits": {"sort": "name", "facets": ["kind"], "label_column": "name"},
    "links": {"sort": "article_id", "label_column": "anchor_text"},
    "attributions": {"sort": "name", "label_column": "name"},
    "notices": {"sort": "article_id", "facets": ["kind"], "label_column": "text"},
    "tombstones": {"sort_desc": "gone_at", "label_column": "url"},
    "aliases": {"sort": "url", "label_column": "url"},
    "publication": {"label_column": "title"},
    "warc_files": {"sort_desc": "name", "label_column": "name", "units": {"bytes": "byte"}},
    "related_stories": {"sort": "article_id", "label_column": "headline"},
    "snapshots": {"sort_desc": "fetched_at", "label_column": "fetched_at", "units": {"warc_length": "byte"}},
    "revisions": {"sort_desc": "seen_at", "facets": ["kind"], "label_column": "number"},
    "ledger": {"sort_desc": "last_announced_at", "facets": ["state"], "label_column": "url"},
    "crawls": {"sort_desc": "started_at", "label_column": "started_at", "units": {"seconds": "s"}},
    "fetches": {"sort_desc": "at", "label_column": "url", "units": {"bytes": "byte"}},
}
_HIDDEN = {"_sqlite_migrations": {"hidden": True}}


def metadata(database: str) -> dict[str, Any]:
    """Return Datasette's metadata for the archive. All of it is new at each call: Datasette writes into it."""
    tables = {
        name: {**_said(name, described.text), "columns": dict(described.columns), **_copied(_BEHAVIOUR.get(name, {}))}
        for name, described in TABLES.items()
    }
    hidden = {name: dict(behaviour) for name, behaviour in _HIDDEN.items()}
    return {"databases": {database: {"description": ABOUT, "tables": tables | hidden, "queries": queries()}}}


def _said(name: str, text: str) -> dict[str, str]:
    if name not in SHOWN:
        return {"description": text}
    more = f'{escape(text)} <a href="{ALL_COLUMNS}">All columns</a>'
    return {"description_html": more}


def _copied(behaviour: dict[str, Any]) -> dict[str, Any]:
    return {name: list(said) if isinstance(said, list) else said for name, said in behaviour.items()}
