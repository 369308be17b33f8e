"""A lease on an archive: one holder at a time, the dead are succeeded after their term, the living never."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.errors import ArchiveBusy
from archive.lease import lease_of, leased
from archive.lock import OWNER
from archive.root import locked

TERM = 0.6
HOLD = f"""
import sys; from pathlib import Path; from archive.lease import leased
with leased(Path(sys.argv[1]), {TERM}) as lease:
    lease.tell(work=7, said="go on at 8"); print("held", flush=True); sys.stdin.read()
"""
TURNS = f"""
import os, sys, time; from pathlib import Path; from archive.errors import ArchiveBusy; from archive.lease import leased
while True:
    try:
        with leased(Path(sys.argv[1]), {TERM}) as lease, open(sys.argv[2], "a") as log:
            print("in", os.getpid(), file=log, flush=True); time.sleep(0.05)
            print("out", os.getpid(), file=log, flush=True)
        break
    except ArchiveBusy: pass
"""


@contextmanager
def another_holder(root: Path) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-c", HOLD, str(root)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout and run.stdout.readline() == "held\n"
        yield run
        run.kill()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "archives" / "paper"


def test_a_lease_is_beside_the_root_and_gone_when_it_is_given_back(root: Path) -> None:
    with leased(root, TERM) as lease:
        said = json.loads((root.parent / ".paper.lease").read_text("utf-8"))
        assert (said["host"], said["pid"]) == (socket.gethostname(), os.getpid())
        assert lease.before is None and not lease.is_lost
    assert list(root.parent.iterdir()) == []


def test_a_living_holder_keeps_it_for_many_terms(root: Path) -> None:
    with another_holder(root) as run:
        began = time.monotonic()
        for _ in range(2):
            with pytest.raises(ArchiveBusy, match=f"process {run.pid} on {socket.gethostname()}"), leased(root, TERM):
                pass
        assert time.monotonic() - began > 4 * TERM


def test_a_killed_holders_lease_is_taken_over_after_its_term_with_what_it_said(root: Path) -> None:
    with another_holder(root) as run:
        run.kill()
        killed = time.monotonic()
        with leased(root, TERM) as lease:
            assert time.monotonic() - killed >= TERM
            assert lease.before and lease.before.pid == run.pid and lease.before.note == {"said": "go on at 8"}


def test_a_lease_that_is_left_runs_out(root: Path) -> None:
    with leased(root, TERM) as first:
        first.leave()
    left = time.monotonic()
    with leased(root, TERM) as lease:
        assert time.monotonic() - left >= TERM
        assert lease.before and lease.before.token == first.holder.token


def test_who_lost_its_lease_knows_and_does_not_give_back_anothers(root: Path) -> None:
    with leased(root, TERM) as lease:
        other = json.loads(lease_of(root).read_text("utf-8")) | {"token": "another's"}
        lease_of(root).write_text(json.dumps(other), "utf-8")
        time.sleep(TERM)
        assert lease.is_lost
        lease.tell(said="too late")
    assert json.loads(lease_of(root).read_text("utf-8")) == other


def test_who_cannot_renew_counts_its_lease_as_lost_before_others_take_it(root: Path) -> None:
    with leased(root, TERM) as lease:
        root.parent.rename(root.parent.with_name("away"))
        began = time.monotonic()
        while not lease.is_lost:
            time.sleep(0.01)
        assert time.monotonic() - began < TERM
        root.parent.with_name("away").rename(root.parent)


@pytest.mark.parametrize("content", ["{", "[]", '{"of": "another release"}'])
def test_a_lease_that_cannot_be_read_runs_out(root: Path, content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root.parent.mkdir()
    lease_of(root).write_text(content, "utf-8")
    monkeypatch.setattr("archive.lease.Holder.__init__.__defaults__", ("", "", 0, TERM, "", 0, 0, {}), raising=True)
    began = time.monotonic()
    with leased(root, TERM):
        assert time.monotonic() - began >= TERM


@pytest.mark.parametrize(("work", "is_free"), [(7, True), (8, False)])
def test_a_dead_machines_lock_goes_with_its_lease_and_no_other(root: Path, work: int, is_free: bool) -> None:
    root.mkdir(parents=True)
    (root / "archive.db").touch()
    with leased(root, TERM) as lease:
        lease.tell(work=7)
        lease.leave()
        holder = json.loads(lease_of(root).read_text("utf-8"))
    lease_of(root).write_text(json.dumps(holder | {"host": "elsewhere"}), "utf-8")
    with locked(root):
        owner = json.loads((root / OWNER).read_text("utf-8"))
    elsewhere = {"host": "elsewhere", "machine": "another kernel", "pid": work}
    (root / OWNER).write_text(json.dumps(owner | elsewhere), "utf-8")
    with leased(root, TERM):
        if is_free:
            with locked(root):
                pass
        else:
            with pytest.raises(ArchiveBusy, match="another machine"), locked(root):
                pass


def test_of_many_that_wait_for_a_dead_holder_one_holds_it_at_a_time(root: Path, tmp_path: Path) -> None:
    with leased(root, TERM) as lease:
        lease.leave()
    log = tmp_path / "log"
    runs = [subprocess.Popen([sys.executable, "-c", TURNS, str(root), str(log)]) for _ in range(4)]
    assert [run.wait(30) for run in runs] == [0] * 4
    lines = log.read_text().splitlines()
    pairs = list(zip(lines[::2], lines[1::2], strict=True))
    assert {first.replace("in", "out") for first, _ in pairs} == {second for _, second in pairs}
    assert all(first.replace("in", "out") == second for first, second in pairs)
