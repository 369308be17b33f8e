"""Serves a published folder and follows its releases: each request is answered by one of them. Must not know pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click
from datasette.app import Datasette

from archive.errors import ArchiveError
from archive.site import refusing
from archive.site.delegate import Alive, Delegate
from archive.site.guard import Limits
from archive.site.headers import App, Message, Receive, Send
from archive.site.holding import archive_name, public_release
from archive.site.opened import Options, close_site, open_site, stamp

_LOOK_EVERY_S = 0.5
_THREADS = 16
"""As many as clients may ask for long pages at once: threads share the processor, and a short page is soon done."""
_FEWEST_THREADS = 4


@dataclass(frozen=True, slots=True)
class Share:
    """What a site may take of this machine: all of it, or, with the same limits and processes as others, a part."""

    threads: int = _THREADS
    limits: Limits = field(default_factory=Limits)
    alive: Alive = field(default_factory=Alive)

    def part(self, sites: int) -> Share:
        """Return what each of several sites may take."""
        return replace(self, threads=max(_FEWEST_THREADS, self.threads // sites))


@dataclass(slots=True)
class _Site:
    """One release being served."""

    datasette: Datasette
    app: App
    delegate: Delegate
    stamp: tuple[int, int, int]
    asked: int = 0
    retired: bool = False

    def leave(self) -> None:
        """Close everything once nobody waits for an answer."""
        if self.retired and not self.asked:
            self.delegate.close()
            close_site(self.datasette)


class Following:
    """An ASGI application: the newest release of a folder. What a reader began in one is finished in it."""

    def __init__(self, folder: Path, options: Options, share: Share | None = None) -> None:
        self._folder, self._options, self._share = folder, options, share or Share()
        self._site: _Site | None = None
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the folder and begin to watch it. Raises UsageError, ArchiveError."""
        self._site = await self._open()
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Close everything."""
        if self._watching:
            self._watching.cancel()
        if self._site:
            self._site.retired, self._site.asked = True, 0
            self._site.leave()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request from the release that is the newest now."""
        with self._asked() as site:
            await site.app(scope, receive, send)

    @contextmanager
    def reading(self) -> Iterator[Datasette]:
        """Hold the newest release for one reading of its database."""
        with self._asked() as site:
            yield site.datasette

    @contextmanager
    def _asked(self) -> Iterator[_Site]:
        site = self._site
        assert site
        site.asked += 1
        try:
            yield site
        finally:
            site.asked -= 1
            site.leave()

    async def _open(self) -> _Site:
        before = stamp(self._folder)
        datasette = await asyncio.to_thread(open_site, self._folder, self._options, self._share.threads)
        release = public_release(datasette)
        assert release
        delegate = Delegate(self._folder, release.id, self._options, self._share.alive)
        refusing.delegates[datasette], refusing.limits[datasette] = delegate, self._share.limits
        await datasette.invoke_startup()
        site = _Site(datasette, datasette.app(), delegate, before)
        for path in ("", "search", str(archive_name(datasette))):
            await _warm(site.app, self._options.base + path)
        return site

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                await self._follow()
            except (ArchiveError, OSError) as error:
                click.echo(f"the release before is still served: {error}", err=True)

    async def _follow(self) -> None:
        old = self._site
        assert old
        if stamp(self._folder) in (old.stamp, (0, 0, 0)):
            return
        self._site = await self._open()
        old.retired = True
        old.leave()


async def _warm(app: App, path: str) -> None:
    """Ask for a page once: what is made at the first request is made before a reader waits for it."""
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 0), "server": ("127.0.0.1", 80),
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        return None

    await app(scope, receive, send)
