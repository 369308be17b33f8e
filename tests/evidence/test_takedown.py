"""A withdrawn article is gone from the database for good, and on demand from the WARC files."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from archive.history import Answered, read_history
from archive.urls import stable_id
from archive.warc import PURGED
from scraper.sample.server import SampleServer
from tests.command import one_sentence, press_archive, press_archive_here
from tests.contents import contents_of
from tests.nights import MOVED_AND_EDITED, NEW_ADDRESSES, Archive, crawl_night

CANARY = MOVED_AND_EDITED.body_text.split("\n")[1]


def withdraw(archive: Archive, *words: str) -> None:
    result = press_archive_here("takedown", NEW_ADDRESSES[1], "--reason", "a letter", "--root", archive.root, *words)
    assert result.exit_code == 0, result.stderr


def bytes_of_database(archive: Archive) -> bytes:
    return b"".join(path.read_bytes() for path in archive.root.glob("archive.db*"))


def test_no_byte_of_its_text_stays_in_the_database(copy: Archive) -> None:
    assert CANARY.encode() in bytes_of_database(copy)
    withdraw(copy)
    held = bytes_of_database(copy)
    assert CANARY.encode() not in held
    assert MOVED_AND_EDITED.headline.encode() not in held
    (decision,) = map(json.loads, (copy.root / "decisions.jsonl").read_text().splitlines())
    assert decision["why"] == "a letter" and decision["at"]
    article_id = stable_id(MOVED_AND_EDITED.url)
    assert copy.rows("SELECT status, dek FROM articles WHERE id = ?", article_id) == [("withdrawn", None)]
    assert copy.rows("SELECT count(*) FROM revisions WHERE article_id = ?", article_id) == [(0,)]
    assert press_archive_here("verify", copy.root).exit_code == 0


@pytest.mark.parametrize("words", [(), ("--purge",)], ids=["kept", "purged"])
def test_neither_a_crawl_nor_a_rebuild_brings_it_back(copy: Archive, words: tuple[str, ...]) -> None:
    withdraw(copy, *words)
    with SampleServer(articles=(MOVED_AND_EDITED,)) as server:
        server.move(MOVED_AND_EDITED.path, "/moved-once-more/")
        crawl_night(copy.root, server, 9)
        assert not {request.path for request in server.requests} & {MOVED_AND_EDITED.path, NEW_ADDRESSES[1]}
    assert copy.rows("SELECT headline FROM articles WHERE status != 'withdrawn' AND headline = ?", CANARY) == []
    assert CANARY.encode() not in bytes_of_database(copy)
    before = contents_of(copy.root)
    assert press_archive_here("rebuild", "--root", copy.root).exit_code == 0
    assert contents_of(copy.root) == before
    assert CANARY.encode() not in bytes_of_database(copy)


def test_a_purge_blanks_its_records_and_leaves_valid_files(copy: Archive) -> None:
    sizes = {path.name: path.stat().st_size for path in copy.warcs}
    withdraw(copy, "--purge")
    assert {path.name: path.stat().st_size for path in copy.warcs} == sizes
    answers = [each for each in read_history(copy.root) if isinstance(each, Answered)]
    purged = [each for each in answers if each.record.header(PURGED)]
    assert len(purged) >= 3
    first_words = CANARY.split(". ")[0].encode()
    about_it = [each for each in answers if "source" not in each.known and first_words in each.record.block]
    assert about_it == []
    check = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", *map(str, copy.warcs)], capture_output=True, check=False
    )
    assert check.returncode == 0, check.stdout
    assert press_archive_here("verify", copy.root).exit_code == 0


def test_a_takedown_that_was_killed_is_finished_by_the_next_run(copy: Archive) -> None:
    killed = press_archive(
        *("takedown", MOVED_AND_EDITED.url, "--reason", "a letter", "--root", str(copy.root)),
        PRESS_ARCHIVE_CRASH_AT="decided:1",
    )
    assert killed.returncode < 0
    with SampleServer(articles=(MOVED_AND_EDITED,)) as server:
        crawl_night(copy.root, server, 9)
    assert copy.rows("SELECT status FROM articles WHERE id = ?", stable_id(MOVED_AND_EDITED.url)) == [("withdrawn",)]


def test_what_is_not_there_cannot_be_withdrawn(nights: Archive) -> None:
    result = press_archive_here("takedown", "moved-onee", "--reason", "x", "--root", nights.root)
    assert result.exit_code == 2
    assert "there is no article" in one_sentence(result.stderr, result.stdout)
    assert not (nights.root / "decisions.jsonl").exists()
