"""The charts' addresses: the page of all, and each as an SVG file. Must not hold SQL or HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from datasette.utils.asgi import Request, Response

from archive.site import chart_data, headers
from archive.site.holding import archive_name, read
from archive.site.plots import draw
from archive.site.showing import may_query, not_found, shown

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette


async def charts(datasette: Datasette, request: Request) -> Response:
    """Show all charts, each with the table that says the same."""
    drawings = [draw(chart) for chart in await read(datasette, chart_data.charts)]
    database = datasette.urls.database(archive_name(datasette))

    def query(sql: str) -> str:
        return f"{database}?{urlencode({'sql': sql})}"

    context = {"drawings": drawings, "query": query if await may_query(datasette, request) else None}
    return await shown(datasette, request, "archive_charts.html", context)


async def picture(datasette: Datasette, request: Request) -> Response:
    """Answer with one chart as an SVG file that needs no style sheet."""
    found = await read(datasette, chart_data.chart, request.url_vars["name"])
    if found is None:
        return await not_found(datasette, request, "No such chart", "There is no chart of this name here.")
    svg = await datasette.render_template("archive_chart.svg", {"drawing": draw(found)}, request=request)
    named = {"content-disposition": f'inline; filename="{found.name}.svg"'}
    return Response(svg, headers=named | headers.OURS, content_type="image/svg+xml; charset=utf-8")
