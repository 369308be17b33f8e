"""`press-archive export`: writes what the archive holds to files. Must not know SQL or formats."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.errors import ArchiveError, UsageError
from archive.exports.formats import FORMATS, Format, Job
from archive.exports.output import STANDARD_OUTPUT, Written
from archive.exports.reading import guarded, one_moment
from archive.exports.selection import VIEW, Selection
from archive.root import DATABASE, find_root, open_database
from archive.verbs.progress import progress

if TYPE_CHECKING:
    from archive.exports.lake import Filled
    from archive.exports.wacz import Packing

_PATIENCE = 60.0
"""Seconds that a condition of --where may look for the next row."""
_BROKEN_PIPE = 128 + signal.SIGPIPE
EXAMPLE = """\b
Examples:
  press-archive export csv
  press-archive export csv --view edits --since 2026-01-01 --output - | head
  press-archive export jsonl --search '"naval blockade" NOT author:quill' --where "word_count > 800"
  press-archive export parquet --lake lake --root archives/sample
  press-archive export wacz --root archives/sample --output sample.wacz
"""


@click.group(epilog=EXAMPLE)
def export() -> None:
    """Write the archive's articles, or any table or view, to a file in some FORMAT."""


def _options(format_: Format) -> list[click.Parameter]:
    folder = click.Path(path_type=Path)
    found: list[click.Parameter] = [
        click.Option(["--root"], type=folder, help="The archive's folder [the only one under archives/]."),
        click.Option(["--output"], metavar="FILE", help=f"Where to write{format_.where} [{format_.target(VIEW)}]."),
        click.Option(["--search"], metavar="QUERY", help="Only what this finds, best first; as in the site's search."),
        click.Option(["--where"], metavar="SQL", help="Only rows for which this condition over the columns holds."),
        click.Option(["--since"], metavar="DATE", help="Only what was published (or seen) since then: 2026-02-11."),
        click.Option(["--json", "as_json"], is_flag=True, help="Print the closing count as JSON."),
    ]
    if not format_.of_articles:
        names = ["--table", "--view", "view"]
        found.insert(2, click.Option(names, metavar="NAME", default=VIEW, show_default=True, help="What to write."))
    if format_.name == "csv":
        words = "For spreadsheets: a byte order mark, and no cell that they would run as a formula."
        found.append(click.Option(["--excel"], is_flag=True, help=words))
    if format_.name == "parquet":
        words = "A folder of many archives by publication and year instead; only what changed is written."
        found.append(click.Option(["--lake"], metavar="DIR", type=folder, help=words))
    return found


def _command(format_: Format) -> click.Command:
    def write(
        root: Path | None,
        output: str | None,
        search: str | None,
        where: str | None,
        since: str | None,
        as_json: bool,
        view: str = VIEW,
        excel: bool = False,
        lake: Path | None = None,
    ) -> None:
        if lake:
            if output or search or where or since or view != VIEW:
                raise UsageError("--lake takes whole archives: leave out what chooses rows or names a file")
            _tell_lake(_fill_lake(find_root(root), lake, quiet=as_json), lake, as_json)
            return
        selection = Selection(view, search, where, since)
        target = output or format_.target(view)
        try:
            written = _write(format_, find_root(root), selection, target, excel, quiet=as_json)
        except BrokenPipeError:
            # Whoever read has enough; what Python still holds for them must not become a complaint at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(_BROKEN_PIPE)
        _tell(format_, written, selection, target, as_json)

    return click.Command(format_.name, callback=write, params=_options(format_), help=format_.help, epilog=EXAMPLE)


def _write(format_: Format, root: Path, selection: Selection, target: str, excel: bool, quiet: bool) -> Written:
    with (
        closing(open_database(root)) as db,
        progress(_so_far, quiet) as shown,
        guarded(db.conn, _PATIENCE) as patience,
    ):

        def watch(rows: int, size: int) -> None:
            patience.renew()
            if shown:
                shown((rows, size))

        try:
            return format_.write(Job(db.conn, root / DATABASE, selection, target, watch, excel))
        except sqlite3.OperationalError as error:
            raise ArchiveError(f"the rows cannot be read ({error}): make --where or --search simpler") from error


def _fill_lake(root: Path, lake: Path, quiet: bool) -> Filled:
    try:
        from archive.exports.lake import fill_lake
    except ImportError as error:
        raise UsageError("a lake needs pyarrow: pip install press-archive[parquet]") from error
    with closing(open_database(root)) as db, progress(_so_far, quiet) as shown, one_moment(db.conn):
        return fill_lake(db.conn, lake, lambda rows, size: shown((rows, size)) if shown else None)


def _tell_lake(filled: Filled, lake: Path, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"path": str(lake), **asdict(filled)}))
        return
    partitions = f"{filled.written} partitions written, {filled.kept} kept, {filled.removed} removed"
    if filled.moved:
        partitions += f", {filled.moved} taken over from an earlier name"
    size = f"{filled.rows:,} rows, {filled.bytes:,} bytes"
    click.echo(f"{filled.publication} in {lake}: {partitions}; {size}", err=True)


def _so_far(done: tuple[int, int]) -> str:
    return f"exporting: {done[0]:,} rows" + (f", {done[1] / 1e6:,.1f} MB" if done[1] else "")


def _tell(format_: Format, written: Written, selection: Selection, target: str, as_json: bool) -> None:
    is_printed = target == STANDARD_OUTPUT
    if as_json:
        said = {"path": target, "view": selection.view, **asdict(written)}
        click.echo(json.dumps(said), err=is_printed)
        return
    where = "standard output" if is_printed else target
    what = "articles" if format_.of_articles else f"rows of {selection.view}"
    click.echo(f"{written.rows:,} {what} written to {where}, {written.bytes:,} bytes", err=True)
    click.echo(f"SHA-256 {written.sha256}", err=True)
    for words, count in written.notes.items():
        click.echo(f"{count:,} {words}", err=True)


for _each in FORMATS.values():
    export.add_command(_command(_each))


@export.command("wacz", epilog=EXAMPLE)
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option("--output", metavar="FILE", help="Where to write [PUBLICATION.wacz].")
@click.option("--json", "as_json", is_flag=True, help="Print what was packed as JSON.")
def export_wacz(root: Path | None, output: str | None, as_json: bool) -> None:
    """Pack the WARC files, an index and a list of the articles as one WACZ file, to be replayed elsewhere.

    Needs the command wacz: pip install press-archive[wacz]. The file appears whole or not at all. The bytes of
    withdrawn articles are left out; other pages that show some of their text are packed as they were.
    """
    from archive.exports.wacz import write_wacz

    found = find_root(root)
    target = Path(output or f"{found.resolve().name}.wacz")
    with closing(open_database(found)) as db, progress(_packing, quiet=as_json) as watch:
        packed = write_wacz(db, found, target, watch)
    if as_json:
        click.echo(json.dumps(asdict(packed) | {"path": str(packed.path)}))
    else:
        click.echo(f"{packed.files} WARC files and {packed.pages:,} pages packed into {packed.path}", err=True)
        if packed.blanked:
            click.echo(f"{packed.blanked} records of withdrawn articles were left empty", err=True)


def _packing(so_far: Packing) -> str:
    return f"packing: {so_far.done / 1e6:,.0f} MB written, {so_far.total / 1e6:,.0f} MB of WARC files"
