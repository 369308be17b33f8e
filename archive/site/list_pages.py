"""The list pages' addresses: each as a page, as CSV and as JSON. Must not hold SQL beyond a view's name, or HTML."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette.utils.asgi import Request, Response

from archive.site import headers
from archive.site.holding import archive_name, read
from archive.site.listings import LISTINGS, Listing
from archive.site.lists import Asked, listed, matching, public_rows
from archive.site.showing import Page, may_query, shown

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette


def routes() -> list[tuple[str, Page]]:
    """List the patterns of the addresses with what answers them."""
    return [(rf"^/{name}{ending}$", make(name)) for name in LISTINGS for ending, make in _FORMS.items()]


def _page(name: str) -> Page:
    listing = LISTINGS[name]

    async def page(datasette: Datasette, request: Request) -> Response:
        asked = _asked(request, listing)
        found = await read(datasette, listed, listing, asked)

        def address(ending: str = "", **changed: str | int | None) -> str:
            return _address(datasette, f"/{name}{ending}", asked.query(**changed))

        context = {
            "listing": listing,
            "found": found,
            "asked": asked,
            "sorting": asked.sorting(listing),
            "address": address,
            "sql": await may_query(datasette, request) and _sql(datasette, listing, asked),
        }
        return await shown(datasette, request, "archive_list.html", context)

    return page


def _csv(name: str) -> Page:
    listing = LISTINGS[name]

    async def as_csv(datasette: Datasette, request: Request) -> Response:
        found = await _all(datasette, request, listing)
        stream = io.StringIO()
        writer = csv.DictWriter(stream, fieldnames=list(found[0]) if found else [c.field for c in listing.columns])
        writer.writeheader()
        writer.writerows(found)
        named = {"content-disposition": f'attachment; filename="{name}.csv"', "x-rows": str(len(found))}
        return Response(stream.getvalue(), headers=named | headers.OURS, content_type="text/csv; charset=utf-8")

    return as_csv


def _json(name: str) -> Page:
    listing = LISTINGS[name]

    async def as_json(datasette: Datasette, request: Request) -> Response:
        said = json.dumps(await _all(datasette, request, listing), ensure_ascii=False)
        return Response(said, headers=dict(headers.OURS), content_type="application/json; charset=utf-8")

    return as_json


_FORMS = {"": _page, r"\.csv": _csv, r"\.json": _json}


async def _all(datasette: Datasette, request: Request, listing: Listing) -> list[dict[str, Any]]:
    return public_rows(listing, await read(datasette, matching, listing, _asked(request, listing)))


def _asked(request: Request, listing: Listing) -> Asked:
    return Asked.read({name: request.args[name] for name in request.args}, listing)


def _sql(datasette: Datasette, listing: Listing, asked: Asked) -> str:
    """Return the address of a query in Datasette for the same list; letters and accents are ours alone."""
    column, descending = asked.sorting(listing)
    conditions = [f"{name} = :{name}" for name in asked.values]
    conditions += [f"{listing.named} LIKE '%' || :words || '%'"] if asked.words else []
    where = f"\nWHERE {' AND '.join(conditions)}" if conditions else ""
    sql = f"SELECT * FROM {listing.view}{where}\nORDER BY {column.field}{' DESC' if descending else ''}"
    said = {"sql": sql, **asked.values} | ({"words": asked.words} if asked.words else {})
    return f"{datasette.urls.database(archive_name(datasette))}?{urlencode(said)}"


def _address(datasette: Datasette, path: str, query: dict[str, str]) -> str:
    return str(datasette.urls.path(path)) + (f"?{urlencode(query)}" if query else "")
