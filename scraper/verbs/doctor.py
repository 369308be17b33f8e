"""`press-archive doctor`: visits a publication and says what its profile makes of it. Must not write an archive."""

from __future__ import annotations

import json
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive.models import Image
from scraper.checkup import PAGES, Checkup, check_up
from scraper.profile import Profile
from scraper.verbs.publication import profile_called
from scraper.visit import Visit

LOOK = 3
_MOST_RULES = 40
_MOST_SAMPLES = 12
EXAMPLE = """\b
Examples:
  press-archive doctor sample
  press-archive doctor responsible-statecraft --contact you@example.org
  press-archive doctor responsible-statecraft --base-url http://127.0.0.1:8000 --json
"""


@click.command(epilog=EXAMPLE)
@click.argument("profile", metavar="PUBLICATION", callback=profile_called)
@click.option("--base-url", metavar="URL", help="Visit the whole site at another address: a mirror or a test server.")
@click.option(
    "--pages", type=click.IntRange(min=1, max=100), default=PAGES, show_default=True, help="Articles to read."
)
@click.option("--delay", type=click.FloatRange(min=0), metavar="S", help="Seconds between two requests.")
@click.option("--contact", metavar="WHO", help="Mail or web address for the user agent; a live site needs it.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def doctor(
    profile: Profile, base_url: str | None, pages: int, delay: float | None, contact: str | None, as_json: bool
) -> None:
    """Visit PUBLICATION politely and report: its sources, robots.txt, and what is read from some of its articles.

    Nothing is stored. Exit status: 0 all is well, 1 the site cannot be visited, 2 usage, 3 a person should look: a
    source does not answer or names nothing, a page is no article or in no known layout, a field is never found.
    """
    console = Console(stderr=True)
    waiting = console.status(f"visiting {profile.title}") if console.is_terminal and not as_json else nullcontext()
    with _served(profile, base_url) as served, waiting:
        checkup = check_up(Visit(profile, served, contact=contact, delay=delay), profile, pages)
    if as_json:
        click.echo(json.dumps(_report(checkup), ensure_ascii=False))
    else:
        _print(checkup)
    sys.exit(LOOK if checkup.look else 0)


@contextmanager
def _served(profile: Profile, base_url: str | None) -> Iterator[str | None]:
    """Give the address to visit; a publication that the project serves itself is served meanwhile."""
    if base_url or not profile.server:
        yield base_url
        return
    with pkgutil.resolve_name(profile.server)() as server:
        yield server.base_url


def _report(checkup: Checkup) -> dict[str, Any]:
    estimate = checkup.estimate
    return {
        "publication": checkup.publication,
        "base_url": checkup.base_url,
        "robots": {"rules": list(checkup.rules), "crawl_delay": checkup.asked_delay, "delay": checkup.delay},
        "sources": [
            {
                "kind": source.kind,
                "path": source.path,
                "sure": source.sure,
                "size": source.size,
                "note": source.note or None,
                "problem": source.problem,
            }
            for source in checkup.sources
        ],
        "announced": checkup.announced,
        "excluded": checkup.excluded,
        "forbidden": checkup.forbidden,
        "pages": [
            {"url": page.url, "layout": page.article.layout if page.article else None, "problem": page.problem}
            for page in checkup.pages
        ],
        "layouts": dict(checkup.layouts),
        "fields": checkup.fills,
        "credits": [_credit(image) for image in checkup.credit_samples],
        "estimate": {
            "articles": estimate.articles,
            "requests": estimate.requests,
            "seconds_each": estimate.each,
            "seconds": estimate.seconds,
        },
        "look": list(checkup.look),
        "exit_status": LOOK if checkup.look else 0,
    }


def _credit(image: Image) -> dict[str, Any]:
    return {
        "line": image.credit_line,
        "photographers": list(image.names("photographer")),
        "agencies": list(image.names("agency")),
        "licence": next(iter(image.names("licence")), None),
    }


def _print(checkup: Checkup) -> None:
    console = Console(highlight=False, soft_wrap=True)
    _print_robots(console, checkup)
    _print_sources(console, checkup)
    _print_articles(console, checkup)
    estimate = checkup.estimate
    console.print(
        f"A full crawl: about {estimate.requests:,} requests for {estimate.articles:,} articles at {estimate.each:g} s"
        f" each, {_duration(estimate.seconds)}; older feed pages and load-more are not counted.",
        markup=False,
    )
    for sentence in checkup.look:
        console.print(f"Look: {sentence}", markup=False)
    if not checkup.look:
        console.print("All is well.")


def _duration(seconds: float) -> str:
    return "less than a second" if seconds < 1 else str(timedelta(seconds=round(seconds)))


def _print_robots(console: Console, checkup: Checkup) -> None:
    asked = f"{checkup.asked_delay:g} s" if checkup.asked_delay else "none"
    console.print(f"robots.txt of {checkup.base_url}: crawl delay {asked}, ours {checkup.delay:g} s", markup=False)
    for line in checkup.rules[:_MOST_RULES]:
        console.print(f"  {line}", markup=False)
    if len(checkup.rules) > _MOST_RULES:
        console.print(f"  … {len(checkup.rules) - _MOST_RULES} more lines")


def _print_sources(console: Console, checkup: Checkup) -> None:
    table = _table("Sources", "source", "addresses", "remark")
    for source in checkup.sources:
        guess = "" if source.sure else " (a guess)"
        about = "about " if source.unread else ""
        remark = source.problem or source.note
        size = "—" if source.problem and not source.size else f"{about}{source.size}"
        table.add_row(Text(f"{source.path}{guess}"), size, Text(remark))
    console.print(table)
    console.print(
        f"{checkup.announced} addresses announced: {checkup.excluded} excluded by rule,"
        f" {checkup.forbidden} forbidden by robots.txt",
        markup=False,
    )


def _print_articles(console: Console, checkup: Checkup) -> None:
    console.print(f"Pages ({len(checkup.articles)} of {len(checkup.pages)} read)")
    for page in checkup.pages:
        read = f"{page.article.layout}: {page.article.headline}" if page.article else page.problem
        console.print(f"  {urlsplit(page.url).path}  {read}", markup=False)
    fields = _table("\nFields", "field", "found on")
    for name, filled in checkup.fills.items():
        fields.add_row(name, f"{filled} of {len(checkup.articles)}")
    console.print(fields)
    console.print(f"Credits ({len(checkup.credit_samples)} lines)")
    for image in checkup.credit_samples[:_MOST_SAMPLES]:
        console.print(f"  {image.credit_line}\n    = {_reading(image)}", markup=False)


def _reading(image: Image) -> str:
    read = [f"{credit.kind} {credit.name}" for credit in image.credits]
    return "; ".join(read) or "nothing was read from it"


def _table(title: str, *columns: str) -> Table:
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0), title=title, title_justify="left")
    for name in columns:
        table.add_column(name, overflow="fold")
    return table
