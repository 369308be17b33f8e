"""`press-archive serve`: Datasette with our pages, in this process. Must not know what the pages show."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from archive.errors import ArchiveError, UsageError
from archive.library.opening import library_of, public_library_of
from archive.root import check_root, find_root
from archive.site.following import Following
from archive.site.mounted import Mounted
from archive.site.opened import Options
from archive.site.serving import Site, leave
from archive.site.serving import serve as serve_site

PORT = 8001
EXAMPLE = """\b
Examples:
  press-archive serve
  press-archive serve --root archives/sample --port 0
  press-archive serve archives/sample archives/responsible-statecraft
  press-archive serve --public public --host 0.0.0.0
  press-archive serve --public public/sample public/responsible-statecraft
"""


@click.command(epilog=EXAMPLE)
@click.argument("roots", nargs=-1, type=click.Path(path_type=Path), metavar="[ROOT]...")
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option(
    "--public",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="DIR",
    help="Serve what press-archive publish wrote into DIR, hardened for the internet, and follow its releases.",
)
@click.option("--allow-sql", is_flag=True, help="With --public: let visitors ask queries of their own, in bounds.")
@click.option(
    "--trust-proxy", is_flag=True, help="With --public, behind a proxy: the last X-Forwarded-For is who asks."
)
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes any free port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
def serve(
    roots: tuple[Path, ...],
    root: Path | None,
    public: tuple[Path, ...],
    allow_sql: bool,
    trust_proxy: bool,
    port: int,
    host: str,
) -> None:
    """Show the archive in a browser, until Ctrl-C.

    The last line printed is the address, as soon as it answers. `datasette archive.db` shows the same pages.

    Several ROOTs, or several DIRs after --public, are served together: each under the name of its publication, with one
    front page and one search over all of them at the address that is printed. One that cannot be read is left out.
    """
    if not public and (allow_sql or trust_proxy):
        raise UsageError("--allow-sql and --trust-proxy go with --public DIR: without it, queries are answered anyway")
    if public and root is not None:
        raise UsageError("--root and --public are two things to serve: name one of them")
    if public:
        site = _public([*public, *roots], Options(allow_sql, trust_proxy))
    else:
        site = _site([root, *roots] if root is not None else [*roots])
    stopped_by = asyncio.run(_served(site, host, port, bool(public)))
    sys.exit(128 + stopped_by if stopped_by else 0)


def _site(roots: Sequence[Path]) -> Site:
    if len(roots) > 1:
        return library_of([check_root(root) for root in roots])
    return Mounted(find_root(roots[0] if roots else None))


def _public(folders: Sequence[Path], options: Options) -> Site:
    return public_library_of(folders, options) if len(folders) > 1 else Following(folders[0], options)


async def _served(site: Site, host: str, port: int, hardened: bool) -> int | None:
    try:
        await site.start()
        with closing(listening(host, port)) as listener:
            stopped_by = await serve_site(site, listener, _address(host, listener), hardened)
    finally:
        await site.stop()
    if hardened:
        await leave(stopped_by)
    return stopped_by


def listening(host: str, port: int) -> socket.socket:
    """Listen at an address. Raises ArchiveError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ArchiveError(f"port {port} is in use: choose another with --port, or --port 0 for any") from error
        reason = error.strerror or str(error)
        raise ArchiveError(f"cannot listen at {host}, port {port} ({reason}): choose others") from error
    # Accepted sockets inherit it (tcp(7)), and asyncio sets it only where a protocol was named. Without it, the body of
    # a page waits 40 ms for the reader's acknowledgement of its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _address(host: str, listener: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}/"
