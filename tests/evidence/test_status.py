"""Status says how archives are and whether to look, to people, programs and Prometheus."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive import clock
from archive.prometheus import exposition
from archive.status import Status, status_of
from archive.troubles import Trouble
from tests.command import one_sentence, press_archive, press_archive_here
from tests.nights import Archive

MORNING = "2026-12-04T06:00:00+00:00"
ALARM = {"kind": "field", "name": "byline", "layout": "modern", "sentence": "byline is missing on 9 of 9 pages"}


def run_again(archive: Archive, started: str, alarms: list[Any] | None = None, **row: object) -> None:
    """Write the row of one more run, as the crawler does."""
    with closing(sqlite3.connect(archive.root / "archive.db")) as connection:
        values = {
            "mode": "nightly",
            "started_at": started,
            "ended_at": started,
            "ended_why": "finished",
            "exit_status": 3 if alarms else 0,
            "remarks": "[]",
            "alarms": None if alarms is None else json.dumps(alarms),
            **row,
        }
        marks = ", ".join(f":{name}" for name in values)
        connection.execute(f"INSERT INTO crawls ({', '.join(values)}) VALUES ({marks})", values)
        connection.commit()


def asked(archive: Archive, *words: str, now: str = MORNING) -> tuple[int, dict[str, Any]]:
    result = press_archive_here("status", "--root", archive.root, "--json", *words, PRESS_ARCHIVE_NOW=now)
    (record,) = json.loads(result.stdout)
    return result.exit_code, record


def kinds(archive: Archive, now: str = MORNING) -> list[str]:
    """List what is off, read in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRESS_ARCHIVE_NOW", now)
        return [trouble.kind for trouble in status_of(archive.root).troubles]


def test_it_counts_runs_due_addresses_coverage_and_disk(nights: Archive) -> None:
    status, record = asked(nights)
    assert (status, record["alarms"]) == (0, [])
    runs = nights.rows("SELECT started_at, new, changed, failed FROM crawls ORDER BY id DESC")
    assert [(run["started_at"], run["new"], run["changed"], run["failed"]) for run in record["runs"]] == runs
    for name, days in (("now", 0), ("day", 1), ("week", 7)):
        until = f"2026-12-{4 + days:02d}T06:00:00+00:00"
        due = nights.rows("SELECT count(*) FROM ledger WHERE state = 'stored' AND next_check_at <= ?", until)
        assert record["due"][name] == due[0][0], name
    assert record["due"]["week"] > 0
    assert record["coverage"]["announced"] == nights.rows("SELECT count(*) FROM ledger")[0][0]
    warcs = sum(path.stat().st_size for path in nights.warcs)
    assert record["disk"]["warc"] == warcs
    assert record["disk"]["database"] >= (nights.root / "archive.db").stat().st_size
    # Each run noted how large it left the archive: the last WARC bytes are all that are there now.
    sizes = [run["warc_bytes"] for run in reversed(record["runs"])]
    assert sizes[-1] == warcs
    assert record["disk"]["warc_growth"] == round((sizes[-1] - sizes[0]) / (len(sizes) - 1))
    assert record["disk"]["database_growth"] is not None


def test_people_see_a_table(nights: Archive) -> None:
    result = press_archive("status", "--root", nights.root, PRESS_ARCHIVE_NOW=MORNING)
    assert (result.returncode, result.stderr) == (0, "")
    for words in ("Meridian Review", "2026-12-04 04:00", "revised", "announced", "growth a run", "are due now"):
        assert words in result.stdout, words


def test_a_run_that_stays_away_is_off(copy: Archive) -> None:
    assert kinds(copy) == []
    assert kinds(copy, "2026-12-07T04:00:00+00:00") == ["stale"]
    status, record = asked(copy, "--max-age", "30", now="2026-12-07T04:00:00+00:00")
    assert (status, record["alarms"]) == (0, [])
    assert asked(copy, "--max-age", "2.9", now="2026-12-07T04:00:00+00:00")[0] == 3


def test_a_run_that_failed_or_was_killed_is_off_until_the_next(copy: Archive) -> None:
    run_again(copy, "2026-12-04T04:10:00+00:00", exit_status=1, ended_why="the site cannot be crawled now")
    assert kinds(copy) == ["failed"]
    run_again(copy, "2026-12-04T04:20:00+00:00", exit_status=143, ended_why="interrupted")
    assert kinds(copy) == []
    run_again(copy, "2026-12-04T04:30:00+00:00", ended_at=None, ended_why=None, exit_status=None)
    assert kinds(copy) == ["killed"]
    owner = {"pid": os.getpid(), "host": socket.gethostname(), "since": MORNING}
    (copy.root / "archive.lock.owner").write_text(json.dumps(owner), encoding="utf-8")
    assert kinds(copy) == []
    assert asked(copy)[1]["running_since"] == "2026-12-04T04:30:00+00:00"


