"""What Datasette's own pages are told about the tables: words, facets, sorting, labels. Must not read the database."""

from __future__ import annotations

from typing import Any

from archive.dictionary import TABLES

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
        "facets": ["section", "type", "authors", "year"],
        "fts_table": "articles_fts",
        "fts_pk": "id",
        "size": 50,
    },
    "outlets_cited": {"sort_desc": "links"},
    "photo_credits": {"sort_desc": "images", "facets": ["kind"]},
    "coverage_by_month": {"sort_desc": "month"},
    "coverage_by_source": {"sort_desc": "announced"},
    "edits": {"sort_desc": "seen_at"},
    "run_history": {"sort_desc": "started_at", "units": {"seconds": "s"}},
    "authors": {"sort": "name", "label_column": "name"},
    "sections": {"sort": "name", "label_column": "name"},
    "tags": {"sort": "name", "label_column": "name"},
    "series": {"sort": "name", "label_column": "name"},
    "outlets": {"sort": "name", "label_column": "name"},
    "images": {"label_column": "identity"},
    "article_images": {"facets": ["role"], "label_column": "caption"},
    "credits": {"facets": ["kind", "basis"]},
    "links": {"facets": ["internal"]},
    "related_stories": {"facets": ["place"]},
    "snapshots": {"sort_desc": "fetched_at", "label_column": "fetched_at", "units": {"warc_length": "byte"}},
    "revisions": {"sort_desc": "seen_at"},
    "ledger": {"sort_desc": "last_announced_at", "facets": ["state", "reason"]},
    "crawls": {"sort_desc": "started_at", "label_column": "started_at", "units": {"seconds": "s"}},
    "fetches": {"sort_desc": "at", "facets": ["status"], "units": {"bytes": "byte"}},
}
_HIDDEN = {"_sqlite_migrations": {"hidden": True}}


def metadata(database: str) -> dict[str, Any]:
    """Return Datasette's metadata for the archive. All of it is new at each call: Datasette writes into it."""
    tables = {
        name: {"description": described.text, "columns": dict(described.columns), **_BEHAVIOUR.get(name, {})}
        for name, described in TABLES.items()
    }
    hidden = {name: dict(behaviour) for name, behaviour in _HIDDEN.items()}
    return {"databases": {database: {"description": ABOUT, "tables": tables | hidden}}}
