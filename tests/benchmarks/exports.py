"""How fast all of article_list is written as CSV, beside `sqlite3 -csv` on the same query and Python's csv module.

`python -m tests.benchmarks.exports` builds an archive of 100,000 articles and takes some minutes; `--root` takes one
that is there. Ends with 1 when a figure is missed: half of sqlite3's rate, the csv module's bytes, flat memory.
"""

from __future__ import annotations

import csv
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click

from tests.benchmarks.large.filling import build
from tests.benchmarks.large.writing import Plan

_QUERY = "SELECT * FROM article_list"
_LEAST = 0.5
_MOST_MEMORY = 150_000
"""Kilobytes at the highest, of a process that has imported Datasette's search."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds on the clock and of the processor, bytes written, kilobytes of memory at the highest."""

    seconds: float
    processor: float
    bytes: int
    memory: int

    @property
    def rate(self) -> float:
        """Return megabytes a second."""
        return self.bytes / 1e6 / self.seconds


def by_sqlite3(root: Path, target: Path) -> list[str]:
    """Return the command that sets the measure."""
    shell = shutil.which("sqlite3")
    if shell is None:
        raise click.ClickException("the command sqlite3 is not here: install the package sqlite3")
    return [shell, "-readonly", "-csv", "-header", "-cmd", f".output {target}", str(root / "archive.db"), _QUERY]


def by_press_archive(root: Path, target: Path) -> list[str]:
    """Return our command."""
    return [
        sys.executable,
        "-m",
        "scraper.cli",
        "export",
        "csv",
        "--root",
        str(root),
        "--output",
        str(target),
        "--json",
    ]


def by_csv_module(root: Path, target: Path) -> list[str]:
    """Return what Python's csv module does of the same, in a process of its own."""
    return [sys.executable, "-m", "tests.benchmarks.exports", "written-by-csv-module", str(root), str(target)]


WAYS: dict[str, Callable[[Path, Path], list[str]]] = {
    "sqlite3 -csv": by_sqlite3,
    "press-archive": by_press_archive,
    "csv module": by_csv_module,
}


@click.group(invoke_without_command=True)
@click.option("--root", type=click.Path(path_type=Path, exists=True), help="An archive that is there.")
@click.option("--articles", default=100_000, show_default=True, help="How many articles to make.")
@click.option("--seed", default="exports", show_default=True, help="Another seed makes other articles.")
@click.option("--rounds", default=3, show_default=True, help="How often each is run, in turn; the fastest counts.")
@click.pass_context
def main(context: click.Context, root: Path | None, articles: int, seed: str, rounds: int) -> None:
    """Measure the export of article_list."""
    if context.invoked_subcommand:
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if root is None:
            root = folder / "archive"
            build(root, Plan(articles, seed), lambda done: None)
        runs = {name: [] for name in WAYS}  # type: dict[str, list[Run]]
        for _ in range(rounds):
            for name, way in WAYS.items():
                target = folder / f"{name.replace(' ', '')}.csv"
                runs[name].append(_run(way(root, target), target))
        same = _same(folder / "press-archive.csv", folder / "csvmodule.csv")
    sys.exit(_told({name: min(found, key=lambda run: run.seconds) for name, found in runs.items()}, same))


def _run(command: list[str], target: Path) -> Run:
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise click.ClickException(f"{command[0]} failed")
    return Run(time.perf_counter() - began, used.ru_utime + used.ru_stime, target.stat().st_size, used.ru_maxrss)


def _same(one: Path, other: Path) -> bool:
    with one.open("rb") as first, other.open("rb") as second:
        while block := first.read(1 << 20):
            if block != second.read(1 << 20):
                return False
        return not second.read(1)


def _told(best: dict[str, Run], same: bool) -> int:
    measure = best["sqlite3 -csv"]
    click.echo(f"{'':<16}{'seconds':>9}{'CPU s':>8}{'MB':>8}{'MB/s':>8}{'of sqlite3':>12}{'memory MB':>11}")
    for name, run in best.items():
        share = run.rate / measure.rate
        click.echo(
            f"{name:<16}{run.seconds:>9.2f}{run.processor:>8.2f}{run.bytes / 1e6:>8.0f}{run.rate:>8.1f}{share:>11.0%} "
            f"{run.memory / 1e3:>10.0f}"
        )
    ours = best["press-archive"]
    missed = [
        words
        for words, kept in (
            (f"at least {_LEAST:.0%} of sqlite3's rate", ours.rate >= _LEAST * measure.rate),
            ("the csv module's bytes", same),
            (f"at most {_MOST_MEMORY / 1e3:.0f} MB of memory", ours.memory <= _MOST_MEMORY),
        )
        if not kept
    ]
    click.echo("every figure is kept" if not missed else f"missed: {', '.join(missed)}")
    return int(bool(missed))


@main.command("written-by-csv-module", hidden=True)
@click.argument("root", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
def written_by_csv_module(root: Path, target: Path) -> None:
    """Write article_list with Python's csv module."""
    with (
        closing(sqlite3.connect(f"{(root / 'archive.db').resolve().as_uri()}?mode=ro", uri=True)) as connection,
        target.open("w", encoding="utf-8", newline="") as stream,
    ):
        found = connection.execute(_QUERY)
        writer = csv.writer(stream)
        writer.writerow([column[0] for column in found.description])
        writer.writerows(found)


if __name__ == "__main__":
    main()
