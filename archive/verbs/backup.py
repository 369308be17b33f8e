"""`press-archive backup`: copies a living archive. Must not know how."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import click

from archive.backup import back_up
from archive.root import find_root
from archive.verbs.progress import progress

EXAMPLE = """\b
Examples:
  press-archive backup sample.tar
  press-archive backup /mnt/disk/sample/ --root archives/sample
\b
Restoring:
  tar -xf sample.tar -C archives       # gives archives/sample
  cd archives/sample && sha256sum -c backup.sha256
  press-archive verify archives/sample && press-archive crawl sample
"""


@click.command(epilog=EXAMPLE)
@click.argument("target", metavar="FILE|DIR/")
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option("--json", "as_json", is_flag=True, help="Print what was copied as JSON.")
def backup(target: str, root: Path | None, as_json: bool) -> None:
    """Copy a living archive into FILE, one tar file, or into DIR/, to which only new WARC files are added.

    A crawl may run meanwhile. The copy is the archive at one moment: the database, the WARC files as far as that names
    their records, decisions.jsonl, and SHA-256s. It takes the place of an earlier backup when it is whole.

    Exit status: 0 done, 1 error: no half file is left, 2 usage, 75 another run writes the same backup.
    """
    found, is_folder = find_root(root), target.endswith(os.sep) or Path(target).is_dir()
    with progress(lambda done: f"copying {done}", quiet=as_json) as show:
        watch = None if show is None else (lambda *far: show(_line(*far)))
        done = back_up(found, Path(target), folder=is_folder, watch=watch)
    if as_json:
        click.echo(json.dumps(asdict(done)))
        return
    click.echo(
        f"{done.articles:,} articles in {done.files} files, {done.bytes / 1e6:,.1f} MB, are in {target}"
        f" ({done.copied / 1e6:,.1f} MB copied now)"
    )
    if is_folder:
        click.echo(f"To restore: copy {target} to a new folder under archives/, and press-archive verify it")
    else:
        click.echo(
            f"To restore: tar -xf {target} -C archives, and press-archive verify archives/{found.resolve().name}"
        )


def _line(name: str, done: int, total: int) -> str:
    return f"{name}: {done * 100 // max(total, 1)} % of {total / 1e6:,.0f} MB"
