"""A fleet's file is read or refused with one sentence; tasks are due by their time; the report adds up."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from archive.errors import UsageError
from scraper.fleet import Row, Task, exit_status, read_fleet, totals

WHOLE = """
contact = "you@example.org"
lease = 12.5
[[publication]]
profile = "responsible-statecraft"
mode = "backfill"
max_seconds = 3600
at = "02:30"
[[publication]]
profile = "quarterdeck"
root = "/srv/quarterdeck"
verb = "rebuild"
[[publication]]
profile = "sample"
verb = "import"
files = ["a.warc.gz", "warcs"]
base_url = "http://127.0.0.1:8000"
"""
ONE = '[[publication]]\nprofile = "sample"\n'


def read(folder: Path, text: str) -> tuple[Task, ...]:
    (folder / "fleet.toml").write_text(text, "utf-8")
    return read_fleet(folder / "fleet.toml")


def test_a_whole_file(tmp_path: Path) -> None:
    crawl, rebuild, adoption = read(tmp_path, WHOLE)
    root = str(tmp_path / "archives" / "responsible-statecraft")
    bounds = ("--mode", "backfill", "--max-seconds", "3600", "--contact", "you@example.org")
    assert crawl.words() == ("crawl", "responsible-statecraft", "--root", root, "--json", *bounds)
    assert (crawl.at, crawl.lease) == (time(2, 30), 12.5)
    assert rebuild.words() == ("rebuild", "--root", "/srv/quarterdeck", "--json", "--processes", "1")
    files = (str(tmp_path / "a.warc.gz"), str(tmp_path / "warcs"))
    assert adoption.words()[:5] == ("import", *files, "--publication", "sample")
    assert adoption.words()[-2:] == ("--base-url", "http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[publication", "cannot be read as TOML"),
        ("", "lists no publication"),
        ("publication = [1]", "lists no publication"),
        ("adress = 'x'\n" + ONE, "no key 'adress': write one of contact, lease, publication"),
        (ONE + "moed = 'nightly'", "publication 1: there is no key 'moed'"),
        ("lease = 0\n" + ONE, "lease is 0: write a number of more than 0"),
        ("lease = inf\n" + ONE, "lease is inf"),
        ("[[publication]]\nroot = 'x'", "profile is missing"),
        ("[[publication]]\nprofile = 'sampel'", "did you mean sample"),
        ("[[publication]]\nprofile = 3", "profile is 3: write a string"),
        (ONE + "verb = 'publish'", "verb is 'publish': write one of crawl, rebuild, import"),
        (ONE + "mode = 'fast'", "mode is 'fast': write one of nightly, backfill, recheck"),
        (ONE + "at = '25:00'", "at is '25:00': write a time of day like 02:30"),
        (ONE + "max_seconds = true", "max_seconds is True: write a number"),
        (ONE + "verb = 'import'", "files is missing"),
        (ONE + "verb = 'import'\nfiles = [1]", "files must hold strings only"),
        (ONE + "verb = 'rebuild'\nmode = 'recheck'", "mode is for verb 'crawl', not 'rebuild'"),
        (ONE + ONE, "is listed twice"),
        (ONE + "files = ['x']", "files is for verb 'import'"),
        (
            "[[publication]]\nprofile = 'quarterdeck'\n[[publication]]\nprofile = 'quarterdeck'\nroot = 'x'",
            "quarterdeck is to be crawled twice",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        read(tmp_path, text)
    assert said in str(error.value) and "\n" not in str(error.value) and "fleet.toml" in str(error.value)


def test_one_site_on_this_machine_may_have_several_archives(tmp_path: Path) -> None:
    assert len(read(tmp_path, ONE + "root = 'one'\n" + ONE + "root = 'two'\n")) == 2


@pytest.mark.parametrize(
    ("last", "is_due"),
    [("09-01 02:31", False), ("09-01 02:29", True), ("08-31 23:00", True), (None, True), ("09-01 08:00", False)],
)
def test_a_task_is_due_once_its_time_has_passed_since_the_last_run(last: str | None, is_due: bool) -> None:
    now = datetime.fromisoformat("2026-09-01 09:00").astimezone()
    began = datetime.fromisoformat(f"2026-{last}").astimezone() if last else None
    task = Task("sample", Path("x"), at=time(2, 30))
    assert task.is_due(began, now) is is_due
    assert Task("sample", Path("x")).is_due(began, now)
    early = now.replace(hour=1)
    assert task.is_due(early - timedelta(hours=20), early) is False
    assert task.is_due(early - timedelta(hours=23), early) is True


def row(ended: str, before: int = 0, after: int = 0) -> Row:
    return Row("sample", "x", "crawl", ended, attempts=2, before={"articles": before}, after={"articles": after})


def test_totals_are_the_sums_of_the_rows() -> None:
    assert totals([row("done", 3, 5), row("look", 1, 1), row("done", 0, 7)]) == {
        "publications": 3,
        "attempts": 6,
        "articles_before": 4,
        "articles_after": 13,
        "done": 2,
        "look": 1,
    }


@pytest.mark.parametrize(
    ("ended", "status"),
    [
        (["done", "not due"], 0),
        (["done", "look"], 3),
        (["look", "failed"], 1),
        (["busy", "done"], 1),
        (["interrupted"], 1),
    ],
)
def test_the_worst_row_is_the_exit_status(ended: list[str], status: int) -> None:
    assert exit_status(map(row, ended)) == status
