"""Serves a night on loopback with validators and encodings, and remembers every byte it sent.

Must not know what an archive should make of it.
"""

from __future__ import annotations

import gzip
import hashlib
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from .night import Answer, Night


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the night's time, path with query, status sent, whether it held validators, the body's SHA-256.

    `moment` is when it came, in monotonic seconds.
    """

    at: datetime
    path: str
    status: int
    conditional: bool
    digest: str
    fault: str | None = None
    moment: float = field(default_factory=time.monotonic)


@dataclass
class Served:
    """The running site. Set `night` to change it; `log` holds every request, `faults` the share of broken answers."""

    night: Night
    url: str = ""
    faults: float = 0.0
    slow: float = 0.0
    log: list[Asked] = field(default_factory=list)
    changed: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    count: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    rng: random.Random = field(default_factory=lambda: random.Random(5))

    def asked_articles(self, *statuses: int) -> list[str]:
        """Return the article addresses asked for, in order, those answered with `statuses` when given."""
        known = self.night.articles()
        return [one.path for one in self.log if one.path in known and (not statuses or one.status in statuses)]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Served

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def do_GET(self) -> None:
        served = self.served
        path = _normal(self.path)
        answer = served.night.answer(path, served.url)
        with served.lock:
            served.count += 1
            fault = served.rng.choice(["500", "reset", "cut", "stall"]) if served.rng.random() < served.faults else None
        self._hold()
        if fault and path in served.night.articles():
            self._break(path, answer, fault)
            return
        self._send(path, answer)

    def _hold(self) -> None:
        """Wait before answering, no longer than the site is slow."""
        began = time.monotonic()
        while (left := began + self.served.slow - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))

    def _send(self, path: str, answer: Answer) -> None:
        served, headers = self.served, self._validators(path, answer)
        conditional = "If-None-Match" in self.headers or "If-Modified-Since" in self.headers
        status = 304 if answer.status == 200 and self._matches(headers) else answer.status
        body = answer.body.encode() if status != 304 else b""
        if status == 200 and "gzip" in answer.validators and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, mtime=served.count)
            headers["Content-Encoding"] = "gzip"
        headers |= {"Content-Type": answer.kind, "Set-Cookie": f"visit={served.count}"}
        if answer.location:
            headers["Location"] = answer.location
        if status != 304:
            headers["Content-Length"] = str(len(body))
        self._log(path, status, conditional, body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _validators(self, path: str, answer: Answer) -> dict[str, str]:
        digest = hashlib.sha256(answer.body.encode()).hexdigest()
        with self.served.lock:
            known, at = self.served.changed.get(path, ("", self.served.night.at))
            if known != digest:
                self.served.changed[path] = (digest, at := self.served.night.at)
        tag, changed = f'"{digest[:20]}"', {"Last-Modified": format_datetime(at.astimezone(UTC), usegmt=True)}
        return {
            "etag": {"ETag": tag},
            "gzip etag": {"ETag": tag, "Vary": "Accept-Encoding"},
            "weak": {"ETag": f"W/{tag}"},
            "modified": changed,
            "both": {"ETag": tag, **changed},
            "fickle": {"ETag": f'"{self.served.count}"'},
        }.get(answer.validators, {})

    def _matches(self, headers: dict[str, str]) -> bool:
        given = self.headers.get("If-None-Match")
        if given is not None:
            tags = [tag.strip().removeprefix("W/") for tag in given.split(",")]
            return headers.get("ETag", "none").removeprefix("W/") in tags
        since = self.headers.get("If-Modified-Since")
        changed = headers.get("Last-Modified")
        return bool(since and changed and parsedate_to_datetime(changed) <= parsedate_to_datetime(since))

    def _break(self, path: str, answer: Answer, fault: str) -> None:
        self._log(path, 500 if fault == "500" else 0, False, b"", fault)
        if fault == "500":
            self.send_error(500)
            return
        if fault == "stall":
            time.sleep(1)
        body = answer.body.encode()
        if fault == "cut":
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body) + 100))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
        self.close_connection = True
        if fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _log(self, path: str, status: int, conditional: bool, body: bytes, fault: str | None = None) -> None:
        one = Asked(self.served.night.at, path, status, conditional, hashlib.sha256(body).hexdigest(), fault)
        with self.served.lock:
            self.served.log.append(one)

    def log_message(self, format: str, *args: object) -> None:
        """Keep standard error quiet: the log is in memory."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that was killed."""


def _normal(target: str) -> str:
    """Write a request's target as the night spells it: load-more by block and number, the first page of a feed bare."""
    split = urlsplit(target)
    query = {name: values[-1] for name, values in parse_qs(split.query).items()}
    if split.path.endswith("load_more_posts/data.js"):
        return f"{split.path}?resource_id={query.get('resource_id')}&pn={query.get('pn')}"
    if split.path.endswith(".rss"):
        number = query.get("page", "1")
        return split.path + (f"?page={number}" if number not in ("0", "1") else "")
    return split.path + (f"?{split.query}" if split.query else "")


@contextmanager
def serve(night: Night) -> Iterator[Served]:
    """Serve a night on a free loopback port until the block ends; the address stays when the night is changed."""
    served = Served(night)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"served": served}))
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
