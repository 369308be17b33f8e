"""The landing page: what is in the archive, what is not, and where to begin. Must not hold SQL or HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from datasette.utils.asgi import Request, Response

from archive.site.charts import month_chart
from archive.site.holding import archive_name, read
from archive.site.overview import QUESTIONS, overview
from archive.site.showing import shown

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

_MOST = 8


async def landing(datasette: Datasette, request: Request) -> Response:
    """Show what the archive holds, and the newest of it."""
    found = await read(datasette, overview)
    name = archive_name(datasette)
    context = {
        "found": found,
        "facts": found.tallies.facts,
        "chart": month_chart(found.tallies.months),
        "years": sorted(found.tallies.facets["year"].items()),
        "questions": await _questions(datasette, request, name),
        "others": [other for other in datasette.databases if other not in (name, "_internal")],
    }
    return await shown(datasette, request, "archive_landing.html", context)


async def _questions(datasette: Datasette, request: Request, name: str | None) -> list[tuple[str, str]]:
    """List questions and where they are answered: queries with a title from the metadata, else a few of our own."""
    canned = await datasette.get_canned_queries(name, request.actor)
    titled = [(query.get("title") or key, datasette.urls.query(name, key)) for key, query in canned.items()]
    if titled:
        return titled[:_MOST]
    if not await datasette.permission_allowed(request.actor, "execute-sql", name, default=True):
        return []
    database = datasette.urls.database(name)
    return [(question, f"{database}?{urlencode({'sql': sql})}") for question, sql in QUESTIONS.items()]
