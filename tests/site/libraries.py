"""Two small archives and a damaged one, served together by the real command. Must not assert anything."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from archive.root import open_database
from archive.store import Store
from tests.archive_support import HOSTILE, bare_article, file_articles

HOST = "quay.example"
_PROGRAM = "from scraper.cli import main; main()"


def make_quay(root: Path, count: int = 4) -> Path:
    """Make an archive of another publication: `count` articles that say little, and some that tests search for."""
    root.mkdir(parents=True)
    db = open_database(root, write=True)
    db.execute(
        "INSERT INTO publication (id, name, title, url, hosts) VALUES (1, 'quay', 'The Quay', ?, ?)",
        [f"https://{HOST}", f'["{HOST}"]'],
    )
    wanted = {
        "railway": ("The railway", "Tickets were sold and trains ran late."),
        "desert": ("In other places", "Somebody had seen a desert once, and did not say when."),
        "hostile": (f"Truce {HOSTILE}", f"A truce {HOSTILE} was signed."),
    }
    wanted |= {f"tide-{number}": (f"Tide {number}", f"High water, invoice {number}.") for number in range(count)}
    found = [
        replace(
            bare_article(f"2025/{slug}", headline),
            url=f"https://{HOST}/2025/{slug}/",
            published_at=f"2025-{number % 12 + 1:02d}-03T09:00:00+00:00",
            section="Shore",
            labels=("Shore",),
            body_text=body,
            body_html=f"<p>{body.replace('<', '&lt;')}</p>",
        )
        for number, (slug, (headline, body)) in enumerate(wanted.items())
    ]
    store = Store(db, {HOST})
    file_articles(store, found, "2026-03-01T04:00:00+00:00")
    store.resolve_references()
    db.close()
    return root


def make_damaged(root: Path) -> Path:
    """Make a folder whose database is none."""
    root.mkdir(parents=True)
    (root / "archive.db").write_bytes(b"no database" * 1000)
    return root


@contextmanager
def serving(*arguments: str | Path) -> Iterator[httpx.Client]:
    """Serve until the end of the block, and ask over HTTP."""
    command = [sys.executable, "-c", _PROGRAM, "serve", *map(str, arguments), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            with httpx.Client(base_url=process.stdout.readline().strip(), timeout=30) as client:
                yield client
        finally:
            process.terminate()
