"""`press-archive search`: the same as the site's search, in a terminal and for programs."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.root import open_database
from archive.store import Store
from scraper.cli import main
from tests.archive_support import HOST, bare_article, file_articles, make_archive

ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202eevil"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_archive(tmp_path_factory.mktemp("search") / "archive")
    db = open_database(root, write=True)
    hostile = replace(
        bare_article("escapes", f"Kraken {ESCAPES}[bold]rises[/bold]"),
        dek=f"dek {ESCAPES}",
        body_text=f"A kraken {ESCAPES} rose.",
        section=f"Sea {ESCAPES}",
    )
    file_articles(Store(db, {HOST}), [hostile], "2026-03-05T04:00:00+00:00", first=900)
    db.close()
    return root


def run(root: Path, *words: str, status: int = 0) -> str:
    result = CliRunner().invoke(main, ["search", "--root", str(root), *words])
    assert result.exit_code == status, result.output
    return result.output


def found(root: Path, *words: str) -> list[str]:
    return [article["headline"] for article in json.loads(run(root, "--json", *words))["articles"]]


@pytest.mark.parametrize(
    ("words", "headlines"),
    [
        (["zeppelin"], ["The zeppelin ledger", "In passing"]),
        (["zeppelin", "--sort", "date"], ["In passing", "The zeppelin ledger"]),
        (["zeppelin", "--limit", "1"], ["The zeppelin ledger"]),
        (["zeppelin", "NOT", "ledger"], ["In passing"]),
        (['"nobody did" ('], ["In passing"]),
        (["author:pena", "truce"], ["A truce holds, signed"]),
        (["", "--outlet", "courier.example"], ["A truce holds, signed"]),
        (["matter", "--author", "ines-farrow", "--year", "2025"], ["Matter 5: what became of the desert"]),
        (["http://www.review.example/old/truce?utm_source=x"], ["A truce holds, signed"]),
    ],
)
def test_it_finds_what_the_site_finds(root: Path, words: list[str], headlines: list[str]) -> None:
    assert found(root, *words) == headlines


def test_json_says_how_much_there_is(root: Path) -> None:
    said = json.loads(run(root, "--json", "matter", "--section", "Asia", "--limit", "2"))
    assert (len(said["articles"]), said["hits_are_exact"], said["filters"]) == (2, True, {"section": "Asia"})
    assert said["hits"] > 2
    assert {"id", "url", "headline", "snippet", "authors", "published_at"} <= said["articles"][0].keys()


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_nothing_in_an_article_can_steer_a_terminal(root: Path, form: list[str]) -> None:
    printed = run(root, *form, "kraken")
    assert "rises" in printed
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", printed)
    assert "[bold]rises[/bold]" in printed


def test_marks_are_colours_in_a_terminal_and_nothing_in_a_pipe(root: Path) -> None:
    assert "\x1b" not in run(root, "zeppelin")
    shown = on_a_terminal(root, "zeppelin")
    assert re.search(r"\x1b\[[\d;]*mzeppelin\x1b\[0m", shown)
    assert "2 of 2 articles" in shown
    assert "\x1b[2J" not in on_a_terminal(root, "kraken")


def on_a_terminal(root: Path, *words: str) -> str:
    outer, inner = pty.openpty()
    command = [sys.executable, "-m", "scraper.cli", "search", "--root", str(root), *words]
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    subprocess.run(command, stdout=inner, stderr=inner, check=True, env=environment | {"TERM": "xterm"}, timeout=60)
    os.close(inner)
    shown = b""
    try:
        while piece := os.read(outer, 65536):
            shown += piece
    except OSError:
        pass  # Linux says with an error that the other end of a terminal is closed.
    os.close(outer)
    return shown.decode()


def test_what_cannot_be_searched_is_one_sentence(root: Path) -> None:
    assert "holds no word" in run(root, "***", status=2)
    assert "nothing found" in run(root, "nothingatall")
    assert "Examples:" in run(root, "--help")
