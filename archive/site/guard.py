"""Stands before a public site: refuses what no reader asks for, counts what is dear, remembers pages.

Must not know what the pages show. A guard stands before one release, which never changes; several share their limits.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl

from archive.site.headers import App, Message, Receive, Send
from archive.site.holding import TIME_LIMIT_MS, cpu_limit_ms
from archive.site.lanes import RETRY_AFTER_S, Busy, Lane, Lanes, Turns, lane_of

_LONGEST_PATH = 2_000
_LONGEST_QUERY = 4_000
_MOST_PARAMETERS = 60
_INTERNAL = frozenset({
    "databases", "plugins", "versions", "threads", "settings", "config", "metadata", "actor", "auth-token",
    "permissions", "messages", "logout", "allow-debug", "patterns",
})  # fmt: skip
_SQL = frozenset({"sql", "_where", "_timelimit", "_trace", "_context"})
_CPU_MS = 400
_ONE_OF_FEW = re.compile(r"page=\d{1,2}")
"""A query that makes no more addresses than can be remembered: such a page is made once and may take its time."""
_STREAM = re.compile(r"_stream=(?:on|1)(?:&_size=max)?")
_TABLE = re.compile(r"[a-z_]+\.csv")
_REMEMBERED_BYTES = 48 * 1024 * 1024
_LARGEST_REMEMBERED = 512 * 1024
_NOT_REMEMBERED = frozenset({b"set-cookie", b"date", b"server", b"connection", b"transfer-encoding"})
Answer = tuple[int, list[tuple[bytes, bytes]], bytes]


class Limits:
    """What one process has for all public sites in it: places for what is dear, and memory for pages."""

    def __init__(self) -> None:
        self.dear = Lanes(at_once=2, a_client=24, patience_s=5.0)
        self.downloads = Lanes(at_once=4, a_client=24, patience_s=5.0)
        self.pages = _Memory()
        self.turns = Turns()


class Guard:
    """An ASGI application around a site's: `dear` answers its dear requests, by default the site itself.

    All addresses of the site begin with `base`.
    """

    def __init__(
        self,
        app: App,
        release: str,
        databases: Collection[str],
        allow_sql: bool = False,
        dear: App | None = None,
        trust_proxy: bool = False,
        base: str = "/",
        limits: Limits | None = None,
    ) -> None:
        self._app, self._dear = app, dear or app
        self._tag = f'W/"{release}"'.encode()
        self._databases, self._allow_sql, self._trust_proxy = databases, allow_sql, trust_proxy
        self._base, self._limits = base, limits or Limits()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused:
            await say(send, *refused)
            return
        whole = self._whole_table(scope)
        if whole:
            await send({"type": "http.response.start", "status": 302, "headers": [(b"location", whole)]})
            await send({"type": "http.response.body", "body": b""})
            return
        if header(scope, b"if-none-match") == self._tag:
            await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", self._tag)]})
            await send({"type": "http.response.body", "body": b""})
            return
        await self._answer(scope, receive, send)

    def _refusal(self, scope: Message) -> tuple[int, str] | None:
        path, query = self._path(scope), scope["query_string"]
        if scope["method"] not in ("GET", "HEAD"):
            return 405, "This site can be read, and nothing else."
        if len(path) > _LONGEST_PATH or len(query) > _LONGEST_QUERY:
            return 414, "This address is too long."
        if path.startswith("//") or any(character in path for character in "\\\x00\r\n") or "%5c" in path.lower():
            return 400, "There is no such address."
        if path.startswith("/-/") and path[3:].partition(".")[0].partition("/")[0] in _INTERNAL:
            return 403, "What this server is made of is not shown."
        return self._refused_query(query.decode("latin-1"))

    def _path(self, scope: Message) -> str:
        """Return the path inside the site."""
        path = raw_path(scope)
        return "/" + path[len(self._base) :] if path.startswith(self._base) else path

    def _refused_query(self, query: str) -> tuple[int, str] | None:
        try:
            names = [name for name, _ in parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)]
        except ValueError:
            return 400, "This address has too many parameters."
        if any(name.startswith("_facet") and name != "_facet_size" for name in names):
            return 400, "Only the facets that a table shows by itself are counted here."
        if not self._allow_sql and not _SQL.isdisjoint(names):
            return 403, "Queries of one's own are not answered here: take the data and ask them at home."
        return None

    def _whole_table(self, scope: Message) -> bytes | None:
        """Return where a table lies whole, when it is asked for so: as a file, which nobody has to make."""
        database, _, name = self._path(scope).strip("/").partition("/")
        streamed = _STREAM.fullmatch(scope["query_string"].decode("latin-1"))
        if streamed and database in self._databases and _TABLE.fullmatch(name):
            return f"{self._base}-/files/{name}".encode()
        return None

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        query = scope["query_string"].decode("latin-1")
        lane = lane_of(self._path(scope), query, self._databases)
        # Answers hold whole addresses, and these the host that was asked for.
        key = f"{self._tag!r} {header(scope, b'host')!r} {raw_path(scope)}?{query}"
        if scope["method"] != "GET" or lane in ("file", "download"):
            await self._ask(lane, scope, receive, send)
            return
        async with self._limits.turns.of(key):
            known = self._limits.pages.get(key)
            if known:
                await _send_answer(send, known)
                return
            answer = await self._ask(lane, scope, receive, send)
            if answer:
                self._limits.pages.put(key, answer)

    async def _ask(self, lane: Lane, scope: Message, receive: Receive, send: Send) -> Answer | None:
        """Answer from the site; return the answer where it may be remembered."""
        query = scope["query_string"].decode("latin-1")
        recorder = _Recorder(send, self._tag)
        cpu_limit_ms.set(_CPU_MS if query and not _ONE_OF_FEW.fullmatch(query) else TIME_LIMIT_MS)
        if lane == "file" or lane == "page":
            await self._app(scope, receive, recorder)
        else:
            limits = self._limits
            lanes, app = (limits.dear, self._dear) if lane == "dear" else (limits.downloads, self._app)
            try:
                async with lanes.place(client_of(scope, self._trust_proxy)):
                    await app(scope, receive, recorder)
            except Busy:
                await say(send, 429, "Too much is being asked of this server: try again in a moment.")
        return recorder.answer


def raw_path(scope: Message) -> str:
    """Return the path as it was asked for, with its percent signs."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return path.decode("latin-1").partition("?")[0]


