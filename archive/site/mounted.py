"""An archive opened as a site, all of whose addresses begin with one path. Must not know what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from datasette.app import Datasette

from archive.root import DATABASE, open_database
from archive.site.based import Based
from archive.site.headers import App, Message, Receive, Send
from archive.site.refusing import PLUGIN


class Mounted:
    """An ASGI application: the archive of a folder, as plain `serve` shows it. `base` begins and ends with a slash."""

    def __init__(self, root: Path, base: str = "/") -> None:
        self._root, self._base = root, base
        self._datasette: Datasette | None = None
        self._app: App | None = None

    async def start(self) -> None:
        """Open the archive. Raises ArchiveError for one that cannot be read."""
        with closing(open_database(self._root)):
            pass
        metadata = {"plugins": {PLUGIN: {"among": True}}} if self._base != "/" else None
        datasette = Based([str(self._root / DATABASE)], metadata=metadata, settings={"base_url": self._base})
        await datasette.invoke_startup()
        self._datasette, self._app = datasette, datasette.app()

    async def stop(self) -> None:
        """Close everything."""
        if self._datasette:
            self._datasette.executor.shutdown(wait=False, cancel_futures=True)
            for database in self._datasette.databases.values():
                database.close()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request."""
        assert self._app
        await self._app(scope, receive, send)

    @contextmanager
    def reading(self) -> Iterator[Datasette]:
        """Hold the archive for one reading of its database."""
        assert self._datasette
        yield self._datasette
