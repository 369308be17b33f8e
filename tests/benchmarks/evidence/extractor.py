"""Another extractor between two nights: what it reads otherwise is no edit, and real edits are still told.

Must not change a file of the checkout: the changed extractor is a copy.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from .checks import Checks
from .command import CHECKOUT, crawl
from .edits import EDITS, SILENT
from .night import Night
from .plot import FIRST
from .record import Archive
from .server import serve
from .story import make_stories

STANDING = "Filed from the night desk of the Harbor Wire"
EDITED = ("typo", "addition", "headline")
_CODE = f'''

_read_all = read_body


def read_body(document: Document, layout: Layout, story: Story) -> list[Block]:
    """Read the body without the line that stands on every page."""
    return [block for block in _read_all(document, layout, story) if "{STANDING}" not in repr(block)]
'''


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this examination's options."""
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=60)


def main(options: argparse.Namespace) -> int:
    """Change code and profile in turn; return the exit status."""
    checks = Checks()
    for what in ("code", "profile"):
        with tempfile.TemporaryDirectory() as scratch:
            other = copy_code(Path(scratch) / "other", what)
            for edited in (False, True):
                examine(checks, Path(scratch) / f"archive-{edited}", other, options, what, edited)
    return checks.status()


def copy_code(folder: Path, what: str) -> Path:
    """Copy both packages and let the copy drop the line that stands on every page."""
    for name in ("scraper", "archive"):
        shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    if what == "profile":
        path = folder / "scraper/publications/responsible_statecraft.py"
        change(path, "never=(", f'never=(\n        "{STANDING}",')
        return folder
    body = folder / "scraper/extraction/body.py"
    body.write_text(body.read_text("utf-8") + _CODE, "utf-8")
    return folder


def change(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there in a file."""
    text = path.read_text("utf-8")
    if old not in text:
        raise SystemExit(f"{path.name} has no {old!r} any more: mend this examination")
    path.write_text(text.replace(old, new, 1), "utf-8")


def examine(checks: Checks, root: Path, other: Path, options: argparse.Namespace, what: str, edited: bool) -> None:
    """Crawl with one extractor, then with the other, then with the first again, on a site without validators."""
    checks.title(f"{what} changed, {len(EDITED) if edited else 'no'} edits")
    stories = make_stories(options.seed, options.pages, validated=0.0)
    listed = tuple((story.path, story) for story in stories)
    first = Night(FIRST, stories, listed, extra=f"<p>{STANDING}.</p>")
    rng = random.Random(options.seed)
    kinds = (
        dict(zip((story.key for story in rng.sample(stories, k=len(EDITED))), EDITED, strict=True)) if edited else {}
    )
    now = tuple(EDITS[kinds[one.key]](one, rng) if one.key in kinds else one for one in stories)
    second = replace(first, stories=now, at=FIRST + timedelta(days=2))
    with serve(first) as served:
        for night, code in (
            (first, CHECKOUT),
            (second, other),
            (replace(second, at=FIRST + timedelta(days=9)), CHECKOUT),
        ):
            served.night = night
            done = crawl(served.url, root, at=night.at, code=code)
            checks.true("crawl: exit status", done.status in (0, 3), (done.status, done.err[-300:]))
            judge(checks, Archive(root), served.url, kinds if night is not first else {})
        bodies = [row[0] for row in Archive(root).rows("SELECT body_text FROM articles")]
        checks.same(
            "articles that the first extractor read with the line",
            sum(STANDING in body for body in bodies),
            len(stories),
        )


def judge(checks: Checks, archive: Archive, url: str, kinds: dict[str, str]) -> None:
    """See that just the real edits are revisions, each of its kind, and that rows say who read them."""
    rows = archive.rows(
        "SELECT a.url, r.kind, r.silent FROM revisions r JOIN articles a ON a.id = r.article_id WHERE r.number > 1"
    )
    got = sorted((row[0].removeprefix(url), row[1], bool(row[2])) for row in rows)
    checks.same("revisions", got, sorted((key, kind, kind in SILENT) for key, kind in kinds.items()))
    said = archive.rows("SELECT extractor, count(*) FROM articles GROUP BY 1")
    checks.true("articles by extractor", True, dict(said))
