"""`press-archive new-publication`: looks at a site and writes a stub of its profile. Must not know content systems."""

from __future__ import annotations

import json
import keyword
import re
from dataclasses import asdict
from pathlib import Path

import click

from archive.errors import ArchiveError, UsageError
from scraper import publications
from scraper.stub import write_stub
from scraper.survey import Found, Survey, look

EXAMPLE = """\b
Examples:
  press-archive new-publication harbour-news https://harbournews.example --contact you@example.org
  press-archive new-publication harbour-news http://127.0.0.1:8000 --output stub.py
"""
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@click.command("new-publication", epilog=EXAMPLE)
@click.argument("name")
@click.argument("url")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write [scraper/publications/NAME.py].",
)
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@click.option("--contact", metavar="WHO", help="Mail or web address for the user agent; a live site needs it.")
@click.option("--delay", type=click.FloatRange(min=0), metavar="S", help="Seconds between two requests [2 if live].")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def new_publication(
    name: str, url: str, output: Path | None, force: bool, contact: str | None, delay: float | None, as_json: bool
) -> None:
    """Look at the site at URL and write a stub of a profile, to be called NAME.

    It asks for robots.txt, the front page, sitemaps and feeds at the named and the usual places, and one article. What
    the stub says is what was found: correct it by hand, and let `press-archive doctor NAME` tell what is missing.

    Exit status: 0 done, 1 the site cannot be read or the file not written, 2 usage.
    """
    path = output or _module(name)
    _check(name, path, force)
    survey = look(url, contact=contact, delay=delay)
    try:
        path.write_text(write_stub(name, survey), "utf-8")
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written ({error.strerror}): name another file with --output") from error
    if as_json:
        click.echo(json.dumps({"name": name, "file": str(path), **asdict(survey)}, ensure_ascii=False))
    else:
        _print(name, path, survey)


def _module(name: str) -> Path:
    return Path(publications.__path__[0]) / f"{name.replace('-', '_')}.py"


def _check(name: str, path: Path, force: bool) -> None:
    """Refuse a name that no module can have, and to overwrite."""
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise UsageError(f"{name!r} names no publication: use lower-case words with hyphens, like harbour-news")
    if path.exists() and not force:
        raise UsageError(f"{path} is there already: choose another name, or overwrite it with --force")


def _print(name: str, path: Path, survey: Survey) -> None:
    system = f"{survey.system.name} ({', '.join(survey.system.signs)})" if survey.system else "unknown"
    rows = (
        ("title", survey.title),
        ("address", f"{survey.url} ({', '.join(survey.hosts)})"),
        ("language", survey.language or "not stated"),
        ("made with", system),
        ("robots.txt", f"asks for {survey.delay:g} s between requests" if survey.delay else "asks for no delay"),
        ("sections", ", ".join(survey.sections) or "none"),
        ("sitemaps", _list(survey.sitemaps)),
        ("feeds", _list(survey.feeds)),
        ("article", f"{survey.article or 'none'}{', in a layout that we know' if survey.layout else ''}"),
    )
    for label, value in rows:
        click.echo(f"{label:<11} {value}")
    for remark in survey.remarks:
        click.echo(f"Look: {remark}")
    click.echo(f"Wrote {path}: a stub, to be corrected by hand.")
    click.echo(f"Next: press-archive doctor {name}")


def _list(found: tuple[Found, ...]) -> str:
    return ", ".join(f"{source.path} ({source.size})" for source in found) or "none"
