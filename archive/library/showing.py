"""How the library's own pages are answered: with the site's templates and style. Must not know what pages show."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from datasette.utils.asgi import Request, Response
from jinja2 import Environment, FileSystemLoader

from archive import library, site
from archive.library.volume import Volume
from archive.site import formats, headers
from archive.site.showing import PLUGIN, STATIC, digest

_TEMPLATES = [Path(folder) / "templates" for package in (library, site) for folder in package.__path__]
_KINDS = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml; charset=utf-8"}
FILES = f"/-/static-plugins/{PLUGIN}/"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site's addresses begin, as templates ask for it."""

    base: str = ""

    def path(self, path: str) -> str:
        """Return a path of the site as its pages are linked."""
        return self.base + path


def labels(volumes: Sequence[Volume]) -> dict[str, str]:
    """Return how each archive is called, by its name: as its publication is, and told apart where several are alike."""
    titles = [volume.title for volume in volumes]
    return {
        volume.name: volume.title if titles.count(volume.title) == 1 else f"{volume.title} ({volume.name})"
        for volume in volumes
    }


def shown(
    volumes: Sequence[Volume], request: Request, template: str, context: dict[str, Any], status: int = 200
) -> Response:
    """Answer with one of our templates."""
    shared = {
        "request": request,
        "urls": Place(),
        "places": {volume.name: Place(volume.base) for volume in volumes},
        "labels": labels(volumes),
        "volumes": volumes,
        "stylesheet": _static("archive.css"),
        "icon": _static("icon.svg"),
    }
    html = _environment().get_template(template).render(shared | context)
    return Response.html(html, status=status, headers=said(getattr(context.get("found"), "missing", None)))


def said(missing: Collection[str] | None) -> dict[str, str]:
    """Return an answer's headers; where an archive is missing, nobody remembers the answer: it may be back at once."""
    return headers.OURS | ({"cache-control": "private, no-store"} if missing else {})


def sorry(volumes: Sequence[Volume], request: Request, heading: str, words: str, status: int) -> Response:
    """Say that something is not there, and offer the search."""
    return shown(volumes, request, "library_missing.html", {"heading": heading, "words": words, "guess": ""}, status)


def static_file(request: Request) -> Response | None:
    """Answer with a file that our pages load; None for any other."""
    name = request.path.removeprefix(FILES)
    if name not in ("archive.css", "icon.svg"):
        return None
    kept = {"cache-control": "max-age=31536000" if request.query_string == digest(name) else "no-cache"}
    return Response((STATIC / name).read_bytes(), headers=headers.OURS | kept, content_type=_KINDS[Path(name).suffix])


def _static(name: str) -> str:
    return f"{FILES}{name}?{digest(name)}"


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True)
    environment.filters |= formats.FILTERS
    return environment
