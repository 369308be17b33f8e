"""`press-archive night`: one night's chain, and what became of it. Must not know how stages are run."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from archive.root import ARCHIVES
from scraper.night import INTERRUPTED, Night, Plan
from scraper.profile import Profile
from scraper.verbs.publication import profile_called

EXAMPLE = """\b
Examples:
  press-archive night sample
  press-archive night responsible-statecraft --publish /srv/public --contact you@example.org -- --images lead
"""


@click.command(epilog=EXAMPLE)
@click.argument("publication", callback=profile_called)
@click.argument("crawl_options", nargs=-1, type=click.UNPROCESSED, metavar="[-- CRAWL…]")
@click.option(
    "--publish", default="public", show_default=True, type=click.Path(path_type=Path), help="Where to publish."
)
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [archives/PUBLICATION].")
@click.option("--contact", metavar="WHO", help="Mail or web address for the user agent; a live site needs it.")
@click.option("--text", metavar="LEVEL", help="How much of the articles' text is published [publish's own choice].")
@click.option("--jitter", type=click.IntRange(0, 720), default=0, metavar="MINUTES", help="Begin up to so much later.")
@click.option("--alert", is_flag=True, help="Run press-archive alert when the night stops, unless interrupted.")
@click.option("--quiet", is_flag=True, help="Print only what stopped the night.")
@click.option("--json", "as_json", is_flag=True, help="Print how each stage ended as JSON, and nothing else.")
def night(
    publication: Profile,
    crawl_options: tuple[str, ...],
    publish: Path,
    root: Path | None,
    contact: str | None,
    text: str | None,
    jitter: int,
    alert: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Crawl PUBLICATION, verify its archive and publish it; stop where one of the three does not end with 0.

    What schedules run (press-archive schedule). Exit status: 0 published, 3 a person should look, 75 another run holds
    the archive, 130 and 143 interrupted, else what the stage said that failed. Nothing is published but with 0.
    """
    plan = Plan(
        publication.name,
        root or ARCHIVES / publication.name,
        publish,
        (*(("--contact", contact) if contact else ()), *crawl_options),
        ("--text", text) if text else (),
        jitter,
        alert,
    )
    course = Night(plan, quiet or as_json)
    if not course.quiet:
        course.announce = lambda name: click.secho(f"{name} …", bold=True, err=True)
    status = course.run()
    if as_json:
        stages = [asdict(passed) for passed in course.passed]
        click.echo(json.dumps({"publication": publication.name, "stages": stages, "exit_status": status}))
    elif not quiet or status not in (0, *INTERRUPTED):
        click.echo(course.verdict(), err=bool(status))
    sys.exit(status)
