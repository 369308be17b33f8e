"""Show prints where an article comes from, its exact bytes, and what it said on a day."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.coding import decode_body
from archive.warc import Exchange, WarcWriter
from tests.command import one_sentence, press_archive_here
from tests.nights import EDITED, GONE, MOVED, NEW_ADDRESSES, Archive


def shown(archive: Archive, *words: str) -> str:
    result = press_archive_here("show", *words, "--root", archive.root)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def raw(archive: Archive, *words: str) -> bytes:
    result = press_archive_here("show", *words, "--root", archive.root)
    assert result.exit_code == 0, result.stderr
    return result.stdout_bytes


def piped(archive: Archive, *words: str) -> bytes:
    command = [sys.executable, "-m", "scraper.cli", "show", *words, "--root", str(archive.root)]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_the_card_names_record_reader_and_sources(nights: Archive) -> None:
    text = shown(nights, EDITED.path.strip("/"))
    sql = (
        "SELECT s.fetched_at, s.warc_file, s.warc_offset, s.warc_length, s.digest, a.layout, a.extractor"
        " FROM articles a JOIN snapshots s ON s.id = a.snapshot_id WHERE a.url = ?"
    )
    for value in nights.rows(sql, EDITED.url)[0]:
        assert str(value) in text
    assert "Where each field was read" in text and "published_at" in text
    assert "headline (headline)" in text


@pytest.mark.parametrize("at", [None, "2026-12-01"])
def test_raw_is_what_another_reader_finds_in_the_record(nights: Archive, at: str | None) -> None:
    words = (EDITED.url, *(["--at", at] if at else []))
    said = json.loads(shown(nights, EDITED.url, "--json"))
    fetches = [each for each in said["fetches"] if each["status"] == 200 and not each["revisit_of"]]
    fetched = said["read_from"] if at is None else fetches[0]
    with (nights.root / fetched["warc_file"]).open("rb") as stream:
        stream.seek(fetched["warc_offset"])
        record = next(iter(ArchiveIterator(stream)))
        body = record.raw_stream.read()
        headers = record.http_headers.headers
    assert piped(nights, *words, "--raw") == body
    page = raw(nights, *words, "--html")
    assert page == decode_body(body, headers, 10**7)
    assert (b"Another headline altogether" in page) == (at is None)


def test_what_it_said_then_and_what_was_changed(nights: Archive) -> None:
    assert EDITED.headline in shown(nights, EDITED.url, "--at", "2026-12-01")
    assert EDITED.headline in shown(nights, EDITED.url, "--at", "2026-12-02T03:00:00+00:00")
    later = shown(nights, EDITED.url, "--at", "2026-12-02")
    assert "Another headline altogether" in later and EDITED.headline not in later
    diff = shown(nights, EDITED.url, "--revision", "2")
    assert "What it changed: headline" in diff and "{+" in diff


def test_any_of_its_names_finds_it(nights: Archive) -> None:
    article_id = nights.rows("SELECT article_id FROM aliases WHERE url = ?", MOVED.url)[0][0]
    plain = NEW_ADDRESSES[0]
    bare = MOVED.url.removeprefix("https://")
    tracked = MOVED.url.rstrip("/").replace("https://", "http://www.") + "?utm_source=mail"
    for name in (MOVED.url, bare, tracked, MOVED.path, plain, plain.strip("/"), str(article_id)):
        assert json.loads(shown(nights, name, "--json"))["article"]["id"] == article_id


def test_a_gone_article_says_so_and_keeps_its_text(nights: Archive) -> None:
    assert "gone (gone 2026-12-04" in shown(nights, GONE.url)
    assert GONE.body_text.split("\n")[0] in shown(nights, GONE.url, "--text")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no-such-thing",), "there is no article"),
        ((EDITED.url, "--at", "2026-11-01"), "it was first seen at 2026-12-01"),
        ((EDITED.url, "--at", "last week"), "is no date"),
        ((EDITED.url, "--revision", "9"), "there is no number 9"),
        ((EDITED.url, "--raw", "--html"), "take one of"),
    ],
)
def test_bad_input_is_one_sentence(nights: Archive, words: tuple[str, ...], said: str) -> None:
    result = press_archive_here("show", *words, "--root", nights.root)
    assert result.exit_code == 2
    assert said in one_sentence(result.stderr, result.stdout)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("moved-onee",), "did you mean moved-one"),
        (("http://[half/an/address",), "there is no article"),
        ((EDITED.url, "--at", "0001-01-01T00:00:00+10:00"), "is no date"),
        ((EDITED.url, "--at", "2026-12-02", "--revision", "1"), "each names one text"),
        ((EDITED.url, "--raw", "--json"), "leave out --json"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(nights: Archive, words: tuple[str, ...], said: str) -> None:
    result = press_archive_here("show", *words, "--root", nights.root)
    assert result.exit_code == 2
    assert said in one_sentence(result.stderr, result.stdout)


def test_the_last_day_there_is_has_an_end(nights: Archive) -> None:
    assert "Another headline altogether" in shown(nights, EDITED.url, "--at", "9999-12-31")


def test_every_fetch_of_its_addresses_is_listed(nights: Archive) -> None:
    paths = {MOVED.path.strip("/"), NEW_ADDRESSES[0].strip("/")}
    found = []
    for warc in nights.warcs:
        with warc.open("rb") as stream:
            for record in ArchiveIterator(stream):
                path = urlsplit(record.rec_headers.get("WARC-Target-URI") or "").path.strip("/")
                if path in paths and record.rec_type in ("response", "revisit"):
                    found.append((record.rec_headers["WARC-Date"][:10], int(record.http_headers.get_statuscode())))
    fetches = json.loads(shown(nights, MOVED.url, "--json"))["fetches"]
    assert {status for _, status in found} == {200, 301, 304}
    assert sorted((each["fetched_at"][:10], each["status"]) for each in fetches) == sorted(found)


def cut_page(archive: Archive, url: str) -> bytes:
    """Let the last night bring a page that is cut in its middle."""
    body = gzip.compress(b"<html><p>A page of some length, and then</p></html>" * 20)[:-20]
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
    writer = WarcWriter(archive.root, "late", {})
    at = datetime(2027, 1, 1, tzinfo=UTC)
    place = writer.write(Exchange(url, at, "GET", (), 200, headers, body, {}))
    writer.finish()
    with closing(sqlite3.connect(archive.root / "archive.db")) as connection, connection:
        connection.execute(
            "INSERT INTO snapshots (id, url, fetched_at, status, digest, warc_file, warc_offset, warc_length)"
            " VALUES (1, ?, '2027-01-01T00:00:00+00:00', 200, ?, ?, ?, ?)",
            [url, place.digest, place.file, place.offset, place.length],
        )
    return body


def test_a_page_that_came_cut_is_written_as_it_came(copy: Archive) -> None:
    body = cut_page(copy, EDITED.url)
    assert raw(copy, EDITED.url, "--at", "2027-01-01", "--raw") == body
    result = press_archive_here("show", EDITED.url, "--at", "2027-01-01", "--html", "--root", copy.root)
    assert result.exit_code == 1
    assert "--raw writes what came" in one_sentence(result.stderr, result.stdout)
    assert b"Another headline" in raw(copy, EDITED.url, "--at", "2026-12-31", "--html")
