"""`press-archive verify`: says what is wrong with an archive or a release. Must not know how that is found."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from archive.errors import UsageError
from archive.exports.manifest import MANIFEST, PACKAGE, verify_release
from archive.findings import Findings
from archive.fixity import verify_root
from archive.root import find_warcs
from archive.verbs.progress import progress

EXAMPLE = """\b
Examples:
  press-archive verify
  press-archive verify archives/sample
  press-archive verify corpus-2026-12
"""


@click.command(epilog=EXAMPLE)
@click.argument("folder", metavar="[ROOT|RELEASE]", required=False, type=click.Path(path_type=Path))
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def verify(folder: Path | None, root: Path | None, as_json: bool) -> None:
    """Compute every digest of an archive, or of a release, again: one line for each damage, with file and offset.

    Exit status: 0 whole, 1 something is wrong, 2 usage.
    """
    if folder is not None and not folder.is_dir():
        raise UsageError(f"there is no folder {folder}: name an archive's folder or a release's")
    with progress("reading {}".format, quiet=as_json) as watch:
        if folder is not None and any((folder / name).is_file() for name in (MANIFEST, PACKAGE)):
            found = verify_release(folder, watch)
        else:
            found = verify_root(find_warcs(folder or root), watch)
    if as_json:
        click.echo(json.dumps({"whole": found.is_whole, **asdict(found)}, ensure_ascii=False))
    else:
        _print(found)
    sys.exit(0 if found.is_whole else 1)


def _print(found: Findings) -> None:
    for damage in found.damages:
        click.echo(f"{damage.file} at {damage.offset}: {damage.what}")
    for remark in found.remarks:
        click.echo(f"Note: {remark}")
    count = len(found.damages)
    what = "whole" if found.is_whole else f"{count} damage{'' if count == 1 else 's'}"
    click.echo(f"{what}: {found.files:,} files, {found.records:,} records, {found.rows:,} rows were checked")
