"""Real nights, through the verb and over loopback: quiet ones must end with 0, redesigns with 3 and keep good rows.

Must not look into the crawl: the exit status, what it prints and the database are all it knows.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.drift.quarter import THEMES, QuarterSite, first_pieces, write
from tests.benchmarks.drift.redesigns import REDESIGNS, Change, redesigned
from tests.benchmarks.heldback.generator import make_site
from tests.benchmarks.heldback.model import Site
from tests.benchmarks.heldback.server import serve
from tests.command import press_archive

BEGIN = datetime(2026, 2, 2, 4, 0, tzinfo=UTC)
HELD = 60
_LEAST_KEPT = 0.5


@dataclass
class Nights:
    """What came of real nights."""

    quiet: int = 0
    false: list[str] = field(default_factory=list)
    redesigns: int = 0
    missed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def quarterdeck(folder: Path, seed: int, nights: int, themes: int) -> Nights:
    """Crawl the WordPress publication: a first night, quiet ones with faults and edits, then redesigns of a copy."""
    rng, found = random.Random(seed), Nights()
    site = QuarterSite(first_pieces(seed, HELD, BEGIN))
    root = folder / "quarterdeck"
    with site.served:
        crawl("quarterdeck", root, site.served.base_url, BEGIN)
        for night in range(1, nights + 1):
            now = BEGIN + timedelta(days=night)
            _live_on(site, rng, seed, night, now)
            _note_quiet(found, night, crawl("quarterdeck", root, site.served.base_url, now))
        now = BEGIN + timedelta(days=nights + 1)
        for place, (name, change) in enumerate(rng.sample(sorted(THEMES.items()), themes)):
            before = list(site.pieces)
            site.pieces += [
                write(seed, 10_000 + 10 * place + i, now - timedelta(hours=3)) for i in range(rng.randint(0, 3))
            ]
            site.show(change)
            _note_redesign(found, name, root, lambda copy: crawl("quarterdeck", copy, site.served.base_url, now))
            site.pieces = before
    return found


def _live_on(site: QuarterSite, rng: random.Random, seed: int, night: int, now: datetime) -> None:
    """Publish none to three articles, edit one now and then, take one away, and let a page or list fail."""
    for number in range(rng.choice((0, 0, 1, 1, 2, 3))):
        site.pieces.append(write(seed, 1000 + 10 * night + number, now - timedelta(hours=5)))
    if rng.random() < 0.4:
        place = rng.randrange(len(site.pieces))
        piece = site.pieces[place]
        texts = (*piece.paragraphs, "Correction: an earlier text named another number.")
        site.pieces[place] = type(piece)(**{**_fields(piece), "paragraphs": texts})
    if rng.random() < 0.15:
        site.pieces.pop(rng.randrange(len(site.pieces) // 2))
    paths = [piece.path for piece in site.pieces if rng.random() < 0.02]
    if rng.random() < 0.1:
        paths.append(rng.choice(("/feed/", "/category/crews/")))
    site.show(broken=dict.fromkeys(paths, 500))


def _fields(piece: Any) -> dict[str, Any]:
    return {name: getattr(piece, name) for name in piece.__dataclass_fields__}


def statecraft(folder: Path, seed: int, nights: int, redesigns: int) -> Nights:
    """Crawl a publication of the held-back generator on quiet nights, then redesigns of it."""
    rng, found = random.Random(seed), Nights()
    site, root = make_site(seed, HELD), folder / "statecraft"
    with served(site) as url:
        crawl("responsible-statecraft", root, url, BEGIN)
        for night in range(1, nights + 1):
            now = BEGIN + timedelta(days=night)
            _note_quiet(found, night, crawl("responsible-statecraft", root, url, now))
    now = BEGIN + timedelta(days=nights + 1)
    for name, change in rng.sample(sorted(REDESIGNS.items()), redesigns):
        with served(_changed(site, change)) as url:
            _note_redesign(found, name, root, lambda copy, url=url: crawl("responsible-statecraft", copy, url, now))  # type: ignore[misc]
    return found


@contextmanager
def served(site: Site) -> Iterator[str]:
    """Serve a site of the generator; give its address."""
    with serve(site) as running:
        yield running.url


def _changed(site: Site, change: Change) -> Site:
    keys = {truth.key for truth in site.articles}
    pages = {
        key: type(page)(redesigned(page.body, change)) if key in keys else page for key, page in site.pages.items()
    }
    return type(site)(**{name: getattr(site, name) for name in site.__dataclass_fields__} | {"pages": pages})


@dataclass(frozen=True)
class Ended:
    """How a crawl ended, and what it printed."""

    status: int
    said: dict[str, Any]
    error: str


def crawl(name: str, root: Path, url: str, now: datetime) -> Ended:
    """Crawl once, at a time."""
    words = ("crawl", name, "--root", root, "--base-url", url, "--json", "--delay", "0")
    done = press_archive(*words, PRESS_ARCHIVE_NOW=now.isoformat())
    return Ended(done.returncode, json.loads(done.stdout or "{}"), done.stderr)


def _note_quiet(found: Nights, night: int, ended: Ended) -> None:
    found.quiet += 1
    if ended.status != 0:
        told = [alarm["sentence"] for alarm in ended.said.get("alarms", ())] + ended.said.get("remarks", [])
        found.false.append(f"night {night}: {ended.status} {' | '.join(told) or ended.error}")


def _note_redesign(found: Nights, name: str, root: Path, go: Any) -> None:
    copy = root.with_name(f"{root.name}-redesigned")
    shutil.copytree(root, copy)
    before = words_of(copy)
    ended: Ended = go(copy)
    found.redesigns += 1
    told = ended.said.get("alarms", [])
    if ended.status != 3 or not told:
        found.missed.append(f"{name} ({ended.status})")
    else:
        found.said.append(f"{name}: {told[0]['sentence']}")
    after = words_of(copy)
    lost = [url for url, words in before.items() if words >= 80 and after.get(url, 0) < _LEAST_KEPT * words]
    found.lost += [f"{name}: {url}" for url in lost]
    shutil.rmtree(copy)


def words_of(root: Path) -> dict[str, int]:
    """Return how many words each article has."""
    connection = sqlite3.connect(root / "archive.db")
    try:
        return dict(connection.execute("SELECT url, word_count FROM articles"))
    finally:
        connection.close()
