"""A night's chain: crawl, verify, publish, stopped by whoever says stop, and by signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click import Context

from archive.root import locked
from archive.warc import FOLDER
from scraper.cli import VERBS, main
from scraper.night import Plan
from scraper.sample.articles import load_articles
from scraper.sample.server import SampleServer
from tests.command import press_archive
from tests.nights import Archive

FEW = load_articles()[:4]


@contextmanager
def begun(*words: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Begin a night, and leave nothing of it behind."""
    command = [sys.executable, "-m", "scraper.cli", "night", "sample", *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as night:
        try:
            yield night
        finally:
            night.kill()


def stages_of(said: str) -> dict[str, int]:
    """Return which stages ran and how they ended."""
    return {stage["name"]: stage["status"] for stage in json.loads(said)["stages"]}


@pytest.mark.parametrize("name", ["crawl", "verify", "publish", "alert"])
def test_every_stage_is_a_verb_that_takes_its_words(tmp_path: Path, name: str) -> None:
    if name not in VERBS:
        pytest.skip(f"press-archive {name} is not in this release yet")
    plan = Plan("sample", tmp_path, tmp_path / "public", ("--contact", "me"), ("--text", "none"), alert=True)
    (words,) = [stage.words for stage in (*plan.stages(), plan.alarm("why")) if stage.name == name]
    verb = main.get_command(Context(main), words[0])
    assert verb is not None and verb.make_context(name, list(words[1:]))


def test_where_a_person_should_look_nothing_more_runs(tmp_path: Path) -> None:
    with SampleServer(articles=FEW) as server:
        # This profile's section pages are not all there on the sample's site.
        words = ("--root", tmp_path / "archive", "--publish", tmp_path / "public", "--quiet")
        crawl = ("--", "--base-url", server.base_url, "--limit", "1", "--delay", "0")
        result = press_archive("night", "responsible-statecraft", *words, *crawl)
    assert result.returncode == 3
    assert "Stopped after crawl: a person should look" in result.stderr and "Look: " in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "public").exists()


def test_a_busy_archive_ends_the_night(tmp_path: Path) -> None:
    (tmp_path / "archive.db").touch()
    with locked(tmp_path):
        result = press_archive("night", "sample", "--root", tmp_path, "--publish", tmp_path / "public", "--json")
    assert (result.returncode, stages_of(result.stdout)) == (75, {"crawl": 75})
    assert f"process {os.getpid()}" in result.stderr


def test_a_signal_ends_the_crawl_and_the_night(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    with SampleServer() as server:
        words = ("--root", root, "--publish", tmp_path / "public", "--json")
        with begun(*words, "--", "--base-url", server.base_url, "--delay", "0.2") as night:
            deadline = time.monotonic() + 60
            while not any((root / FOLDER).glob("*")) and time.monotonic() < deadline:
                time.sleep(0.05)
            night.terminate()
            sent_at = time.monotonic()
            said, told = night.communicate(timeout=20)
    assert time.monotonic() - sent_at < 10
    assert (night.returncode, stages_of(said)) == (143, {"crawl": 143})
    assert told == ""
    assert not (tmp_path / "public").exists()
    assert Archive(root).rows("SELECT ended_why FROM crawls") == [("interrupted",)]


def test_the_jitter_is_waited_for_and_can_be_interrupted(tmp_path: Path) -> None:
    with begun("--root", tmp_path / "archive", "--jitter", "720") as night:
        assert night.stderr and night.stderr.readline().startswith("waiting")
        night.send_signal(signal.SIGINT)
        said, told = night.communicate(timeout=10)
    assert (night.returncode, said) == (130, "")
    assert "Interrupted in the wait" in told
    assert not (tmp_path / "archive").exists()
