"""A fleet on real Ray whose workers and crawls are killed: every article once, politeness kept, the report adds up.

Must not know how a fleet shares out its work. Needs Ray (the extra `fleet`).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.benchmarks.evidence import whole
from tests.benchmarks.evidence.checks import Checks
from tests.benchmarks.evidence.command import start
from tests.benchmarks.evidence.kills import contents
from tests.benchmarks.evidence.night import Night
from tests.benchmarks.evidence.plot import FIRST
from tests.benchmarks.evidence.record import Archive
from tests.benchmarks.evidence.server import Served, serve
from tests.benchmarks.evidence.story import make_stories

from .killer import Killer

STATES = ("stored", "pending", "excluded", "failed", "gone")
EARLY = 0.02
"""Seconds that a request may come early by the server's clock, which notes it after a thread has begun."""


@dataclass(frozen=True)
class Site:
    """A publication that is served, and where its requests of one fleet begin in its log."""

    name: str
    served: Served

    def gaps(self, begun: int) -> list[float]:
        """Return the seconds between each two requests since a place in the log."""
        return [after.moment - before.moment for before, after in pairwise(self.served.log[begun:])]

    def again(self, begun: int) -> int:
        """Count the article pages that were asked for more than once."""
        known = self.served.night.articles()
        times = Counter(one.path for one in self.served.log[begun:] if one.path in known)
        return sum(times.values()) - len(times)


def main() -> int:
    """Run a fleet undisturbed and one that is killed at, and compare; return the exit status."""
    options = _options()
    checks = Checks()
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        sites = [
            Site(f"paper-{number:02}", stack.enter_context(serve(_night(options.seed + number, options.pages))))
            for number in range(options.publications)
        ]
        clean, killed = Path(scratch) / "clean", Path(scratch) / "killed"
        checks.title("undisturbed")
        _examine(checks, options, clean, sites, None)
        checks.title("while workers and crawls are killed")
        _examine(checks, options, killed, sites, clean)
    return checks.status()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fleet", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--publications", type=int, default=12)
    parser.add_argument("--pages", type=int, default=110, help="articles of each publication")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--delay", type=float, default=0.25, help="seconds between two requests to a publication")
    parser.add_argument("--lease", type=float, default=5.0, help="seconds")
    parser.add_argument("--gap", type=float, nargs=2, default=(6.0, 15.0), help="seconds between two kills: from, to")
    parser.add_argument("--kills", type=int, default=20, help="kills; the fleet must not end before these")
    return parser.parse_args()


def _night(seed: int, pages: int) -> Night:
    stories = make_stories(seed, pages, prefix=f"s{seed}-")
    return Night(FIRST, stories, tuple((story.path, story) for story in stories))


def _write(options: argparse.Namespace, folder: Path, sites: list[Site]) -> Path:
    folder.mkdir()
    lines = [f"lease = {options.lease}"]
    for site in sites:
        lines += ["[[publication]]", 'profile = "responsible-statecraft"', f'root = "{site.name}"']
        lines += [f'base_url = "{site.served.url}"', f"delay = {options.delay}"]
    (folder / "fleet.toml").write_text("\n".join(lines), "utf-8")
    return folder / "fleet.toml"


