"""The settings of a Datasette that serves what is public: nobody may make it work longer than a page needs.

Must not hold anything else. What is whole is in the exports.
"""

from __future__ import annotations

from collections.abc import Mapping

BOUNDS: Mapping[str, bool | int] = {
    "suggest_facets": False,
    "truncate_cells_html": 200,
    "default_allow_sql": False,
    "allow_facet": False,
    "allow_csv_stream": False,
    "allow_download": False,
    "default_page_size": 50,
    "max_returned_rows": 100,
    "sql_time_limit_ms": 1000,
    "facet_time_limit_ms": 200,
    "default_facet_size": 20,
    "max_csv_mb": 5,
    "num_sql_threads": 4,
    "default_cache_ttl": 60,
}
"""`allow_facet` is about facets that visitors choose: those of the tables' own metadata are always shown."""
