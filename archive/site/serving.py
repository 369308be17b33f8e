"""Runs a site until a signal ends it. Must not know what it shows."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path
from types import FrameType

import click
import uvicorn

from archive.site.following import Following
from archive.site.opened import Options

_GRACE_S = 2.0
_LONGEST_HEADERS = 16 * 1024


class Announcing(uvicorn.Server):
    """uvicorn, saying where it is once it answers, and remembering which signal ended it."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self.address = address
        self.stopped_by: int | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start answering, then print the address."""
        await super().startup(sockets)
        if self.started:
            click.echo(self.address)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop for a signal; uvicorn's own way would raise it again, with a traceback."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self.stopped_by = sig


async def serve_public(
    folder: Path, allow_sql: bool, trust_proxy: bool, listener: socket.socket, address: str
) -> int | None:
    """Serve a published folder until a signal comes, and return its number. Raises UsageError, ArchiveError."""
    site = Following(folder, Options(allow_sql, trust_proxy))
    await site.start()
    config = uvicorn.Config(
        site,
        log_level="error",
        access_log=False,
        lifespan="off",
        http="h11",
        h11_max_incomplete_event_size=_LONGEST_HEADERS,
        # Whoever connects may write any X-Forwarded-For; the guard reads it where a proxy is trusted.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    server = Announcing(config, address)
    try:
        await server.serve(sockets=[listener])
    finally:
        await site.stop()
    await _leave(server.stopped_by)
    return server.stopped_by


async def _leave(stopped_by: int | None) -> None:
    """End the answers that nobody waits for any more; what will not end so ends with the process."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others and (await asyncio.wait(others, timeout=_GRACE_S))[1]:
        os._exit(128 + (stopped_by or 0))
