"""The sample's server over HTTP: validators, encodings, both forms of an address, the hooks, the log and its speed."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from lxml import html

from scraper.sample.server import Request, SampleServer


@pytest.fixture
def own(server: SampleServer) -> SampleServer:
    """A server of the test's own, to change."""
    return SampleServer(articles=server.site.articles[:12])


def test_both_forms_of_an_address_give_one_page(server: SampleServer, client: httpx.Client) -> None:
    for article in server.site.articles[::5]:
        bare, slashed = client.get(article.path.rstrip("/")), client.get(article.path)
        assert bare.status_code == slashed.status_code == 200
        assert bare.content == slashed.content
    assert client.get("/about").status_code == client.get("/analysis").status_code == 200


def test_unknown_addresses_answer_404(client: httpx.Client) -> None:
    for path in ("/nothing/", "/author/nobody/", "/tag/nothing/", "/2021/03/", "/feeds/sitemaps/", "/api/x", "//"):
        assert client.get(path).status_code == (200 if path == "//" else 404), path


def test_a_validator_that_holds_gives_304(server: SampleServer, client: httpx.Client) -> None:
    path = server.site.articles[0].path
    first = client.get(path)
    assert first.headers["last-modified"].endswith("GMT")
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200


def test_pages_are_compressed_when_asked(server: SampleServer, client: httpx.Client) -> None:
    path = server.site.articles[0].path
    small = client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert small.content == plain.content
    assert int(small.headers["content-length"]) < int(plain.headers["content-length"]) / 2


def test_head_gives_the_headers_alone(client: httpx.Client) -> None:
    response = client.head("/about/")
    assert response.content == b""
    assert int(response.headers["content-length"]) > 0


def test_the_log_holds_every_request(own: SampleServer, client: httpx.Client) -> None:
    with own:
        client.get(f"{own.base_url}/feeds/feed.rss?page=2")
        client.get(f"{own.base_url}/nothing/")
    assert own.requests == [Request("/feeds/feed.rss?page=2", 200), Request("/nothing/", 404)]


def test_an_edit_changes_page_and_validator(own: SampleServer, client: httpx.Client) -> None:
    path = own.site.articles[0].path
    with own:
        before = client.get(own.base_url + path)
        own.edit(path, headline="A headline of today", body="One new paragraph.")
        after = client.get(own.base_url + path, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    page = html.fromstring(after.content)
    assert page.cssselect("h1")[0].text_content() == "A headline of today"
    assert "One new paragraph." in page.cssselect(".post-page__content .body-description")[0].text_content()


def test_a_removed_article_is_gone_and_listed_nowhere(own: SampleServer, client: httpx.Client) -> None:
    gone, missing = own.site.articles[0].path, own.site.articles[1].path
    with own:
        own.remove(gone)
        own.remove(missing, status=404)
        assert client.get(own.base_url + gone).status_code == 410
        assert client.get(own.base_url + missing.rstrip("/")).status_code == 404
        lists = ("/", "/feeds/feed.rss", "/feeds/sitemaps/sitemap_0.xml")
        listed = "".join(client.get(own.base_url + path).text for path in lists)
    assert gone.rstrip("/") not in listed


def test_a_moved_article_redirects_and_back(own: SampleServer, client: httpx.Client) -> None:
    path = own.site.articles[0].path
    with own:
        own.move(path, "/elsewhere/")
        moved = client.get(own.base_url + path)
        assert (moved.status_code, moved.headers["location"]) == (301, f"{own.base_url}/elsewhere/")
        page = html.fromstring(client.get(own.base_url + "/elsewhere/").content)
        canonical = page.cssselect('link[rel="canonical"]')[0]
        assert canonical.get("href") == "https://meridianreview.example/elsewhere/"
        own.move("/elsewhere/", path)
        assert client.get(own.base_url + path).status_code == 200
        assert client.get(own.base_url + "/elsewhere/").status_code == 301


def test_a_published_article_is_listed_first(own: SampleServer, client: httpx.Client) -> None:
    newest = own.site.articles[0]
    new = replace(
        newest,
        path="/new-today/",
        post_id=2670900001,
        published=newest.published + timedelta(days=1),
        listed_in=("section", "feed"),
    )
    with own:
        own.publish(new)
        assert client.get(own.base_url + "/new-today").status_code == 200
        assert "/new-today" in client.get(own.base_url + "/feeds/feed.rss").text
        assert "/new-today" in client.get(own.base_url + "/").text
        assert "/new-today" not in client.get(own.base_url + "/feeds/sitemaps/sitemap_0.xml").text


def test_changing_what_is_not_there_is_an_error(own: SampleServer) -> None:
    with own, pytest.raises(KeyError):
        own.remove("/nothing/")


def test_three_hundred_pages_a_second(server: SampleServer) -> None:
    paths = [article.path for article in server.site.articles] * 4
    connection = http.client.HTTPConnection(server.base_url.removeprefix("http://"))
    for path in paths[: len(paths) // 4]:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        connection.getresponse().read()
    started = time.perf_counter()
    for path in paths:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        connection.getresponse().read()
    seconds = time.perf_counter() - started
    connection.close()
    assert len(paths) / seconds > 300


def test_the_module_serves_in_the_foreground_and_prints_its_address(client: httpx.Client) -> None:
    command = [sys.executable, "-m", "scraper.sample", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        try:
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
            assert client.get(address).status_code == 200
        finally:
            process.terminate()
