"""One task of a fleet, without Ray: what was killed is gone on with, and no run outlives its worker or its lease."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.lease import lease_of
from scraper.fleet import Task, row_of
from scraper.fleet_work import Unfinished, carry_out
from tests.archive_support import make_archive

TERM = 2.0
WORK = f"""
import sys; from pathlib import Path; from scraper.fleet import Task; from scraper.fleet_work import carry_out
carry_out(Task("sample", Path(sys.argv[1]), delay=0.2, lease={TERM}), "a fleet")
"""


def run_of(root: Path) -> int:
    """Wait until a run has its archive's database; return its process."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        if (root / "archive.db").exists() and (work := json.loads(lease_of(root).read_text("utf-8"))["work"]):
            return int(work)
        time.sleep(0.02)
    raise AssertionError("no run began")


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def while_running(root: Path, do: Callable[[int], object]) -> threading.Thread:
    thread = threading.Thread(target=lambda: do(run_of(root)))
    thread.start()
    return thread


def test_a_killed_run_rests_for_a_term_and_the_next_goes_on(tmp_path: Path) -> None:
    task = Task("sample", tmp_path / "paper", lease=TERM)
    thread = while_running(task.root, lambda pid: os.kill(pid, signal.SIGKILL))
    with pytest.raises(Unfinished):
        carry_out(task, "a fleet")
    thread.join()
    ended = time.monotonic()
    row = carry_out(task, "a fleet")
    assert time.monotonic() - ended >= TERM
    assert (row.ended, row.attempts, row.before) == ("done", 2, {})
    states = ("stored", "pending", "excluded", "failed", "gone")
    assert row.after["articles"] == row.gained == 45
    assert sum(row.after[state] for state in states) == row.after["announced"]
    assert not lease_of(task.root).exists()


def test_a_run_dies_with_its_worker(tmp_path: Path) -> None:
    root = tmp_path / "paper"
    worker = subprocess.Popen([sys.executable, "-c", WORK, str(root)])
    run = run_of(root)
    assert is_alive(run)
    worker.kill()
    worker.wait()
    ends = time.monotonic() + 2
    while is_alive(run) and time.monotonic() < ends:
        time.sleep(0.01)
    assert not is_alive(run)


def test_a_worker_that_is_told_to_end_stops_its_run_cleanly(tmp_path: Path) -> None:
    root = tmp_path / "paper"
    code = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))\n" + WORK
    worker = subprocess.Popen([sys.executable, "-c", code, str(root)])
    run = run_of(root)
    worker.terminate()
    assert worker.wait(12) == 9
    assert not is_alive(run) and not lease_of(root).exists()
    assert not list((root / "warc").glob("*.open"))


def test_a_run_that_lost_its_lease_is_killed(tmp_path: Path) -> None:
    task = Task("sample", tmp_path / "paper", delay=0.2, lease=TERM)
    runs: list[int] = []

    def steal(pid: int) -> None:
        runs.append(pid)
        said = json.loads(lease_of(task.root).read_text("utf-8"))
        lease_of(task.root).write_text(json.dumps(said | {"token": "another's"}), "utf-8")

    thread = while_running(task.root, steal)
    with pytest.raises(Unfinished, match="lost its lease"):
        carry_out(task, "a fleet")
    thread.join()
    assert not is_alive(runs[0])
    assert json.loads(lease_of(task.root).read_text("utf-8"))["token"] == "another's"


def test_a_row_that_its_worker_could_not_hand_over_is_found(tmp_path: Path) -> None:
    task = Task("sample", tmp_path / "paper", lease=0.5)
    row = row_of(task, "done", attempts=3, after={"articles": 9})
    holder = {"token": "dead", "term": 0.5, "note": {"fleet": "a fleet", "row": {**vars_of(row)}}}
    lease_of(task.root).write_text(json.dumps(holder), "utf-8")
    assert carry_out(task, "a fleet") == row
    assert not task.root.exists()


def vars_of(row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__slots__}  # type: ignore[attr-defined]


def test_an_error_is_told_in_its_own_words_and_not_tried_again(tmp_path: Path) -> None:
    (tmp_path / "paper").write_text("a file", "utf-8")
    row = carry_out(Task("sample", tmp_path / "paper", verb="rebuild"), "a fleet")
    assert (row.ended, row.attempts) == ("failed", 1)
    assert row.why.endswith("--root takes the folder that holds archive.db")


def test_what_is_not_due_is_left_alone(tmp_path: Path) -> None:
    root = make_archive(tmp_path / "paper")
    from sqlite_utils import Database

    from archive import clock

    began = clock.now()
    with Database(root / "archive.db").conn as connection:
        connection.execute(
            "INSERT INTO crawls (mode, started_at, ended_at, exit_status) VALUES ('nightly', ?, ?, 0)",
            [clock.stamp(began)] * 2,
        )
    connection.close()
    row = carry_out(Task("sample", root, at=began.astimezone().time()), "a fleet")
    assert (row.ended, row.attempts, row.gained) == ("not due", 0, 0)
    assert row.after["articles"] > 0
