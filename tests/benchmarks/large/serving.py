"""Times pages of a real `press-archive serve` over HTTP. Must not choose which."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

_IDLE_MS = 50.0
_LOST = (404, 500, 502, 503)


@dataclass(frozen=True)
class Timed:
    """How long requests of one kind took, in milliseconds, and the CPU that the server spent on each of them.

    Wall time is what a reader waits; CPU time is what is left of it when other programs hold the processors, too.
    """

    waited: list[float]
    cpu: float


@dataclass(frozen=True)
class Server:
    """A served archive."""

    connection: HTTPConnection
    pid: int

    def timed(self, paths: Sequence[str]) -> Timed:
        """Ask for pages one after the other. Raises RuntimeError when one is not there."""
        before = self._cpu()
        waited = [self._wait(path) for path in paths]
        return Timed(waited, (self._cpu() - before) / max(len(paths), 1))

    def settle(self) -> float:
        """Wait until the server has counted ahead what it wants to; return how many seconds that took."""
        began, before = time.perf_counter(), -_IDLE_MS
        while self._cpu() - before >= _IDLE_MS:
            before = self._cpu()
            time.sleep(1)
        # The server closes a connection that is silent for long; asking opens the next.
        self.connection.close()
        return time.perf_counter() - began

    def _wait(self, path: str) -> float:
        began = time.perf_counter()
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status in _LOST:
            raise RuntimeError(f"{path} answered {answer.status}")
        return (time.perf_counter() - began) * 1000

    def _cpu(self) -> float:
        """Return the process's CPU time so far in milliseconds (proc(5), fields 14 and 15)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(*roots: Path) -> Iterator[Server]:
    """Serve an archive, or several together, in a process of its own until the end of the block."""
    command = [sys.executable, "-m", "scraper.cli", "serve", *map(str, roots), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        address = urlsplit(process.stdout.readline().strip())
        connection = HTTPConnection(address.hostname or "", address.port, timeout=60)
        yield Server(connection, process.pid)
        connection.close()
    finally:
        process.terminate()
        process.wait(timeout=20)


def percentile(measured: Sequence[float], share: float) -> float:
    """Return the value that `share` of the measured ones do not exceed."""
    ordered = sorted(measured)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
