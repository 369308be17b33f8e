"""`press-archive import`: brings in what other tools captured, and says what. Must not know how captures are read."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from archive.adopted import Adopted
from archive.captures import Watch
from scraper.adoption import Adoption, carry_out, planned
from scraper.verbs.publication import checked_base_url, named_profile

LOOK = 3
_SHOWN = 20
_OFTEN = 0.1
"""Seconds between two looks at the progress bar."""
_ROLES = {
    "page": "pages",
    "same": "unchanged pages",
    "gone": "answers 404 and 410",
    "redirect": "redirects",
    "source": "sitemaps and feeds",
    "robots": "robots.txt",
}
EXAMPLE = """\b
Examples:
  press-archive import crawl.warc.gz site.wacz --root archives/sample
  press-archive import saved-pages/ --publication responsible-statecraft
  press-archive import mirror.warc.gz --publication sample --base-url http://127.0.0.1:8000
\b
Saved pages: a folder may hold manifest.jsonl or manifest.csv with file, url and fetched_at. Otherwise a page's
address is what the browser wrote into it, its canonical one, or its place in a mirror (HOST/path).
"""


@click.command("import", epilog=EXAMPLE)
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option("--publication", metavar="NAME", help="Whose pages to keep; its archive is made when it is not there.")
@click.option("--base-url", metavar="URL", help="Where the site was captured, when that is a mirror or test server.")
@click.option("--json", "as_json", is_flag=True, help="Print the closing counts as JSON.")
def import_(
    files: tuple[Path, ...], root: Path | None, publication: str | None, base_url: str | None, as_json: bool
) -> None:
    """Bring in what other tools captured: WARC and WACZ FILEs, saved pages, or folders of them.

    The publication's pages, redirects, 404s, sitemaps, feeds and robots.txt become WARC files of the archive, each
    with its own time, and are filed in the order of time; importing again changes nothing. Exit status: 0 done,
    1 error, 2 usage, 3 done but some records are damaged, 75 another run holds this archive.
    """
    profile = named_profile(publication) if publication else None
    adoption = planned(files, root, profile, checked_base_url(base_url))
    with _progress(quiet=as_json) as watch:
        adopted = carry_out(adoption, watch)
    if as_json:
        click.echo(json.dumps(_summary(adoption, adopted), ensure_ascii=False))
    else:
        _print(Console(highlight=False, soft_wrap=True), adoption, adopted)
    sys.exit(LOOK if adopted.damaged else 0)


@contextmanager
def _progress(quiet: bool) -> Iterator[Watch | None]:
    """Show how far reading and writing are, on a terminal only."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("reading", total=None)
        shown_at = 0.0

        def watch(stage: str, done: int, total: int) -> None:
            nonlocal shown_at
            if time.monotonic() - shown_at > _OFTEN:
                shown_at = time.monotonic()
                progress.update(task, description=stage, completed=done, total=total)

        yield watch


def _summary(adoption: Adoption, adopted: Adopted) -> dict[str, Any]:
    return {
        "publication": adoption.profile.name,
        "root": str(adoption.root),
        "files": list(adopted.files),
        "found": adopted.found,
        "kept": adopted.kept,
        "held": adopted.held,
        "duplicates": adopted.duplicates,
        "strangers": adopted.strangers,
        "damaged": adopted.damaged,
        "first_at": adopted.first_at,
        "last_at": adopted.last_at,
        "roles": dict(adopted.roles),
        "hosts": dict(adopted.hosts),
        "left_out": dict(adopted.left_out),
        "damages": list(adopted.damages),
        "exit_status": LOOK if adopted.damaged else 0,
    }


def _print(console: Console, adoption: Adoption, adopted: Adopted) -> None:
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0), title=f"{adoption.profile.title}, imported", title_justify="left")
    table.add_column("captures")
    table.add_column("count", justify="right")
    for label, count in _rows(adopted):
        table.add_row(label, f"{count:,}")
    console.print(table)
    if adopted.first_at:
        console.print(f"Captured from {adopted.first_at} to {adopted.last_at}; kept in {', '.join(adopted.files)}")
    else:
        console.print("Nothing is new: the archive holds all of it.")
    for damage in adopted.damages[:_SHOWN]:
        console.print(f"Look: {damage}", markup=False)
    if adopted.damaged > _SHOWN:
        console.print(f"Look: {adopted.damaged - _SHOWN:,} more places are damaged")
    console.print(f"Next: press-archive serve --root {adoption.root}", markup=False)


def _rows(adopted: Adopted) -> Iterator[tuple[str, int]]:
    yield "kept", adopted.kept
    yield from ((f"  {label}", adopted.roles[role]) for role, label in _ROLES.items() if adopted.roles.get(role))
    others = (
        ("held already", adopted.held),
        ("twice in what was read", adopted.duplicates),
        ("of other sites", adopted.strangers),
        ("damaged", adopted.damaged),
        *((f"left out: {reason}", count) for reason, count in adopted.left_out.items()),
    )
    yield from ((label, count) for label, count in others if count)
