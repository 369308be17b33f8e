"""`press-archive publish`: writes what may be public into a folder. Must not know what that is."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from archive.errors import ArchiveError
from archive.publishing.contents import EXCERPT_WORDS, LEVELS, TextLevel
from archive.publishing.database import Choice
from archive.publishing.folder import publish as write_public
from archive.root import find_root
from archive.verbs.progress import progress

EXAMPLE = """\b
Examples:
  press-archive publish public
  press-archive publish public --root archives/sample --text none && press-archive serve --public public
"""


@click.command(epilog=EXAMPLE)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option(
    "--text",
    type=click.Choice(LEVELS),
    default="excerpt",
    show_default=True,
    help="How much of the articles' text is published. Whose text it is, decides about full.",
)
@click.option(
    "--words", type=click.IntRange(1, 200), default=EXCERPT_WORDS, show_default=True, help="Words of an excerpt."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was published as JSON.")
def publish(folder: Path, root: Path | None, text: TextLevel, words: int, as_json: bool) -> None:
    """Write what may be public of the archive into DIR: a database without the ledger, logs, paths and raw pages, the
    same as CSV and JSON lines, checksums, and what a server needs.

    DIR is replaced in one step, also while it is being served and while the archive is being crawled. Articles that
    were withdrawn are left out.
    """
    try:
        with progress("publishing {}".format, quiet=as_json) as watch:
            done = write_public(find_root(root), folder, Choice(text, words), watch)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ArchiveError(f"{folder} cannot be written ({reason}): make room, or name another folder") from error
    if as_json:
        click.echo(json.dumps({"path": str(folder), "text": text, **asdict(done)}))
    else:
        articles = done.rows["articles"]
        click.echo(
            f"{articles:,} articles (text: {text}) in {done.files} files, {done.bytes / 1e6:,.1f} MB, in {folder}"
        )
        click.echo(f"release {done.release}; press-archive serve --public {folder} serves it")
