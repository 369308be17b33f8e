"""Datasette's settings that an archive needs, whichever command started it. Must not know pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

# Suggesting facets, not counting them, is what makes the pages of large tables slow; a body is too long for a cell.
# Counts over all links of a large archive take longer than a second, and are asked for by who waits for them.
_SUITED = {
    "suggest_facets": False,
    "truncate_cells_html": 200,
    "sql_time_limit_ms": 5000,
    "facet_time_limit_ms": 500,
}


def suit(datasette: Datasette) -> None:
    """Change what was left at Datasette's default; a plugin has no other way to than its private dictionary."""
    from datasette import handle_exception
    from datasette.app import DEFAULT_SETTINGS

    for name, value in _SUITED.items():
        if datasette.setting(name) == DEFAULT_SETTINGS[name]:
            datasette._settings[name] = value
    datasette.sql_time_limit_ms = datasette.setting("sql_time_limit_ms")
    # Where rich is installed, and ours needs it, Datasette prints every 404 with all local variables.
    handle_exception.rich = None
