"""Every verb that takes long, stopped by SIGTERM, Ctrl-C, two of them and SIGHUP: status, time, and what is left.

Must not know how a verb stops.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from . import whole
from .checks import Checks
from .command import crawl_words, press, session, start
from .killing import kill_all, wait_for_end
from .kills import contents
from .night import Night
from .plot import FIRST
from .refusals import listing
from .server import serve
from .story import make_stories
from .undisturbed import Undisturbed

SENT = {
    "SIGTERM": ((signal.SIGTERM,), 143),
    "Ctrl-C": ((signal.SIGINT,), 130),
    "Ctrl-C twice": ((signal.SIGINT, signal.SIGINT), 130),
    "SIGHUP": ((signal.SIGHUP,), 129),
}
LIMIT = 10.0
Words = tuple[str | Path, ...]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this examination's options."""
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2, help="instants at which each signal is sent to each verb")


def main(options: argparse.Namespace) -> int:
    """Stop everything; return the exit status."""
    checks, stories = Checks(), make_stories(options.seed, options.pages)
    night = Night(FIRST, stories, tuple((story.path, story) for story in stories))
    with tempfile.TemporaryDirectory() as scratch, serve(night) as served:
        trial = Trial(checks, served, Path(scratch), random.Random(options.seed))
        trial.begin()
        for sent in SENT:
            checks.title(sent)
            for _ in range(options.rounds):
                for verb in trial.verbs():
                    trial.verb(verb, sent)
            trial.held(sent)
            trial.reading(sent)
            trial.recovering(sent)
    return checks.status()


@dataclass
class Trial(Undisturbed):
    """An archive, and copies of it that verbs work on while they are stopped."""

    rng: random.Random
    seconds: dict[str, float] = field(default_factory=dict)

    def begin(self) -> None:
        """Make the archive, and measure how long each verb takes."""
        super().begin()
        for verb, words in self.verbs().items():
            folder = self.fresh()
            root = self.prepared(verb, folder)
            done = press(*words(root, folder), at=FIRST)
            self.checks.same(f"{verb} undisturbed", done.status, 0)
            self.seconds[verb] = done.seconds

    def prepared(self, verb: str, folder: Path) -> Path:
        """Copy the archive, but for an import, which makes its own."""
        return folder / "archive" if verb == "import" else Path(shutil.copytree(self.root, folder / "archive"))

    def verbs(self) -> dict[str, Callable[[Path, Path], Words]]:
        """Return the verbs that take long."""
        foreign = sorted((self.root / "warc").iterdir())
        profile = ("--publication", "responsible-statecraft", "--base-url", self.served.url)
        return {
            "rebuild": lambda root, folder: ("rebuild", "--root", root),
            "import": lambda root, folder: ("import", *foreign, *profile, "--root", root),
            "verify": lambda root, folder: ("verify", root),
            "release": lambda root, folder: ("release", folder / "corpus", "--root", root),
            "export csv": lambda root, folder: ("export", "csv", "--root", root, "--output", folder / "all.csv"),
        }

    def verb(self, verb: str, sent: str) -> None:
        """Stop a verb at some instant; the archive is as it was, and the verb gets through afterwards."""
        folder = self.fresh()
        root, words = self.prepared(verb, folder), self.verbs()[verb]
        files, process = listing(folder), start(*words(root, folder), at=FIRST)
        time.sleep(self.rng.uniform(0.35, 0.95) * self.seconds[verb])
        finished = self.send(process, sent, verb)
        if not finished:
            left = {name for name in listing(folder) - files if "/warc/" not in name and not name.endswith(".db")}
            self.checks.none("… files left behind", left)
        if verb != "import":
            self.checks.true("… the archive is as it was", contents(root) == self.clean)
        if verb not in ("release",) or not finished:
            self.checks.same("… again", press(*words(root, folder), at=FIRST).status, 0)

    def held(self, sent: str) -> None:
        """Stop a crawl while the server holds its requests."""
        root = self.fresh() / "archive"
        process, asked = self.started(root, 30)
        self.served.slow = 60.0
        time.sleep(1.0)
        self.send(process, sent, "crawl, requests held")
        self.served.slow = 0.0
        # The server answers into closed connections, and logs that.
        time.sleep(0.5)
        self.finished(root, asked, held=8)

    def reading(self, sent: str) -> None:
        """Stop a crawl while its readers are at a page that never ends."""
        root = self.fresh() / "archive"
        process, asked = self.started(root, 30)
        for pid in session(process.pid):
            if pid != process.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
        time.sleep(1.0)
        self.send(process, sent, "crawl, readers busy")
        self.finished(root, asked)

    def recovering(self, sent: str) -> None:
        """Stop a crawl while it files what a killed one kept."""
        root = self.fresh() / "archive"
        press(*crawl_words(self.served.url, root), "--limit", "0", at=FIRST - timedelta(days=1))
        for path in (self.root / "warc").iterdir():
            shutil.copy(path, root / "warc")
        asked, process = len(self.served.log), start(*crawl_words(self.served.url, root), at=FIRST)
        time.sleep(self.rng.uniform(0.8, 0.6 * self.seconds["rebuild"]))
        self.send(process, sent, "crawl, filing what was kept")
        self.finished(root, asked)

    def started(self, root: Path, pages: int) -> tuple[subprocess.Popen[bytes], int]:
        """Start a crawl and wait until so many pages were asked for."""
        asked = len(self.served.log)
        process = start(*crawl_words(self.served.url, root), at=FIRST)
        known = self.served.night.articles()
        while process.poll() is None and sum(one.path in known for one in self.served.log[asked:]) < pages:
            time.sleep(0.01)
        return process, asked

    def send(self, process: subprocess.Popen[bytes], sent: str, what: str) -> bool:
        """Send the signals, Ctrl-C to the whole group, and see how the command ends; say whether it was through."""
        numbers, status = SENT[sent]
        began = time.monotonic()
        for number in numbers:
            with contextlib.suppress(ProcessLookupError):
                (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
            time.sleep(0.1 if len(numbers) > 1 else 0)
        try:
            _, err = process.communicate(timeout=3 * LIMIT)
        except subprocess.TimeoutExpired:
            err = b"it does not end"
        took = time.monotonic() - began
        self.checks.none("… processes left", wait_for_end(process.pid, 5)) if session(process.pid) else None
        kill_all(process)
        # Before its first line runs, a signal ends the interpreter itself: a shell says the same of that.
        ended = process.returncode if process.returncode >= 0 else 128 - process.returncode
        through = ended == 0
        fine = ended in (status, 0) and took < LIMIT and b"Traceback" not in err and b"Task" not in err
        self.checks.true(f"{what}: {status} within {LIMIT:g} s", fine, (ended, f"{took:.1f} s", err[-300:]))
        return through

    def finished(self, root: Path, asked: int, held: int = 0) -> None:
        """Let the crawl end, and see that nothing was fetched twice but what was `held`, and that all is there."""
        quiet = Checks(quiet=True)
        quiet.same("exit status", self.crawl(root).status, 0)
        got = contents(root)
        quiet.none("differing", [key for key in self.clean.keys() | got.keys() if self.clean.get(key) != got.get(key)])
        known = self.served.night.articles()
        times = Counter(one.path for one in self.served.log[asked:] if one.path in known)
        twice = [path for path, count in times.items() if count > 1]
        quiet.true("fetched twice", len(twice) <= held, twice)
        whole.check_database(quiet, root)
        whole.check_records(quiet, root)
        whole.check_files(quiet, root)
        self.checks.none("… afterwards", quiet.failed)
