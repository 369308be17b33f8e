"""`press-archive show`: where an article comes from, its bytes, and what it said on a day. Must not query tables."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from archive.charset import page_text
from archive.coding import decode_body
from archive.errors import ArchiveError, CutShort, TooLarge, UsageError
from archive.fetches import Fetched
from archive.lookup import find_article
from archive.provenance import Provenance, Text, bytes_of, moment_of, provenance_of
from archive.root import find_root, open_database
from archive.stored import StoredResponse
from archive.worddiff import as_text

EXAMPLE = """\b
Examples:
  press-archive show a-truce-holds
  press-archive show a-truce-holds --at 2026-03-01
  press-archive show https://news.example.org/a-truce-holds/ --raw > page.html.gz
"""
_LARGEST = 256 * 1024 * 1024
_FIELDS = ("headline", "dek", "byline", "section", "credits", "body")


@click.command(epilog=EXAMPLE)
@click.argument("article")
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option("--raw", is_flag=True, help="Write the exact bytes of the page's body, as they came over the wire.")
@click.option("--html", "as_html", is_flag=True, help="Write the page, decoded, as UTF-8.")
@click.option("--text", "as_words", is_flag=True, help="Print what the page said, field by field.")
@click.option("--at", metavar="DATE", help="What the page said then: a day (its end, UTC) or an ISO 8601 time.")
@click.option("--revision", type=click.IntRange(1), metavar="N", help="Print revision N and what it changed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(
    article: str,
    root: Path | None,
    raw: bool,
    as_html: bool,
    as_words: bool,
    at: str | None,
    revision: int | None,
    as_json: bool,
) -> None:
    """Show ARTICLE's provenance: its address, slug or id names it.

    Address, fetch time, WARC file, offset, length and digest, layout, reader, the source of each field, revisions and
    fetches.
    """
    _check_options(raw + as_html, as_words, at, revision, as_json)
    found = find_root(root)
    moment = moment_of(at) if at else None
    with closing(open_database(found)) as db:
        provenance = provenance_of(db, find_article(db, article))
    if provenance.article["status"] == "withdrawn" and (raw or as_html or as_words or at or revision):
        raise ArchiveError(f"{provenance.article['url']} was withdrawn on request: its text is not shown")
    if raw or as_html:
        _write_page(found, provenance, moment, as_html)
    elif revision is not None or as_words or at:
        text = provenance.text_number(revision) if revision is not None else provenance.text_at(moment)
        _print_text(provenance, text, with_diff=revision is not None, as_json=as_json)
    elif as_json:
        click.echo(json.dumps(_record(provenance), ensure_ascii=False, indent=2))
    else:
        _print_card(Console(highlight=False, soft_wrap=True), provenance)


def _check_options(page: int, as_words: bool, at: str | None, revision: int | None, as_json: bool) -> None:
    if page + (as_words or revision is not None) > 1:
        raise UsageError("take one of --raw, --html and --text (which --revision prints, too)")
    if page and as_json:
        raise UsageError("--raw and --html write the page itself: leave out --json")
    if at and revision is not None:
        raise UsageError("take one of --at and --revision: each names one text")


def _write_page(root: Path, provenance: Provenance, moment: str | None, decoded: bool) -> None:
    stored = bytes_of(root, provenance.fetch_at(moment))
    content = stored.body
    if decoded:
        content = _decoded(stored).encode("utf-8", "surrogatepass")
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _decoded(stored: StoredResponse) -> str:
    try:
        body = decode_body(stored.body, stored.headers, _LARGEST)
    except (CutShort, TooLarge) as error:
        raise ArchiveError(f"{error}, and cannot be shown: --raw writes what came") from error
    return page_text(body, stored.header("Content-Type"))


def _print_text(provenance: Provenance, text: Text, with_diff: bool, as_json: bool) -> None:
    fetched = next(each for each in provenance.fetches if each.id == text.snapshot_id)
    if as_json:
        record = asdict(text) | {"url": provenance.article["url"], "snapshot": asdict(fetched)}
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
        return
    place = f"{fetched.warc_file}, offset {fetched.warc_offset}, {fetched.digest}"
    click.echo(f"Revision {text.number} of {provenance.article['url']}, seen {text.seen_at} ({place})")
    for name in _FIELDS:
        if text.words.get(name):
            click.echo(f"\n{name}\n{text.words[name]}")
    if with_diff and text.diff:
        click.echo(f"\nWhat it changed: {_edit(text)}\n\n{as_text(text.diff)}")


def _edit(text: Text) -> str:
    if text.number == 1:
        return "first text"
    silent = ", silent" if text.silent else ""
    return f"{text.kind}{silent} ({', '.join(text.changed_fields)})"


def _record(provenance: Provenance) -> dict[str, Any]:
    article = {name: value for name, value in provenance.article.items() if name not in ("body_text", "body_html")}
    return {
        "article": article,
        "read_from": asdict(provenance.read_from),
        "sources": provenance.sources,
        "aliases": provenance.aliases,
        "tombstones": provenance.tombstones,
        "revisions": [
            {name: value for name, value in asdict(text).items() if name not in ("words", "diff")}
            for text in provenance.texts
        ],
        "fetches": [asdict(each) for each in provenance.fetches],
    }


def _print_card(console: Console, provenance: Provenance) -> None:
    article, read = provenance.article, provenance.read_from
    console.print(article["headline"], style="bold", markup=False)
    rows = {
        "address": article["url"],
        "also at": ", ".join(provenance.aliases),
        "status": _status(provenance),
        "fetched": f"{read.fetched_at} from {read.url}, HTTP {read.status}",
        "record": f"{read.warc_file}, offset {read.warc_offset}, length {read.warc_length}",
        "digest": read.digest,
        "layout": article["layout"],
        "read by": article["extractor"],
        "seen": f"first {article['first_seen_at']}, last {article['last_seen_at']}",
    }
    for name, value in rows.items():
        if value:
            console.print(f"  {name:<9}{value}", markup=False)
    _print_lines(console, "Where each field was read", _sources(provenance))
    _print_lines(console, "Revisions", _revisions(provenance))
    _print_lines(console, "Fetches", _fetches(provenance))


def _print_lines(console: Console, title: str, lines: Iterable[str]) -> None:
    """Print lines that are whole in a pipe, too: a table would be cut to the width of the terminal."""
    console.print(f"\n{title}", style="bold", markup=False)
    for line in lines:
        console.print(f"  {line}", markup=False)


def _status(provenance: Provenance) -> str:
    status = str(provenance.article["status"])
    if provenance.tombstones:
        last = provenance.tombstones[-1]
        back = f", back since {last['returned_at']}" if last["returned_at"] else ""
        return f"{status} (gone {last['gone_at']}: {last['reason']} at {last['url']}{back})"
    return status


def _sources(provenance: Provenance) -> Iterator[str]:
    for name, source in provenance.sources.items():
        yield f"{name:<13}{source or 'as printed'}"


def _revisions(provenance: Provenance) -> Iterator[str]:
    for text in provenance.texts:
        yield f"{text.number:<4}{text.seen_at}  {_edit(text)}, read by {text.extractor}"


def _fetches(provenance: Provenance) -> Iterator[str]:
    for each in provenance.fetches:
        place = f"{each.warc_file}, offset {each.warc_offset}, length {each.warc_length}"
        yield f"{each.fetched_at}  HTTP {each.status}  {place}  {_meaning(each, provenance)}"


def _meaning(each: Fetched, provenance: Provenance) -> str:
    what = "unchanged" if each.revisit_of else each.digest
    return what if each.url == provenance.read_from.url else f"{what}  {each.url}"
