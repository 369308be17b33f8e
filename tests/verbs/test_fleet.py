"""The verb `fleet`: wrong usage is one sentence; with Ray, publications are crawled at once and the report adds up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from archive.lease import lease_of
from scraper.fleet_work import holdings
from tests.command import one_sentence, press_archive

needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="needs Ray: pip install press-archive[fleet]")
TWO = '[[publication]]\nprofile = "sample"\nroot = "one"\n[[publication]]\nprofile = "sample"\nroot = "two"\n'


def fleet_of(folder: Path, text: str = TWO) -> Path:
    (folder / "fleet.toml").write_text(text, "utf-8")
    return folder / "fleet.toml"


def test_a_bad_key_is_named(tmp_path: Path) -> None:
    done = press_archive("fleet", fleet_of(tmp_path, "[[publication]]\nprofil = 'sample'"))
    assert done.returncode == 2
    assert "'profil'" in one_sentence(done.stderr, done.stdout)


def test_workers_are_for_this_machine(tmp_path: Path) -> None:
    done = press_archive("fleet", fleet_of(tmp_path), "--workers", "2", "--address", "127.0.0.1:1")
    assert done.returncode == 2
    assert "--workers is for this machine" in one_sentence(done.stderr, done.stdout)


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed")
def test_without_ray_it_says_how_to_get_it(tmp_path: Path) -> None:
    done = press_archive("fleet", fleet_of(tmp_path))
    assert done.returncode == 2
    assert "pip install press-archive[fleet]" in one_sentence(done.stderr, done.stdout)


@needs_ray
def test_publications_are_crawled_at_once_and_the_report_adds_up(tmp_path: Path) -> None:
    done = press_archive("fleet", fleet_of(tmp_path), "--workers", "2", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == report["exit_status"] == 0
    assert [Path(row["root"]).name for row in report["publications"]] == ["one", "two"]
    said = {"publications": 2, "attempts": 2, "articles_before": 0, "articles_after": 90, "done": 2}
    assert report["totals"] == said
    again = press_archive("fleet", fleet_of(tmp_path, TWO.replace('"two"', '"two"\nverb = "rebuild"')))
    assert again.returncode == 0
    assert "2 publications; 90 articles before, 90 now." in again.stdout


@needs_ray
@pytest.mark.parametrize(("sent", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_stops_every_crawl_cleanly(tmp_path: Path, sent: signal.Signals, status: int) -> None:
    file = fleet_of(tmp_path, TWO.replace('"two"', '"two"\ndelay = 0.5').replace('"one"', '"one"\ndelay = 0.5'))
    words = [sys.executable, "-m", "scraper.cli", "fleet", str(file), "--workers", "2", "--json"]
    run = subprocess.Popen(words, stdout=subprocess.PIPE, process_group=0)
    while not all((tmp_path / name / "archive.db").exists() for name in ("one", "two")):
        assert run.poll() is None
        time.sleep(0.05)
    (os.killpg if sent == signal.SIGINT else os.kill)(run.pid, sent)
    out = run.communicate(timeout=30)[0]
    assert run.returncode == status
    assert [row["ended"] for row in json.loads(out)["publications"]] == ["interrupted"] * 2
    left = [path.name for path in tmp_path.rglob("*") if path.name.startswith((".one", ".two", "archive.lock.owner"))]
    assert left == []


@needs_ray
@pytest.mark.parametrize(("retries", "ended", "attempts"), [("1", "done", 2), ("0", "failed", 1)])
def test_the_report_is_json_alone_when_a_worker_is_killed(
    tmp_path: Path, retries: str, ended: str, attempts: int
) -> None:
    file = fleet_of(tmp_path, 'lease = 1\n[[publication]]\nprofile = "sample"\nroot = "one"\ndelay = 0.1\n')
    words = [sys.executable, "-m", "scraper.cli", "fleet", str(file), "--retries", retries, "--json"]
    run = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not holdings(tmp_path / "one").get("articles"):
        assert run.poll() is None
        time.sleep(0.05)
    os.kill(json.loads(lease_of(tmp_path / "one").read_text("utf-8"))["pid"], signal.SIGKILL)
    (row,) = json.loads(run.communicate(timeout=60)[0])["publications"]
    assert (row["ended"], row["attempts"]) == (ended, attempts)
    held = sum(row["after"][state] for state in ("stored", "pending", "excluded", "failed", "gone"))
    assert held == row["after"]["announced"]
