"""How a page is answered: our template, the publication's name, the strict headers. Must not know what pages show."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from archive.site import headers, queries
from archive.site.holding import archive_name, read

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

Page = Callable[["Datasette", Request], Awaitable[Response]]
"""Answers for one kind of address."""

PLUGIN = "press-archive"
STATIC = Path(__file__).parent / "static"


def static(datasette: Datasette, name: str) -> str:
    """Return the address of one of our static files; it changes with the file."""
    return f"{datasette.urls.static_plugins(PLUGIN, name)}?{digest(name)}"


@cache
def digest(name: str) -> str:
    """Return what changes with one of our static files."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def redirected(datasette: Datasette, path: str) -> Response:
    """Lead to another page of ours."""
    return Response.redirect(str(datasette.urls.path(path)), headers=dict(headers.OURS))


async def publication(datasette: Datasette) -> str:
    """Return the publication's name as it is shown."""
    return str(datasette.metadata("title") or await read(datasette, queries.publication))


def page_number(request: Request) -> int:
    """Return which page of a list is asked for, counted from 1; what makes no sense counts as 1."""
    page = request.args.get("page") or "1"
    return max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 6 else 1


async def may_query(datasette: Datasette, request: Request) -> bool:
    """Say whether the reader may run SQL of their own."""
    name = archive_name(datasette)
    return bool(await datasette.permission_allowed(request.actor, "execute-sql", name, default=True))


async def not_found(
    datasette: Datasette, request: Request, heading: str, words: str, status: int = 404, guess: str = ""
) -> Response:
    """Say that there is nothing at an address, and offer a search for what it seems to be about."""
    last = guess.rsplit("/", 1)[-1].replace("-", " ")
    context = {"heading": heading, "words": words, "guess": last[:80]}
    return await shown(datasette, request, "archive_missing.html", context, status)


async def shown(
    datasette: Datasette, request: Request, template: str, context: dict[str, Any], status: int = 200
) -> Response:
    """Answer with one of our templates."""
    shared = {
        "publication": await publication(datasette),
        "database": archive_name(datasette),
        "stylesheet": static(datasette, "archive.css"),
        "reading_stylesheet": static(datasette, "reading.css"),
        "icon": static(datasette, "icon.svg"),
    }
    html = await datasette.render_template(template, shared | context, request=request, view_name="archive")
    return Response.html(html, status=status, headers=dict(headers.OURS))
