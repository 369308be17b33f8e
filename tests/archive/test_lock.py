"""One run per archive: who holds it is said, the dead are succeeded, those on other machines are not."""

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
from click.testing import CliRunner

from archive.errors import ArchiveBusy
from archive.lock import OWNER, holder
from archive.root import locked
from scraper.cli import main
from tests.archive_support import make_archive
from tests.command import one_sentence

HOLD = (
    "import sys; from pathlib import Path; from archive.root import locked\n"
    "with locked(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
)
WRITING = (
    ("crawl", "sample"),
    ("rebuild",),
    ("import", __file__, "--publication", "sample"),
    ("takedown", "2026/02/a-truce-holds", "--reason", "x"),
)
READING = (
    ("show", "2026/02/a-truce-holds"),
    ("export", "csv", "--output", "list.csv"),
    ("release", "corpus"),
    ("publish", "public"),
)


@contextmanager
def another_run(root: Path) -> Iterator[subprocess.Popen[str]]:
    """Hold the lock in another process."""
    words = [sys.executable, "-c", HOLD, str(root)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout and run.stdout.readline() == "held\n"
        yield run
        run.kill()


def leave(root: Path, **said: object) -> dict[str, object]:
    """Write an owner's file as a run on this machine leaves it that died just now, but for what is `said`."""
    with locked(root):
        mine = json.loads((root / OWNER).read_text(encoding="utf-8"))
    (root / OWNER).write_text(json.dumps(mine | said), encoding="utf-8")
    return mine


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give an archive's folder; what is in it does not matter here."""
    (tmp_path / "archive.db").touch()
    return tmp_path


def test_who_is_turned_away_learns_who_holds_it_since_when_and_where(root: Path) -> None:
    with another_run(root) as run:
        owner = holder(root)
        assert owner and owner.pid == run.pid
        with pytest.raises(ArchiveBusy) as busy, locked(root):
            pass
    assert busy.value.exit_status == 75
    for said in (f"process {run.pid}", socket.gethostname(), owner.since, owner.command, "for 0:00:0"):
        assert said in str(busy.value)


def test_a_killed_runs_lock_is_taken_over_and_said(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    with another_run(root) as run:
        run.kill()
        run.wait()
        with locked(root):
            owner = holder(root)
    assert owner and owner.pid == os.getpid()
    assert f"process {run.pid}" in caplog.text and "taken over" in caplog.text
    assert not (root / OWNER).exists()


def test_after_a_reboot_the_number_of_a_living_process_stops_nobody(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    leave(root, pid=os.getppid(), machine="the boot before", began=1.0)
    with locked(root):
        pass
    assert f"process {os.getppid()}" in caplog.text


def test_a_containers_run_is_of_this_machine(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    leave(root, host="0c1d2e3f", pid=7)
    with locked(root):
        pass
    assert "0c1d2e3f" in caplog.text


@pytest.mark.parametrize(
    "said",
    [
        {"host": "elsewhere", "machine": "another kernel", "began": 1.0},
        # A machine of the same name, where the run began after this one was started: no earlier boot of ours.
        {"machine": "another kernel", "began": time.time()},
    ],
)
def test_another_machines_lock_is_told_and_never_taken_over(root: Path, said: dict[str, object]) -> None:
    leave(root, **said)
    before = (root / OWNER).read_bytes()
    with pytest.raises(ArchiveBusy, match=f"another machine.*delete {root / OWNER}") as busy, locked(root):
        pass
    assert str(said.get("host", socket.gethostname())) in str(busy.value)
    assert (root / OWNER).read_bytes() == before
    (root / OWNER).unlink()
    with locked(root):
        pass


def test_an_owners_file_that_cannot_be_read(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    for content in ("", "[]", '{"pid": 1}'):
        (root / OWNER).write_text(content, encoding="utf-8")
        with locked(root):
            pass
        assert "cannot be read" in caplog.text
        caplog.clear()


def test_writing_verbs_are_turned_away_at_once_and_reading_ones_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_archive(tmp_path / "held")
    (root / "warc").mkdir()
    (root / "warc" / "none.warc.gz").touch()
    monkeypatch.chdir(tmp_path)
    with another_run(root) as run:
        for words in WRITING:
            began = time.monotonic()
            result = CliRunner().invoke(main, [*words, "--root", str(root)])
            assert result.exit_code == 75, (words, result.output)
            assert f"process {run.pid}" in one_sentence(result.stderr, result.stdout)
            assert time.monotonic() - began < 3
        for words in READING:
            result = CliRunner().invoke(main, [*words, "--root", str(root)])
            assert result.exit_code == 0, (words, result.output)
