"""The library's own addresses: which shows what. Must not hold SQL or HTML."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import AsgiStream, Request, Response

from archive.exports.feeds import ATOM_TYPE, atom
from archive.library import finding, syndication, taking
from archive.library.asked import Question
from archive.library.finding import read_hits
from archive.library.front import front_of
from archive.library.merging import Hit
from archive.library.showing import FILES, labels, said, shown, sorry, static_file
from archive.library.volume import Missing, Volume
from archive.site import crawlers, headers
from archive.site.feed_pages import conditional
from archive.site.formats import article_path
from archive.site.taking import listed

Volumes = Sequence[Volume]
Page = Callable[[Volumes, Request], Awaitable[Response]]


async def answer(volumes: Volumes, request: Request) -> Response:
    """Answer a request for anything but an archive's own pages."""
    if request.method not in ("GET", "HEAD"):
        return Response.text("Method not allowed", status=405, headers={"Allow": "GET, HEAD"})
    page = _PAGES.get(request.path)
    if page:
        return await page(volumes, request)
    file = static_file(request) if request.path.startswith(FILES) else None
    return file or sorry(volumes, request, "Nothing is here", "There is no page at this address.", 404)


async def landing(volumes: Volumes, request: Request) -> Response:
    """Show what all archives hold, and the newest of it."""
    return shown(volumes, request, "library_landing.html", {"found": await front_of(volumes)})


async def search(volumes: Volumes, request: Request) -> Response:
    """Show what a search over all archives finds; an address of one of the publications leads to its article."""
    there = await finding.article_at(volumes, request.args.get("q") or "")
    if there:
        name, slug = there
        return Response.redirect(_page_at(name, slug), headers=dict(headers.OURS))
    question = _question(volumes, request)

    def address(**changed: str | int | None) -> str:
        return _address("/search", question.query(**changed))

    context = {
        "question": question,
        "search": question.search,
        "found": await finding.page_of(volumes, question),
        "address": address,
        "away": _away(question),
    }
    return shown(volumes, request, "library_search.html", context)


def _away(question: Question) -> dict[str, str]:
    """Return where the same result is as CSV, JSON and Atom; a feed is by date unless it is asked otherwise."""
    query = question.query()
    by_date = {name: value for name, value in query.items() if name != "sort"}
    return {"csv": _address("/search.csv", query), "json": _address("/search.json", query)} | {
        "atom": _address("/search.atom", by_date)
    }


async def as_json(volumes: Volumes, request: Request) -> Response:
    """Answer with one page of a search over all archives as JSON."""
    question = _question(volumes, request)
    found = await finding.page_of(volumes, question)
    hits = [Hit(name, card["id"], None) for name, card in found.cards]
    articles, _ = await read_hits(volumes, hits, listed)
    page = question.search.page
    following = _address("/search.json", question.query(page=page + 1)) if page < found.pages else None
    text = taking.as_json(found, articles, _whole_page(request), following and _whole(request, following))
    return Response(text, headers=said(found.missing), content_type="application/json; charset=utf-8")


async def as_atom(volumes: Volumes, request: Request) -> Response:
    """Answer with the feed of a search: newest first, so that what is new is seen, unless the best are asked for."""
    question = _question(volumes, request, sort="date")
    found = await finding.page_of(volumes, question)
    hits = [Hit(name, card["id"], None) for name, card in found.cards]
    articles, lost = await read_hits(volumes, hits, syndication.entries_of)
    page = question.search.page
    here = {name: request.args[name] for name in request.args}
    older = here | {"page": str(page + 1)}
    places = syndication.Places(
        here=_whole(request, _address("/search.atom", here)),
        page=_whole(request, _address("/search", question.query(page=page if page > 1 else None))),
        next=_whole(request, _address("/search.atom", older)) if page < found.pages else None,
        article=_whole_page(request),
    )
    missing = {**found.missing, **lost}
    feed, entries = syndication.feed_of(question, labels(volumes), articles, missing, places)
    answer = conditional(request, b"".join(atom(feed, entries)), f"{ATOM_TYPE}; charset=utf-8", feed.updated)
    answer.headers |= said(missing)
    return answer


async def as_csv(volumes: Volumes, request: Request) -> Response:
    """Stream all that a search over all archives finds as CSV. Where it breaks off, so does the answer.

    The file's name says which archives are not in it.
    """
    hits, missing = await finding.all_of(volumes, _question(volumes, request))

    async def write(stream: Any) -> None:
        await stream.write(taking.csv_head())
        for at in range(0, len(hits), taking.CHUNK):
            articles, lost = await read_hits(volumes, hits[at : at + taking.CHUNK], listed)
            if lost:
                raise ConnectionAbortedError(f"without {', '.join(lost)}")
            await stream.write(taking.csv_rows(articles, _whole_page(request)))

    named = "-".join(["search", *(f"without-{name}" for name in missing)])
    told = {"content-disposition": f'attachment; filename="{named}.csv"', "x-rows": str(len(hits))}
    return AsgiStream(write, headers=told | said(missing), content_type="text/csv; charset=utf-8")


async def robots(volumes: Volumes, request: Request) -> Response:
    """Say what robots may read of all archives: they ask for no other robots.txt than this one."""
    kept, sitemaps = ["/search"], []
    for volume in volumes:
        try:
            with volume.open() as datasette:
                kept += crawlers.kept_from_robots(datasette)
                if crawlers.is_for_robots(datasette):
                    sitemaps.append(_whole(request, f"{volume.base}/sitemap.xml"))
        except Missing:
            kept.append(f"{volume.base}/")
    return Response.text(crawlers.robots_text(kept, sitemaps))


async def opensearch(volumes: Volumes, request: Request) -> Response:
    """Describe the search over all archives, so that browsers offer it."""
    words = f"Search {', '.join(labels(volumes).values())}"
    icon = _whole(request, f"{FILES}icon.svg")
    text = crawlers.search_description("All archives", words, _whole(request, ""), icon)
    return Response(text, headers=dict(headers.OURS), content_type=crawlers.OPEN_SEARCH)


def led(path: str, request: Request) -> Response:
    """Lead to another path, with what was asked of this one."""
    query = f"?{request.query_string}" if request.query_string else ""
    return Response.redirect(path + query, headers=dict(headers.OURS))


def not_now(volumes: Volumes, request: Request, volume: Volume) -> Response:
    """Say that an archive cannot be read now."""
    words = f"This archive {volume.trouble}. The others are served."
    return sorry(volumes, request, f"{labels(volumes)[volume.name]} is missing", words, 503)


def failed(volumes: Volumes, request: Request) -> Response:
    """Say that something went wrong here."""
    return sorry(volumes, request, "This failed", "Something went wrong here, not with what was asked for.", 500)


def _question(volumes: Volumes, request: Request, **usual: str) -> Question:
    """Read what is asked for; `usual` holds where an address says nothing."""
    args = usual | {name: request.args[name] for name in request.args if request.args[name]}
    return Question.read(args, [volume.name for volume in volumes])


def _page_at(name: str, slug: str) -> str:
    return f"/{name}{article_path(slug)}"


def _whole_page(request: Request) -> taking.Address:
    return lambda name, slug: _whole(request, _page_at(name, slug))


def _address(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _whole(request: Request, path: str) -> str:
    return f"{request.scheme}://{request.host}{path}"


_PAGES: dict[str, Page] = {
    "/": landing,
    "/search": search,
    "/search.json": as_json,
    "/search.csv": as_csv,
    "/search.atom": as_atom,
    "/robots.txt": robots,
    "/opensearch.xml": opensearch,
}
