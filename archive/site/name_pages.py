"""The addresses of names and of edits, each with what is under it. Must not hold SQL or HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlencode

from datasette.utils.asgi import Request, Response

from archive.site.charts import month_chart
from archive.site.edits import edits
from archive.site.gatherings import DIVIDED, NOUNS, gathered
from archive.site.holding import archive_name, read
from archive.site.showing import Page, may_query, not_found, page_number, shown

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

_EDITS = "SELECT * FROM edits{where}\nORDER BY seen_at DESC"


def routes() -> list[tuple[str, Page]]:
    """List the patterns of the addresses with what answers them."""
    return [(rf"^/{noun}/(?P<slug>[^/]+)$", _gathering(noun)) for noun in NOUNS] + [(r"^/edits$", edits_page)]


def _gathering(noun: str) -> Page:
    kind = NOUNS[noun]

    async def gathering(datasette: Datasette, request: Request) -> Response:
        page, slug = page_number(request), unquote(request.url_vars["slug"])
        found = await read(datasette, gathered, noun, slug, page)
        if found is None:
            words = f"This archive knows no {kind.label.lower()} of this name."
            return await not_found(datasette, request, "Not in this archive", words, guess=slug)
        search = urlencode({kind.search: found.names[0]}) if kind.search else ""
        context = {
            "noun": noun,
            "slug": slug,
            "kind": kind,
            "found": found,
            "page": page,
            "chart": month_chart(found.under.months),
            "divided": min(DIVIDED, found.total),
            "search": f"{datasette.urls.path('/search')}?{search}" if search else "",
            "away": await _away(datasette, request, noun, slug, found.names),
            "path": f"/{noun}/{quote(slug)}",
        }
        return await shown(datasette, request, "archive_name.html", context)

    return gathering


async def _away(datasette: Datasette, request: Request, noun: str, slug: str, names: list[str]) -> dict[str, str]:
    """Return where the same articles are as CSV, JSON and SQL: nothing where nobody may query."""
    if not await may_query(datasette, request):
        return {}
    database = archive_name(datasette)
    inner = NOUNS[noun].articles.replace("(SELECT value FROM json_each(:names))", "(:slug)")
    columns = "id, headline, byline, section, type, published_at, word_count, slug, url"
    said = {"sql": f"SELECT {columns}\nFROM articles WHERE id IN (\n  {inner}\n)\nORDER BY published_at DESC"}
    query = urlencode(said | {"slug": slug if NOUNS[noun].names else names[0]})
    return {
        "csv": f"{datasette.urls.database(database, format='csv')}?{query}&_size=max",
        "json": f"{datasette.urls.database(database, format='json')}?{query}&_shape=array&_size=max",
        "sql": f"{datasette.urls.database(database)}?{query}",
    }


async def edits_page(datasette: Datasette, request: Request) -> Response:
    """Show the newest edits, all or some."""
    page, kind, silent = page_number(request), (request.args.get("kind") or "")[:40], request.args.get("silent") == "1"
    found = await read(datasette, edits, kind, silent, page)

    def address(**changed: str | None) -> str:
        said = {"kind": kind, "silent": "1" if silent else ""} | changed
        query = urlencode({name: value for name, value in said.items() if value})
        return str(datasette.urls.path("/edits")) + (f"?{query}" if query else "")

    context = {
        "found": found,
        "kind": kind,
        "silent": silent,
        "page": page,
        "address": address,
        "sql": await may_query(datasette, request) and _edits_sql(datasette, kind, silent),
    }
    return await shown(datasette, request, "archive_edits.html", context)


def _edits_sql(datasette: Datasette, kind: str, silent: bool) -> str:
    conditions = (["kind = :kind"] if kind else []) + (["silent"] if silent else [])
    where = f"\nWHERE {' AND '.join(conditions)}" if conditions else ""
    said = {"sql": _EDITS.format(where=where)} | ({"kind": kind} if kind else {})
    return f"{datasette.urls.database(archive_name(datasette))}?{urlencode(said)}"
