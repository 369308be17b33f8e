"""`press-archive rebuild`: a new database from the WARC files, and what differs. Must not know how it is made."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from archive.comparison import Comparison
from archive.root import find_warcs
from archive.verbs.progress import progress
from scraper.rebuild import Rebuilt, rebuild

EXAMPLE = """\b
Examples:
  press-archive rebuild --dry-run
  press-archive rebuild --root archives/sample
"""
_SHOWN = 60


@click.command("rebuild", epilog=EXAMPLE)
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option("--dry-run", is_flag=True, help="Say what would differ, and change nothing.")
@click.option("--processes", type=click.IntRange(1), metavar="N", help="Processes that read pages [one a core].")
@click.option("--json", "as_json", is_flag=True, help="Print what differs as JSON.")
def rebuild_verb(root: Path | None, dry_run: bool, processes: int | None, as_json: bool) -> None:
    """Build the database anew from the WARC files, say what differs from the old one, and swap them.

    The old database stays in place until the new one is whole. Exit status: 0 done, 1 error, 3 some records are
    damaged: run press-archive verify, 75 a crawl holds the archive.
    """
    found = find_warcs(root)
    with progress("{:,} records filed".format, quiet=as_json) as watch:
        rebuilt = rebuild(found, processes=processes, dry_run=dry_run, watch=watch)
    if as_json:
        click.echo(json.dumps(_summary(found, rebuilt), ensure_ascii=False))
    else:
        _print(Console(highlight=False, soft_wrap=True), found, rebuilt)
    sys.exit(3 if rebuilt.damages else 0)


def _summary(root: Path, rebuilt: Rebuilt) -> dict[str, Any]:
    return {
        "root": str(root),
        "records": rebuilt.records,
        "articles": rebuilt.articles,
        "swapped": rebuilt.swapped,
        "damages": [asdict(damage) for damage in rebuilt.damages],
        "same": rebuilt.comparison.is_same if rebuilt.comparison else None,
        "differs": asdict(rebuilt.comparison) if rebuilt.comparison else None,
    }


def _print(console: Console, root: Path, rebuilt: Rebuilt) -> None:
    console.print(f"{rebuilt.records:,} records, {rebuilt.articles:,} articles", markup=False)
    for damage in rebuilt.damages:
        console.print(f"Look: {damage.file} at {damage.offset}: {damage.what}", markup=False)
    if rebuilt.comparison is None:
        console.print("There was no readable database to compare with.")
    elif rebuilt.comparison.is_same:
        console.print("Nothing differs from the old database.")
    else:
        _print_differences(console, rebuilt.comparison)
    done = f"{root / 'archive.db'} is new." if rebuilt.swapped else "Nothing was changed (--dry-run)."
    console.print(done, markup=False)


def _print_differences(console: Console, found: Comparison) -> None:
    for word, urls in (("only in the new one", found.gained), ("only in the old one", found.lost)):
        if urls:
            console.print(f"{len(urls):,} articles {word}, such as {urls[0]}", markup=False)
    for field, count in found.changed.items():
        if count:
            console.print(f"{count:,} articles read otherwise: {field}", markup=False)
            for example in found.examples[field]:
                console.print(f"  {example.url}", markup=False)
                console.print(f"    - {_short(example.before)}\n    + {_short(example.after)}", markup=False)
    for table, (before, after) in found.rows.items():
        console.print(f"{table}: {before:,} rows before, {after:,} now", markup=False)


def _short(text: str | None) -> str:
    line = " ".join((text or "(nothing)").split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
