"""`press-archive takedown`: withdraws an article on request. Must not know tables or WARC records."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from archive.lookup import find_article
from archive.root import find_root, open_database
from archive.takedown import take_down

EXAMPLE = """\b
Examples:
  press-archive takedown a-truce-holds --reason "asked by the author, letter of 3 March"
  press-archive takedown https://news.example.org/a-truce-holds/ --reason "court order" --purge
"""


@click.command(epilog=EXAMPLE)
@click.argument("article")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept in decisions.jsonl.")
@click.option("--purge", is_flag=True, help="Blank the article's WARC records, too. This cannot be undone.")
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def takedown(article: str, reason: str, purge: bool, root: Path | None, as_json: bool) -> None:
    """Withdraw ARTICLE (its address, slug or id): the database and all that is made of it lose its text for good.

    The decision is kept, so that no crawl, import or rebuild brings the article back. Its bytes stay in the WARC files
    unless --purge blanks them. What other addresses answered is kept as it was: lists and feeds that name it, and
    pages of other articles under which the publication showed its text, too.
    """
    found = find_root(root)
    with closing(open_database(found)) as db:
        article_id = find_article(db, article)
    done = take_down(found, article_id, reason, purge)
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False))
    else:
        click.echo(f"{done.url} is withdrawn; {done.blanked} WARC records were blanked")
