"""The pages: which address shows which template with what. Must not hold SQL or HTML."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from datasette.utils.asgi import Request, Response

from archive.coverage import MEANINGS, MONTHS, OVERLAP, STATES, coverage_of
from archive.dictionary import TABLES
from archive.exports import citations
from archive.site import (
    addresses,
    crawlers,
    csv_pages,
    feed_pages,
    landing,
    listings,
    markup,
    queries,
    search_pages,
    tables,
)
from archive.site.formats import article_path
from archive.site.holding import TookTooLong, archive_name, held, read
from archive.site.pictures import picture
from archive.site.showing import publication, redirected, shown

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

Page = Callable[["Datasette", Request], Awaitable[Response]]

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
        (r"^/$", landing.landing),
        (r"^/search$", search_pages.search),
        (r"^/search\.csv$", search_pages.as_csv),
        (r"^/search\.json$", search_pages.as_json),
        (r"^/search\.atom$", feed_pages.search),
        (r"^/article/(?P<slug>.+)$", article),
        (r"^/data$", data),
        (r"^/coverage$", coverage),
        (r"^/-/image/(?P<id>\d+)$", picture),
        *feed_pages.routes(),
        *crawlers.routes(),
        *csv_pages.routes(),
        (tables.PATTERN, tables.page),
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


async def article(datasette: Datasette, request: Request) -> Response:
    """Show one article; another of its addresses leads to it."""
    asked = unquote(request.url_vars["slug"])
    slug = asked.strip("/")
    found = await read(datasette, queries.article, slug)
    if found is None:
        known = await read(datasette, addresses.slug_for_alias, slug)
        if known is not None:
            return redirected(datasette, article_path(known))
        words = "No article here has this address. It may be in the ledger, or under other words."
        return await _missing(datasette, request, "Not in this archive", words, guess=slug)
    if slug != asked:
        return redirected(datasette, article_path(slug))

    def local(other: str) -> str:
        return str(datasette.urls.path(article_path(other)))

    context = {
        "found": found,
        "article": found.row,
        "body": markup.clean_body(found.row["body_html"], found.row["url"], found.paths, local),
        "cite": _citations(found, await publication(datasette)),
    }
    return await shown(datasette, request, "archive_article.html", context)


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
    return {"plain": citations.plain(citable), "bibtex": citations.bibtex(citable)}


def _listing(name: str) -> Page:
    async def listing(datasette: Datasette, request: Request) -> Response:
        page = _page(request)
        listing = listings.LISTINGS[name]
        found = await read(datasette, listings.listed, listing, page)
        context = {"listing": listing, "found": found, "page": page, "path": f"/{name}"}
        return await shown(datasette, request, "archive_list.html", context)

    return listing


def _gathering(noun: str) -> Page:
    async def gathering(datasette: Datasette, request: Request) -> Response:
        page, slug = _page(request), unquote(request.url_vars["slug"])
        found = await read(datasette, listings.gathered, noun, slug, page)
        if found is None:
            words = f"This archive knows no {noun} of this name."
            return await _missing(datasette, request, "Not in this archive", words, guess=slug)
        context = {"noun": noun, "label": listings.NOUNS[noun], "found": found, "page": page}
        return await shown(datasette, request, "archive_cards.html", context | {"path": f"/{noun}/{quote(slug)}"})

    return gathering


async def data(datasette: Datasette, request: Request) -> Response:
    """Show what every table and column means."""
    there = await held(datasette)
    groups = [
        (words, [(name, table) for name, table in TABLES.items() if table.kind == kind and name in there])
        for kind, words in _KINDS.items()
    ]
    return await shown(datasette, request, "archive_data.html", {"groups": groups})


async def coverage(datasette: Datasette, request: Request) -> Response:
    """Show what the publication announced and what became of it: the figures of `press-archive coverage`."""
    words = {"meanings": MEANINGS, "overlap": OVERLAP, "months": MONTHS, "states": list(STATES)}
    found = await read(datasette, coverage_of)
    return await shown(datasette, request, "archive_coverage.html", words | {"found": found})


async def missing(datasette: Datasette, request: Request) -> Response:
    """Say that there is nothing at an address."""
    return await _missing(datasette, request, "Nothing is here", "There is no page at this address.")


def path_of_slug(table: str | None, slug: str) -> str | None:
    """Return the path of the page that a slug in a table means; in a query's result it is an article's."""
    if table in _SLUGS:
        return f"/{_SLUGS[table]}/{quote(slug)}" if _SLUGS[table] else None
    return article_path(slug)


def _page(request: Request) -> int:
    page = request.args.get("page") or "1"
    return max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 6 else 1


async def _missing(
    datasette: Datasette, request: Request, heading: str, words: str, status: int = 404, guess: str = ""
) -> Response:
    last = guess.rsplit("/", 1)[-1].replace("-", " ")
    context = {"heading": heading, "words": words, "guess": last[:80]}
    return await shown(datasette, request, "archive_missing.html", context, status)
