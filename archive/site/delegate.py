"""A process of its own for the dear requests of a public site, replaced when it hangs. Must not know what they ask.

What a visitor makes long there takes neither the interpreter nor the memory of the process that shows the pages, and
only what these leave of the processor.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import signal
import socket
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx
import uvicorn

from archive.site.guard import header, raw_path, say
from archive.site.headers import Message, Receive, Send
from archive.site.opened import Options, open_site

_NICE = 5
_MEMORY = 384 * 1024 * 1024
"""Bytes of data that the process may have; what asks for more is refused."""
_DEADLINE_S = 8.0
_START_S = 20.0
_LONGEST_S = 30.0
_LARGEST = 16 * 1024 * 1024
_THREADS = 3
_PASSED_ON = (b"host", b"accept", b"user-agent")
_HOP = frozenset({b"connection", b"transfer-encoding", b"date", b"server", b"keep-alive"})
_BUSY = "Too much is being asked of this server: try again in a moment."
_TOO_LONG = "This takes longer than one request may take: ask for less."


class Alive:
    """Which processes are alive, the latest asked last: as many as dear requests are answered at once, and no more."""

    def __init__(self, most: int = 2) -> None:
        self._most = most
        self._delegates: dict[Delegate, None] = {}

    def asked(self, delegate: Delegate) -> None:
        """Note that a delegate is asked, and end the process of the one that has been idle longest."""
        self.forget(delegate)
        self._delegates[delegate] = None
        running = [one for one in self._delegates if one.asked or one.is_running]
        idle = [one for one in running if not one.asked]
        for one in idle[: max(len(running) - self._most, 0)]:
            one.stop()

    def forget(self, delegate: Delegate) -> None:
        """Note that a delegate will not be asked again."""
        self._delegates.pop(delegate, None)


class Delegate:
    """An ASGI application that passes requests to the process, which is started when the first one comes."""

    def __init__(self, folder: Path, release: str, options: Options, alive: Alive | None = None) -> None:
        self._folder, self._release, self._options = folder, release, options
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__])
        self._place = tempfile.TemporaryDirectory(prefix="press-archive-")
        self._starting = asyncio.Lock()
        self._process: BaseProcess | None = None
        self._lifeline: Connection | None = None
        self._client: httpx.AsyncClient | None = None
        self._alive = alive or Alive()
        self.asked = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request by what the process answers; 400 when it takes too long, 429 when the process is gone.

        Raises ConnectionAbortedError for an answer that broke off: its client sees that it has no end.
        """
        self.asked += 1
        self._alive.asked(self)
        try:
            await self._answer(scope, send)
        finally:
            self.asked -= 1

    @property
    def is_running(self) -> bool:
        """Say whether there is a process."""
        return self._process is not None

    async def _answer(self, scope: Message, send: Send) -> None:
        process: BaseProcess | None = None
        try:
            async with asyncio.timeout(_DEADLINE_S + _START_S):
                client, process = await self._running()
            async with _streamed(client, _request(scope)) as answer:
                await _pass_on(answer, send)
        except TimeoutError:
            self._give_up(process)
            await say(send, 400, _TOO_LONG)
        except (httpx.TransportError, OSError, EOFError) as error:
            if isinstance(error, ConnectionAbortedError):
                raise
            self._give_up(process)
            await say(send, 429, _BUSY)

    async def _running(self) -> tuple[httpx.AsyncClient, BaseProcess]:
        async with self._starting:
            if self._process is None or not self._process.is_alive() or self._client is None:
                self.stop()
                await self._start()
            assert self._client and self._process
            return self._client, self._process

    def _give_up(self, process: BaseProcess | None) -> None:
        """End a process that hangs or broke, unless another one is already in its place."""
        if process is self._process:
            self.stop()

    async def _start(self) -> None:
        path = Path(self._place.name) / f"{os.urandom(6).hex()}.sock"
        self._lifeline, theirs = self._context.Pipe()
        arguments = (self._folder, self._release, self._options, str(path), theirs)
        self._process = self._context.Process(target=_serve, args=arguments, daemon=True, name="dear requests")
        await asyncio.to_thread(self._process.start)
        theirs.close()
        if not await asyncio.to_thread(self._lifeline.poll, _START_S):
            raise EOFError
        self._lifeline.recv()
        limits = httpx.Limits(max_connections=8, max_keepalive_connections=4)
        transport = httpx.AsyncHTTPTransport(uds=str(path), limits=limits)
        self._client = httpx.AsyncClient(transport=transport, timeout=None)

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is not None and process.is_alive():
            process.kill()
        if self._lifeline is not None:
            self._lifeline.close()
        self._lifeline, self._client = None, None

    def close(self) -> None:
        """End the process for good."""
        self._alive.forget(self)
        self.stop()
        self._place.cleanup()


def _request(scope: Message) -> httpx.Request:
    query = scope["query_string"]
    target = raw_path(scope).encode("latin-1") + (b"?" + query if query else b"")
    headers = [(name, header(scope, name)) for name in _PASSED_ON if header(scope, name)]
    return httpx.Request(scope["method"], httpx.URL(scheme="http", host="inner", raw_path=target), headers=headers)


@asynccontextmanager
async def _streamed(client: httpx.AsyncClient, request: httpx.Request) -> AsyncIterator[httpx.Response]:
    async with asyncio.timeout(_DEADLINE_S):
        answer = await client.send(request, stream=True)
    try:
        yield answer
    finally:
        await answer.aclose()


async def _pass_on(answer: httpx.Response, send: Send) -> None:
    """Pass an answer on. Raises ConnectionAbortedError when it breaks off, is too large, or is read too slowly."""
    kept = [(name.lower(), value) for name, value in answer.headers.raw if name.lower() not in _HOP]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": kept})
    size = 0
    try:
        # A client that reads slowly holds a place, too.
        async with asyncio.timeout(_LONGEST_S):
            async for chunk in answer.aiter_raw():
                size += len(chunk)
                if size > _LARGEST:
                    raise ConnectionAbortedError("too large an answer")
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
    except (TimeoutError, httpx.TransportError) as error:
        raise ConnectionAbortedError("the answer broke off") from error


def _serve(folder: Path, release: str, options: Options, path: str, lifeline: Connection) -> None:
    """Run the process: it ends with the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    asyncio.run(_run(folder, release, options, path, lifeline))


async def _run(folder: Path, release: str, options: Options, path: str, lifeline: Connection) -> None:
    datasette = open_site(folder, options, _THREADS, inner=True)
    await datasette.invoke_startup()
    config = uvicorn.Config(datasette.app(), uds=path, log_level="error", access_log=False, proxy_headers=False)
    server = _Server(config, lifeline)
    threading.Thread(target=_watch, args=(lifeline,), daemon=True).start()
    await server.serve()


class _Server(uvicorn.Server):
    """uvicorn, telling the other process once it answers."""

    def __init__(self, config: uvicorn.Config, lifeline: Connection) -> None:
        super().__init__(config)
        self._lifeline = lifeline

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start answering, then say so."""
        await super().startup(sockets)
        self._lifeline.send(True)


def _watch(lifeline: Connection) -> None:
    """End this process as soon as the one that started it is gone."""
    try:
        lifeline.recv()
    except (EOFError, OSError):
        os._exit(0)
