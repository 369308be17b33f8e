"""The pages: which address shows which template with what. Must not hold SQL or HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode

from datasette.utils.asgi import Request, Response

from archive.dictionary import TABLES
from archive.exports import citations
from archive.site import addresses, headers, listings, markup, queries, results
from archive.site.charts import month_chart
from archive.site.formats import article_path
from archive.site.holding import TookTooLong, archive_name, read
from archive.site.pictures import picture

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

Page = Callable[["Datasette", Request], Awaitable[Response]]

PLUGIN = "press-archive"
_STATIC = Path(__file__).parent / "static"
_SLUGS = {"authors": "author", "sections": "section", "tags": "tag", "series": None}
_KINDS = {
    "reading": "To read and export",
    "parts": "Articles and their parts",
    "names": "Names",
    "history": "Where it all comes from",
    "run": "How the archive works",
}


def routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """List the patterns of our addresses with what answers them."""
    named = [(rf"^/{noun}/(?P<slug>[^/]+)$", _gathering(noun)) for noun in listings.NOUNS]
    lists = [(rf"^/{name}$", _listing(name)) for name in listings.LISTINGS]
    fixed: list[tuple[str, Page]] = [
        (r"^/$", landing),
        (r"^/search$", search),
        (r"^/article/(?P<slug>.+)$", article),
        (r"^/data$", data),
        (r"^/-/image/(?P<id>\d+)$", picture),
    ]
    return [(pattern, _answered(page)) for pattern, page in [*fixed, *named, *lists]]


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
            return await _missing(datasette, request, "This took too long", words, status=400)

    return answered


async def landing(datasette: Datasette, request: Request) -> Response:
    """Show what the archive holds, and the newest of it."""
    found = await read(datasette, queries.landing)
    months = {month["month"]: month["articles"] for month in found.months}
    context = {"found": found, "chart": month_chart(months), "years": _by_year(months)}
    others = [name for name in datasette.databases if name not in (archive_name(datasette), "_internal")]
    return await _shown(datasette, request, "archive_landing.html", context | {"others": others})


def _by_year(months: Mapping[str, int]) -> dict[str, int]:
    years: dict[str, int] = {}
    for month, count in months.items():
        years[month[:4]] = years.get(month[:4], 0) + count
    return years


async def search(datasette: Datasette, request: Request) -> Response:
    """Show what a search finds; an address of the publication leads to its article instead."""
    args = {name: request.args[name] for name in request.args}
    slug = await read(datasette, addresses.slug_for_address, args.get("q", ""))
    if slug:
        return _redirect(datasette, article_path(slug))
    asked = results.Search.read(args)
    found = await read(datasette, results.find, asked)

    def address(**changed: str | int | None) -> str:
        query = urlencode(asked.query(**changed))
        return str(datasette.urls.path("/search")) + (f"?{query}" if query else "")

    context = {"search": asked, "found": found, "address": address, "query": _query_links(datasette, asked)}
    return await _shown(datasette, request, "archive_search.html", context)


def _query_links(datasette: Datasette, asked: results.Search) -> dict[str, str]:
    """Return the addresses of the same search in Datasette's own query page, and as CSV and JSON."""
    name = archive_name(datasette)
    sql, params = asked.sql()
    query = urlencode({"sql": sql, **params})
    return {
        "sql": f"{datasette.urls.database(name)}?{query}",
        "csv": f"{datasette.urls.database(name, format='csv')}?{query}&_size=max",
        "json": f"{datasette.urls.database(name, format='json')}?{query}&_shape=array",
    }


async def article(datasette: Datasette, request: Request) -> Response:
    """Show one article; another of its addresses leads to it."""
    asked = unquote(request.url_vars["slug"])
    slug = asked.strip("/")
    found = await read(datasette, queries.article, slug)
    if found is None:
        known = await read(datasette, addresses.slug_for_alias, slug)
        if known is not None:
            return _redirect(datasette, article_path(known))
        words = "No article here has this address. It may be in the ledger, or under other words."
        return await _missing(datasette, request, "Not in this archive", words, guess=slug)
    if slug != asked:
        return _redirect(datasette, article_path(slug))

    def local(other: str) -> str:
        return str(datasette.urls.path(article_path(other)))

    context = {
        "found": found,
        "article": found.row,
        "body": markup.clean_body(found.row["body_html"], found.row["url"], found.paths, local),
        "cite": _citations(found, await _publication(datasette)),
    }
    return await _shown(datasette, request, "archive_article.html", context)


