"""The indexes that reading needs: what lists and counts look at, without the texts beside it. Must not make tables."""

from __future__ import annotations

# articles_narrow stands in for a narrow table of its own: its first column is the id, and SQLite keeps it true.
INDEXES = (
    "CREATE INDEX articles_narrow ON articles(id, published_at, section, type, series_id, word_count)",
    "CREATE INDEX articles_dated ON articles(published_at, section, type, series_id)",
    "CREATE INDEX links_cited ON links(article_id, internal, outlet_id)",
    "CREATE INDEX links_citing ON links(outlet_id, internal, article_id)",
)
