"""How a page is answered: our template, the publication's name, the strict headers. Must not know what pages show."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from archive.site import headers, queries
from archive.site.holding import archive_name, read

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

PLUGIN = "press-archive"
_STATIC = Path(__file__).parent / "static"


def static(datasette: Datasette, name: str) -> str:
    """Return the address of one of our static files; it changes with the file."""
    return f"{datasette.urls.static_plugins(PLUGIN, name)}?{_digest(name)}"


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:10]


def redirected(datasette: Datasette, path: str) -> Response:
    """Lead to another page of ours."""
    return Response.redirect(str(datasette.urls.path(path)), headers=dict(headers.OURS))


async def publication(datasette: Datasette) -> str:
    """Return the publication's name as it is shown."""
    return str(datasette.metadata("title") or await read(datasette, queries.publication))


async def shown(
    datasette: Datasette, request: Request, template: str, context: dict[str, Any], status: int = 200
) -> Response:
    """Answer with one of our templates."""
    shared = {
        "publication": await publication(datasette),
        "database": archive_name(datasette),
        "stylesheet": static(datasette, "archive.css"),
        "icon": static(datasette, "icon.svg"),
    }
    html = await datasette.render_template(template, shared | context, request=request, view_name="archive")
    return Response.html(html, status=status, headers=dict(headers.OURS))
