"""The pages: which address shows which template with what. Must not hold SQL or HTML."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from datasette.utils.asgi import Request, Response

from archive.coverage import MEANINGS, MONTHS, OVERLAP, STATES, coverage_of
from archive.descriptions import Description
from archive.dictionary import TABLES
from archive.site import (
    article_pages,
    chart_pages,
    crawlers,
    csv_pages,
    feed_pages,
    landing,
    list_pages,
    name_pages,
    search_pages,
    tables,
)
from archive.site.formats import article_path
from archive.site.holding import TookTooLong, archive_name, held, read
from archive.site.pictures import picture
from archive.site.showing import Page, may_query, not_found, shown

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

_SLUGS = {f"{noun}{end}": noun for noun in ("author", "section", "tag") for end in ("s", "_list")}
_SLUGS |= {"series": "series", "series_list": "series"}
_KINDS = {
    "reading": "To read and export",
    "parts": "Articles and their parts",
    "names": "Names",
    "history": "Where it all comes from",
    "run": "How the archive works",
}


def routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """List the patterns of our addresses with what answers them."""
    fixed: list[tuple[str, Page]] = [
        (r"^/$", landing.landing),
        (r"^/search$", search_pages.search),
        (r"^/search\.csv$", search_pages.as_csv),
        (r"^/search\.json$", search_pages.as_json),
        (r"^/search\.atom$", feed_pages.search),
        (r"^/article/(?P<slug>.+)$", article_pages.answer),
        (r"^/charts$", chart_pages.charts),
        (r"^/charts/(?P<name>[a-z-]+)\.svg$", chart_pages.picture),
        (r"^/data$", data),
        (r"^/coverage$", coverage),
        (r"^/-/image/(?P<id>\d+)$", picture),
        *feed_pages.routes(),
        *crawlers.routes(),
        *csv_pages.routes(),
        (tables.PATTERN, tables.page),
    ]
    return [(pattern, _answered(page)) for pattern, page in [*name_pages.routes(), *list_pages.routes(), *fixed]]


def _answered(page: Page) -> Callable[..., Awaitable[Response]]:
    """Wrap a page: who may see the articles may see it, and it can be asked for but not posted to."""

    async def answered(datasette: Datasette, request: Request) -> Response:
        name = archive_name(datasette)
        permissions = [("view-table", (name, "articles")), ("view-database", name), "view-instance"]
        await datasette.ensure_permissions(request.actor, permissions)
        if request.method not in ("GET", "HEAD"):
            return Response.text("Method not allowed", status=405, headers={"Allow": "GET, HEAD"})
        try:
            return await page(datasette, request)
        except TookTooLong:
            words = "That took longer than a page may take. Narrow the search, or ask again in a moment."
            return await not_found(datasette, request, "This took too long", words, status=400)

    return answered


async def data(datasette: Datasette, request: Request) -> Response:
    """Show what every table and column means, or those in which some words are."""
    asked = " ".join((request.args.get("q") or "").split())[:100]
    there = await held(datasette)
    fitting = {
        name: table for name, table in TABLES.items() if name in there and _is_about(asked.casefold(), name, table)
    }
    grouped = [
        (words, [(name, table) for name, table in fitting.items() if table.kind == kind])
        for kind, words in _KINDS.items()
    ]
    database = datasette.urls.database(archive_name(datasette))

    def query(table: str) -> str:
        return f"{database}?{urlencode({'sql': f'SELECT * FROM {table} LIMIT 100'})}"

    context = {
        "asked": asked,
        "groups": [(words, tables) for words, tables in grouped if tables],
        "query": query if await may_query(datasette, request) else None,
    }
    return await shown(datasette, request, "archive_data.html", context)


def _is_about(asked: str, name: str, table: Description) -> bool:
    words = " ".join((name, table.text, *table.columns, *table.columns.values()))
    return asked in words.casefold()


async def coverage(datasette: Datasette, request: Request) -> Response:
    """Show what the publication announced and what became of it: the figures of `press-archive coverage`."""
    words = {"meanings": MEANINGS, "overlap": OVERLAP, "months": MONTHS, "states": list(STATES)}
    found = await read(datasette, coverage_of)
    return await shown(datasette, request, "archive_coverage.html", words | {"found": found})


async def missing(datasette: Datasette, request: Request) -> Response:
    """Say that there is nothing at an address."""
    return await not_found(datasette, request, "Nothing is here", "There is no page at this address.")


def path_of_slug(table: str | None, slug: str) -> str:
    """Return the path of the page that a slug in a table means; in a query's result it is an article's."""
    if table in _SLUGS:
        return f"/{_SLUGS[table]}/{quote(slug)}"
    return article_path(slug)