def _examine(checks: Checks, options: argparse.Namespace, folder: Path, sites: list[Site], clean: Path | None) -> None:
    """Run a fleet into a folder, killing when there is a `clean` one to compare with, and judge it."""
    begun = [len(site.served.log) for site in sites]
    file, began = _write(options, folder, sites), time.monotonic()
    # Ray may stand on this program's path alone.
    path = os.pathsep.join(filter(None, sys.path))
    fleet = start("fleet", file, "--workers", str(options.workers), "--retries", "20", "--json", PYTHONPATH=path)
    with ExitStack() as stack:
        killer = Killer(fleet.pid, random.Random(options.seed), tuple(options.gap), options.kills)
        if clean:
            stack.enter_context(killer)
        out, err = fleet.communicate(timeout=3600)
    print(f"     {time.monotonic() - began:.0f} s; killed: {dict(killer.killed) or 'nothing'}", flush=True)
    checks.true("exit status", fleet.returncode in (0, 3), fleet.returncode)
    try:
        report = json.loads(out)
    except ValueError:
        raise SystemExit(f"no report: {out[-1000:]!r} {err[-3000:].decode()}") from None
    if clean:
        checks.true(f"{options.kills} kills, of both kinds", _are_enough(killer, options), dict(killer.killed))
        checks.none("crawls that outlived their worker by 2 s", killer.outlived)
        checks.none("addresses and articles that differ from the undisturbed", _differing(clean, folder, sites))
    _judge_archives(checks, folder, sites)
    _judge_politeness(checks, options.delay, sites, begun)
    _judge_report(checks, report, folder, sites, killer.killed.total())


def _are_enough(killer: Killer, options: argparse.Namespace) -> bool:
    return killer.killed.total() >= options.kills and all(killer.killed[kind] for kind in ("worker", "crawl"))


def _differing(clean: Path, folder: Path, sites: list[Site]) -> list[str]:
    found = []
    for site in sites:
        one, other = contents(clean / site.name), contents(folder / site.name)
        found += [f"{site.name}: {key}" for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
    return found


def _judge_archives(checks: Checks, folder: Path, sites: list[Site]) -> None:
    problems, counts = [], []
    for site in sites:
        quiet, root = Checks(quiet=True), folder / site.name
        whole.check_database(quiet, root)
        whole.check_records(quiet, root)
        whole.check_files(quiet, root)
        problems += [f"{site.name}: {problem}" for problem in quiet.failed]
        counts.append(Archive(root).one("SELECT count(*) FROM articles"))
    checks.none("archives that are not whole (SQLite's checks, records, digests, files)", problems)
    checks.same("articles", counts, [len(site.served.night.stories) for site in sites])
    left = [path.name for path in folder.rglob("*") if path.name.endswith((".lease", ".owner"))]
    checks.none("leases and owners left", left)


def _judge_politeness(checks: Checks, delay: float, sites: list[Site], begun: list[int]) -> None:
    gaps = [gap for site, since in zip(sites, begun, strict=True) for gap in site.gaps(since)]
    close = [round(gap, 3) for gap in gaps if gap < delay - EARLY]
    checks.none(f"of {len(gaps):,} gaps between requests: shorter than {delay:g} s", sorted(close)[:10])
    again = [site.again(since) for site, since in zip(sites, begun, strict=True)]
    print(f"     shortest gap {min(gaps):.3f} s; {sum(again)} article pages asked for again", flush=True)


def _judge_report(checks: Checks, report: dict[str, Any], folder: Path, sites: list[Site], kills: int) -> None:
    rows, totals = report["publications"], report["totals"]
    checks.same("publications in the report", [Path(row["root"]).name for row in rows], [site.name for site in sites])
    checks.none("not done", [f"{row['root']}: {row['ended']} {row['why']}" for row in rows if row["ended"] != "done"])
    held = [Archive(Path(row["root"])).one("SELECT count(*) FROM articles") for row in rows]
    checks.same("articles by the report", [row["after"]["articles"] for row in rows], held)
    checks.same("… added up", (totals["articles_before"], totals["articles_after"]), (0, sum(held)))
    wrong = [row["root"] for row in rows if sum(row["after"][state] for state in STATES) != row["after"]["announced"]]
    checks.none("ledgers that do not add up", wrong)
    runs = sum(row["attempts"] for row in rows)
    checks.true(f"runs: {len(rows)}, and no more than one for each kill", len(rows) <= runs <= len(rows) + kills, runs)
    checks.same("… added up", totals["attempts"], runs)


if __name__ == "__main__":
    sys.exit(main())
