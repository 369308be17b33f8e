"""Runs `press-archive` as its user does, at a given time, and watches what all its processes take.

Must not import what it runs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
_TAG = "PRESS_ARCHIVE_EXAMINED"
_tags: dict[int, bytes] = {}
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended: `peak` in bytes of resident memory and `files` open at once, over all its processes."""

    status: int
    out: bytes
    err: str
    seconds: float
    peak: int = 0
    files: int = 0

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.out.decode("utf-8", "replace")


def start(
    *words: str | Path,
    at: datetime | None = None,
    code: Path = CHECKOUT,
    before: Callable[[], None] | None = None,
    **more: str,
) -> subprocess.Popen[bytes]:
    """Start the command in a session of its own; `code` is the folder it is imported from.

    `before` runs in the new process, as limits must.
    """
    environment = {**os.environ, "PYTHONPATH": str(code), "COLUMNS": "140", **more}
    environment.pop("PRESS_ARCHIVE_NOW", None)
    if at:
        environment["PRESS_ARCHIVE_NOW"] = at.isoformat()
    environment[_TAG] = tag = uuid.uuid4().hex
    process = subprocess.Popen(
        [sys.executable, "-m", "scraper.cli", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=code,
        env=environment,
        start_new_session=True,
        preexec_fn=before,
    )
    _tags[process.pid] = f"{_TAG}={tag}".encode()
    return process


def press(
    *words: str | Path,
    at: datetime | None = None,
    code: Path = CHECKOUT,
    before: Callable[[], None] | None = None,
    started: Callable[[int], None] | None = None,
    **more: str,
) -> Done:
    """Run the command to its end; `started` is told its process."""
    began = time.monotonic()
    process = start(*words, at=at, code=code, before=before, **more)
    if started:
        started(process.pid)
    watch = Watch(process.pid)
    with watch:
        out, err = process.communicate(timeout=1800)
    return Done(
        process.returncode,
        out,
        err.decode("utf-8", "replace"),
        time.monotonic() - began,
        watch.peak,
        watch.files,
    )


def crawl(url: str, root: Path, *words: str | Path, at: datetime | None, code: Path = CHECKOUT, **more: str) -> Done:
    """Crawl the served site into a root."""
    return press(*crawl_words(url, root), *words, at=at, code=code, **more)


def crawl_words(url: str, root: Path) -> Sequence[str | Path]:
    """Return the words of a crawl's command."""
    return ("crawl", "responsible-statecraft", "--base-url", url, "--root", root, "--delay", "0", "--json")


def has_option(verb: str, *names: str) -> str | None:
    """Return the first of the options that the verb's help names."""
    said = press(verb, "--help").text
    return next((name for name in names if re.search(rf"{re.escape(name)}\b", said)), None)


@dataclass
class Watch:
    """Looks at a process and all its children while the block runs."""

    pid: int
    peak: int = 0
    files: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> None:
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._thread:
            self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.1):
            family = session(self.pid)
            self.peak = max(self.peak, sum(map(_resident, family)))
            self.files = max(self.files, sum(map(_open_files, family)))


def session(leader: int) -> list[int]:
    """Return the living processes that a command is or has started: readers are in sessions of their own."""
    found, tag = [], _tags[leader]
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            ended = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
            if not ended and tag in Path(f"/proc/{name}/environ").read_bytes().split(b"\0"):
                found.append(int(name))
        except OSError:
            continue
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def _open_files(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0
