"""Crawls killed at random instants and stages, and resumed: nothing acknowledged is lost, little fetched twice.

Must not know what a stage does.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from . import whole
from .checks import Checks
from .command import crawl, crawl_words, start
from .killing import kill_all, kill_leader, wait_for_end
from .night import Night
from .plot import FIRST
from .record import Archive
from .server import Served, serve
from .story import make_stories

CONCURRENCY = 4
_EARLY, _LATE = 0.15, 0.1
"""The shares of kills that come before a run's first page, and once all pages were asked for."""
HITS = {"recorded": True, "synced": True, "filed": True, "committed": True, "finished": False, "noted-end": False}
"""The stages of a crawl, and whether it passes each many times."""
LOGS = ("first_seen_at", "last_seen_at", "last_changed_at", "snapshot_id")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this examination's options."""
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--signals", type=int, default=2, help="stops by SIGTERM and by Ctrl-C, each so many")
    parser.add_argument("--stages", default=",".join(HITS), help="stages to crash at, with commas")
    parser.add_argument("--stride", type=int, default=120, help="pages of a run within which a kill mostly comes")
    parser.add_argument("--minutes", type=float, default=60.0, help="begin no further archive after so long")
    parser.add_argument("--hits", default="1,2,9", help="at which passes of a stage, with commas")


def main(options: argparse.Namespace) -> int:
    """Crawl once without harm, then be killed; return the exit status."""
    checks, rng = Checks(), random.Random(options.seed)
    stories = make_stories(options.seed, options.pages)
    night = Night(FIRST, stories, tuple((story.path, story) for story in stories))
    with tempfile.TemporaryDirectory() as scratch, serve(night) as served:
        done = crawl(served.url, Path(scratch) / "clean", at=FIRST)
        checks.same("an uninterrupted crawl: exit status", done.status, 0)
        trial = Trial(checks, served, Path(scratch), rng, options.stride, contents(Path(scratch) / "clean"))
        trial.ends = time.monotonic() + 60 * options.minutes
        print(f"     {done.seconds:.1f} s, {len(trial.clean)} addresses")
        trial.kills(options.kills)
        trial.stops(options.signals)
        for stage in filter(None, options.stages.split(",")):
            trial.crashes(stage, options.hits.split(",") if HITS[stage] else ["1"])
    return checks.status()


def contents(root: Path) -> dict[str, str]:
    """Return every address of the ledger with its state, and every article's with the hash of what was read of it."""
    archive = Archive(root)
    names = [name for name in archive.columns("articles") if name not in LOGS]
    found = {f"ledger {url}": state for url, state in archive.rows("SELECT url, state FROM ledger")}
    for row in archive.rows(f"SELECT url, {', '.join(names)} FROM articles"):
        found[f"article {row[0]}"] = hashlib.sha256(repr(row).encode()).hexdigest()[:12]
    return found


def acknowledged(root: Path) -> dict[str, set[str]]:
    """Return what a reader sees as committed now; nothing without a database that can be asked."""
    try:
        return whole.keys(root) if (root / "archive.db").exists() else {}
    except sqlite3.Error:
        return {}