def _citations(found: queries.ArticleView, publication: str) -> dict[str, str]:
    citable = citations.Citable(
        headline=found.row["headline"],
        authors=[author["name"] for author in found.authors],
        publication=publication,
        published_at=found.row["published_at"],
        url=found.row["url"],
        fetched_at=found.snapshot["fetched_at"],
        digest=found.snapshot["digest"],
    )
    return {"plain": citations.plain_text(citable), "bibtex": citations.bibtex(citable)}


def _listing(name: str) -> Page:
    async def listing(datasette: Datasette, request: Request) -> Response:
        page = _page(request)
        listing = listings.LISTINGS[name]
        found = await read(datasette, listings.listed, listing, page)
        context = {"listing": listing, "found": found, "page": page, "path": f"/{name}"}
        return await _shown(datasette, request, "archive_list.html", context)

    return listing


def _gathering(noun: str) -> Page:
    async def gathering(datasette: Datasette, request: Request) -> Response:
        page, slug = _page(request), unquote(request.url_vars["slug"])
        found = await read(datasette, listings.gathered, noun, slug, page)
        if found is None:
            words = f"This archive knows no {noun} of this name."
            return await _missing(datasette, request, "Not in this archive", words, guess=slug)
        context = {"noun": noun, "label": listings.NOUNS[noun], "found": found, "page": page}
        return await _shown(datasette, request, "archive_cards.html", context | {"path": f"/{noun}/{quote(slug)}"})

    return gathering


async def data(datasette: Datasette, request: Request) -> Response:
    """Show what every table and column means."""
    groups = [
        (words, [(name, table) for name, table in TABLES.items() if table.kind == kind])
        for kind, words in _KINDS.items()
    ]
    return await _shown(datasette, request, "archive_data.html", {"groups": groups})


async def missing(datasette: Datasette, request: Request) -> Response:
    """Say that there is nothing at an address."""
    return await _missing(datasette, request, "Nothing is here", "There is no page at this address.")


def path_of_slug(table: str | None, slug: str) -> str | None:
    """Return the path of the page that a slug in a table means; in a query's result it is an article's."""
    if table in _SLUGS:
        return f"/{_SLUGS[table]}/{quote(slug)}" if _SLUGS[table] else None
    return article_path(slug)


def static(datasette: Datasette, name: str) -> str:
    """Return the address of one of our static files; it changes with the file."""
    return f"{datasette.urls.static_plugins(PLUGIN, name)}?{_digest(name)}"


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:10]


def _page(request: Request) -> int:
    page = request.args.get("page") or "1"
    return max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 6 else 1


def _redirect(datasette: Datasette, path: str) -> Response:
    return Response.redirect(str(datasette.urls.path(path)), headers=dict(headers.OURS))


async def _publication(datasette: Datasette) -> str:
    return str(datasette.metadata("title") or await read(datasette, queries.publication))


async def _missing(
    datasette: Datasette, request: Request, heading: str, words: str, status: int = 404, guess: str = ""
) -> Response:
    last = guess.rsplit("/", 1)[-1].replace("-", " ")
    context = {"heading": heading, "words": words, "guess": last[:80]}
    return await _shown(datasette, request, "archive_missing.html", context, status)


async def _shown(
    datasette: Datasette, request: Request, template: str, context: dict[str, Any], status: int = 200
) -> Response:
    shared = {
        "publication": await _publication(datasette),
        "database": archive_name(datasette),
        "stylesheet": static(datasette, "archive.css"),
        "icon": static(datasette, "icon.svg"),
    }
    html = await datasette.render_template(template, shared | context, request=request, view_name="archive")
    return Response.html(html, status=status, headers=dict(headers.OURS))
