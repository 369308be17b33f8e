"""Full, limited, read-only and locked disks and databases: one sentence, the documented status, and nothing is lost.

Must not know how a refusal is met.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from . import whole
from .checks import Checks
from .command import Done, crawl_words, press
from .edits import EDITS
from .jumps import jump
from .kills import contents
from .night import Night
from .plot import FIRST
from .record import Archive, plain
from .server import serve
from .story import Story, make_stories
from .undisturbed import Undisturbed

ROOMY = 256 << 20
_TEXTS = "SELECT url, headline, body_text FROM articles"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this examination's options."""
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--steps", type=int, default=12, help="sizes of disks and limits, each so many")
    parser.add_argument("--hold", type=float, default=60, help="seconds for which another program writes")
    parser.add_argument("--only", default="", help="the names of parts, with commas")


def main(options: argparse.Namespace) -> int:
    """Refuse everything once; return the exit status."""
    checks, stories = Checks(), make_stories(options.seed, options.pages)
    # What does not compress makes the WARC larger than the database, so that limits meet both.
    padding = f"<!-- {random.Random(options.seed).randbytes(15_000).hex()} -->"
    night = Night(FIRST, stories, tuple((story.path, story) for story in stories), extra=padding)
    with tempfile.TemporaryDirectory() as scratch, serve(night) as served:
        trial = Trial(checks, served, Path(scratch), options.steps, options.hold)
        trial.begin()
        parts: dict[str, Callable[[], None]] = {
            "limits": trial.limits,
            "disks": trial.disks,
            "verbs": trial.verbs,
            "readonly": trial.readonly,
            "locked": trial.locked,
            "replaced": trial.replaced,
            "clocks": trial.clocks,
            "jumps": lambda: jump(trial),
        }
        for name, part in parts.items():
            if not options.only or name in options.only.split(","):
                checks.title(name)
                part()
    return checks.status()


@contextmanager
def disk(folder: Path, size: int) -> Iterator[Path | None]:
    """Give a file system of so many bytes in memory; None where none can be mounted."""
    folder.mkdir(exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        print("     skipped: no file system can be mounted here (this needs root)", flush=True)
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, option: str) -> None:
    """Change a mounted file system."""
    subprocess.run(["mount", "-o", f"remount,{option}", str(folder)], check=True)