@dataclass
class Trial:
    """Archives made by crawls that are killed; what each kill cost is added up."""

    checks: Checks
    served: Served
    scratch: Path
    rng: random.Random
    stride: int
    clean: dict[str, str]
    number: int = 0
    killed: int = 0
    refetched: int = 0
    most: int = 0
    instants: list[int] = field(default_factory=list)
    ends: float = 0.0
    seen: set[whole.Row] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def kills(self, kills: int) -> None:
        """Kill and resume until so many kills have happened, on as many archives as that takes."""
        self.checks.title(f"{kills} kills at random instants")
        while self.killed < kills and time.monotonic() < self.ends:
            self.one_archive(kills)
        self.checks.same("kills", self.killed, kills)
        before = sum(pages == 0 for pages in self.instants)
        print(f"     {before} kills before a run's first page, the others after {sum(self.instants):,} pages in all")
        self.checks.none("problems", self.problems)
        self.checks.true(
            f"at most {2 * CONCURRENCY} article pages fetched again for any kill",
            self.most <= 2 * CONCURRENCY,
            f"{self.most}, {self.refetched} for {self.killed} kills",
        )

    def one_archive(self, kills: int) -> None:
        """Make one archive, killed until its crawl gets through."""
        root, at = self.new_root()
        here, asked = 0, len(self.served.log)
        while self.killed < kills:
            begun = len(self.served.log)
            process = start(*crawl_words(self.served.url, root), at=at)
            through = self.wait_for_instant(process, asked, begun)
            if through:
                process.communicate()
                self.count_again(asked, begun)
                self.finish(root, at, asked, here, process.returncode)
                return
            before = acknowledged(root)
            if self.rng.random() < 0.7:
                kill_all(process)
            elif left := kill_leader(process):
                self.problems.append(f"kill {self.killed}: {len(left)} processes outlive their parent by 10 s")
            self.killed, here = self.killed + 1, here + 1
            self.count_again(asked, begun)
            self.inspect(root, before)
        self.finish(root, at, asked, here, None)

    def wait_for_instant(self, process: subprocess.Popen[bytes], asked: int, begun: int) -> bool:
        """Wait for a random instant of a run; say whether the run was through before it.

        Instants are counted in pages, not in seconds, which a busy machine fills with less: most come while pages are
        fetched, some before the first and some while the run ends.
        """
        known = self.served.night.articles()
        pages = self.rng.randint(1, self.stride)
        chance = self.rng.random()
        while chance > _EARLY and process.poll() is None:
            now = [one.path for one in self.served.log[begun:] if one.path in known]
            everything = chance < _EARLY + _LATE
            if not everything and len(now) >= pages:
                break
            if everything and len({one.path for one in self.served.log[asked:] if one.path in known}) == len(known):
                break
            time.sleep(0.01)
        through = wait_while_running(process.pid, self.rng.uniform(0.0, 3.0 if chance < _EARLY + _LATE else 0.3))
        self.instants.append(sum(one.path in known for one in self.served.log[begun:]))
        return through

    def count_again(self, asked: int, begun: int) -> None:
        """Note how many articles a run asked for that runs before it on its archive had asked for: a kill's cost."""
        known = self.served.night.articles()
        earlier = {one.path for one in self.served.log[asked:begun]}
        self.most = max(self.most, sum(one.path in known and one.path in earlier for one in self.served.log[begun:]))

    def new_root(self) -> tuple[Path, datetime | None]:
        """Choose a folder for the next archive, and whether its clock stands still."""
        self.number += 1
        self.seen = set()
        return self.scratch / f"killed-{self.number}", FIRST if self.number % 2 else None

    def inspect(self, root: Path, before: dict[str, set[str]]) -> None:
        """Look at an archive just after a kill, the database at a copy."""
        if not (root / "archive.db").exists():
            return
        copy = self.scratch / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in root.glob("archive.db*"):
            shutil.copy2(path, copy)
        (copy / "warc").symlink_to(root / "warc")
        quiet = Checks(quiet=True)
        if Archive(copy).one("SELECT count(*) FROM sqlite_schema WHERE name = 'articles_fts'"):
            whole.check_database(quiet, copy)
            whole.check_records(quiet, copy, self.seen)
        if before:
            whole.check_kept(quiet, before, copy)
        self.problems += [f"kill {self.killed}: {problem}" for problem in quiet.failed]

    def finish(self, root: Path, at: datetime | None, asked: int, kills: int, status: int | None) -> None:
        """Let the crawl end, and compare the archive with the uninterrupted one."""
        while status is None:
            status = crawl(self.served.url, root, at=at).status
        if status not in (0, 3):
            self.problems.append(f"archive {self.number}: exit status {status} after {kills} kills")
        got = contents(root)
        differing = [name for name in self.clean.keys() | got.keys() if self.clean.get(name) != got.get(name)]
        if differing:
            self.problems.append(
                f"archive {self.number}: {len(differing)} differ from the uninterrupted: {differing[:2]}"
            )
        again = sum(self.fetched_again(asked).values())
        self.refetched += again
        print(
            f"     archive {self.number}: {kills} kills, {again} article pages fetched again, exit status {status}",
            flush=True,
        )
        quiet = Checks(quiet=True)
        whole.check_database(quiet, root)
        whole.check_records(quiet, root)
        whole.check_files(quiet, root)
        self.problems += [f"archive {self.number}, finished: {problem}" for problem in quiet.failed]

    def fetched_again(self, asked: int) -> Counter[str]:
        """Count the article pages served more than once since a place in the log."""
        known = self.served.night.articles()
        times = Counter(one.path for one in self.served.log[asked:] if one.path in known)
        return Counter({path: count - 1 for path, count in times.items() if count > 1})

    def stops(self, times: int) -> None:
        """Stop crawls as soon as they hold the archive, and midway: by SIGTERM, and by Ctrl-C to the whole group."""
        self.checks.title("stops by signal")
        for sent, status in [(signal.SIGTERM, 143), (signal.SIGINT, 130)] * times:
            for when in ("at once", "starting", "midway"):
                root, at = self.new_root()
                asked = len(self.served.log)
                process = start(*crawl_words(self.served.url, root), at=at)
                while not (root / "archive.lock").exists() and process.poll() is None:
                    time.sleep(0.01)
                if when == "midway":
                    self.wait_for_pages(process, asked, self.rng.uniform(0.1, 0.7))
                elif when == "starting":
                    wait_while_running(process.pid, self.rng.uniform(0.1, 0.7))
                self.stop(process, sent, status, when)
                self.problems.clear()
                self.finish(root, at, asked, 0, None)
                self.checks.none("… fetched twice", self.fetched_again(asked))
                self.checks.none("… problems", self.problems)

    def wait_for_pages(self, process: subprocess.Popen[bytes], asked: int, share: float) -> None:
        """Wait until a share of all articles was asked for since a place in the log, or the command has ended."""
        known = self.served.night.articles()
        while process.poll() is None and sum(one.path in known for one in self.served.log[asked:]) < share * len(known):
            time.sleep(0.01)

    def stop(self, process: subprocess.Popen[bytes], sent: signal.Signals, status: int, when: str) -> None:
        """Send the signal and see how the command ends."""
        began = time.monotonic()
        if sent == signal.SIGINT:
            os.killpg(process.pid, sent)
        else:
            process.send_signal(sent)
        ended = wait_while_running(process.pid, 30)
        took = time.monotonic() - began
        if ended:
            self.checks.none("… processes left", wait_for_end(process.pid, 5))
        kill_all(process)
        seen = (process.returncode, f"{took:.1f} s")
        self.checks.true(f"{sent.name} {when}: {status} within 10 s", process.returncode == status and took < 10, seen)

    def crashes(self, stage: str, hits: list[str]) -> None:
        """Crash at a named stage by the variable for tests, and resume."""
        self.checks.title(f"crashes at {stage}")
        for hit in hits:
            root, at = self.new_root()
            asked, self.problems = len(self.served.log), []
            done = crawl(self.served.url, root, at=at, PRESS_ARCHIVE_CRASH_AT=f"{stage}:{hit}")
            self.checks.true(f"{stage}:{hit} ends the run", done.status not in (0, 3), done.status)
            self.inspect(root, acknowledged(root))
            self.finish(root, at, asked, 1, None)
            self.checks.none("… problems", self.problems)
            again = sum(self.fetched_again(asked).values())
            self.checks.true("… fetched again", again <= 2 * CONCURRENCY, again)


def wait_while_running(pid: int, seconds: float) -> bool:
    """Wait so long; return early and True when the process has ended."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if not os.path.exists(f"/proc/{pid}") or _is_zombie(pid):
            return True
        time.sleep(0.02)
    return False


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
