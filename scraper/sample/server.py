"""Serves the sample publication on loopback, with hooks that change it. Must not decide what an address gives."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from scraper.sample.articles import SampleArticle, load_articles, newest_first
from scraper.sample.site import SampleSite

HOST = "127.0.0.1"


class Request(NamedTuple):
    """One request that was answered: its path with the query, and the status."""

    path: str
    status: int


class SampleServer:
    """The sample publication at an address of its own, from `with` to the end of the block.

    `port` 0 takes a free one. `requests` logs every request in the order of the answers. Raises OSError when the port
    is taken.
    """

    def __init__(self, port: int = 0, articles: tuple[SampleArticle, ...] | None = None) -> None:
        self.site = SampleSite(newest_first(load_articles() if articles is None else articles))
        self.requests: list[Request] = []
        self._http = _HTTPServer((HOST, port), _Handler)
        self._http.sample = self
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """Give the address that the site is served at, without a last slash."""
        return f"http://{HOST}:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="sample", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving and free the port."""
        if self._thread:
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()

    def serve(self) -> None:
        """Serve in this thread until interrupted."""
        self._http.serve_forever()

    def edit(self, path: str, /, **changes: Any) -> SampleArticle:
        """Change fields of the article at `path`. Raises KeyError when there is none."""
        article = replace(self.site.by_path[path], **changes)
        self._change(path, article)
        return article

    def remove(self, path: str, status: int = 410) -> None:
        """Take an article away from its address and from every list; the address answers with `status`."""
        self._change(path, None, gone={**self.site.gone, path: status})

    def move(self, path: str, new_path: str) -> SampleArticle:
        """Give an article another address, canonical and listed; the old one redirects to it with 301."""
        article = replace(self.site.by_path[path], path=new_path)
        moved = {old: new for old, new in self.site.moved.items() if old != new_path}
        self._change(path, article, moved={**moved, path: new_path})
        return article

    def publish(self, article: SampleArticle) -> None:
        """Add an article."""
        self._show((*self.site.articles, article))

    def _change(self, path: str, article: SampleArticle | None, **state: Any) -> None:
        old = self.site.by_path[path]
        others = [other for other in self.site.articles if other is not old]
        self._show([*others, article] if article else others, **state)

    def _show(self, articles: Iterable[SampleArticle], **state: Any) -> None:
        self.site = replace(self.site, articles=newest_first(articles), **state)


class _HTTPServer(ThreadingHTTPServer):
    sample: SampleServer
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up; they are no fault of the site."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _HTTPServer
    protocol_version = "HTTP/1.1"
    server_version = "MeridianReview"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: `requests` is the log."""

    def _answer(self) -> None:
        sample = self.server.sample
        target = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = sample.site.respond(unquote(target.path), target.query, headers, sample.base_url)
        sample.requests.append(Request(self.path, response.status))
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        if response.status != 304:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(response.body)
