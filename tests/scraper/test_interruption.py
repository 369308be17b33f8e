"""Signals, sent to real processes: the work cleans up, and the status is what a shell expects."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.history import NOT_BEFORE, Noted, read_history
from archive.warc import WarcWriter
from scraper import gate
from scraper.failures import NotNow
from scraper.interruption import GRACE

WORK = """
import asyncio, sys
from scraper import interruption

async def sleep():
    try:
        print("asleep", flush=True)
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0.2)
        print("cleaned up", flush=True)

try:
    with interruption.interruptible():
        interruption.run(sleep())
except interruption.Interrupted as error:
    sys.exit(error.status)
"""


@pytest.mark.parametrize(
    ("numbers", "status"),
    [([signal.SIGTERM], 143), ([signal.SIGINT, signal.SIGINT], 130), ([signal.SIGHUP], 129)],
    ids=["SIGTERM", "Ctrl-C twice", "SIGHUP"],
)
def test_a_signal_lets_the_work_clean_up(numbers: list[signal.Signals], status: int) -> None:
    with subprocess.Popen([sys.executable, "-c", WORK], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"asleep\n"
        began = time.monotonic()
        for number in numbers:
            process.send_signal(number)
            time.sleep(0.05)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (status, b"cleaned up\n", b"")
    assert time.monotonic() - began < GRACE


def test_an_ignored_signal_stays_ignored() -> None:
    """As under nohup(1)."""
    ignoring = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)" + WORK
    with subprocess.Popen([sys.executable, "-c", ignoring], stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"asleep\n"
        process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        assert process.poll() is None
        process.kill()


def test_a_run_that_is_ended_waits_for_answers_only_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "LAST_WAIT", 0.05)

    async def asked() -> None:
        held = gate.Gate(lambda site: 0.0, 1)
        asyncio.get_running_loop().call_later(0.05, held.stop)
        with pytest.raises(NotNow):
            async with held.answer_within(30):
                await asyncio.sleep(20)

    began = time.monotonic()
    asyncio.run(asked())
    assert time.monotonic() - began < 10


def test_what_a_clock_set_back_dates_earlier_comes_after_what_was_there(tmp_path: Path) -> None:
    for day, about in ((9, {}), (3, {NOT_BEFORE: "2026-05-09T00:00:01+00:00"}), (10, {})):
        writer = WarcWriter(tmp_path, "order", about)
        at = datetime(2026, 5, day, tzinfo=UTC)
        writer.note(f"https://a.example/{day}", at, {"outcome": "failed"})
        writer.finish()
    order = [each.url for each in read_history(tmp_path) if isinstance(each, Noted)]
    assert order == [f"https://a.example/{day}" for day in (9, 3, 10)]
