"""Adopting other tools' captures: what is kept of them, in which order, and what is left out and why."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import brotli
import pytest
import zstandard

from archive.held import HeldSnapshots
from archive.judging import INCOMPLETE, NOT_GET, OFF_SITE, OTHER_FILES, SEGMENTED, TRUNCATED, UNDATED
from archive.ordered_captures import NO_ORIGINAL
from archive.root import open_database
from archive.urls import stable_id
from archive.warc import payload_digest
from tests.foreign_captures import (
    HTML,
    SITE,
    adopted_from,
    answer,
    brought_in,
    by_warcio,
    captures_in,
    packed,
    page,
    read_by_warcio,
    record,
    records_in,
    sha1,
)

CHUNKED = (*HTML, ("Transfer-Encoding", "chunked"))


def test_captures_are_kept_in_the_order_of_their_times_whatever_the_files(tmp_path: Path) -> None:
    for name, days in (("b", (9, 3, 7)), ("a", (8, 2, 6))):
        by_warcio(
            tmp_path / f"{name}.warc.gz",
            [(f"{SITE}/{day}/", f"2020-01-0{day}T00:00:00Z", page(str(day)), HTML) for day in days],
        )
    root = tmp_path / "archive"
    adopted = brought_in(root, tmp_path / "b.warc.gz", tmp_path / "a.warc.gz")
    assert [each.url for each in captures_in(root, adopted)] == [f"{SITE}/{day}/" for day in (2, 3, 6, 7, 8, 9)]
    assert (adopted.kept, adopted.first_at, adopted.last_at) == (
        6,
        "2020-01-02T00:00:00+00:00",
        "2020-01-09T00:00:00+00:00",
    )
    assert adopted.files == ("warc/quay-import-20200102000000-00000.warc.gz",)
    assert sorted(os.listdir(root / "warc")) == [Path(adopted.files[0]).name]


def test_every_block_is_kept_byte_for_byte_under_its_own_id(tmp_path: Path) -> None:
    body = page("one")
    bodies = {
        "/plain/": (body, HTML),
        "/gzip/": (gzip.compress(body), (*HTML, ("Content-Encoding", "gzip"))),
        "/brotli/": (brotli.compress(body), (*HTML, ("Content-Encoding", "br"))),
        "/zstd/": (zstandard.compress(body), (*HTML, ("Content-Encoding", "zstd"))),
        "/chunks/": (f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n", CHUNKED),
        "/repeated/": (body, (*HTML, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))),
    }
    written = {path: answer(path, content, headers=headers) for path, (content, headers) in bodies.items()}
    adopted = adopted_from(tmp_path, packed(*written.values()))
    kept = captures_in(tmp_path / "archive", adopted)
    assert [each.url for each in kept] == [SITE + path for path in bodies]
    for each in kept:
        source = written[each.url.removeprefix(SITE)]
        assert each.block == source.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n\r\n")
        assert f"WARC-Record-ID: {each.id}\r\n".encode() in source
        assert each.digest == payload_digest(bodies[each.url.removeprefix(SITE)][0])
    seen = [content for kind, _, content in read_by_warcio(tmp_path / "archive", adopted) if kind == "response"]
    assert seen == [content for content, _ in bodies.values()]


def test_other_peoples_tools_pass_what_is_written(tmp_path: Path) -> None:
    original = answer("/a/", page("a"))
    repeat = answer("/a/", b"", "2024-05-07T00:00:00Z", kind="revisit", warc=repeats("/a/", page("a")))
    adopted = adopted_from(tmp_path, packed(original, repeat, answer("/h2/", page("b"), status="HTTP/2 200")))
    check = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(tmp_path / "archive" / adopted.files[0])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 0, check.stdout + check.stderr
    assert adopted.kept == 3


def repeats(path: str, body: bytes, at: str = "2024-05-06T07:08:09Z") -> list[tuple[str, str]]:
    return [
        ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"),
        ("WARC-Refers-To-Target-URI", SITE + path),
        ("WARC-Refers-To-Date", at),
        ("WARC-Payload-Digest", sha1(body)),
    ]


def test_what_is_known_of_a_capture_stands_before_it(tmp_path: Path) -> None:
    moved = (("Location", "/new/"),)
    foreign = packed(
        answer("/old/", b"", status="HTTP/1.1 301 Moved", headers=moved),
        answer("/new/", page("n"), "2024-05-06T07:08:09.250Z"),
        answer("/sitemap.xml", b"<urlset/>", headers=(("Content-Type", "text/xml"),)),
        answer("/robots.txt", b"User-agent: *", headers=(("Content-Type", "text/plain"),)),
    )
    root = tmp_path / "archive"
    known = [each.fields() for each in records_in(root, adopted_from(tmp_path, foreign)) if each.kind == "metadata"]
    came_from = {"imported-from": "foreign.warc.gz"}
    assert known == [
        came_from | {"address": f"{SITE}/old/", "leads-to": f"{SITE}/new/"},
        came_from | {"source": "/sitemap.xml"},
        came_from | {"robots": "yes"},
        came_from | {"address": f"{SITE}/new/", "captured-at": "2024-05-06T07:08:09.250000+00:00"},
        {"run": "import", "healthy": "yes"},
    ]


def test_fractions_of_a_second_order_captures_and_a_redirect_precedes_its_target(tmp_path: Path) -> None:
    moved = answer("/z/", b"", status="HTTP/1.1 302 Found", headers=(("Location", "/a/"),))
    foreign = packed(
        answer("/late/", page("l"), "2024-05-06T07:08:08.9Z"),
        answer("/early/", page("e"), "2024-05-06T07:08:08.123456Z"),
        answer("/a/", page("a")),
        moved,
    )
    kept = captures_in(tmp_path / "archive", adopted_from(tmp_path, foreign))
    assert [each.url.removeprefix(SITE) for each in kept] == ["/early/", "/late/", "/z/", "/a/"]


def test_only_the_publications_pages_sources_and_redirects_are_kept(tmp_path: Path) -> None:
    other = (("Content-Type", "image/png"),)
    off = (("Location", "https://elsewhere.example/"),)
    foreign = packed(
        answer("/page/", page("p")),
        answer("/untyped/", page("u"), headers=()),
        answer("/gone/", b"no", status="HTTP/1.1 410 Gone"),
        answer("/feed/", b"<rss/>", headers=(("Content-Type", "application/rss+xml"),)),
        answer("/picture", b"\x89PNG", headers=other),
        answer("/lost.jpg", b"no", status="HTTP/1.1 404 Not Found"),
        answer("/away/", b"", status="HTTP/1.1 301 Moved", headers=off),
        answer("/broken/", b"oops", status="HTTP/1.1 503 Busy"),
        answer("/cut/", page("c"), warc=(("WARC-Truncated", "length"),)),
        answer("/short/", b"<html>", headers=(*HTML, ("Content-Length", "900"))),
        answer("/short-chunks/", b"9\r\n<html>123\r\n", headers=CHUNKED),
        answer("/part/", page("s"), warc=(("WARC-Segment-Number", "1"),)),
        answer("/undated/", page("d"), "yesterday"),
        answer("https://elsewhere.example/", page("e")),
        answer("http://third.example:8000/", page("e")),
        answer("dns:quay.example", b"127.0.0.1"),
        answer("urn:text:https://quay.example/page/", b"words", kind="conversion"),
        answer("urn:view:https://quay.example/page/", b"\x89PNG", kind="resource"),
    )
    adopted = adopted_from(tmp_path, foreign)
    kept = {each.url.removeprefix(SITE) for each in captures_in(tmp_path / "archive", adopted)}
    assert kept == {"/page/", "/untyped/", "/gone/", "/feed/"}
    assert adopted.roles == {"page": 2, "gone": 1, "source": 1}
    assert adopted.hosts == {"elsewhere.example": 1, "third.example:8000": 1}
    assert adopted.left_out == {
        OTHER_FILES: 2,
        INCOMPLETE: 2,
        OFF_SITE: 1,
        "answers that say nothing of the page (status 503)": 1,
        TRUNCATED: 1,
        SEGMENTED: 1,
        UNDATED: 1,
    }


@pytest.mark.parametrize("first", [True, False], ids=["request-first", "response-first"])
def test_an_answer_to_a_post_is_no_page(tmp_path: Path, first: bool) -> None:
    posted = answer("/search/", page("found"), warc=(("WARC-Record-ID", "<urn:test:1>"),))
    request = record(
        [
            ("WARC-Type", "request"),
            ("WARC-Target-URI", f"{SITE}/search/"),
            ("WARC-Record-ID", "<urn:test:2>"),
            ("WARC-Concurrent-To", "<urn:test:1>"),
        ],
        b"POST /search/ HTTP/1.1\r\n\r\n",
    )
    exchange = (request, posted) if first else (posted, request)
    adopted = adopted_from(tmp_path, packed(answer("/a/", page("a")), *exchange))
    assert [each.url for each in captures_in(tmp_path / "archive", adopted)] == [f"{SITE}/a/"]
    assert adopted.left_out == {NOT_GET: 1}


def test_a_repeat_refers_to_the_kept_original(tmp_path: Path) -> None:
    body = page("same")
    foreign = packed(
        answer("/b/", b"", "2024-05-08T00:00:00Z", kind="revisit", warc=repeats("/a/", body)),
        answer("/a/", b"", "2024-05-07T00:00:00Z", kind="revisit", warc=[("WARC-Payload-Digest", sha1(body))]),
        answer("/a/", body),
        answer("/a/", b"", "2024-05-09T00:00:00Z", status="HTTP/1.1 304 Not Modified"),
        answer("/c/", b"", "2024-05-09T00:00:00Z", kind="revisit", warc=repeats("/never-seen/", page("other"))),
        answer("/a/", b"", "2024-05-05T00:00:00Z", kind="revisit", warc=repeats("/a/", body)),
    )
    adopted = adopted_from(tmp_path, foreign)
    original, *repeated = captures_in(tmp_path / "archive", adopted)
    assert [(each.url, each.at[:10], each.kind) for each in repeated] == [
        (f"{SITE}/a/", "2024-05-07", "revisit"),
        (f"{SITE}/b/", "2024-05-08", "revisit"),
        (f"{SITE}/a/", "2024-05-09", "revisit"),
    ]
    assert {each.header("WARC-Refers-To-Target-URI") for each in repeated} == {original.url}
    assert {each.header("WARC-Refers-To-Date") for each in repeated} == {original.header("WARC-Date")}
    assert {each.digest for each in repeated} == {original.digest}
    assert (repeated[2].header("WARC-Profile") or "").endswith("/server-not-modified")
    assert adopted.left_out == {NO_ORIGINAL: 2}


def test_the_same_capture_in_several_files_is_kept_once(tmp_path: Path) -> None:
    by_warcio(tmp_path / "a.warc.gz", [(f"{SITE}/a/", "2024-05-06T07:08:09Z", page("a"), HTML)])
    by_warcio(
        tmp_path / "b.warc.gz",
        [
            (f"{SITE}/a/", "2024-05-06T07:08:09Z", page("a"), HTML),
            (f"{SITE}/a/", "2024-05-06T07:08:09Z", page("a, changed within the second"), HTML),
        ],
    )
    adopted = brought_in(tmp_path / "archive", tmp_path)
    assert (adopted.kept, adopted.duplicates) == (2, 1)


def test_what_the_archive_holds_is_not_kept_again(tmp_path: Path) -> None:
    body = page("a")
    first = adopted_from(tmp_path, packed(answer("/a/", body), answer("/b/", page("b"))))
    with closing(open_database(tmp_path / "archive", write=True)) as db:
        for each in captures_in(tmp_path / "archive", first):
            file_snapshot(db.conn, each.url, each.at, each.digest or "", each.offset)
        again = (tmp_path / "foreign.warc.gz").read_bytes()
        repeat = answer("/a/", b"", "2024-05-07T00:00:00Z", kind="revisit", warc=repeats("/a/", body))
        (tmp_path / "again.warc.gz").write_bytes(again + packed(repeat))
        held = HeldSnapshots(db.conn)
        same = brought_in(tmp_path / "archive", tmp_path / "foreign.warc.gz", held=held)
        more = brought_in(tmp_path / "archive", tmp_path / "again.warc.gz", held=held)
    assert (same.files, same.kept, same.held) == ((), 0, 2)
    assert (more.kept, more.held) == (1, 2)
    (repeated,) = captures_in(tmp_path / "archive", more)
    assert (repeated.kind, repeated.header("WARC-Refers-To-Date")) == ("revisit", "2024-05-06T07:08:09Z")
    assert Path(more.files[0]).name > Path(first.files[0]).name


def file_snapshot(connection: sqlite3.Connection, url: str, at: str, digest: str, offset: int) -> None:
    connection.execute(
        "INSERT INTO snapshots (id, url, fetched_at, status, digest, warc_file, warc_offset, warc_length)"
        " VALUES (?, ?, ?, 200, ?, 'warc/x.warc.gz', ?, 1)",
        [stable_id(url + at), url, at, digest, offset],
    )


def test_each_day_ends_with_how_healthy_it_was(tmp_path: Path) -> None:
    gone = "HTTP/1.1 404 Not Found"
    foreign = packed(
        *(answer(f"/{n}/", page(f"{n}"), f"2024-01-01T23:59:{n:02d}Z") for n in range(3)),
        *(answer(f"/{n}/", b"no", f"2024-01-02T10:00:{n:02d}Z", status=gone) for n in range(12)),
        answer("/0/", page("0"), "2024-01-02T11:00:00Z"),
        *(answer(f"/{n}/", b"no", f"2024-01-03T10:00:{n:02d}Z", status=gone) for n in range(12)),
        *(answer(f"/{n}/", page("again"), f"2024-01-03T11:00:{n:02d}Z") for n in range(12)),
        answer("/robots.txt", b"", "2024-01-04T00:00:00Z"),
    )
    adopted = adopted_from(tmp_path, foreign)
    records = records_in(tmp_path / "archive", adopted)
    ends = [(each.at, each.fields()["healthy"]) for each in records if each.url == "press-archive:run-ended"]
    assert ends == [
        ("2024-01-01T23:59:02+00:00", "yes"),
        ("2024-01-02T11:00:00+00:00", "no"),
        ("2024-01-03T11:00:11+00:00", "yes"),
        ("2024-01-04T00:00:00+00:00", "no"),
    ]
    assert records[-1].url == "press-archive:run-ended"


def test_files_roll_at_the_set_size_and_stay_in_order(tmp_path: Path) -> None:
    answers = [(f"{SITE}/{n}/", f"2020-01-01T00:00:{n:02d}Z", page(str(n)), HTML) for n in range(20)]
    by_warcio(tmp_path / "a.warc.gz", answers[::-1])
    adopted = brought_in(tmp_path / "archive", tmp_path / "a.warc.gz", roll_bytes=3000)
    assert len(adopted.files) > 2
    assert sorted(adopted.files) == list(adopted.files)
    assert [each.url for each in captures_in(tmp_path / "archive", adopted)] == [url for url, *_ in answers]


def test_progress_runs_from_reading_to_the_end_of_writing(tmp_path: Path) -> None:
    answers = [(f"{SITE}/{n}/", "2020-01-01T00:00:00Z", page(str(n)), HTML) for n in range(5)]
    by_warcio(tmp_path / "a.warc.gz", answers)
    told: list[tuple[str, int, int]] = []
    brought_in(tmp_path / "archive", tmp_path / "a.warc.gz", watch=lambda *about: told.append(about))
    size = (tmp_path / "a.warc.gz").stat().st_size
    assert {stage for stage, _, _ in told} == {"reading", "writing"}
    assert [done for stage, done, _ in told if stage == "reading"][-1] == size
    assert told[-1] == ("writing", 5, 5)


def test_killed_while_writing_leaves_nothing_half(tmp_path: Path) -> None:
    answers = [(f"{SITE}/{n}/", f"2020-01-01T00:00:{n:02d}Z", page(str(n)), HTML) for n in range(9)]
    by_warcio(tmp_path / "a.warc.gz", answers)
    killed = (
        "import os, signal, sys; from pathlib import Path; from tests.foreign_captures import brought_in\n"
        "def watch(stage, done, total):\n"
        "    if stage == 'writing' and done == 6: os.kill(os.getpid(), signal.SIGKILL)\n"
        "brought_in(Path(sys.argv[1]), Path(sys.argv[2]), watch=watch, roll_bytes=500)\n"
    )
    root = tmp_path / "archive"
    run = subprocess.run([sys.executable, "-c", killed, root, tmp_path / "a.warc.gz"], check=False)
    assert run.returncode == -9
    (left,) = (root / "warc").iterdir()
    assert left.name.startswith(".import-")
    adopted = brought_in(root, tmp_path / "a.warc.gz")
    assert adopted.kept == 9
    assert [path.name for path in (root / "warc").iterdir()] == [Path(adopted.files[0]).name]


def test_nothing_of_the_publication_leaves_no_trace(tmp_path: Path) -> None:
    adopted = adopted_from(tmp_path, packed(answer("https://elsewhere.example/", page("e"))))
    assert (adopted.found, adopted.files, adopted.strangers) == (0, (), 1)
    assert list((tmp_path / "archive").iterdir()) == []
    assert json.dumps(adopted.hosts) == '{"elsewhere.example": 1}'
