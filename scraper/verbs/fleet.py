"""`press-archive fleet`: many publications at once, and what became of each. Must not know Ray."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from archive.errors import UsageError
from scraper.cluster import run_all
from scraper.fleet import Row, Task, exit_status, read_fleet, row_of, totals
from scraper.interruption import Interrupted

EXAMPLE = """\b
Examples:
  press-archive fleet fleet.toml
  press-archive fleet fleet.toml --workers 4 --json
  press-archive fleet fleet.toml --address 10.0.0.5:6379
\b
fleet.toml:
  contact = "you@example.org"
  [[publication]]
  profile = "responsible-statecraft"
  at = "02:30"
"""


@click.command(epilog=EXAMPLE)
@click.argument("file", metavar="FILE.toml", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--address", metavar="HOST:PORT", help="A Ray cluster that runs; all its machines see the roots.")
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Publications at once here [one a core].")
@click.option("--retries", type=click.IntRange(0), default=10, show_default=True, metavar="N", help="Of each task.")
@click.option("--now", "is_now", is_flag=True, help="Crawl also what is not due yet by its time.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def fleet(file: Path, address: str | None, workers: int | None, retries: int, is_now: bool, as_json: bool) -> None:
    """Crawl, rebuild or import the publications of FILE.toml, several at once, each by one process.

    Runs on Ray (pip install press-archive[fleet]), on this machine or on a cluster. A task whose worker or run is
    killed is tried again and goes on from the ledger. Exit status: 0 all well, 1 one was not done, 2 usage, 3 a person
    should look at one, 130 and 143 interrupted, with every crawl stopped and all that was acknowledged kept.
    """
    if address and workers:
        raise UsageError("--workers is for this machine: a cluster at --address has its own")
    tasks = [replace(task, at=None) if is_now else task for task in read_fleet(file)]
    rows: list[Row] = []
    interrupted = None
    try:
        for row in run_all(tasks, address, workers, retries):
            rows.append(row)
            if not as_json:
                click.echo(f"{len(rows)} of {len(tasks)}: {row.verb} {row.root}: {row.ended}", err=True)
    except Interrupted as error:
        interrupted = error.status
    rows = _in_order(tasks, rows)
    status = interrupted or exit_status(rows)
    if as_json:
        report = {"publications": [asdict(row) for row in rows], "totals": totals(rows), "exit_status": status}
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        _print(rows)
    sys.exit(status)


def _in_order(tasks: Sequence[Task], rows: Sequence[Row]) -> list[Row]:
    """Return a row for every task, in the file's order; what has none was interrupted."""
    found = {row.root: row for row in rows}
    return [found.get(str(task.root)) or row_of(task, "interrupted") for task in tasks]


def _print(rows: Sequence[Row]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    table = Table("archive", "verb", box=SIMPLE, padding=(0, 1, 0, 0))
    for name in ("articles", "gained", "pending", "runs", "seconds"):
        table.add_column(name, justify="right")
    table.add_column("ended")
    for row in rows:
        counts = (row.after.get("articles", 0), row.gained, row.after.get("pending", 0), row.attempts)
        numbers = [f"{count:,}" for count in counts]
        table.add_row(Path(row.root).name, row.verb, *numbers, f"{row.seconds:.1f}", row.ended)
    console.print(table)
    said = totals(rows)
    before, after = said["articles_before"], said["articles_after"]
    console.print(f"{said['publications']} publications; {before:,} articles before, {after:,} now.")
    for row in rows:
        if row.why:
            console.print(f"{row.root}: {row.why}", markup=False)
