"""One night: crawl, verify, publish, each in its own process, while none says stop. Must not do their work."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

LOOK, BUSY = 3, 75
INTERRUPTED = (130, 143, 129)
"""What a shell says of a process that Ctrl-C, SIGTERM or SIGHUP ended."""
GRACE = 9.0
"""Seconds that a stage has to end after a signal: whoever stops the night is promised ten."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_TURN = 0.2
_COMMAND = (sys.executable, "-m", "scraper.cli")


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the night: a verb and its arguments."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """How a stage ended, after how many seconds."""

    name: str
    status: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What a night works on. `crawling` and `publishing` are further options of these verbs, `jitter` is in minutes."""

    publication: str
    root: Path
    publish: Path
    crawling: tuple[str, ...] = ()
    publishing: tuple[str, ...] = ()
    jitter: int = 0
    alert: bool = False

    def stages(self) -> tuple[Stage, ...]:
        """List the stages in their order."""
        root = ("--root", str(self.root))
        return (
            Stage("crawl", ("crawl", self.publication, *root, *self.crawling)),
            Stage("verify", ("verify", *root)),
            Stage("publish", ("publish", str(self.publish), *root, *self.publishing)),
        )

    def alarm(self, why: str) -> Stage:
        """Return the stage that tells people."""
        return Stage("alert", ("alert", "--root", str(self.root), "--because", why))


@dataclass(slots=True)
class Night:
    """A night on its way. `quiet` keeps what stages print to itself, unless one stops the night."""

    plan: Plan
    quiet: bool = False
    announce: Callable[[str], None] = lambda name: None
    passed: list[Passed] = field(default_factory=list)
    _stopped_by: int | None = None
    _stopped_at: float = 0.0
    _process: subprocess.Popen[bytes] | None = None

    @property
    def status(self) -> int:
        """Return 0 when all is done, else what the stage said that stopped the night."""
        if self._stopped_by is not None:
            return 128 + self._stopped_by
        return next((passed.status for passed in self.passed if passed.status), 0)

    def run(self) -> int:
        """Run the stages until one does not end with 0; return the night's status."""
        with self._listening():
            if self.plan.jitter:
                self.announce(f"waiting up to {self.plan.jitter} minutes")
                self._rest()
            for stage in self.plan.stages():
                if self.status:
                    break
                self.announce(stage.name)
                self.passed.append(self._pass(stage.name, stage.words))
            if self.plan.alert and self.status and self.status not in INTERRUPTED:
                alarm = self.plan.alarm(self.verdict())
                self._pass(alarm.name, alarm.words)
        return self.status

    def verdict(self) -> str:
        """Return one sentence on how the night went."""
        if not self.status:
            return f"{self.plan.publication} is crawled, verified and published in {self.plan.publish}."
        last = self.passed[-1].name if self.passed else "the wait before the crawl"
        kept = "What was published before stays as it is."
        if self.status in INTERRUPTED:
            return f"Interrupted in {last}: the next night goes on from there. {kept}"
        if self.status == LOOK:
            return f"Stopped after {last}: a person should look at what it says. {kept}"
        if self.status == BUSY:
            return f"Stopped at {last}: another run holds {self.plan.root}. {kept}"
        return f"Stopped at {last}, which failed with status {self.status}. {kept}"

    def _rest(self) -> None:
        """Wait a random part of the jitter, so that not all machines ask at the same minute."""
        until = time.monotonic() + random.uniform(0, 60 * self.plan.jitter)
        while self._stopped_by is None and time.monotonic() < until:
            time.sleep(min(_TURN, max(until - time.monotonic(), 0)))

    def _pass(self, name: str, words: Sequence[str]) -> Passed:
        began = time.monotonic()
        with self._output() as output:
            # In a group of its own, so that Ctrl-C at a terminal comes once, from here.
            self._process = subprocess.Popen([*_COMMAND, *words], stdout=output, stderr=output, process_group=0)
            if self._stopped_by is not None:
                self._send(signal.SIGTERM)
            status = self._wait(self._process)
            if output is not None and status not in (0, *INTERRUPTED):
                output.seek(0)
                sys.stderr.write(output.read().decode(errors="replace"))
        self._process = None
        return Passed(name, status, round(time.monotonic() - began, 2))

    @contextmanager
    def _output(self) -> Iterator[IO[bytes] | None]:
        if not self.quiet:
            sys.stdout.flush()
            yield None
            return
        with tempfile.TemporaryFile() as file:
            yield file

    def _wait(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for a stage; return its status as a shell has it."""
        while True:
            with suppress(subprocess.TimeoutExpired):
                status = process.wait(_TURN)
                return 128 - status if status < 0 else status
            if self._stopped_by is not None and time.monotonic() - self._stopped_at > GRACE:
                # Nothing acknowledged is lost, and the night was promised to end.
                self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Hand the first signal on to the stage that runs, and begin no other."""

        def stop(number: int, frame: FrameType | None) -> None:
            if self._stopped_by is None:
                self._stopped_by, self._stopped_at = number, time.monotonic()
                # Whatever the signal: Ctrl-C while Python begins would end a stage with a traceback.
                self._send(signal.SIGTERM)

        heeded = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        before = {number: signal.signal(number, stop) for number in heeded}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
