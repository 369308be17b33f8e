"""The sample publication served on loopback, and its article pages read once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from lxml import html
from lxml.html import HtmlElement

from scraper.sample.server import SampleServer


@pytest.fixture(scope="session")
def server() -> Iterator[SampleServer]:
    with SampleServer() as running:
        yield running


@pytest.fixture(scope="session")
def client(server: SampleServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.base_url, trust_env=False, verify=False) as session:
        yield session


@pytest.fixture(scope="session")
def pages(server: SampleServer, client: httpx.Client) -> dict[str, HtmlElement]:
    """Every article's page by path, parsed."""
    return {article.path: html.fromstring(client.get(article.path).content) for article in server.site.articles}
