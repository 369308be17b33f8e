"""The ASGI application of several archives: each under its name, and the library's own pages. Must not know pages."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import suppress

import click
from datasette.utils.asgi import Request, Response

from archive.errors import ArchiveError, UsageError
from archive.library import pages
from archive.library.volume import Volume
from archive.site.guard import Guard, Limits, raw_path
from archive.site.headers import STRICT, App, Message, Receive, Send, with_headers

_LOOK_EVERY_S = 20.0


class Library:
    """An ASGI application around several archives. With `limits` it is hardened as each of its archives is."""

    def __init__(self, volumes: Sequence[Volume], limits: Limits | None = None, trust_proxy: bool = False) -> None:
        self.volumes = list(volumes)
        self._limits, self._trust_proxy = limits, trust_proxy
        self._guards: tuple[str, App] | None = None
        self._answer = with_headers(self._routed, STRICT.encode())
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the archives. Raises UsageError for a folder without one, ArchiveError where none can be served."""
        troubles = await asyncio.gather(*(_opened(volume) for volume in self.volumes))
        told = [trouble for trouble in troubles if trouble]
        for trouble in told:
            if isinstance(trouble, UsageError) or len(told) == len(self.volumes):
                await self.stop()
                raise trouble
        for volume, why in zip(self.volumes, troubles, strict=True):
            if why:
                click.echo(f"{volume.name} is not served: {why}", err=True)
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Close everything."""
        if self._watching:
            self._watching.cancel()
        await asyncio.gather(*(volume.site.stop() for volume in self.volumes))

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self._answer(scope, receive, send)

    async def _watch(self) -> None:
        """Open what could not be opened before, as soon as it can be."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            for volume in self.volumes:
                if volume.trouble:
                    with suppress(ArchiveError):
                        await volume.start()

    async def _routed(self, scope: Message, receive: Receive, send: Send) -> None:
        volume = self._volume(raw_path(scope)) if scope["type"] == "http" else None
        if volume:
            # A guard reads 503 as too much at once.
            await (self._own if volume.trouble else volume.site)(scope, receive, send)
        else:
            await self._guarded()(scope, receive, send)

    def _volume(self, path: str) -> Volume | None:
        """Return the archive whose page a path is."""
        return next((volume for volume in self.volumes if path.startswith(f"{volume.base}/")), None)

    def _guarded(self) -> App:
        """Return what answers for the library's own pages, which stay the same as long as all releases do."""
        if self._limits is None:
            return self._own
        editions = "\n".join(volume.edition for volume in self.volumes)
        release = hashlib.sha256(editions.encode()).hexdigest()[:16]
        if self._guards is None or self._guards[0] != release:
            guard = Guard(self._own, release, (), trust_proxy=self._trust_proxy, limits=self._limits)
            self._guards = release, guard
        return self._guards[1]

    async def _own(self, scope: Message, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await (await self._page(request)).asgi_send(noting)
        except Exception:
            if not begun:
                await pages.failed(self.volumes, request).asgi_send(send)
            raise

    async def _page(self, request: Request) -> Response:
        for volume in self.volumes:
            if request.path == volume.base:
                return pages.led(f"{volume.base}/", request)
            if request.path.startswith(f"{volume.base}/"):
                return pages.not_now(self.volumes, request, volume)
        return await pages.answer(self.volumes, request)


async def _opened(volume: Volume) -> ArchiveError | None:
    try:
        await volume.start()
    except ArchiveError as error:
        return error
    return None
