"""`press-archive release`: writes a frozen, citable corpus. Must not know what it consists of."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import click

from archive.errors import ArchiveError
from archive.exports.release import write_release
from archive.root import find_root, open_database
from archive.schema import is_older
from archive.verbs.progress import progress

EXAMPLE = """\b
Examples:
  press-archive release corpus-2026-12
  press-archive release corpus-2026-12 --root archives/sample && press-archive verify corpus-2026-12
"""


@click.command(epilog=EXAMPLE)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option("--json", "as_json", is_flag=True, help="Print the row counts as JSON.")
def release(folder: Path, root: Path | None, as_json: bool) -> None:
    """Write the archive into DIR as a corpus to cite: CSV and JSONL (and Parquet where pyarrow is installed), with a
    description of every column, the queries, and a manifest of SHA-256.

    The same archive gives the same bytes. DIR appears whole or not at all, and must be new.
    """
    try:
        with closing(open_database(find_root(root))) as db, progress("writing {}".format, quiet=as_json) as watch:
            if is_older(db):
                raise ArchiveError(
                    "an older release wrote this database: wait for the run that holds it, and try again"
                )
            done = write_release(db, folder, watch)
    except OSError as error:
        raise ArchiveError(f"{folder} cannot be written ({error.strerror}): name another folder") from error
    if as_json:
        click.echo(json.dumps({"path": str(folder), "files": done.files, "rows": done.rows, "sha256": done.sha256}))
    else:
        click.echo(f"{sum(done.rows.values()):,} rows in {done.files} files written to {folder}")
        click.echo(f"SHA-256 of the manifest, to cite: {done.sha256}")
