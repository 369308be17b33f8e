"""The feeds' addresses, and answering only what a reader has not seen. Must not hold SQL or formats."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode

from datasette.utils.asgi import NotFound, Request, Response

from archive import clock
from archive.exports.feeds import ATOM_TYPE, JSON_FEED_TYPE, Feed, atom, json_feed, tag
from archive.site import headers, results, syndication
from archive.site.asked import Search
from archive.site.formats import article_path
from archive.site.holding import read
from archive.site.showing import publication, shown
from archive.site.syndication import Found

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

Page = Callable[["Datasette", Request], Awaitable[Response]]
ENDINGS = r"\.(?P<format>atom|json)$"
_FRESH = "max-age=300"
"""Seconds; a nightly crawl changes a feed once a day."""


def routes() -> list[tuple[str, Page]]:
    """List the patterns of the feeds' addresses with what answers them."""
    kinds = "|".join(syndication.KINDS)
    nouns = "|".join(syndication.NOUNS)
    return [
        (r"^/feeds$", overview),
        (rf"^/feeds/(?P<kind>{kinds}){ENDINGS}", by_kind),
        (rf"^/feeds/(?P<noun>{nouns})/(?P<slug>[^/]+){ENDINGS}", under),
        (rf"^/feeds/search{ENDINGS}", search),
    ]


async def overview(datasette: Datasette, request: Request) -> Response:
    """Show which feeds there are."""
    return await shown(datasette, request, "archive_feeds.html", {"kinds": syndication.KINDS})


async def by_kind(datasette: Datasette, request: Request) -> Response:
    """Answer with the feed of the newest, changed, corrected or gone articles."""
    name = request.url_vars["kind"]
    page, size = _paging(request)
    kind = syndication.KINDS[name]
    found = await read(datasette, syndication.found_by_kind, kind, page, size, _article(datasette, request))
    return await _answered(datasette, request, found, ("feed", name), kind.words, "/")


async def under(datasette: Datasette, request: Request) -> Response:
    """Answer with the feed of an author, section, tag or series."""
    noun, slug = request.url_vars["noun"], unquote(request.url_vars["slug"])
    page, size = _paging(request)
    found = await read(datasette, syndication.found_under, noun, slug, page, size, _article(datasette, request))
    if found is None:
        raise NotFound(f"This archive knows no {noun} of this name.")
    words = syndication.NOUNS[noun].words
    return await _answered(datasette, request, found, ("feed", noun, quote(slug)), words, f"/{noun}/{quote(slug)}")


async def search(datasette: Datasette, request: Request) -> Response:
    """Answer with the feed of a search: newest first, so that what is new is seen, unless the best are asked for."""
    asked = Search.read({"sort": "date"} | {name: value for name, value in _args(request).items() if value})
    address = _article(datasette, request)

    def found(connection: Any) -> Found:
        hits = results.find(connection, asked)
        ids = [card["id"] for card in hits.cards]
        name = ", ".join(filter(None, (asked.typed, *asked.filters.values()))) or "all articles"
        return syndication.found_by_search(connection, ids, f"Search: {name}", asked.page < hits.pages, address)

    query = urlencode(asked.query())
    words = "What a search of this archive finds."
    return await _answered(
        datasette, request, await read(datasette, found), ("search", query), words, f"/search?{query}"
    )


async def _answered(
    datasette: Datasette, request: Request, found: Found, name: tuple[str, ...], words: str, page: str
) -> Response:
    title = str(datasette.metadata("title") or found.source.title)
    feed = Feed(
        id=tag(found.source.host, *name),
        title=f"{title}: {found.name}",
        subtitle=words,
        updated=found.updated,
        author=await publication(datasette),
        url=_here(datasette, request),
        page=_absolute(datasette, request, page),
        next=_here(datasette, request, page=str(_page(request) + 1)) if found.more else None,
    )
    is_atom = request.url_vars.get("format", "atom") == "atom"
    body = b"".join(atom(feed, found.entries)) if is_atom else json_feed(feed, found.entries)
    kind = f"{ATOM_TYPE if is_atom else JSON_FEED_TYPE}; charset=utf-8"
    return conditional(request, body, kind, found.updated)


def conditional(request: Request, body: bytes, content_type: str, updated: str) -> Response:
    """Answer with a body, or with 304 when the client holds it already (RFC 9110, section 13)."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    moment = clock.parse(updated)
    said = {
        **headers.OURS,
        "etag": etag,
        "last-modified": format_datetime(moment, usegmt=True),
        "cache-control": _FRESH,
    }
    if _is_held(request, etag, moment):
        return Response(b"", status=304, headers=said, content_type=content_type)
    return Response(body, headers=said, content_type=content_type)


def _is_held(request: Request, etag: str, moment: Any) -> bool:
    known = request.headers.get("if-none-match")
    if known is not None:
        # Compression on the way makes weak tags of strong ones; the comparison is the weak one.
        return known.strip() == "*" or etag in [each.strip().removeprefix("W/") for each in known.split(",")]
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return bool(parsedate_to_datetime(since) >= moment)
    except (ValueError, TypeError):
        return False


def _paging(request: Request) -> tuple[int, int]:
    size = _number(request.args.get("limit"), syndication.SIZE)
    return _page(request), min(size, syndication.MOST)


def _page(request: Request) -> int:
    return min(_number(request.args.get("page"), 1), syndication.MAX_PAGE)


def _number(text: str | None, default: int) -> int:
    return max(int(text), 1) if text and text.isascii() and text.isdigit() and len(text) < 6 else default


def _article(datasette: Datasette, request: Request) -> Callable[[str], str]:
    return lambda slug: _absolute(datasette, request, article_path(slug))


def _absolute(datasette: Datasette, request: Request, path: str) -> str:
    return str(datasette.absolute_url(request, datasette.urls.path(path)))


def _here(datasette: Datasette, request: Request, **changed: str) -> str:
    query = urlencode(_args(request) | changed)
    # request.path has the base of all addresses already.
    return str(datasette.absolute_url(request, request.path)) + (f"?{query}" if query else "")


def _args(request: Request) -> dict[str, str]:
    return {name: request.args[name] for name in request.args}
