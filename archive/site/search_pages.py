"""The search's addresses: its page, and the same result as CSV and JSON. Must not hold SQL or HTML."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette.utils.asgi import AsgiStream, Request, Response

from archive.site import addresses, headers, results, taking
from archive.site.asked import Search
from archive.site.charts import month_chart
from archive.site.formats import article_path
from archive.site.holding import archive_name, read
from archive.site.showing import redirected, shown

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette


async def search(datasette: Datasette, request: Request) -> Response:
    """Show what a search finds; an address of the publication leads to its article instead."""
    args = _args(request)
    slug = await read(datasette, addresses.slug_for_address, args.get("q", ""))
    if slug:
        return redirected(datasette, article_path(slug))
    asked = await read(datasette, results.spelled_out, Search.read(args))
    found = await _found(datasette, asked)

    here = str(datasette.urls.path("/search"))

    def address(**changed: str | int | None) -> str:
        query = urlencode(asked.query(**changed))
        return f"{here}?{query}" if query else here

    context = {
        "search": asked,
        "found": found,
        "address": address,
        "chart": month_chart(found.division.months),
        "away": _away(datasette, asked),
        "sql": asked.sql(),
        "may_query": await datasette.permission_allowed(
            request.actor, "execute-sql", archive_name(datasette), default=True
        ),
    }
    return await shown(datasette, request, "archive_search.html", context)


async def _found(datasette: Datasette, asked: Search) -> results.Results:
    """Run a search. Its page and its measures are read at the same time: either goes through much of the index."""
    begun = await read(datasette, results.begun, asked)
    page, measures = await asyncio.gather(
        read(datasette, results.page, asked, begun), read(datasette, results.measured, asked, begun)
    )
    return results.Results.joined(page, measures)


def _away(datasette: Datasette, asked: Search) -> dict[str, str]:
    """Return where the same result is as CSV, JSON, Atom and in Datasette's own query page."""
    query = asked.query()
    sql, params = asked.sql()
    database = datasette.urls.database(archive_name(datasette))
    return {
        "csv": _address(datasette, "/search.csv", query),
        "json": _address(datasette, "/search.json", query),
        "atom": _address(datasette, "/search.atom", {**query, "sort": ""}),
        "sql": f"{database}?{urlencode({'sql': sql, **params})}",
    }


async def as_csv(datasette: Datasette, request: Request) -> Response:
    """Stream all that a search finds as CSV. Where it breaks off, so does the answer, and a client sees that."""
    ids = await read(datasette, taking.found_ids, Search.read(_args(request)))

    async def write(stream: Any) -> None:
        await stream.write(taking.csv_head())
        for at in range(0, len(ids), taking.CHUNK):
            await stream.write(await read(datasette, taking.csv_rows, ids[at : at + taking.CHUNK]))

    found = {"content-disposition": 'attachment; filename="search.csv"', "x-rows": str(len(ids))}
    return AsgiStream(write, headers=found | headers.OURS, content_type="text/csv; charset=utf-8")


async def as_json(datasette: Datasette, request: Request) -> Response:
    """Answer with one page of a search as JSON."""
    asked = Search.read(_args(request))
    found = await _found(datasette, asked)
    articles = await read(datasette, taking.listed, [card["id"] for card in found.cards])
    said = taking.as_json(asked, found, articles, _places(datasette, request, asked, found, "/search.json"))
    return Response(said, headers=dict(headers.OURS), content_type="application/json; charset=utf-8")


def _places(datasette: Datasette, request: Request, asked: Search, found: results.Results, path: str) -> taking.Places:
    def whole(where: str, query: dict[str, str]) -> str:
        return str(datasette.absolute_url(request, _address(datasette, where, query)))

    def article(slug: str) -> str:
        return str(datasette.absolute_url(request, datasette.urls.path(article_path(slug))))

    after = whole(path, asked.query(page=asked.page + 1)) if asked.page < found.pages else None
    here = asked.query(page=asked.page if asked.page > 1 else None)
    return taking.Places(whole(path, here), whole("/search", here), after, article)


def _address(datasette: Datasette, path: str, query: dict[str, str]) -> str:
    said = urlencode({name: value for name, value in query.items() if value})
    return str(datasette.urls.path(path)) + (f"?{said}" if said else "")


def _args(request: Request) -> dict[str, str]:
    return {name: request.args[name] for name in request.args}
