"""`press-archive export`: writes what the archive holds to files. Must not know SQL or formats."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import click

from archive.errors import ArchiveError, UsageError
from archive.exports.csv import write_csv
from archive.exports.wacz import Packing, write_wacz
from archive.root import find_root, open_database
from archive.verbs.progress import progress

VIEW = "article_list"
EXAMPLE = """\b
Examples:
  press-archive export csv
  press-archive export csv --root archives/sample --output - | head
  press-archive export wacz --root archives/sample --output sample.wacz
"""


@click.group(epilog=EXAMPLE)
def export() -> None:
    """Write the archive's articles to a file in some FORMAT."""


@export.command("csv", epilog=EXAMPLE)
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option("--output", metavar="FILE", help=f"Where to write; - is standard output [{VIEW}.csv].")
@click.option("--json", "as_json", is_flag=True, help="Print the closing count as JSON.")
def export_csv(root: Path | None, output: str | None, as_json: bool) -> None:
    """Write all articles as one CSV file: a row an article, all columns of article_list, body text included.

    The file appears whole or not at all, and replaces one of the same name.
    """
    target = output or f"{VIEW}.csv"
    with closing(open_database(find_root(root))) as db:
        if target == "-":
            with _standard_output() as stream:
                count = write_csv(db.conn, VIEW, stream)
        else:
            with whole_file(Path(target)) as stream:
                count = write_csv(db.conn, VIEW, stream)
    if as_json:
        click.echo(json.dumps({"path": target, "view": VIEW, "rows": count}), err=target == "-")
    else:
        click.echo(f"{count:,} rows of {VIEW} written to {'standard output' if target == '-' else target}", err=True)


@export.command("wacz", epilog=EXAMPLE)
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option("--output", metavar="FILE", help="Where to write [PUBLICATION.wacz].")
@click.option("--json", "as_json", is_flag=True, help="Print what was packed as JSON.")
def export_wacz(root: Path | None, output: str | None, as_json: bool) -> None:
    """Pack the WARC files, an index and a list of the articles as one WACZ file, to be replayed elsewhere.

    Needs the command wacz: pip install press-archive[wacz]. The file appears whole or not at all. The bytes of
    withdrawn articles are left out; other pages that show some of their text are packed as they were.
    """
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


@contextmanager
def _standard_output() -> Iterator[TextIO]:
    stream = TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=False)
    try:
        yield stream
        stream.flush()
    finally:
        stream.detach()


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Open a file for writing that takes its name only when it is finished. Raises UsageError, ArchiveError."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder: --output takes a file")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("x", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, path)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written ({error.strerror}): name another file with --output") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
