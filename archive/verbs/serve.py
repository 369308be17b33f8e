"""`press-archive serve`: Datasette with our pages, in this process. Must not know what the pages show."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from contextlib import closing
from pathlib import Path

import click
import uvicorn
from datasette.app import Datasette

from archive.errors import ArchiveError, UsageError
from archive.root import DATABASE, find_root, open_database
from archive.site.serving import Announcing, serve_public

PORT = 8001
EXAMPLE = """\b
Examples:
  press-archive serve
  press-archive serve --root archives/sample --port 0
  press-archive serve --public public --host 0.0.0.0
"""


@click.command(epilog=EXAMPLE)
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option(
    "--public",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Serve what press-archive publish wrote into DIR, hardened for the internet, and follow its releases.",
)
@click.option("--allow-sql", is_flag=True, help="With --public: let visitors ask queries of their own, in bounds.")
@click.option(
    "--trust-proxy", is_flag=True, help="With --public, behind a proxy: the last X-Forwarded-For is who asks."
)
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes any free port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
def serve(root: Path | None, public: Path | None, allow_sql: bool, trust_proxy: bool, port: int, host: str) -> None:
    """Show the archive in a browser, until Ctrl-C.

    The last line printed is the address, as soon as it answers. `datasette archive.db` shows the same pages.
    """
    if public is None and (allow_sql or trust_proxy):
        raise UsageError("--allow-sql and --trust-proxy go with --public DIR: without it, queries are answered anyway")
    if public is not None and root is not None:
        raise UsageError("--root and --public are two things to serve: name one of them")
    if public is not None:
        with closing(_listening(host, port)) as listener:
            stopped_by = asyncio.run(serve_public(public, allow_sql, trust_proxy, listener, _address(host, listener)))
    else:
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
    server = Announcing(config, _address(host, listener))
    await server.serve(sockets=[listener])
    return server.stopped_by


def _address(host: str, listener: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}/"
