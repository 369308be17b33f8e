"""The database is a function of WARC files and profile: made anew, it is the same."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from archive.root import locked
from tests.command import one_sentence, press_archive, press_archive_forked, press_archive_here
from tests.contents import contents_of
from tests.evidence.test_nights import ARTICLES
from tests.nights import GONE, Archive


def lose_database(archive: Archive) -> None:
    for part in archive.root.glob("archive.db*"):
        part.unlink()


def test_rebuilding_without_a_database_gives_the_one_that_the_crawls_gave(nights: Archive, copy: Archive) -> None:
    lose_database(copy)
    result = press_archive("rebuild", "--root", copy.root)
    assert result.returncode == 0, result.stderr
    assert contents_of(copy.root) == contents_of(nights.root)
    with closing(sqlite3.connect(copy.root / "archive.db")) as connection:
        connection.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert sorted(path.name for path in copy.root.iterdir() if not path.name.startswith("archive.db-")) == [
        "archive.db",
        "archive.lock",
        "warc",
    ]


def test_a_dry_run_of_the_same_archive_says_that_nothing_differs(copy: Archive) -> None:
    before = (copy.root / "archive.db").read_bytes()
    result = press_archive_here("rebuild", "--root", copy.root, "--dry-run", "--json")
    said = json.loads(result.stdout)
    assert (result.exit_code, said["same"], said["swapped"]) == (0, True, False)
    assert (copy.root / "archive.db").read_bytes() == before


def test_what_would_be_read_otherwise_is_told_with_examples_and_then_put_right(copy: Archive) -> None:
    with closing(sqlite3.connect(copy.root / "archive.db", isolation_level=None)) as connection:
        (url,) = connection.execute("SELECT url FROM articles ORDER BY id LIMIT 1").fetchone()
        connection.execute("UPDATE articles SET byline = 'By nobody' WHERE url = ?", [url])
    said = json.loads(press_archive_here("rebuild", "--root", copy.root, "--dry-run", "--json").stdout)
    assert said["differs"]["changed"]["byline"] == 1
    assert said["differs"]["examples"]["byline"][0]["before"] == "By nobody"
    assert said["differs"]["examples"]["byline"][0]["url"] == url
    assert press_archive_here("rebuild", "--root", copy.root).exit_code == 0
    assert copy.rows("SELECT count(*) FROM articles WHERE byline = 'By nobody'") == [(0,)]
    assert copy.rows("SELECT count(*) FROM crawls") == [(4,)], "the log is taken over"


@pytest.mark.parametrize("stage", ["filed", "committed", "drafted", "swapped"])
def test_a_killed_rebuild_does_no_harm(nights: Archive, copy: Archive, stage: str) -> None:
    killed = press_archive_forked("rebuild", "--root", copy.root, PRESS_ARCHIVE_CRASH_AT=f"{stage}:1")
    assert killed.returncode == -signal.SIGKILL
    assert contents_of(copy.root) == contents_of(nights.root)
    assert press_archive_here("rebuild", "--root", copy.root).exit_code == 0
    assert contents_of(copy.root) == contents_of(nights.root)


def test_a_reader_sees_the_old_database_or_the_new_one(copy: Archive) -> None:
    with closing(sqlite3.connect(copy.root / "archive.db")) as reader:
        reader.execute("BEGIN")
        before = reader.execute("SELECT count(*) FROM articles").fetchone()
        assert press_archive_here("rebuild", "--root", copy.root).exit_code == 0
        assert reader.execute("SELECT count(*) FROM articles").fetchone() == before


def test_a_damaged_record_costs_that_record_only(copy: Archive) -> None:
    (row,) = copy.rows(
        "SELECT s.warc_file, s.warc_offset, s.warc_length FROM articles a JOIN snapshots s ON s.id = a.snapshot_id"
        " WHERE a.url = ?",
        GONE.url,
    )
    file, offset, length = row
    data = bytearray((copy.root / file).read_bytes())
    data[offset + length // 2] ^= 1
    (copy.root / file).write_bytes(data)
    lose_database(copy)
    result = press_archive_here("rebuild", "--root", copy.root)
    assert result.exit_code == 3
    assert f"{file} at {offset}" in result.stdout
    assert (GONE.url,) not in copy.rows("SELECT url FROM articles")
    assert copy.rows("SELECT count(*) FROM articles") == [(len(ARTICLES) - 1,)]


def test_a_rebuild_does_not_disturb_a_crawl(copy: Archive) -> None:
    with locked(copy.root):
        result = press_archive_here("rebuild", "--root", copy.root)
    assert result.exit_code == 75
    assert "in use by another run" in one_sentence(result.stderr, result.stdout)


def test_processes_read_in_parallel_and_give_the_same(nights: Archive, copy: Archive) -> None:
    lose_database(copy)
    command = [sys.executable, "-m", "scraper.cli", "rebuild", "--root", str(copy.root), "--processes", "1"]
    assert subprocess.run(command, capture_output=True, check=False, env=os.environ).returncode == 0
    assert contents_of(copy.root) == contents_of(nights.root)