def header(scope: Message, name: bytes) -> bytes:
    """Return a header of a request, empty when it has none."""
    found: bytes = next((value for key, value in scope["headers"] if key == name), b"")
    return found


def client_of(scope: Message, trust_proxy: bool) -> str:
    """Return who asks: the address of the connection, or what a trusted proxy says of it."""
    if trust_proxy and (said := header(scope, b"x-forwarded-for").decode("latin-1")):
        # The last one was written by the proxy itself; what stands before it, anybody can write.
        return said.rpartition(",")[2].strip()
    return str(scope["client"][0]) if scope.get("client") else ""


class _Memory:
    """The latest answers, as long as they are small; one release has the same answer to the same request always."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._bytes = 0

    def get(self, key: str) -> Answer | None:
        answer = self._answers.get(key)
        if answer:
            self._answers.move_to_end(key)
        return answer

    def put(self, key: str, answer: Answer) -> None:
        if key in self._answers:
            return
        self._answers[key] = answer
        self._bytes += len(answer[2])
        while self._bytes > _REMEMBERED_BYTES:
            self._bytes -= len(self._answers.popitem(last=False)[1][2])


class _Recorder:
    """Passes an answer on and keeps it, when it is a whole, good and small one that is the same for everybody."""

    def __init__(self, send: Send, tag: bytes) -> None:
        self._send, self._tag = send, tag
        self._start: Message = {}
        self._body: list[bytes] = []
        self._size = 0
        self.answer: Answer | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = self._start = self._tagged(message)
        elif message["type"] == "http.response.body":
            self._keep(message)
        await self._send(message)

    def _tagged(self, message: Message) -> Message:
        if message["status"] == 503:
            # Too much at once is no failure of the server.
            return {**message, "status": 429}
        if message["status"] != 200:
            return message
        kept = [(name, value) for name, value in message["headers"] if name.lower() != b"etag"]
        return {**message, "headers": [*kept, (b"etag", self._tag)]}

    def _keep(self, message: Message) -> None:
        body = message.get("body", b"")
        self._size += len(body)
        if self._start.get("status") not in (200, 404) or self._size > _LARGEST_REMEMBERED:
            self._body.clear()
            return
        self._body.append(body)
        if not message.get("more_body"):
            headers = [(name, value) for name, value in self._start["headers"] if name.lower() not in _NOT_REMEMBERED]
            private = any(value.startswith(b"private") for name, value in headers if name.lower() == b"cache-control")
            self.answer = None if private else (self._start["status"], headers, b"".join(self._body))


async def _send_answer(send: Send, answer: Answer) -> None:
    status, headers, body = answer
    named = {name.lower() for name, _ in headers}
    length = [] if b"content-length" in named else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body})


async def say(send: Send, status: int, words: str) -> None:
    """Answer with a sentence."""
    body = f"{words}\n".encode()
    headers: list[tuple[bytes, Any]] = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if status == 429:
        headers.append((b"retry-after", str(RETRY_AFTER_S).encode()))
    if status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
