"""Times pages of a real `press-archive serve` over HTTP. Must not choose which."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

_LOST = (404, 500, 502, 503)


@contextmanager
def served(root: Path) -> Iterator[HTTPConnection]:
    """Serve an archive in a process of its own until the end of the block."""
    command = [sys.executable, "-m", "scraper.cli", "serve", "--root", str(root), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        address = urlsplit(process.stdout.readline().strip())
        connection = HTTPConnection(address.hostname or "", address.port, timeout=60)
        yield connection
        connection.close()
    finally:
        process.terminate()
        process.wait(timeout=20)


def times(connection: HTTPConnection, paths: Sequence[str]) -> list[float]:
    """Ask for pages one after the other; return how long each took, in milliseconds. Raises RuntimeError."""
    return [_time(connection, path) for path in paths]


def _time(connection: HTTPConnection, path: str) -> float:
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    if answer.status in _LOST:
        raise RuntimeError(f"{path} answered {answer.status}")
    return (time.perf_counter() - began) * 1000


def percentile(measured: Sequence[float], share: float) -> float:
    """Return the value that `share` of the measured ones do not exceed."""
    ordered = sorted(measured)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
