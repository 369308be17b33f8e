"""`press-archive coverage`: prints how complete an archive is, and what it lacks. Must not count anything itself."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from sqlite3 import Connection
from typing import Any, TextIO

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from archive import coverage as figures
from archive.coverage import MEANINGS, MONTHS, OVERLAP, STATES, ByMonth, Counts, Coverage, Figure, Missing
from archive.root import find_root
from archive.roots import open_current
from archive.verbs.wording import cell, plain, wide_console
from archive.whole_files import replaced

EXAMPLE = """\b
Examples:
  press-archive coverage
  press-archive coverage --missing
  press-archive coverage --missing lacking.csv
"""
_REASONS_SHOWN = 20
_LIST = "list"


@click.command(epilog=EXAMPLE)
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option(
    "--missing",
    metavar="[FILE]",
    is_flag=False,
    flag_value=_LIST,
    help="List every address that should lead to an article and does not, with its reason, attempts and next look;"
    " with FILE (- is standard output) as CSV, and nothing else.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def coverage(root: Path | None, missing: str | None, as_json: bool) -> None:
    """Say how complete the archive is: what was announced and what became of it, by source and by month.

    Pending, stored, gone, excluded and failed add up to announced. Reads the archive only, and asks no site.
    """
    with open_current(find_root(root)) as db:
        if missing is not None and missing != _LIST:
            _write_missing(db.conn, missing)
        elif as_json:
            found = as_record(figures.coverage_of(db.conn))
            if missing:
                found["missing"] = [_missing_record(each) for each in figures.missing(db.conn)]
            click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            _print(figures.coverage_of(db.conn))
            if missing:
                _print_missing(figures.missing(db.conn))


def as_record(found: Coverage) -> dict[str, Any]:
    """Return coverage as JSON has it."""
    totals = found.totals
    return {
        "announced": totals.counts.announced,
        "states": {state: getattr(totals.counts, state) for state in STATES},
        "meanings": dict(MEANINGS),
        "completeness": [asdict(figure) | {"share": figure.share} for figure in totals.completeness],
        "leading_to_an_article": totals.leading,
        "articles": totals.articles,
        "gone_with_their_article_kept": totals.gone_held,
        "withdrawn": totals.withdrawn,
        "named_by_several_sources": totals.several,
        "by_source": [_flat(asdict(each)) for each in found.by_source],
        "by_source_means": OVERLAP,
        "by_month": [_flat(asdict(each)) for each in found.by_month],
        "by_month_means": MONTHS,
        "reasons": [asdict(each) for each in found.reasons],
    }


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    counts: dict[str, Any] = record.pop("counts")
    return counts | record


def _missing_record(found: Missing) -> dict[str, Any]:
    return asdict(found) | {"sources": json.loads(found.sources)}


def _print(found: Coverage) -> None:
    console = wide_console()
    totals = found.totals
    console.print(f"{totals.counts.announced:,} addresses were announced", markup=False)
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0), show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for state, meaning in MEANINGS.items():
        table.add_row(state, f"{getattr(totals.counts, state):,}", meaning)
    console.print(table)
    console.print(
        f"{totals.leading:,} addresses lead to {totals.articles:,} articles; {totals.gone_held:,} gone ones are kept,"
        f" {totals.withdrawn:,} lead to withdrawn ones"
    )
    for figure in totals.completeness:
        console.print(figure_line(figure), markup=False)
    _print_sources(console, found)
    _print_months(console, found)
    _print_reasons(console, found)


def figure_line(figure: Figure) -> str:
    """Write a share with what was counted and out of what."""
    return f"{figure.percent:>9}  {figure.counted:,} of {figure.out_of:,}: {figure.words}"


def _table(title: str, *others: str) -> Table:
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0), title=title, title_justify="left")
    for name in ("announced", *STATES):
        table.add_column(name, justify="right", no_wrap=True)
    for name in others:
        table.add_column(name, overflow="fold")
    return table


def _cells(counts: Counts) -> tuple[str, ...]:
    return tuple(f"{getattr(counts, name):,}" for name in ("announced", *STATES))


def _print_sources(console: Console, found: Coverage) -> None:
    table = _table("By source", "only here", "source")
    table.columns[-2].justify = "right"
    for each in found.by_source:
        table.add_row(*_cells(each.counts), f"{each.only_here:,}", cell(each.source))
    console.print(table)
    totals = found.totals
    console.print(f"{OVERLAP} Here to {totals.naming:,}; {totals.several:,} addresses are named by several sources.")


def _print_months(console: Console, found: Coverage) -> None:
    table = _table("By month", "month", "known by")
    for each in found.by_month:
        table.add_row(*_cells(each.counts), cell(each.month), _basis(each))
    console.print(table)
    console.print(MONTHS)


def _basis(month: ByMonth) -> str:
    """Say by what the addresses of a month are known to be of it."""
    counts = {
        "publication": month.by_publication,
        "lastmod": month.by_lastmod,
        "first announcement": month.by_announcement,
    }
    known = {name: count for name, count in counts.items() if count}
    return next(iter(known)) if len(known) == 1 else ", ".join(f"{name} {count:,}" for name, count in known.items())


def _print_reasons(console: Console, found: Coverage) -> None:
    """Show the commonest reasons for which addresses are not stored."""
    if not found.reasons:
        return
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0), title="Why addresses are not stored", title_justify="left")
    table.add_column("state")
    table.add_column("addresses", justify="right")
    table.add_column("reason", overflow="fold")
    table.add_column("one of them", overflow="fold")
    for each in found.reasons[:_REASONS_SHOWN]:
        table.add_row(each.state, f"{each.addresses:,}", cell(each.reason), cell(each.example))
    console.print(table)
    if len(found.reasons) > _REASONS_SHOWN:
        console.print(f"{len(found.reasons) - _REASONS_SHOWN} further reasons: --json has them all")


def _print_missing(found: Iterable[Missing]) -> None:
    """Print one line an address, so that the list can be searched and cut."""
    click.echo("\nstate\tattempts\tnext look\taddress\treason")
    for each in found:
        reason = each.reason or "not asked for yet"
        look = each.next_look_at or "the next run"
        click.echo(plain(f"{each.state}\t{each.attempts}\t{look}\t{each.url}\t{reason}", keep="\t"))


def _write_missing(connection: Connection, file: str) -> None:
    if file == "-":
        _write_csv(connection, sys.stdout)
        return
    with replaced(Path(file), newline="") as stream:
        count = _write_csv(connection, stream)
    click.echo(f"{count:,} missing addresses are in {file}", err=True)


def _write_csv(connection: Connection, stream: TextIO) -> int:
    names = [field.name for field in fields(Missing)]
    writer = csv.writer(stream)
    writer.writerow(names)
    count = 0
    for each in figures.missing(connection):
        writer.writerow([getattr(each, name) for name in names])
        count += 1
    return count
