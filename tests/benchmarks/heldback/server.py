"""Serves a site on loopback and keeps a log of every request.

Must not know the truth about the site.
"""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from .model import BASE, Page, Site

EMPTY_POSTS = Page('{"posts_by_source": {}}', "application/json")


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the log; `path` holds the query."""

    path: str
    agent: str
    status: int


@dataclass
class Served:
    """A running server: its address without a last slash, and the log so far."""

    url: str
    log: list[Request] = field(default_factory=list)


def find_page(site: Site, target: str) -> Page | None:
    """Find the answer to a path with its query: list pages by their number, all else by path."""
    split = urlsplit(target)
    path, query = split.path.rstrip("/") or "/", parse_qs(split.query)
    if path.endswith("load_more_posts/data.js"):
        known = any(key.startswith(path) for key in site.pages)
        found = site.pages.get(f"{path}?pn={query.get('pn', ['0'])[0]}&resource_id={query.get('resource_id', [''])[0]}")
        return found or (EMPTY_POSTS if known else None)
    number = query.get("page", ["1"])[0]
    if number not in ("0", "1"):
        found = site.pages.get(f"{path}?page={number}") or site.pages.get(f"{path}?page=*")
        if found:
            return found
    return site.pages.get(path)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site
    served: Served

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def do_GET(self) -> None:
        page = find_page(self.site, self.path) or Page("<html><title>404</title><h1>Not found</h1></html>", status=404)
        body = page.body.replace(BASE, self.served.url).encode()
        headers = {"Content-Type": page.content_type}
        if page.location:
            headers["Location"] = page.location.replace(BASE, self.served.url)
        if page.zipped:
            body = gzip.compress(body)
        elif page.encoded and "gzip" in self.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        self.served.log.append(Request(self.path, self.headers.get("User-Agent", ""), page.status))
        self.send_response(page.status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep standard error quiet: the log is in memory."""


@contextmanager
def serve(site: Site) -> Iterator[Served]:
    """Serve the site on a free loopback port until the block ends."""
    served = Served("")
    handler = type("Handler", (_Handler,), {"site": site, "served": served})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