def test_an_alarm_is_open_until_a_run_is_quiet_or_a_person_accepts_it(copy: Archive) -> None:
    run_again(copy, "2026-12-04T04:10:00+00:00", [ALARM])
    run_again(copy, "2026-12-04T04:20:00+00:00", [ALARM], remarks='["2 pages could not be read"]')
    # A run of bounds judges nothing, and says nothing against it.
    run_again(copy, "2026-12-04T04:30:00+00:00")
    status, record = asked(copy)
    assert status == 3
    assert [alarm["sentence"] for alarm in record["alarms"]] == [ALARM["sentence"]]
    status, record = asked(copy, "--accept", "--why", "redesigned")
    assert (status, record["alarms"]) == (0, [])
    (line,) = (copy.root / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    decision = json.loads(line)
    assert decision["normal"] == {"since": "2026-12-04T04:10:00+00:00", "until": "2026-12-04T04:30:00+00:00"}
    assert (decision["at"], decision["why"]) == (MORNING, "redesigned")
    assert asked(copy, "--accept")[0] == 0
    assert len((copy.root / "decisions.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    run_again(copy, "2026-12-04T04:40:00+00:00", [ALARM])
    assert kinds(copy) == ["field"]
    run_again(copy, "2026-12-04T04:50:00+00:00", [])
    assert kinds(copy) == []


def test_accepting_a_remark_leaves_earlier_runs_a_measure(copy: Archive) -> None:
    run_again(copy, "2026-12-04T04:10:00+00:00", [], remarks='["no feed announced any address"]', exit_status=3)
    assert kinds(copy) == ["remark"]
    assert asked(copy, "--accept")[0] == 0
    decision = json.loads((copy.root / "decisions.jsonl").read_text(encoding="utf-8"))
    assert decision["normal"]["since"] == "2026-12-01T04:00:00+00:00"


def test_all_archives_are_shown_and_one_that_cannot_be_read_says_so(
    copy: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "archives" / "broken").mkdir(parents=True)
    copy.root.rename(tmp_path / "archives" / "sample")
    (tmp_path / "archives" / "broken" / "archive.db").write_bytes(b"no database" * 99)
    monkeypatch.chdir(tmp_path)
    result = press_archive_here("status", "--json", PRESS_ARCHIVE_NOW=MORNING)
    assert result.exit_code == 1
    broken, whole = json.loads(result.stdout)
    assert "is damaged" in broken["error"]
    assert (whole["exit_status"], whole["publication"]) == (0, "Meridian Review")
    accepting = press_archive_here("status", "--accept")
    assert accepting.exit_code == 2
    assert "--root" in one_sentence(accepting.stderr, accepting.stdout)


def test_prometheus_gets_a_file_that_its_own_parser_reads(nights: Archive, tmp_path: Path) -> None:
    parser = pytest.importorskip("prometheus_client.parser", reason="pip install prometheus-client")
    target = tmp_path / "press_archive.prom"
    target.write_text("an earlier one\n", encoding="utf-8")
    result = press_archive_here("status", "--root", nights.root, "--prometheus", target, PRESS_ARCHIVE_NOW=MORNING)
    assert (result.exit_code, result.output) == (0, "")
    assert list(tmp_path.iterdir()) == [target]
    text = target.read_text(encoding="utf-8")
    families = {family.name: family for family in parser.text_string_to_metric_families(text)}
    assert all(family.documentation and family.type == "gauge" for family in families.values())
    states = {sample.labels["state"]: sample.value for sample in families["press_archive_addresses"].samples}
    assert states == {state: float(count) for state, count in _states(nights).items()}
    (healthy,) = families["press_archive_last_healthy_run_timestamp_seconds"].samples
    assert healthy.value == clock.parse("2026-12-04T04:00:00+00:00").timestamp()


def _states(archive: Archive) -> dict[str, int]:
    names = dict.fromkeys(("stored", "pending", "excluded", "failed", "gone"), 0)
    return names | dict(archive.rows("SELECT state, count(*) FROM ledger GROUP BY state"))


def test_labels_are_escaped(tmp_path: Path) -> None:
    parser = pytest.importorskip("prometheus_client.parser", reason="pip install prometheus-client")
    name = 'A "paper" \\ of\nrecord {x="y"} #'
    off = Status(tmp_path, name, error="unreadable", troubles=(Trouble("archive", "archive", "unreadable"),))
    families = list(parser.text_string_to_metric_families(exposition([off, Status(tmp_path / "b", "B")])))
    readable = next(family for family in families if family.name == "press_archive_readable")
    assert [(sample.labels["publication"], sample.value) for sample in readable.samples] == [(name, 0), ("B", 1)]
