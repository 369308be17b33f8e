"""Kept image files, read back from their WARC records. Must not fetch anything."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from datasette.utils.asgi import NotFound, Request, Response

from archive.coding import decode_body
from archive.errors import ArchiveError
from archive.site.holding import archive_name, read
from archive.warc import read_response

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

_LARGEST = 64 * 1024 * 1024
# What a browser shows without running any of it; an SVG picture may hold scripts.
_SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})
_PLACE = """
SELECT s.warc_file, s.warc_offset, s.warc_length FROM images i JOIN snapshots s ON s.id = i.snapshot_id WHERE i.id = ?
"""
_A_DAY = "max-age=86400"


async def picture(datasette: Datasette, request: Request) -> Response:
    """Answer with the bytes of an image that is kept in the archive's WARC files."""
    place = await read(datasette, _place, int(request.url_vars["id"]))
    path = datasette.get_database(archive_name(datasette)).path
    if place is None or path is None:
        raise NotFound("No such image is kept here")
    content, kind = await asyncio.to_thread(_content, Path(path).parent, *place)
    return Response(content, status=200, content_type=kind, headers={"cache-control": _A_DAY})


def _place(connection: sqlite3.Connection, image_id: int) -> tuple[str, int, int] | None:
    row = connection.execute(_PLACE, [image_id]).fetchone()
    return (row[0], row[1], row[2]) if row else None


def _content(root: Path, file: str, offset: int, length: int) -> tuple[bytes, str]:
    try:
        stored = read_response(root, file, offset, length)
        content = decode_body(stored.body, stored.headers, _LARGEST)
    except (ArchiveError, OSError) as error:
        raise NotFound("The image's record cannot be read") from error
    kind = (stored.header("Content-Type") or "").partition(";")[0].strip().lower()
    if kind not in _SHOWN:
        raise NotFound("The image is of a kind that is not shown here")
    return content, kind
