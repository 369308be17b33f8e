"""Runs a site until a signal ends it. Must not know what it shows."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from types import FrameType
from typing import Any, Protocol

import click
import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from archive.garbage import look_seldom
from archive.site.headers import EVERYWHERE, STRICT, Message, Receive, Send

_GRACE_S = 2.0
_HARDENED = {
    "log_level": "error",
    "h11_max_incomplete_event_size": 16 * 1024,
    # Whoever connects may write any X-Forwarded-For; the guard reads it where a proxy is trusted.
    "proxy_headers": False,
    "server_header": False,
}


class Site(Protocol):
    """An ASGI application that is opened before it is asked, and closed in the end."""

    async def start(self) -> None:
        """Open what is served. Raises ArchiveError."""

    async def stop(self) -> None:
        """Close everything."""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request."""


class Http(H11Protocol):
    """uvicorn's HTTP, whose own refusals have the headers of every other answer, too."""

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP before any application hears of it."""
        said = {b"content-type": b"text/plain; charset=utf-8", b"connection": b"close"}
        said |= {b"content-security-policy": STRICT.encode(), **EVERYWHERE}
        refusal = h11.Response(status_code=400, headers=list(said.items()), reason=b"Bad Request")
        for event in (refusal, h11.Data(data=msg.encode()), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class Announcing(uvicorn.Server):
    """uvicorn, saying where it is once it answers, and remembering which signal ended it."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self.address = address
        self.stopped_by: int | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start answering, then print the address."""
        await super().startup(sockets)
        look_seldom()
        if self.started:
            click.echo(self.address)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop for a signal; uvicorn's own way would raise it again, with a traceback."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self.stopped_by = sig


async def serve(site: Site, listener: socket.socket, address: str, hardened: bool = False) -> int | None:
    """Serve a site that was opened until a signal comes, and return its number; `hardened` for the internet."""
    said: dict[str, Any] = _HARDENED if hardened else {"log_level": "warning"}
    config = uvicorn.Config(site, access_log=False, lifespan="off", http=Http, timeout_graceful_shutdown=2, **said)
    server = Announcing(config, address)
    await server.serve(sockets=[listener])
    return server.stopped_by


async def leave(stopped_by: int | None) -> None:
    """End the answers that nobody waits for any more; what will not end so ends with the process."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others and (await asyncio.wait(others, timeout=_GRACE_S))[1]:
        os._exit(128 + (stopped_by or 0))
