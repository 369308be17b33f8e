"""Datasette's settings that an archive needs, whichever command started it. Must not know pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

# Suggesting facets, not counting them, is what makes the pages of large tables slow; a body is too long for a cell.
_SUITED = {"suggest_facets": False, "truncate_cells_html": 200}
# On the internet: nobody may make the server work longer than a page needs. What is whole is in the exports.
PUBLIC: dict[str, bool | int] = {
    "default_allow_sql": False,
    "allow_facet": False,
    "allow_csv_stream": False,
    "allow_download": False,
    "suggest_facets": False,
    "default_page_size": 50,
    "max_returned_rows": 100,
    "sql_time_limit_ms": 1000,
    "facet_time_limit_ms": 200,
    "default_facet_size": 20,
    "max_csv_mb": 5,
    "truncate_cells_html": 200,
    "num_sql_threads": 4,
    "default_cache_ttl": 60,
}


def suit(datasette: Datasette) -> None:
    """Change what was left at Datasette's default; a plugin has no other way to than its private dictionary."""
    from datasette import handle_exception
    from datasette.app import DEFAULT_SETTINGS

    for name, value in _SUITED.items():
        if datasette.setting(name) == DEFAULT_SETTINGS[name]:
            datasette._settings[name] = value
    # Where rich is installed, and ours needs it, Datasette prints every 404 with all local variables.
    handle_exception.rich = None
