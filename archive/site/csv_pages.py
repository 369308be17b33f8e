"""The addresses of whole CSV files: our own, and those that Datasette would cut. Must not hold formats."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils import tilde_decode
from datasette.utils.asgi import Request, Response

from archive.errors import UsageError
from archive.exports.fetching import Query, quoted_name
from archive.exports.selection import Selection
from archive.site.holding import archive_name
from archive.site.streams import Ask, Busy, busy, csv_response

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

Page = Callable[["Datasette", Request], Awaitable[Response]]
_LIMIT = re.compile(r"\s+limit \d+(?:\s+offset \d+)?\s*$")
_PARAMETER = re.compile(r":(\w+)")


def routes() -> list[tuple[str, Page]]:
    """List the patterns of these addresses with what answers them; they come before Datasette's own."""
    return [
        (r"^/export/(?P<view>\w+)\.csv$", export),
        (r"^/(?P<database>[^/.]+)\.(?P<format>csv)$", query),
        (r"^/(?P<database>[^/.]+)/(?P<table>[^/.]+)\.(?P<format>csv)$", table),
    ]


async def export(datasette: Datasette, request: Request) -> Response:
    """Answer with a whole table or view; `search`, `since` and `excel=1` as in `press-archive export csv`."""
    name, view = archive_name(datasette), request.url_vars["view"]
    await datasette.ensure_permissions(request.actor, [("view-table", (name, view)), ("view-database", name)])
    selection = Selection(view, request.args.get("search"), None, request.args.get("since"))
    return await _answered(datasette, request, str(name), selection.query, view, request.args.get("excel") == "1")


async def table(datasette: Datasette, request: Request) -> Response:
    """Answer with a table or canned query as Datasette would show it, filters and labels included, and whole.

    Who asks for a number of rows or for one page of them gets what Datasette gives.
    """
    name, view = _database(datasette, request), tilde_decode(request.url_vars["table"])
    is_page = request.args.get("_next") or (request.args.get("_size") or "max") != "max"
    is_refused = request.args.get("_stream") and not datasette.setting("allow_csv_stream")
    if name is None or is_page or is_refused:
        return await _of_datasette(datasette, request)
    canned = await datasette.get_canned_query(name, view, request.actor)
    if canned:
        permissions = [("view-query", (name, view)), ("view-database", name), "view-instance"]
        await datasette.ensure_permissions(request.actor, permissions)
        asked = Query(view, canned["sql"].strip().rstrip(";"), _parameters(request, canned["sql"]))
        return await _answered(datasette, request, name, lambda _: asked, view)
    found = await _table_query(datasette, request, name, view)
    return await _answered(datasette, request, name, lambda _: found, view)


async def query(datasette: Datasette, request: Request) -> Response:
    """Answer with all rows of the SQL in `sql=`, for who may run SQL."""
    name, sql = _database(datasette, request), (request.args.get("sql") or "").strip().rstrip(";")
    if name is None or not sql:
        return await _of_datasette(datasette, request)
    await datasette.ensure_permissions(request.actor, [("execute-sql", name)])
    asked = Query("query", sql, _parameters(request, sql))
    return await _answered(datasette, request, name, lambda _: asked, "query")


async def _answered(
    datasette: Datasette, request: Request, database: str, ask: Ask, name: str, excel: bool = False
) -> Response:
    try:
        return await csv_response(datasette, request, database, ask, name, excel)
    except Busy:
        return busy(f"{name}.csv")
    except (UsageError, sqlite3.Error, sqlite3.Warning) as error:
        return Response.text(f"{name}.csv cannot be made: {error}", status=400)


async def _table_query(datasette: Datasette, request: Request, database: str, view: str) -> Query:
    """Return the statement behind a table's page: Datasette itself reads its filters and checks who may see it."""
    from datasette.views.table import TableView

    asked = _with(request, {"_nofacet": "1", "_nocount": "1", "_nosuggest": "1"})
    page = TableView(datasette)
    found = (await page.data(asked, _size=1))[0]
    sql = _LIMIT.sub("", found["query"]["sql"])
    labelled = [column for column in found["columns"] if column in found["expanded_columns"]]
    if labelled:
        sql = _labelled(sql, found, labelled)
    return Query(view, sql, found["query"]["params"])


def _labelled(sql: str, found: Mapping[str, Any], columns: list[str]) -> str:
    """Put a column of labels after each column that refers to another table, as Datasette does."""
    targets = {key["column"]: (key, label) for key, label in found["expandable_columns"]}
    shown = []
    for column in found["columns"]:
        shown.append(f"t.{quoted_name(column)}")
        if column in columns:
            key, label = targets[column]
            other, other_column = quoted_name(key["other_table"]), quoted_name(key["other_column"])
            label_sql = f"SELECT {quoted_name(label or key['other_column'])} FROM {other} o"
            shown.append(
                f"({label_sql} WHERE o.{other_column} = t.{quoted_name(column)}) AS {quoted_name(column + '_label')}"
            )
    return f"SELECT {', '.join(shown)} FROM ({sql}) AS t"


def _parameters(request: Request, sql: str) -> dict[str, str]:
    """Return what the address gives for the statement's parameters; what it does not give is empty, as in Datasette."""
    return {name: request.args.get(name) or "" for name in _PARAMETER.findall(sql)}


def _database(datasette: Datasette, request: Request) -> str | None:
    """Return the archive's name when the address is one of it."""
    name = archive_name(datasette)
    known = name is not None and tilde_decode(request.url_vars["database"]) == datasette.get_database(name).route
    return name if known else None


def _with(request: Request, added: Mapping[str, str]) -> Request:
    query = urlencode([*parse_qsl(request.query_string, keep_blank_values=True), *added.items()])
    return Request(dict(request.scope, query_string=query.encode("latin-1")), request.receive)


async def _of_datasette(datasette: Datasette, request: Request) -> Response:
    """Let Datasette answer: another database's file, or a page of a table."""
    from datasette.views.database import DatabaseView
    from datasette.views.table import TableView

    return await (TableView if "table" in request.url_vars else DatabaseView)(datasette).get(request)
