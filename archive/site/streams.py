"""Streams a query's rows as CSV over HTTP, whole or visibly broken off, on connections of its own. Must not know pages.

Datasette's own CSV of a query ends silently after a thousand rows, and that of a table with a line of words in it when
a page of it takes too long. Here an answer that is not whole has no end, which every client reports, and `x-rows` says
how many rows it should have had.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from archive.exports.csv import csv_lines
from archive.exports.fetching import Query
from archive.exports.reading import Patience, guarded, patient
from archive.site import headers
from archive.site.holding import public_release

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

Ask = Callable[[sqlite3.Connection], Query]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MOST_AT_ONCE = 4
_PATIENCE = 5.0
"""Seconds without a row after which a query is given up."""
_COUNTING = 1.0
_LONGEST = 900.0
"""Seconds; a client that reads slower holds up what SQLite may tidy away."""
_PIECE = 1 << 18
_AGAIN = "30"
_pool = ThreadPoolExecutor(2, thread_name_prefix="csv")
_busy = 0


class Busy(Exception):
    """As many files are on their way as may be."""


@dataclass(slots=True)
class Stream:
    """One CSV on its way: its query's connection, what is left of it, and how many rows it has."""

    pieces: Iterator[tuple[bytes, int]]
    patience: Patience
    stack: ExitStack
    rows: int | None = None
    began: float = field(default_factory=time.monotonic)

    def read(self) -> bytes:
        """Return the next piece, nothing at the end. Raises sqlite3.Error, TimeoutError."""
        if time.monotonic() - self.began > _LONGEST:
            raise TimeoutError
        self.patience.renew()
        found = b""
        for data, _ in self.pieces:
            found += data
            if len(found) >= _PIECE:
                break
        return found


async def csv_response(
    datasette: Datasette, request: Request, database: str, ask: Ask, name: str, excel: bool = False
) -> Response:
    """Answer with all rows of a query; `ask` makes it on the connection that it will run on.

    Raises what `ask` raises, sqlite3.Error for what SQLite refuses, Busy.
    """
    global _busy
    if _busy >= MOST_AT_ONCE:
        raise Busy
    _busy += 1
    loop = asyncio.get_running_loop()
    try:
        stream = await loop.run_in_executor(_pool, _opened, datasette, database, ask, excel)
    except BaseException:
        _busy -= 1
        raise
    said = {"content-disposition": f'attachment; filename="{name}.csv"', **headers.OURS}
    if stream.rows is not None:
        said["x-rows"] = str(stream.rows)
    return _Streamed(stream, said, request)


def _opened(datasette: Datasette, database: str, ask: Ask, excel: bool) -> Stream:
    connection = datasette.get_database(database).connect()
    datasette._prepare_connection(connection, database)
    connection.row_factory = None
    with ExitStack() as stack:
        stack.enter_context(closing(connection))
        # A public connection is confined already, more narrowly, and what it reads never changes.
        guard = patient if public_release(datasette) else guarded
        patience = stack.enter_context(guard(connection, _PATIENCE))
        query = ask(connection)
        pieces = csv_lines(connection, query, excel)
        first = next(pieces)
        rows = _counted(connection, query, patience)
        patience.renew()
        return Stream(_with(first, pieces), patience, stack.pop_all(), rows)


def _with(first: tuple[bytes, int], rest: Iterator[tuple[bytes, int]]) -> Iterator[tuple[bytes, int]]:
    yield first
    yield from rest


def _counted(connection: sqlite3.Connection, query: Query, patience: Patience) -> int | None:
    """Count a query's rows, unless that takes long."""
    patience.renew(_COUNTING)
    try:
        return int(connection.execute(f"SELECT count(*) FROM ({query.sql})", query.params).fetchone()[0])
    except sqlite3.OperationalError:
        return None


class _Streamed(Response):
    """Sends a stream piece by piece, as fast as the client reads."""

    def __init__(self, stream: Stream, said: dict[str, str], request: Request) -> None:
        super().__init__("", headers=said, content_type="text/csv; charset=utf-8")
        self._stream, self._request = stream, request

    async def asgi_send(self, send: Send) -> None:
        """Send all of it; where reading fails, leave the answer without its end."""
        global _busy
        loop = asyncio.get_running_loop()
        left = asyncio.create_task(_left(self._request))
        try:
            said = {**self.headers, "content-type": self.content_type}
            pairs = [[name.encode(), value.encode()] for name, value in said.items()]
            await send({"type": "http.response.start", "status": 200, "headers": pairs})
            piece = b"" if self._request.method == "HEAD" else await loop.run_in_executor(_pool, self._stream.read)
            while piece and not left.done():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await loop.run_in_executor(_pool, self._stream.read)
            await send({"type": "http.response.body", "body": b""})
        except (sqlite3.Error, TimeoutError):
            # No last piece: the server closes the connection, and the client knows that this is not all.
            return
        finally:
            _busy -= 1
            left.cancel()
            await asyncio.shield(loop.run_in_executor(_pool, self._stream.stack.close))


async def _left(request: Request) -> None:
    """Wait until the client has gone: what is sent then goes nowhere, and costs as much."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def busy(name: str) -> Response:
    """Ask a client to come back (RFC 6585, section 4): the site is well, and this is what it gives away at once."""
    words = f"{name} is not sent now: {MOST_AT_ONCE} files are on their way. Try again in {_AGAIN} seconds."
    return Response.text(words, status=429, headers={"retry-after": _AGAIN})
