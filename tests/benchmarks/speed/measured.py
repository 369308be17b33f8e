"""Runs one program to its end and says what its whole tree of processes took. Must not know what it does."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
_LOOK_EVERY = 0.05
_OK = (0, 3)


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of CPU and of the clock, bytes of memory at the most (PSS summed, 0 when not looked at), what it said."""

    cpu: float
    wall: float
    memory: int
    out: str


_COMPILED = Path(tempfile.gettempdir()) / f"press-archive-speed-{os.getuid()}"


def environment(**more: str) -> dict[str, str]:
    """Return the environment in which programs run: modules are compiled once for all, as they are where they stay."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(CHECKOUT), "COLUMNS": "140", "PYTHONPYCACHEPREFIX": str(_COMPILED), **more}


def run(
    words: Sequence[str | Path],
    more: Mapping[str, str] | None = None,
    cores: set[int] | None = None,
    watched: bool = False,
) -> Spent:
    """Run a program. CPU is its own and that of all its children, as it waited for them (getrusage(2)).

    Raises RuntimeError when it fails. `watched` adds up its processes' memory meanwhile; `cores` are those it may use.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        [str(word) for word in words],
        cwd=CHECKOUT,
        env=environment(**(more or {})),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None,
    )
    watch = _Watch(process.pid)
    if watched:
        watch.start()
    assert process.stdout
    out = process.stdout.read().decode("utf-8", "replace")
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    watch.ended.set()
    if process.returncode not in _OK:
        raise RuntimeError(f"{' '.join(map(str, words[:4]))} ended with {process.returncode}: {out[-300:]}")
    return Spent(used.ru_utime + used.ru_stime, wall, watch.peak, out)


class _Watch(threading.Thread):
    """Looks at the memory of a process and all below it, again and again."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.peak = 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(_LOOK_EVERY):
            self.peak = max(self.peak, sum(map(_share, _family(self._pid))))


def _family(pid: int) -> list[int]:
    found = [pid]
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="ascii").split():
                found += _family(int(child))
    return found


def _share(pid: int) -> int:
    """Return a process's proportional set size in bytes (proc(5), smaps_rollup)."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
