"""A published site: what it shows, what it refuses, and that it follows its folder."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from archive.errors import UsageError
from archive.publishing.bounds import BOUNDS
from archive.publishing.database import Choice
from archive.publishing.folder import publish
from archive.site.guard import client_of
from archive.site.headers import local
from archive.site.lanes import Busy, Lanes, lane_of
from archive.site.opened import Options, close_site, open_site
from archive.verbs.serve import serve
from tests.site.conftest import Reader, text_of

# Datasette's thread that writes can only be ended by an exception.
pytestmark = pytest.mark.filterwarnings("ignore:Exception in thread:pytest.PytestUnhandledThreadExceptionWarning")

PAGES = (
    "/", "/search?q=truce", "/article/2026/02/a-truce-holds", "/authors", "/author/mara-ellingsen", "/sections",
    "/tags", "/outlets", "/credits", "/edits", "/coverage", "/data", "/archive", "/archive/articles",
    "/archive/article_list.json", "/archive/articles.csv", "/archive/coverage_by_month",
    "/search.csv?q=matter", "/search.json?q=matter",
)  # fmt: skip
QUERIES = (
    "/archive?sql=select+1", "/archive.json?sql=select+*+from+articles", "/archive/articles?_where=1=1",
    "/archive.csv?sql=select+1",
)  # fmt: skip
NONSENSE = (
    "/archive/articles?_sort=nope", "/archive/article_list?_next=abc", "/archive/articles?_facet=headline",
    '/archive/articles?_facet={"x', "/archive/articles?_size=x", "/archive/articles?_next=a,b,c&_sort=zz",
    "/archive/article_list.json?_next=%00", "/archive/articles?_search=AND+(&_searchmode=raw",
    "/archive/articles?_fts_table=x&_search=y",
    "/archive/articles?_size=5000", "/archive/articles?_timelimit=x",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("public") / "site"
    publish(root, made, Choice("excerpt", 5))
    return made


def opened(folder: Path, **options: bool) -> Iterator[Reader]:
    datasette = open_site(folder, Options(**options), threads=2)
    with asyncio.Runner() as runner:
        runner.run(datasette.invoke_startup())
        transport = httpx.ASGITransport(app=datasette.app())
        client = httpx.AsyncClient(transport=transport, base_url="http://localhost")
        yield Reader(datasette, runner, client)
        runner.run(client.aclose())
    close_site(datasette)


@pytest.fixture(scope="module")
def public(folder: Path) -> Iterator[Reader]:
    yield from opened(folder)


@pytest.fixture(scope="module")
def queried(folder: Path) -> Iterator[Reader]:
    yield from opened(folder, allow_sql=True)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_without_what_is_private(public: Reader, path: str) -> None:
    answer = public.get(path)
    assert answer.status_code == 200
    assert "warc/" not in answer.text and "archive.db" not in answer.text and "/tmp" not in answer.text


def test_an_excerpt_says_that_it_is_one(public: Reader) -> None:
    page = public.page("/article/2026/02/a-truce-holds")
    assert text_of(page.xpath("//div[contains(@class, 'body')]")[0]) == "The ceasefire held overnight.What \u2026"
    assert "Here are the first 5 words" in text_of(page)
    assert public.get("/search.json?q=ceasefire").json()["hits"] == 1
    assert public.get("/search.json?q=courier").json()["hits"] == 0


@pytest.mark.parametrize("path", QUERIES)
def test_queries_are_refused_unless_asked_for(public: Reader, queried: Reader, path: str) -> None:
    assert public.get(path).status_code == 403
    assert queried.get(path).status_code == 200


@pytest.mark.parametrize("path", NONSENSE)
def test_nonsense_is_the_visitors_fault(public: Reader, path: str) -> None:
    assert 400 <= public.get(path).status_code < 500


@pytest.mark.parametrize("sql", [
    "select * from pragma_database_list()", "select load_extension('x')", "select randomblob(9)",
    "select length(printf('%.*c', 900000000, 'x'))",
    "select format('%0900000000d', 1)", "select * from a, b", f"select {'1,' * 900}1",
    "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n",
    "select 'a' like '" + "%a" * 400 + "'", "select * from articles_fts where articles_fts match '('",
])  # fmt: skip
def test_queries_have_bounds(queried: Reader, sql: str) -> None:
    answer = queried.get(f"/archive.json?{httpx.QueryParams(sql=sql)}")
    assert answer.status_code == 400


def test_a_table_that_was_not_published_is_empty_for_queries(queried: Reader) -> None:
    answer = queried.get("/archive.json?sql=select+count(*)+from+ledger&_shape=arrayfirst")
    assert answer.json() == [0]
    assert queried.get("/archive/ledger").status_code == 404


@pytest.mark.parametrize(
    "name", ["databases", "plugins", "versions", "threads", "settings", "metadata.json", "allow-debug"]
)
def test_what_the_server_is_made_of_is_not_shown(public: Reader, name: str) -> None:
    assert public.get(f"/-/{name}").status_code == 403


def test_a_site_is_only_read_and_addresses_have_a_length(public: Reader) -> None:
    assert public.post("/archive/articles").status_code == 405
    assert public.get("/search?q=" + "x" * 5000).status_code == 414
    assert public.get("/?" + "&".join(f"a{number}" for number in range(99))).status_code == 400
    assert public.get("/archive.db").status_code == 403


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "/%5cevil.example/", "//evil.example/%2e%2e/"])
def test_no_redirect_leads_off_site(public: Reader, site: Reader, path: str) -> None:
    for reader in (public, site):
        request = httpx.Request("GET", httpx.URL(scheme="http", host="localhost", raw_path=path.encode()))
        location = reader.runner.run(reader.client.send(request)).headers.get("location", "/")
        assert location.startswith("/") and not location.startswith(("//", "/\\"))


@pytest.mark.parametrize(("location", "kept"), [
    (b"/search?q=a%20b", b"/search?q=a%20b"), (b"//evil.example/x", b"/evil.example/x"),
    (b"/\\evil.example", b"/evil.example"), (b"https://evil.example/", b"/evil.example/"),
    (b"javascript:alert(1)", b"/alert(1)"), (b"/a\r\nset-cookie: x", b"/a%0D%0Aset-cookie:%20x"), (b"x", b"/x"),
])  # fmt: skip
def test_a_redirect_is_a_path_of_this_site(location: bytes, kept: bytes) -> None:
    assert local(location) == kept


@pytest.mark.parametrize("path", [
    "/-/static/../../app.py", "/-/static/%2e%2e/%2e%2e/app.py", "/-/static-plugins/press-archive/..%2f..%2fpages.py",
    "/-/static/..%5c..%5capp.py", "/article/../../../../etc/passwd", "/archive/../SHA256SUMS",
])  # fmt: skip
def test_no_path_leads_out_of_the_folder(public: Reader, site: Reader, path: str) -> None:
    for reader in (public, site):
        request = httpx.Request("GET", httpx.URL(scheme="http", host="localhost", raw_path=path.encode()))
        assert 400 <= reader.runner.run(reader.client.send(request)).status_code < 500


def test_every_answer_has_a_policy_without_inline_scripts(public: Reader, site: Reader) -> None:
    for reader in (public, site):
        asked = (*PAGES, *QUERIES, "/-/static/app.css", "/nowhere", "/authors/", "/-/databases.json")
        for path in (*asked, *NONSENSE) if reader is public else asked:
            headers = reader.get(path).headers
            scripts = headers["content-security-policy"].partition("script-src")[2].partition(";")[0]
            assert "'self'" in scripts and "unsafe" not in scripts, path
            assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"], path
            assert "frame-ancestors 'none'" in headers["content-security-policy"], path


def test_an_answer_is_remembered_and_named_by_its_release(public: Reader) -> None:
    first = public.get("/archive/tags")
    assert first.headers["etag"].startswith('W/"')
    again = public.runner.run(public.client.get("/archive/tags", headers={"If-None-Match": first.headers["etag"]}))
    assert again.status_code == 304 and not again.content
    assert public.get("/archive/tags").text == first.text


def test_a_whole_table_is_the_file_that_was_published(public: Reader, site: Reader, folder: Path) -> None:
    leads = public.get("/archive/article_list.csv?_stream=on")
    assert (leads.status_code, leads.headers["location"]) == (302, "/-/files/article_list.csv")
    assert public.get("/-/files/article_list.csv").content == (folder / "data" / "article_list.csv").read_bytes()
    for path in (
        "/-/files/nothing.csv",
        "/-/files/../archive.db",
        "/-/files/..%2fSHA256SUMS",
        "/-/files/metadata.json",
    ):
        assert 400 <= public.get(path).status_code < 500 or public.get(path).is_redirect
    assert site.get("/-/files/articles.csv").status_code == 404


def test_lanes_tell_pages_from_what_can_be_made_long() -> None:
    def lane(path: str, query: str = "") -> str:
        return lane_of(path, query, {"archive"})

    assert {lane(path) for path in ("/", "/search", "/article/2026/a-b", "/article/a.html", "/edits")} == {"page"}
    assert lane("/search", "q=plain+words+or+not&page=2") == "page"
    assert lane("/-/static/app.css") == "file"
    assert {lane("/archive"), lane("/archive.json"), lane("/archive/articles"), lane("/search.csv", "q=a")} == {"dear"}
    assert {lane("/search", query) for query in ("q=a*", "q=a%2A", "q=a+OR+b", "page=400", "q=" + "x" * 200)} == {
        "dear"
    }


def test_nobody_holds_all_places() -> None:
    async def ask() -> None:
        lanes = Lanes(at_once=2, a_client=2, patience_s=0.02)
        async with lanes.place("one"), lanes.place("one"):
            for client in ("one", "other"):
                with pytest.raises(Busy):
                    async with lanes.place(client):
                        pass
        async with lanes.place("one"):
            pass

    asyncio.run(ask())


def test_a_proxy_is_believed_only_where_it_is_trusted() -> None:
    scope = {"client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", b"6.6.6.6, 1.2.3.4")]}
    assert client_of(scope, trust_proxy=False) == "10.0.0.1"
    assert client_of(scope, trust_proxy=True) == "1.2.3.4"


def test_a_server_follows_its_folder_and_ends_on_a_signal(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    publish(root, folder, Choice("excerpt", 5))
    command = [sys.executable, "-c", "from archive.verbs.serve import serve; serve()", "--public", str(folder)]
    process: subprocess.Popen[str] = subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        with httpx.Client(base_url=process.stdout.readline().strip(), timeout=20) as client:
            assert "first 5 words" in client.get("/article/2026/02/a-truce-holds").text
            assert client.get("/archive/articles.json").json()["filtered_table_rows_count"] == 32
            publish(root, folder, Choice("none", 5))
            until = time.monotonic() + 30
            while "text is not shown here" not in client.get("/article/2026/02/a-truce-holds").raise_for_status().text:
                assert time.monotonic() < until
                time.sleep(0.1)
            assert client.get("/archive/articles.json").json()["rows"]
        process.terminate()
        assert process.wait(timeout=20) == 143
    finally:
        process.kill()
        process.communicate()


def test_what_was_not_published_is_not_served(tmp_path: Path, root: Path) -> None:
    for arguments in (
        ["--public", str(tmp_path)],
        ["--public", str(root)],
        ["--allow-sql"],
        ["--public", "x", "--root", "y"],
    ):
        assert isinstance(CliRunner().invoke(serve, [*arguments, "--port", "0"]).exception, UsageError)


def test_datasette_itself_knows_the_settings(folder: Path) -> None:
    from datasette.app import DEFAULT_SETTINGS

    assert BOUNDS.keys() <= DEFAULT_SETTINGS.keys()
    assert json.loads((folder / "settings.json").read_text()) == dict(BOUNDS)


def test_datasette_alone_serves_the_folder_in_bounds(folder: Path) -> None:
    from datasette.app import Datasette

    async def ask() -> list[Any]:
        datasette = Datasette([], immutables=[str(folder / "archive.db")])
        await datasette.invoke_startup()
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=datasette.app()), base_url="http://localhost")
        found = [(await client.get(path)).status_code for path in ("/", "/archive?sql=select+1", "/-/databases.json")]
        await client.aclose()
        close_site(datasette)
        return [*found, datasette.max_returned_rows]

    assert asyncio.run(ask()) == [200, 403, 403, BOUNDS["max_returned_rows"]]
