"""The whole tables of a public site, as they lie beside its database. Must not know what they hold."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from datasette.utils.asgi import AsgiStream, NotFound, Request

from archive.site import headers
from archive.site.holding import archive_name, public_release

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

ROUTE = r"^/-/files/(?P<name>[a-z_]+\.(?:csv|jsonl))$"
_CHUNK = 256 * 1024
_TYPES = {".csv": "text/csv; charset=utf-8", ".jsonl": "application/jsonl; charset=utf-8"}


async def whole_file(datasette: Datasette, request: Request) -> AsgiStream:
    """Answer with one of the files that were published beside the database."""
    path = datasette.get_database(archive_name(datasette)).path
    file = Path(path or "").parent / "data" / request.url_vars["name"]
    if public_release(datasette) is None or not await asyncio.to_thread(file.is_file):
        raise NotFound("There is no such file")

    async def write(stream: AsgiStream) -> None:
        with await asyncio.to_thread(file.open, encoding="utf-8", newline="") as text:
            while piece := await asyncio.to_thread(text.read, _CHUNK):
                await stream.write(piece)

    named = {"content-disposition": f'attachment; filename="{file.name}"'}
    return AsgiStream(write, headers=named | headers.OURS, content_type=_TYPES[file.suffix])