def limited(size: int) -> Callable[[], None]:
    """Return what lets no file of a command grow beyond so many bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@dataclass
class Trial(Undisturbed):
    """An undisturbed crawl, and archives to which something is refused."""

    steps: int
    hold: float

    def begin(self) -> None:
        """Crawl undisturbed, and measure what that took."""
        super().begin()
        self.warc, self.size = (sum(p.stat().st_size for p in self.root.glob(g)) for g in ("warc/*", "archive.db*"))
        print(f"     {len(self.clean)} addresses and articles, WARC {self.warc:,}, database {self.size:,} bytes")

    def refused(self, what: str, done: Done, *statuses: int) -> None:
        """See that a command ended with one sentence and a documented status."""
        lines = [line for line in done.err.splitlines() if line.strip()]
        fine = done.status in statuses and len(lines) == 1 and lines[0].startswith("Error: ")
        self.checks.true(f"{what}: one sentence, status {statuses}", fine, (done.status, done.err[-200:]))

    def stands(self, what: str, root: Path, withdrawn: str = "") -> None:
        """See that what an archive holds is whole, and that the next crawl ends as the undisturbed one did.

        An article that is `withdrawn` (its path) may be missing.
        """
        quiet, kept = Checks(quiet=True), {}
        if (root / "archive.db").exists() and Archive(root).columns("articles"):
            whole.check_database(quiet, root)
            whole.check_records(quiet, root)
            kept = whole.keys(root)
        done = self.crawl(root)
        quiet.true("the next run's exit status", done.status in (0, 3), (done.status, done.err[-200:]))
        got = contents(root)
        differing = [name for name in self.clean.keys() | got.keys() if self.clean.get(name) != got.get(name)]
        differing = [name for name in differing if not withdrawn or not name.endswith(withdrawn)]
        quiet.none("differ from the undisturbed", differing[:3])
        whole.check_kept(quiet, kept, root) if kept else None
        whole.check_database(quiet, root)
        whole.check_records(quiet, root)
        whole.check_files(quiet, root)
        self.checks.none(f"{what}: the next run", quiet.failed)

    def limits(self) -> None:
        """Let no file grow beyond a limit, ever larger ones."""
        biggest = max(self.warc, self.size)
        for step in range(self.steps):
            size = 3000 + biggest * step // self.steps
            root = self.scratch / f"limited-{step}"
            done = self.crawl(root, limited(size))
            self.refused(f"files of at most {size:,} bytes", done, 1)
            self.stands("…", root)

    def disks(self) -> None:
        """Crawl onto disks that fill up, ever larger ones."""
        need = self.warc + 2 * self.size
        for step in range(self.steps):
            size = 8192 + need * step // self.steps
            with disk(self.scratch / "disk", size) as folder:
                if folder is None:
                    return
                done = self.crawl(folder / "archive")
                if done.status not in (0, 3):
                    self.refused(f"a disk of {size:,} bytes", done, 1)
                remount(folder, f"size={ROOMY}")
                self.stands("…", folder / "archive")

    def verbs(self) -> None:
        """Let other verbs find the disk full; what was there stays as it was."""
        for name, words in self.commands().items():
            for left in (0, 20_000, self.size // 2):
                with disk(self.scratch / "disk", ROOMY) as folder:
                    if folder is None:
                        return
                    root = self.part_of(folder) if name == "import" else self.copied(folder)
                    before, files = contents(root), listing(folder)
                    used = shutil.disk_usage(folder).used
                    remount(folder, f"size={(used + left) // 4096 * 4096 or 4096}")
                    done = press(*words(root, folder), at=FIRST)
                    remount(folder, f"size={ROOMY}")
                    if done.status != 0:
                        self.refused(f"{name} with {left:,} bytes left", done, 1)
                        # What a takedown has withdrawn stays so: its decision is kept before anything else.
                        allowed = {self.withdrawn, "archive/decisions.jsonl"} if name == "takedown" else set[str]()
                        changed = [key for key, _ in contents(root).items() ^ before.items()]
                        self.checks.none("… differs in the archive", [key for key in changed if not ends(key, allowed)])
                        gained = {name for name in listing(folder) - files - allowed if "/warc/" not in name}
                        self.checks.none("… files left behind", gained)
                    else:
                        self.checks.true(f"{name} with {left:,} bytes left had enough", left > 20_000)
                    if name in ("import", "takedown"):
                        self.checks.same("… again", press(*words(root, folder), at=FIRST).status, 0)
                    self.stands("…", root, self.withdrawn if name == "takedown" else "")

    def commands(self) -> dict[str, Callable[[Path, Path], tuple[str | Path, ...]]]:
        """Return the verbs that write, as functions of an archive and a folder."""
        words = ("--publication", "responsible-statecraft", "--base-url", self.served.url)
        foreign = sorted((self.root / "warc").iterdir())
        reason = ("--reason", "asked for by its author")
        return {
            "rebuild": lambda root, folder: ("rebuild", "--root", root),
            "import": lambda root, folder: ("import", *foreign, *words, "--root", root),
            "release": lambda root, folder: ("release", folder / "corpus", "--root", root),
            "export csv": lambda root, folder: ("export", "csv", "--root", root, "--output", folder / "all.csv"),
            "backup": lambda root, folder: ("backup", folder / "backup.tar", "--root", root),
            "backup into a folder": lambda root, folder: ("backup", f"{folder}/backup/", "--root", root),
            "publish": lambda root, folder: ("publish", folder / "public", "--text", "full", "--root", root),
            "takedown": lambda root, folder: ("takedown", self.withdrawn, "--root", root, *reason),
        }

    @property
    def withdrawn(self) -> str:
        """The path of the article that is taken down."""
        return self.served.night.stories[0].path

    def committed(self, pid: int, root: Path) -> None:
        """Wait until a crawl has committed an article."""
        watch(pid, root)

    def copied(self, folder: Path) -> Path:
        """Copy the undisturbed archive."""
        return Path(shutil.copytree(self.root, folder / "archive"))

    def part_of(self, folder: Path) -> Path:
        """Make an archive that holds some of the articles."""
        press(*crawl_words(self.served.url, folder / "part"), "--limit", "5", at=FIRST)
        return folder / "part"

    def readonly(self) -> None:
        """Let every verb find a file system that cannot be written."""
        with disk(self.scratch / "disk", ROOMY) as folder:
            if folder is None:
                return
            root = self.copied(folder)
            before = contents(root)
            remount(folder, "ro")
            self.refused("crawl", self.crawl(root), 1)
            self.refused("crawl into a new folder", self.crawl(folder / "new"), 1)
            for name, words in self.commands().items():
                self.refused(name, press(*words(root, folder), at=FIRST), 1)
            shown = press("export", "csv", "--root", root, "--output", "-", at=FIRST)
            self.checks.same("reading is possible: export csv to a pipe", shown.status, 0)
            self.checks.same("reading is possible: verify", press("verify", root, at=FIRST).status, 0)
            remount(folder, "rw")
            self.checks.true("… the archive is as it was", contents(root) == before)
            (root / "warc").rename(root / "kept")
            (root / "warc").mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(root / "warc")], check=True)
            self.refused("crawl with a WARC folder that cannot be written", self.crawl(root), 1)
            subprocess.run(["umount", "-l", str(root / "warc")], check=True)
            (root / "warc").rmdir()
            (root / "kept").rename(root / "warc")
            self.stands("…", root)

    def locked(self) -> None:
        """Let another program write for long, and another one read for long."""
        for held, statuses in ((10.0, (0, 3)), (self.hold, (75,))):
            root = self.copied(self.fresh())
            with closing(other(root)) as holder:
                holder.execute("BEGIN IMMEDIATE")
                release = threading.Timer(held, holder.execute, ["ROLLBACK"])
                release.start()
                done = press(*crawl_words(self.served.url, root), "--mode", "recheck", at=FIRST.replace(year=2027))
                if 75 in statuses:
                    self.refused(f"another program writes for {held:g} s", done, *statuses)
                else:
                    self.checks.true(f"another program writes for {held:g} s", done.status in statuses, done.err)
                release.join()
            self.stands("…", root)
        root = self.copied(self.fresh())
        with closing(other(root)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM articles").fetchone()
            done = press(*crawl_words(self.served.url, root), "--mode", "recheck", at=FIRST.replace(year=2027))
            self.checks.true("another program reads all the time", done.status in (0, 3), done.err)
            self.checks.same("rebuild meanwhile", press("rebuild", "--root", root).status, 0)
        self.checks.same("… rebuild afterwards", press("rebuild", "--root", root).status, 0)
        self.signalled()

    def signalled(self) -> None:
        """Stop a crawl that waits for another program."""
        root = self.copied(self.fresh())
        with closing(other(root)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            words = [*crawl_words(self.served.url, root), "--mode", "recheck"]
            took: list[float] = []

            def stop(pid: int) -> None:
                os.kill(pid, signal.SIGTERM)
                took.append(time.monotonic())

            done = press(
                *words, at=FIRST.replace(year=2027), started=lambda pid: threading.Timer(6, stop, [pid]).start()
            )
            waited = time.monotonic() - took[0] if took else 99
            self.checks.true(
                "SIGTERM while it waits: 143 in 10 s", done.status == 143 and waited < 10, (done.status, waited)
            )
            holder.execute("ROLLBACK")
        self.stands("…", root)

    def replaced(self) -> None:
        """Take the database away, or put an older one in its place, while a crawl runs."""
        for how in ("removed", "replaced"):
            root = self.fresh() / "archive"
            older = self.part_of(self.fresh()) / "archive.db"

            def take(pid: int, root: Path = root, how: str = how, older: Path = older) -> None:
                watch(pid, root)
                for part in root.glob("archive.db*"):
                    part.unlink()
                if how == "replaced":
                    shutil.copy(older, root / "archive.db")

            begun = lambda pid, take=take: threading.Thread(target=take, args=[pid]).start()  # noqa: E731
            self.served.slow = 0.05
            done = press(*crawl_words(self.served.url, root), at=FIRST, started=begun)
            self.served.slow = 0.0
            self.refused(f"the database was {how} while crawling", done, 1)
            self.checks.same("… rebuild", press("rebuild", "--root", root).status, 0)
            self.stands("…", root)

    def clocks(self) -> None:
        """Let the clock be a year behind in one run, or ten years ahead; each run finds some stories edited.

        All are looked at again in that run or the next, and long afterwards; in between only those that are due.
        """
        for what, years in (("a year behind", -1), ("ten years ahead", 10)):
            root, rng, stories = self.fresh() / "archive", random.Random(what), list(self.served.night.stories)
            for day, (days, wrong) in enumerate(((0, 0), (2, years), (4, 0), (6, 0), (200, 0))):
                at = (FIRST + timedelta(days=days)).replace(year=FIRST.year + wrong)
                if day:
                    for index in rng.sample(range(len(stories)), k=5):
                        kind = rng.choice([kind for kind in EDITS if kind != "cut"])
                        stories[index] = EDITS[kind](stories[index], rng)
                listed = tuple((story.path, story) for story in stories)
                self.served.night = Night(at, tuple(stories), listed)
                done = press(*crawl_words(self.served.url, root), at=at)
                self.checks.true(f"{what}, run {day + 1}: exit status", done.status in (0, 3), (done.status, done.err))
                if day in (1, 4) or (day, years) == (2, 10):
                    self.current(stories, root)
            before = Archive(root).hashes()
            for part in root.glob("archive.db*"):
                part.unlink()
            self.checks.same("… rebuild", press("rebuild", "--root", root).status, 0)
            after = Archive(root).hashes()
            self.checks.none("… tables that differ", [name for name in before if before[name] != after.get(name)])

    def current(self, stories: list[Story], root: Path) -> None:
        """See that every story is held as it stands now."""
        rows = {url.removeprefix(self.served.url): row for url, *row in Archive(root).rows(_TEXTS)}
        wrong = []
        for story in stories:
            body = " ".join([*story.paragraphs, *([story.notice] if story.notice else [])])
            got = [plain(text) for text in rows.get(story.path, ["", ""])]
            wrong += [] if got == [plain(story.headline), plain(body)] else [story.path]
        self.checks.none("… articles that are not as the site has them", wrong)


def ends(name: str, endings: set[str]) -> bool:
    """Say whether a name ends in one of some endings."""
    return name.endswith(tuple(endings))


def watch(pid: int, root: Path) -> None:
    """Wait until a crawl has committed an article."""
    while os.path.exists(f"/proc/{pid}"):
        try:
            if Archive(root).one("SELECT count(*) FROM articles"):
                return
        except (sqlite3.Error, OSError):
            pass
        time.sleep(0.05)


def other(root: Path) -> sqlite3.Connection:
    """Open the database as another program does."""
    return sqlite3.connect(root / "archive.db", isolation_level=None, check_same_thread=False)


def listing(folder: Path) -> set[str]:
    """Return the names of all files, but for what a crawl or SQLite keeps beside the database."""
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return {name for name in names if not name.endswith(("-wal", "-shm", ".lock"))}
