"""CSV over HTTP: whole as the page shows it, or visibly broken off."""

from __future__ import annotations

import csv
import http.client
import io
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
import uvicorn
from datasette.app import Datasette

from archive.site import streams
from tests.site.conftest import Reader, opened

MANY = 3_000
"""More than the rows that Datasette returns of a query."""


def rows(site: Reader, path: str) -> list[dict[str, str]]:
    answer = site.get(path)
    assert answer.status_code == 200, answer.text
    found = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert answer.headers["x-rows"] == str(len(found))
    assert answer.headers["content-type"].startswith("text/csv")
    return found


def sql_of_many(columns: str) -> str:
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY})"
    return f"/archive.csv?{urlencode({'sql': f'{numbers} SELECT {columns} FROM n'})}"


def test_a_view_is_whole(site: Reader, connection: sqlite3.Connection) -> None:
    found = connection.execute("SELECT * FROM article_list ORDER BY id")
    names = [column[0] for column in found.description]
    expected = [dict(zip(names, ["" if cell is None else str(cell) for cell in row], strict=True)) for row in found]
    assert sorted(rows(site, "/export/article_list.csv"), key=lambda row: int(row["id"])) == expected
    assert [row["slug"] for row in rows(site, "/export/article_list.csv?search=zeppelin")] == [
        "2023/09/zeppelin-ledger", "2023/10/in-passing",
    ]  # fmt: skip
    assert len(rows(site, "/export/edits.csv?since=2026-03-02")) == 1
    assert site.get("/export/article_list.csv?excel=1").content.startswith(b"\xef\xbb\xbf")
    assert site.get("/export/nothing.csv").status_code == 400
    assert site.get("/export/article_list.csv?since=soon").status_code == 400


@pytest.mark.parametrize(
    "query",
    ["", "section=Europe", "_search=truce", "_sort_desc=word_count&word_count__gt=20", "_labels=on", "_col=headline",
     "_where=section='Asia'", "_nocol=body_text&_stream=on", "published_at__isnull=1"],
)  # fmt: skip
def test_a_tables_csv_is_what_its_page_shows(site: Reader, query: str) -> None:
    shown = site.get(f"/archive/articles.json?{query}&_size=1000&_shape=objects").json()["rows"]
    assert shown
    found = rows(site, f"/archive/articles.csv?{query}&_size=max")
    assert len(found) == len(shown)
    for row, expected in zip(found, shown, strict=True):
        for name, cell in expected.items():
            value = cell["value"] if isinstance(cell, dict) else cell
            assert row[name] == ("" if value is None else str(value))
            if isinstance(cell, dict):
                assert row[f"{name}_label"] == cell["label"]


def test_a_querys_csv_does_not_end_at_a_thousand_rows(site: Reader) -> None:
    assert len(rows(site, sql_of_many("i"))) == MANY
    assert rows(site, "/archive.csv?sql=select+slug+from+articles+where+slug+%3D+:s&s=undated") == [{"slug": "undated"}]
    for sql in ("delete+from+articles", "attach+'x'+as+y", "select+1;select+2", "pragma+journal_mode=off"):
        assert site.get(f"/archive.csv?sql={sql}").status_code == 400


def test_who_asks_for_some_rows_gets_some(site: Reader) -> None:
    answer = site.get("/archive/article_list.csv?_size=3")
    assert len(list(csv.DictReader(io.StringIO(answer.text)))) == 3


def test_what_may_not_be_seen_is_not_sent(root: Path) -> None:
    barred = {"databases": {"archive": {"allow_sql": False, "tables": {"ledger": {"allow": False}}}}}
    for site in opened(root / "archive.db", metadata=barred):
        for path in ("/export/ledger.csv", "/archive/ledger.csv", "/archive.csv?sql=select+*+from+ledger"):
            assert site.get(path).status_code == 403, path
        assert site.get("/export/article_list.csv").status_code == 200


@pytest.fixture(scope="module")
def port(root: Path) -> Iterator[int]:
    """Serve over a socket: how an answer breaks off is the server's doing."""
    app = Datasette([str(root / "archive.db")]).app()
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def test_an_answer_that_breaks_off_has_no_end(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_PIECE", 1_000)
    failing = sql_of_many("i, CASE i WHEN 2500 THEN abs(-9223372036854775807 - 1) END")
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as client:
        client.request("GET", failing)
        answer = client.getresponse()
        assert answer.status == 200 and "x-rows" in answer.headers
        with pytest.raises(http.client.IncompleteRead) as cut:
            answer.read()
        assert b"\n1000," in cut.value.partial


def test_only_so_many_files_are_sent_at_once(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_AT_ONCE", 1)
    large = sql_of_many("i, hex(zeroblob(5000))")
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as slow:
        slow.request("GET", large)
        slow.getresponse()
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as other:
            other.request("GET", "/export/article_list.csv")
            answer = other.getresponse()
            assert answer.status == 429 and answer.headers["retry-after"] == "30" and b"Try again" in answer.read()
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as other:
            other.request("GET", "/export/edits.csv")
            if other.getresponse().status == 200:
                return
        time.sleep(0.05)
    pytest.fail("a client that has gone still counts")
