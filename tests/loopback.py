"""A site on loopback for tests: pages by path, and a log of what was asked. Must not assert anything."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self


class Asked(NamedTuple):
    """One request: its path with the query, who asked, and when (monotonic seconds)."""

    path: str
    agent: str
    at: float


@dataclass(frozen=True)
class Served:
    """One answer."""

    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class LoopbackSite:
    """Serves `pages` until the end of the `with` block; a path that is not among them answers 404."""

    def __init__(self, pages: Mapping[str, Served]) -> None:
        self.pages = dict(pages)
        self.asked: list[Asked] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.daemon_threads = True
        self._http.site = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        """Give the site's address, without a last slash."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def paths(self) -> list[str]:
        """List the paths that were asked for, in order."""
        return [asked.path for asked in self.asked]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site: LoopbackSite = self.server.site  # type: ignore[attr-defined]
        site.asked.append(Asked(self.path, self.headers.get("User-Agent", ""), time.monotonic()))
        served = site.pages.get(self.path, Served(b"not here", status=404))
        self.send_response(served.status)
        self.send_header("Content-Type", served.kind)
        self.send_header("Content-Length", str(len(served.body)))
        for name, value in served.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(served.body)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: `asked` is the log."""
