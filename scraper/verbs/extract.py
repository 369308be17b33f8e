"""`press-archive extract`: shows what would be stored of a page. Must not store anything."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from lxml import etree
from rich.console import Console

from archive.errors import ArchiveError, UsageError
from scraper.extraction.article import extract_article
from scraper.extraction.errors import ExtractionError, NotAnArticle
from scraper.extraction.record import full_record, record_of
from scraper.onepage import OnePage, fetch, read_file
from scraper.profile import GENERIC, Profile
from scraper.verbs.card import print_card
from scraper.verbs.publication import named_profile

EXAMPLE = """\b
Examples:
  press-archive extract page.html --publication responsible-statecraft
  press-archive extract https://news.example.org/an-article --contact you@example.org --json
  press-archive extract --batch manifest.jsonl > articles.jsonl
"""
# What a page that nobody expected may make a library raise: one line of a batch must not end the others.
_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    etree.LxmlError,
)


@click.command(epilog=EXAMPLE)
@click.argument("page", metavar="FILE|URL", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the card.")
@click.option("--publication", metavar="NAME", help="Read by this publication's profile [the generic reader].")
@click.option("--url", metavar="URL", help="The address that FILE was fetched from.")
@click.option("--contact", metavar="WHO", help="Mail or web address for the user agent; a live URL needs it.")
@click.option(
    "--batch",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="MANIFEST",
    help="Read the pages of a JSONL file (id, file, url) and print one JSON object a line.",
)
def extract(
    page: str | None, as_json: bool, publication: str | None, url: str | None, contact: str | None, batch: Path | None
) -> None:
    """Read one page, FILE (may be gzipped) or URL, and print what would be stored of it.

    Exit status: 0 done, 1 the page is no article or cannot be had, 2 usage.
    """
    if (page is None) == (batch is None):
        raise UsageError("name one page, FILE or URL, or a manifest with --batch MANIFEST.jsonl")
    profile = named_profile(publication) if publication is not None else GENERIC
    if batch is not None:
        _print_batch(batch, profile)
        return
    _print_page(_page(page or "", url, contact), profile, as_json)


def _page(name: str, url: str | None, contact: str | None) -> OnePage:
    if name.startswith(("http://", "https://")):
        return fetch(name, contact)
    path = Path(name)
    if not path.is_file():
        raise UsageError(f"there is no file {name}: name a file, or an address that starts with https://")
    try:
        return read_file(path, url or "")
    except (OSError, EOFError) as error:
        raise ArchiveError(f"{name} cannot be read ({error}): look whether it is whole") from error


def _print_page(page: OnePage, profile: Profile, as_json: bool) -> None:
    try:
        article = extract_article(page.content, page.url, profile, content_type=page.content_type)
    except ExtractionError as error:
        if as_json:
            click.echo(json.dumps({"url": page.url, "error": str(error)}, ensure_ascii=False))
            sys.exit(1)
        raise ArchiveError(f"not an article: {error}") from error
    if as_json:
        click.echo(json.dumps(full_record(article), ensure_ascii=False, indent=2))
    else:
        print_card(article, Console())


def _print_batch(manifest: Path, profile: Profile) -> None:
    """Print one object for each line of the manifest, in its order, as soon as it is read."""
    for line in _lines(manifest):
        click.echo(json.dumps(_batch_line(line, manifest.parent, profile), ensure_ascii=False))


def _lines(manifest: Path) -> Iterator[str]:
    with manifest.open("rb") as stream:
        for line in stream:
            yield line.decode("utf-8", "replace").rstrip("\r\n")


def _batch_line(line: str, folder: Path, profile: Profile) -> dict[str, Any]:
    id_: Any = None
    try:
        entry = json.loads(line)
        id_ = entry["id"]
        page = read_file(folder / entry["file"], entry.get("url") or "")
        return {"id": id_, **record_of(extract_article(page.content, page.url, profile))}
    except ExtractionError as error:
        shown = error.shown if isinstance(error, NotAnArticle) else None
        return {"id": id_, "error": str(error), **(record_of(shown) if shown else {})}
    except _FAILURES as error:
        return {"id": id_, "error": f"{type(error).__name__}: {error}"}
