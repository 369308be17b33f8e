"""The database deleted and rebuilt from the WARCs after nights: the same rows, killed or not, in bounded memory.

Must not know how a rebuild is done.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from pathlib import Path

from . import whole
from .checks import Checks
from .command import crawl, has_option, press, start
from .killing import kill_all
from .nights import run_nights
from .plot import make_plot
from .record import Archive, differing
from .server import serve


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this examination's options."""
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=240)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--memory-pages", type=int, default=150, help="pages of the smaller of the two sites measured")


def main(options: argparse.Namespace) -> int:
    """Crawl the nights, rebuild and compare; return the exit status."""
    checks, plot = Checks(), make_plot(options.seed, options.pages)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "archive"
        with serve(next(plot.nights())[1]) as served:
            run_nights(served, plot, root)
        seconds = compare(checks, root, Path(scratch) / "crawled")
        kill_often(checks, root, options.kills, seconds, random.Random(options.seed))
        measure(checks, Path(scratch), options.memory_pages)
    return checks.status()


def delete_database(root: Path) -> None:
    """Delete the database and what SQLite keeps beside it."""
    for path in root.glob("archive.db*"):
        path.unlink()


def compare(checks: Checks, root: Path, crawled: Path) -> float:
    """Rebuild from nothing and compare table by table with what the crawls wrote; return the rebuild's seconds."""
    checks.title("rebuild equals crawl")
    shutil.copytree(root, crawled)
    before = Archive(crawled).hashes()
    delete_database(root)
    done = press("rebuild", "--root", root)
    checks.same("rebuild: exit status", done.status, 0)
    if not (root / "archive.db").exists():
        checks.true("rebuild makes a database", False, done.err[-500:])
        return done.seconds
    compare_tables(checks, before, Archive(crawled), Archive(root))
    whole.check_database(checks, root)
    records = whole.check_records(checks, root)
    checks.true("records read", bool(records), len(records))
    size = (root / "archive.db").stat().st_size
    dry = press("rebuild", "--dry-run", "--root", root)
    checks.same("rebuild --dry-run: exit status", dry.status, 0)
    checks.true("rebuild --dry-run says", "Traceback" not in dry.err, " ".join(dry.text.split())[-300:])
    checks.same("… and changes nothing", (Archive(root).hashes(), (root / "archive.db").stat().st_size), (before, size))
    return done.seconds


def compare_tables(checks: Checks, before: dict[str, str], old: Archive, new: Archive) -> None:
    """Compare two archives table by table; the first rows that differ are printed."""
    after = new.hashes()
    for table in sorted(before | after):
        fine = before.get(table) == after.get(table)
        checks.true(
            f"table {table}", fine, f"{old.one(f'SELECT count(*) FROM {table}') if table in before else 'absent'} rows"
        )
        if not fine and table in before and table in after:
            print("\n".join(f"       {line}" for line in differing(old, new, table)))


def kill_often(checks: Checks, root: Path, kills: int, seconds: float, rng: random.Random) -> None:
    """Kill rebuilds at random times: the archive stays as it was, and the last one goes through."""
    checks.title(f"{kills} rebuilds killed within {seconds:.1f} s")
    before, bad, ended = Archive(root).hashes(), [], 0
    for number in range(kills):
        process = start("rebuild", "--root", root)
        time.sleep(rng.uniform(0.3, max(seconds, 1.0)))
        ended += process.poll() is not None
        kill_all(process)
        if Archive(root).hashes() != before:
            bad.append(number)
    checks.none("kills after which the database differs", bad)
    checks.true("rebuilds that ended before the kill", ended < kills, ended)
    delete_database(root)
    process = start("rebuild", "--root", root)
    time.sleep(seconds / 2)
    kill_all(process)
    done = press("rebuild", "--root", root)
    checks.same("the next rebuild: exit status", done.status, 0)
    if checks.true("a database is there", (root / "archive.db").exists(), done.err[-300:]):
        checks.same("… and equal", Archive(root).hashes(), before)
        whole.check_database(checks, root)
    left = [
        path.name
        for path in root.iterdir()
        if path.name.startswith("archive.db") and path.name[10:] not in ("", "-wal", "-shm")
    ]
    checks.none("files left over", left)


def measure(checks: Checks, scratch: Path, pages: int) -> None:
    """Measure the memory of a rebuild on sites of one and four sizes, and the time on one and two processes."""
    checks.title(f"memory and time, {pages} and {4 * pages} pages")
    peaks = []
    for times in (1, 4):
        plot = make_plot(7, pages * times)
        root = scratch / f"size-{times}"
        night = next(plot.nights())[1]
        with serve(night) as served:
            crawl(served.url, root, at=night.at)
        done = press("rebuild", "--root", root)
        size = sum(path.stat().st_size for path in Archive(root).warcs())
        print(
            f"     {times}x: WARCs {size / 2**20:.1f} MB, {done.seconds:.1f} s, peak {done.peak / 2**20:.0f} MB,"
            f" exit status {done.status}"
        )
        peaks.append(done.peak)
    checks.true(
        "four times the WARCs take at most 1.25 times the memory",
        peaks[1] <= 1.25 * peaks[0],
        f"{peaks[1] / peaks[0]:.2f}",
    )
    option = has_option("rebuild", "--processes", "--workers", "--jobs", "--cores")
    if option:
        one = press("rebuild", option, "1", "--root", scratch / "size-4")
        two = press("rebuild", option, "2", "--root", scratch / "size-4")
        checks.true(
            "two processes are faster than one",
            two.seconds < 0.8 * one.seconds,
            f"{one.seconds:.1f} s, {two.seconds:.1f} s",
        )
