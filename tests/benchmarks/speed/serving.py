"""Serves a site from a process of its own, so that its work is not counted, as cheaply as it can be done.

    python -m tests.benchmarks.speed.serving PAGES

Prints its port when it is ready and ends with its standard input. Must not know what is measured.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.speed.measured import CHECKOUT, environment
from tests.benchmarks.speed.pages import Served, Site

_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nNot found"


class _Protocol(asyncio.Protocol):
    """One connection, kept open."""

    def __init__(self, answers: dict[str, Served]) -> None:
        self._answers = answers
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        while b"\r\n\r\n" in self._came:
            head, self._came = self._came.split(b"\r\n\r\n", 1)
            self._transport.write(self._answer(head))

    def _answer(self, head: bytes) -> bytes:
        served = self._answers.get(_asked(head.split(b" ", 2)[1].decode()))
        if served is None:
            return _MISSING
        low = head.lower()
        if served.etag and b"if-none-match: " + served.etag.encode() in low:
            return f"HTTP/1.1 304 Not Modified\r\nETag: {served.etag}\r\n\r\n".encode()
        is_packed = b"gzip" in low
        body = served.packed if is_packed else served.body
        lines = ["HTTP/1.1 200 OK", f"Content-Type: {served.kind}", f"Content-Length: {len(body)}"]
        lines += ["Content-Encoding: gzip", "Vary: Accept-Encoding"] if is_packed else []
        lines += [f"ETag: {served.etag}", "Cache-Control: max-age=60", "Server: nginx"] if served.etag else []
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _asked(target: str) -> str:
    """Spell a target as the site's lists are named."""
    path, _, query = target.partition("?")
    pairs = dict(pair.partition("=")[::2] for pair in query.split("&"))
    if path.endswith("load_more_posts/data.js"):
        return f"{path}?resource_id={pairs.get('resource_id')}&pn={pairs.get('pn')}"
    return path if pairs.get("page") in ("0", "1") else target


async def _serve(pages: int) -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    port = listener.getsockname()[1]
    answers = dict(Site(pages).answers(f"http://127.0.0.1:{port}"))
    server = await asyncio.get_running_loop().create_server(lambda: _Protocol(answers), sock=listener)
    articles = [len(served.body) for served in answers.values() if served.etag]
    print(port, sum(articles) // len(articles), flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.read)


@contextmanager
def served(pages: int) -> Iterator[tuple[str, int]]:
    """Serve a site until the end of the block; yield its address and the mean size of its pages in bytes."""
    words = [sys.executable, "-m", f"{__package__}.serving", str(pages)]
    with subprocess.Popen(
        words, cwd=CHECKOUT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout
        port, size = process.stdout.readline().split()
        try:
            yield f"http://127.0.0.1:{port.decode()}", int(size)
        finally:
            process.stdin.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
