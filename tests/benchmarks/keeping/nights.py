"""Nights of the sample publication, stopped by real signals in each stage. Must not stop them by any other means."""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import signal
import subprocess
import sys
import termios
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from archive.root import DATABASE
from scraper.sample.server import SampleServer
from tests.command import press_archive

STAGES = ("crawl", "verify", "publish")
LIMIT = 10.0
CTRL_C = b"\x03"
_LATEST = {"crawl": 3.0, "verify": 1.0, "publish": 1.0}
"""Seconds from a stage's beginning, at most, to the signal."""
_TURN = 0.05


@dataclass
class Stopped:
    """How a night ended after its signal."""

    status: int
    seconds: float
    said: str


def stop_in_each_stage(folder: Path) -> bool:
    """Stop a night in each stage by each signal; print a row each; return whether all held."""
    held = True
    print(f"{'stage':<10}{'by':<14}{'status':>7}{'seconds':>9}  later stages  verify  next night")
    for stage in STAGES:
        for by in ("SIGTERM", "SIGINT", "Ctrl-C"):
            root = folder / f"{stage}-{by}"
            with SampleServer() as server:
                words = _words(root, server.base_url)
                server.requests.clear()
                stopped = _stopped(root, words, stage, by)
                asked = Counter(request.path for request in server.requests)
                twice = [path for path in server.site.by_path if asked[path] > 1]
                later = [name for name in STAGES[STAGES.index(stage) + 1 :] if f"{name} …" in stopped.said]
                whole = press_archive("verify", "--root", root / "archive").returncode
                again = press_archive(*words).returncode
            wanted = 143 if by == "SIGTERM" else 130
            good = stopped.status == wanted and stopped.seconds < LIMIT and not later and not whole and not again
            good = good and "Traceback" not in stopped.said and not twice
            print(
                f"{stage:<10}{by:<14}{stopped.status:>7}{stopped.seconds:>9.1f}  {', '.join(later) or 'none':<12}"
                f"  {whole:<6}  {again}{'' if good else '   MISSED'}",
                flush=True,
            )
            if not good:
                print(stopped.said[-500:])
            held = held and good
    return held


def _words(root: Path, base_url: str) -> list[str]:
    words = ["night", "sample", "--root", str(root / "archive"), "--publish", str(root / "public")]
    return [*words, "--", "--base-url", base_url, "--delay", "0.05"]


def _stopped(root: Path, words: list[str], stage: str, by: str) -> Stopped:
    """Run a night at a terminal of its own, and stop it a moment after a stage began."""
    master, terminal = os.openpty()
    command = [sys.executable, "-m", "scraper.cli", *words]

    def own_terminal() -> None:
        # A shell has its background jobs ignore Ctrl-C, and what is ignored stays so.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    night = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, preexec_fn=own_terminal)
    os.close(terminal)
    said = _read_until(master, f"{stage} …")
    # Before the first answer there is no archive that could be looked at afterwards.
    while stage == "crawl" and not (root / "archive" / DATABASE).exists():
        time.sleep(_TURN)
    time.sleep(random.uniform(0, _LATEST[stage]))
    sent_at = time.monotonic()
    if by == "Ctrl-C":
        os.write(master, CTRL_C)
    else:
        night.send_signal(getattr(signal, by))
    said += _read_until(master, None)
    status = night.wait()
    os.close(master)
    return Stopped(status, time.monotonic() - sent_at, said)


def _read_until(master: int, words: str | None) -> str:
    """Read what the terminal shows until `words` appear, or until nobody has it open any more."""
    said = b""
    with contextlib.suppress(OSError):
        while chunk := os.read(master, 4096):
            said += chunk
            if words and words.encode() in said:
                break
    return said.decode(errors="replace")
