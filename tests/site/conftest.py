"""A Datasette on the test archive, asked over its real ASGI application."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import lxml.html
import pytest
from datasette.app import Datasette
from httpx import ASGITransport, AsyncClient, Response

from tests.archive_support import make_archive


@dataclass(frozen=True)
class Reader:
    """Asks a Datasette for pages."""

    datasette: Datasette
    runner: asyncio.Runner
    client: AsyncClient

    def get(self, path: str) -> Response:
        return self.runner.run(self.client.get(str(self.datasette.urls.path(path))))

    def post(self, path: str) -> Response:
        return self.runner.run(self.client.post(str(self.datasette.urls.path(path))))

    def page(self, path: str, status: int = 200) -> lxml.html.HtmlElement:
        response = self.get(path)
        assert response.status_code == status, path
        return lxml.html.document_fromstring(response.text)


def opened(*files: Path, **options: object) -> Iterator[Reader]:
    datasette = Datasette([str(file) for file in files], **options)
    with asyncio.Runner() as runner:
        runner.run(datasette.invoke_startup())
        # One client for all requests: Datasette's own makes a new one for each, which costs more than the page.
        client = AsyncClient(transport=ASGITransport(app=datasette.app()), base_url="http://localhost")
        yield Reader(datasette, runner, client)
        runner.run(client.aclose())
    for database in datasette.databases.values():
        database.close()
    datasette.executor.shutdown()


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("site") / "archive")


@pytest.fixture(scope="session")
def site(root: Path) -> Iterator[Reader]:
    yield from opened(root / "archive.db")


@pytest.fixture
def connection(root: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(root / "archive.db")) as found:
        yield found


def text_of(element: lxml.html.HtmlElement) -> str:
    """Return an element's words with single spaces."""
    return " ".join(element.text_content().split())
