"""Datasette's settings that an archive needs, whichever command started it. Must not know pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive.publishing.bounds import BOUNDS

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

# Suggesting facets, not counting them, is what makes the pages of large tables slow; a body is too long for a cell.
# Counts over all links of a large archive take longer than a second, and are asked for by who waits for them.
_SUITED: dict[str, bool | int] = {
    "suggest_facets": False,
    "truncate_cells_html": 200,
    "sql_time_limit_ms": 5000,
    "facet_time_limit_ms": 500,
}


def suit(datasette: Datasette, public: bool) -> None:
    """Change what was left at Datasette's default; a plugin has no other way to than its private dictionary."""
    from datasette import handle_exception
    from datasette.app import DEFAULT_SETTINGS

    for name, value in (BOUNDS if public else _SUITED).items():
        if datasette.setting(name) == DEFAULT_SETTINGS[name]:
            datasette._settings[name] = value
    datasette.max_returned_rows = datasette.setting("max_returned_rows")
    datasette.sql_time_limit_ms = datasette.setting("sql_time_limit_ms")
    datasette.page_size = datasette.setting("default_page_size")
    if public:
        for database in datasette.databases.values():
            # Datasette's database page asks SQLite, which answers with the path of the file.
            database.attached_databases = _none_attached
    # Where rich is installed, and ours needs it, Datasette prints every 404 with all local variables.
    handle_exception.rich = None


async def _none_attached() -> list[Any]:
    return []
