"""Kills Ray's workers and crawl processes of one fleet at random instants. Must not touch any other process."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

_DIES_WITHIN = 2.0
"""Seconds that a crawl has to be gone after its worker was killed."""


@dataclass
class Killer:
    """Kills a worker at work or a crawl, in turn at random, every `gap` seconds (from, to), `most` times.

    It ends at some time, since the last crawl would be the only one to kill, again and again before it could end.
    """

    fleet: int
    rng: random.Random
    gap: tuple[float, float]
    most: int
    killed: Counter[str] = field(default_factory=Counter)
    outlived: list[str] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Killer:
        self._thread = threading.Thread(target=self._kill, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        assert self._thread
        self._thread.join()

    def _kill(self) -> None:
        while self.killed.total() < self.most and not self._ended.wait(self.rng.uniform(*self.gap)):
            crawls = crawls_of(self.fleet)
            if not crawls:
                continue
            crawl, worker = self.rng.choice(crawls)
            kind = self.rng.choice(("worker", "crawl"))
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker if kind == "worker" else crawl, signal.SIGKILL)
                self.killed[kind] += 1
                self._see_end(crawl, kind)

    def _see_end(self, crawl: int, kind: str) -> None:
        ends = time.monotonic() + _DIES_WITHIN
        while is_alive(crawl):
            if time.monotonic() > ends:
                self.outlived.append(f"crawl {crawl} after its {kind} was killed")
                return
            time.sleep(0.01)


def crawls_of(fleet: int) -> list[tuple[int, int]]:
    """List a fleet's crawl processes, each with the worker that started it."""
    parents = {pid: parent for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if (parent := _parent(pid))}
    return [(pid, parent) for pid, parent in parents.items() if _is_crawl(pid) and _descends(pid, fleet, parents)]


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that nobody has waited for yet does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _descends(pid: int, fleet: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == fleet:
            return True
    return False


def _parent(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def _is_crawl(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return b"scraper.lifeline" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return False
