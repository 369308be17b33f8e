"""`press-archive serve`: Datasette with our pages, in this process. Must not know what the pages show."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import sys
from contextlib import closing
from pathlib import Path
from types import FrameType

import click
import uvicorn
from datasette.app import Datasette

from archive.errors import ArchiveError
from archive.root import DATABASE, find_root, open_database

PORT = 8001
EXAMPLE = """\b
Examples:
  press-archive serve
  press-archive serve --root archives/sample --port 0
"""


@click.command(epilog=EXAMPLE)
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes any free port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
def serve(root: Path | None, port: int, host: str) -> None:
    """Show the archive in a browser, until Ctrl-C.

    The last line printed is the address, as soon as it answers. `datasette archive.db` shows the same pages.
    """
    found = find_root(root)
    with closing(open_database(found)):
        pass
    with closing(_listening(host, port)) as listener:
        stopped_by = asyncio.run(_served(found / DATABASE, listener, host))
    sys.exit(128 + stopped_by if stopped_by else 0)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ArchiveError(f"port {port} is in use: choose another with --port, or --port 0 for any") from error
        reason = error.strerror or str(error)
        raise ArchiveError(f"cannot listen at {host}, port {port} ({reason}): choose others") from error


async def _served(database: Path, listener: socket.socket, host: str) -> int | None:
    datasette = Datasette([str(database)])
    await datasette.invoke_startup()
    config = uvicorn.Config(datasette.app(), log_level="warning", access_log=False, timeout_graceful_shutdown=2)
    shown = f"[{host}]" if ":" in host else host
    server = _Server(config, f"http://{shown}:{listener.getsockname()[1]}/")
    await server.serve(sockets=[listener])
    return server.stopped_by


class _Server(uvicorn.Server):
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
