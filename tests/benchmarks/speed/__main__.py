"""Measures what a crawl costs, stage by stage, beside other tools in the same run.

    python -m tests.benchmarks.speed [--pages 1000] [--only STAGE] [--corpus FOLDER] [--environment DIR]

The site is served on loopback by a process of its own that is not counted. CPU is that of whole trees of processes;
every figure is made of medians of alternating runs. Ends with status 1 when a figure is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.speed.pages import Site
from tests.benchmarks.speed.rivals import prepared, versions
from tests.benchmarks.speed.serving import served
from tests.benchmarks.speed.stages import STAGES, Bench, Row

_TOLD = ("Scrapy", "trafilatura", "sqlite-utils", "warcio", "FastWARC", "lxml")


def main() -> int:
    """Measure the stages that are asked for; return the exit status."""
    asked = _options()
    missed = 0
    with tempfile.TemporaryDirectory() as scratch, served(asked.pages) as (url, size):
        bench = _bench(asked, url, Path(scratch))
        _print_head(bench, size)
        bench.warm()
        for name in asked.only or STAGES:
            for row in STAGES[name](bench):
                missed += row.missed
                _print(row)
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000, help="articles of the site [1000]")
    parser.add_argument("--rounds", type=int, default=3, help="alternating runs of which the median counts [3]")
    parser.add_argument("--only", action="append", choices=list(STAGES), help="this stage; may be given more than once")
    parser.add_argument(
        "--corpus", type=Path, help="folder of real pages, as python -m tests.benchmarks.accuracy has it"
    )
    parser.add_argument("--environment", type=Path, metavar="DIR", help="keep the other tools' environment here")
    return parser.parse_args()


def _bench(asked: argparse.Namespace, url: str, scratch: Path) -> Bench:
    addresses = scratch / "addresses.txt"
    addresses.write_text("\n".join(url + path for path in Site(asked.pages).paths), encoding="utf-8")
    wanted = not asked.only or "rivals" in asked.only
    rivals = prepared(asked.environment or scratch / "environment") if wanted else None
    return Bench(url, asked.pages, asked.rounds, scratch, addresses, rivals, asked.corpus)


def _print_head(bench: Bench, size: int) -> None:
    ours = ", ".join(f"{name} {version(name)}" for name in _TOLD)
    theirs = f", {versions(bench.rivals)}" if bench.rivals else ""
    print(f"Python {sys.version.split()[0]}, {ours}{theirs}")
    print(
        f"{bench.pages} pages of {size / 1000:.0f} KB on average, gzipped in transfer; medians of {bench.rounds} runs\n"
    )
    print(f"{'stage':<62}{'figure':>8}{'to reach':>10}  made of", flush=True)


def _print(row: Row) -> None:
    figure = "" if row.figure is None else f"{row.figure:.2f}"
    sign = "≥" if row.least else "≤"
    verdict = "  MISSED" if row.missed else ""
    print(f"{row.stage:<62}{figure:>8}{f'{sign} {row.to_reach:.2f}':>10}  {row.made_of}{verdict}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
