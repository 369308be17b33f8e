"""`press-archive status`: prints how archives are, and ends with whether to look. Must not query tables."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from archive import clock
from archive.disk import Disk
from archive.errors import UsageError
from archive.prometheus import exposition
from archive.roots import find_roots
from archive.status import MAX_AGE, RUNS, Row, Status, normal_since, status_of
from archive.takedown import write_decision
from archive.troubles import alarms_of
from archive.verbs.coverage import figure_line
from archive.verbs.wording import cell, plain, wide_console
from archive.whole_files import replaced

EXAMPLE = """\b
Examples:
  press-archive status
  press-archive status --root archives/sample --max-age 1.5
  press-archive status --prometheus /var/lib/node_exporter/press_archive.prom
  press-archive status --root archives/sample --accept --why "the site was redesigned on 3 March"
"""
_COUNTS = ("fetched", "new", "changed", "failed")
_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_STEP = 1000


@click.command(epilog=EXAMPLE)
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [all under archives/].")
@click.option("--runs", type=click.IntRange(1, 400), default=RUNS, show_default=True, metavar="N", help="Show N runs.")
@click.option(
    "--max-age",
    type=click.FloatRange(0, min_open=True),
    default=MAX_AGE / timedelta(days=1),
    show_default=True,
    metavar="DAYS",
    help="How many days ago the last healthy run may have ended.",
)
@click.option("--accept", is_flag=True, help="Record that what raised alarms in the last runs is normal.")
@click.option("--why", metavar="TEXT", help="Why it is normal; it is kept with --accept in decisions.jsonl.")
@click.option(
    "--prometheus",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write FILE in Prometheus' text format, whole or not at all, and print nothing.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(
    root: Path | None,
    runs: int,
    max_age: float,
    accept: bool,
    why: str | None,
    prometheus: Path | None,
    as_json: bool,
) -> None:
    """Show the last runs, what is due, coverage, alarms and disk: of one archive, or of all under archives/.

    Exit status: 0 nothing is off, 1 an archive cannot be read, 2 usage, 3 an alarm is open or the last healthy run is
    too long ago. Alarms are those of the last run that came to its end; --accept settles them.
    """
    if why and not accept:
        raise UsageError("--why goes with --accept")
    roots = find_roots(root)
    if accept:
        _accept(roots, why)
    found = [status_of(each, timedelta(days=max_age), runs) for each in roots]
    if prometheus:
        with replaced(prometheus) as stream:
            stream.write(exposition(found))
    elif as_json:
        click.echo(json.dumps([as_record(each) for each in found], ensure_ascii=False, indent=2))
    else:
        for each in found:
            _print(wide_console(), each)
    statuses = {each.exit_status for each in found}
    sys.exit(1 if 1 in statuses else max(statuses))


def _accept(roots: list[Path], why: str | None) -> None:
    if len(roots) > 1:
        raise UsageError(f"there are several archives: name one with --root ({', '.join(map(str, roots))})")
    (root,) = roots
    found = normal_since(root)
    if found is None:
        click.echo(f"Nothing to accept: no alarm of {root} is open", err=True)
        return
    since, until = found
    decision: dict[str, object] = {"normal": {"since": since, "until": until}, "at": clock.stamp()}
    write_decision(root, decision | ({"why": why} if why else {}))
    click.echo(f"Accepted as normal: what the runs from {since} to {until} raised alarms about", err=True)


def as_record(found: Status) -> dict[str, Any]:
    """Return a status as JSON has it."""
    totals, disk = found.totals, found.disk
    return {
        "root": str(found.root),
        "publication": found.publication,
        "exit_status": found.exit_status,
        "error": found.error,
        "alarms": [{"kind": each.kind, "key": each.key, "sentence": each.sentence} for each in found.troubles],
        "running_since": found.running,
        "last_healthy_at": found.last_healthy_at,
        "runs": [_run_record(run) for run in found.runs],
        "due": asdict(found.due),
        "coverage": totals
        and {
            **asdict(totals.counts),
            "articles": totals.articles,
            "completeness": [asdict(figure) | {"share": figure.share} for figure in totals.completeness],
        },
        "disk": disk and asdict(disk) | {"runs_left": disk.runs_left},
    }


def _run_record(run: Row) -> dict[str, Any]:
    """Return a run without what only the reports are made of."""
    record = {name: value for name, value in run.items() if name != "facts"}
    for name in ("remarks", "alarms", "fill_rates"):
        record[name] = json.loads(record[name]) if record.get(name) else record.get(name)
    return record


def _print(console: Console, found: Status) -> None:
    console.print(f"{cell(found.publication)} [dim]({cell(str(found.root))})[/dim]", style="bold")
    for trouble in found.troubles:
        console.print(f"Look: {plain(trouble.sentence)}", markup=False, style="yellow")
    if found.error:
        return
    _print_runs(console, found)
    healthy = found.last_healthy_at or "never"
    console.print(f"Last healthy run: {healthy}" + (f"; a run is at work since {found.running}" * bool(found.running)))
    due = found.due
    console.print(
        f"Next: {due.now:,} stored addresses are due now, {due.day:,} within a day, {due.week:,} within a week;"
        f" {due.pending:,} are pending, {due.failed:,} failed ones are to be tried again now"
    )
    if found.totals:
        counts = found.totals.counts
        console.print(
            f"Coverage: {counts.announced:,} announced, {counts.stored:,} stored, {counts.pending:,} pending,"
            f" {counts.excluded:,} excluded, {counts.failed:,} failed, {counts.gone:,} gone;"
            f" {found.totals.articles:,} articles"
        )
        console.print(figure_line(found.totals.completeness[0]), markup=False)
    if found.disk:
        console.print(_disk_line(found.disk))
    console.print()


def _print_runs(console: Console, found: Status) -> None:
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    table.add_column("began (UTC)", no_wrap=True)
    table.add_column("mode")
    table.add_column("ended", overflow="fold")
    table.add_column("status", justify="right")
    for name in (*_COUNTS, "alarms"):
        table.add_column({"changed": "revised"}.get(name, name), justify="right")
    table.add_column("took", justify="right")
    for run in found.runs:
        counts = ("" if run[name] is None else f"{run[name]:,}" for name in _COUNTS)
        alarms = str(len(alarms_of(run))) if run.get("alarms") is not None else "-"
        took = "" if run["seconds"] is None else f"{timedelta(seconds=round(run['seconds']))}"
        began, ended = run["started_at"][:16].replace("T", " "), _ended(run, found)
        table.add_row(began, run["mode"], ended, _text(run["exit_status"]), *counts, alarms, took)
    if found.runs:
        console.print(table)
    else:
        console.print("No run has been made yet")


def _ended(run: Row, found: Status) -> str:
    if run["ended_at"] is None:
        return "at work" if run["started_at"] == found.running else "killed"
    return cell(str(run["ended_why"]))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _disk_line(disk: Disk) -> str:
    grown = "growth a run is known after two runs"
    if disk.database_growth is not None and disk.warc_growth is not None:
        grown = (
            f"growth a run {size(disk.database_growth)} and {size(disk.warc_growth)}"
            f" (mean of {disk.grown_over:,}{f'; room for {disk.runs_left:,} more' if disk.runs_left else ''})"
        )
    return f"Disk: {size(disk.free)} free; database {size(disk.database)}, WARC files {size(disk.warc)}; {grown}"


def size(count: float) -> str:
    """Write a number of bytes in the unit that gives one to three digits before the point (powers of 1000)."""
    for unit in _UNITS:
        if count < _STEP or unit == _UNITS[-1]:
            break
        count /= _STEP
    return f"{count:,.0f} {unit}" if unit == _UNITS[0] else f"{count:,.1f} {unit}"
