"""`press-archive capture`: writes a page as a test fixture. Must not judge whether it is read rightly."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from archive.errors import ArchiveError, UsageError
from scraper.addresses import is_loopback
from scraper.extraction.article import extract_article
from scraper.extraction.document import read_document
from scraper.extraction.errors import ExtractionError, NotAnArticle
from scraper.extraction.record import Record, record_of
from scraper.extraction.structured import read_structured
from scraper.onepage import read_file
from scraper.profile import Profile
from scraper.verbs.publication import profile_called
from scraper.visit import Visit, check_address

EXAMPLE = """\b
Examples:
  press-archive capture responsible-statecraft saved.html --as two-galleries
  press-archive capture responsible-statecraft https://responsiblestatecraft.org/a-page/ --as video-page
    --contact you@example.org
"""
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class _Captured:
    """A page and the address that it is read as."""

    content: bytes
    url: str


@click.command(epilog=EXAMPLE)
@click.argument("profile", metavar="PUBLICATION", callback=profile_called)
@click.argument("page", metavar="URL|FILE")
@click.option("--as", "what", metavar="WHAT", required=True, help="What the page shows, as words-with-hyphens.")
@click.option("--url", metavar="URL", help="The page's own address [where it was fetched, or the canonical link].")
@click.option(
    "--fixtures",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("tests/fixtures"),
    show_default=True,
    help="The folder that holds the publications' fixtures.",
)
@click.option("--force", is_flag=True, help="Overwrite a fixture of that name.")
@click.option("--contact", metavar="WHO", help="Mail or web address for the user agent; a live URL needs it.")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def capture(
    profile: Profile,
    page: str,
    what: str,
    url: str | None,
    fixtures: Path,
    force: bool,
    contact: str | None,
    as_json: bool,
) -> None:
    """Write a page of PUBLICATION as the fixture folder FIXTURES/PUBLICATION/WHAT.

    It holds page.html, meta.json and expected.json. The last is what is read from the page now, whether right or
    wrong: correct it by hand. A page that others wrote is theirs: put words of your own into its markup before you
    publish it.

    Exit status: 0 done, 1 the page cannot be had or written, 2 usage.
    """
    if not _NAME.fullmatch(what):
        raise UsageError(f"{what!r} names no fixture: --as takes lower-case words with hyphens, like two-galleries")
    folder = fixtures / profile.name / what
    if folder.exists() and not force:
        raise UsageError(f"{folder} is there already: choose another name, or overwrite it with --force")
    captured = _captured(page, url, profile, contact)
    expected = _expected(captured, profile)
    meta = {"publication": profile.name, "url": captured.url, "shows": what.replace("-", " ")}
    _write(folder, captured.content, meta, expected)
    _print(folder, meta, expected, as_json)


def _captured(name: str, url: str | None, profile: Profile, contact: str | None) -> _Captured:
    """Get the page, and the address that it is read as: the stated one, else its own."""
    if url is not None:
        check_address(url)
    if name.startswith(("http://", "https://")):
        content, fetched = _fetch(name, profile, contact)
        own = _canonical(content) if is_loopback(fetched) else None
        return _Captured(content, url or own or fetched)
    path = Path(name)
    if not path.is_file():
        raise UsageError(f"there is no file {name}: name a file, or an address that starts with https://")
    try:
        content = read_file(path).content
    except (OSError, EOFError) as error:
        raise ArchiveError(f"{name} cannot be read ({error}): look whether it is whole") from error
    address = url or _canonical(content)
    if address is None:
        raise UsageError(f"{name} names no canonical address: say where it is from with --url")
    return _Captured(content, address)


def _fetch(url: str, profile: Profile, contact: str | None) -> tuple[bytes, str]:
    parts = urlsplit(check_address(url))
    answer = Visit(profile, f"{parts.scheme}://{parts.netloc}", contact=contact).get(url)
    if answer.problem:
        raise ArchiveError(f"{url} was not captured, as it {answer.problem}")
    return answer.content, answer.url


def _canonical(content: bytes) -> str | None:
    stated = read_structured(read_document(content, "", None)).canonical
    return stated if stated and stated.startswith(("http://", "https://")) else None


def _expected(captured: _Captured, profile: Profile) -> Record:
    """Read the page as the golden test does: from its bytes, without the headers it came with."""
    try:
        return record_of(extract_article(captured.content, captured.url, profile))
    except NotAnArticle as error:
        return {"error": error.reason}
    except ExtractionError as error:
        raise ArchiveError(f"the page was not captured: it is more than we read ({error})") from error


def _write(folder: Path, content: bytes, meta: dict[str, str], expected: Record) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "page.html").write_bytes(content)
        (folder / "meta.json").write_text(_json(meta), "utf-8")
        (folder / "expected.json").write_text(_json(expected), "utf-8")
    except OSError as error:
        raise ArchiveError(f"{folder} cannot be written ({error.strerror}): name a folder with --fixtures") from error


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _print(folder: Path, meta: dict[str, str], expected: Record, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"folder": str(folder), **meta, "expected": expected}, ensure_ascii=False))
        return
    if "error" in expected:
        read = f"no article ({expected['error']})"
    else:
        words = len(expected["body_text"].split())
        read = f"“{expected['headline']}”: {words} words, layout {expected['layout']}"
    click.echo(f"Wrote page.html, meta.json and expected.json to {folder}")
    click.echo(f"Read as {read}.")
    click.echo(f"Next: correct {folder / 'expected.json'} by hand: it is what is read now, not what is right.")
