"""The indexes that feeds, sitemaps, exports and tables in their usual order need. Must not make tables."""

from __future__ import annotations

INDEXES = (
    "CREATE INDEX articles_status ON articles(status)",
    "CREATE INDEX articles_newest ON articles(coalesce(published_at, first_seen_at), status)",
    # For the facet that takes joint bylines apart.
    "CREATE INDEX articles_authors ON articles(authors)",
    # What a sitemap says of an article, without the text beside it.
    "CREATE INDEX articles_addresses ON articles(id, status, slug, last_changed_at)",
    "CREATE INDEX revisions_silent ON revisions(seen_at) WHERE silent = 1",
    "CREATE INDEX credits_counted ON credits(kind, name, article_image_id, basis)",
    "CREATE INDEX revisions_kind ON revisions(kind, seen_at)",
)

ORDERED = (
    "CREATE INDEX revisions_seen ON revisions(seen_at)",
    "CREATE INDEX credits_names ON credits(name)",
    "CREATE INDEX ledger_announced ON ledger(last_announced_at)",
)
