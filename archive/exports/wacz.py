"""Packs an archive's WARC files as a WACZ, by the `wacz` command. Must not import anything of it.

Its dependency surt is AGPL: it is run as a program of its own, and is in an extra that nobody gets unasked.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveError

COMMAND = "wacz"
_PAGES = """
SELECT s.url, s.fetched_at, a.headline, a.id FROM articles a JOIN snapshots s ON s.id = a.snapshot_id
WHERE a.status != 'withdrawn' ORDER BY s.fetched_at, a.id
"""
_HEAD = {"format": "json-pages-1.0", "id": "pages", "title": "Articles"}
_LAST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Packed:
    """What a WACZ holds."""

    path: Path
    files: int
    pages: int


def write_wacz(db: Database, root: Path, target: Path) -> Packed:
    """Pack the finished WARC files with a list of the articles' pages; the file appears whole or not at all.

    Raises ArchiveError when the `wacz` command is missing or fails (WACZ 1.1.1).
    """
    files = sorted((root / "warc").glob("*.warc.gz"))
    if not files:
        raise ArchiveError(f"{root} has no finished WARC file: crawl first")
    draft = target.with_name(f".{os.getpid()}.{target.name}")
    try:
        with tempfile.TemporaryDirectory() as folder:
            pages = Path(folder) / "pages.jsonl"
            count = _write_pages(db, pages)
            _run([_command(), "create", "--output", str(draft), "--pages", str(pages), *_about(db), *map(str, files)])
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return Packed(target, len(files), count)


def _command() -> str:
    beside = Path(sys.executable).with_name(COMMAND)
    found = str(beside) if beside.exists() else shutil.which(COMMAND)
    if found is None:
        raise ArchiveError("the command wacz is not here: pip install press-archive[wacz]")
    return found


def _write_pages(db: Database, path: Path) -> int:
    lines = [_HEAD]
    for url, fetched_at, headline, article_id in db.execute(_PAGES):
        moment = fetched_at.replace("+00:00", "Z")
        lines.append({"id": str(article_id), "url": url, "ts": moment, "title": headline})
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return len(lines) - 1


def _about(db: Database) -> list[str]:
    publication = next(iter(db["publication"].rows), {"title": "a publication", "url": ""})
    return ["--title", f"Archive of {publication['title']}", "--desc", f"Captured from {publication['url']}"]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = " ".join((done.stderr or done.stdout).split())[-_LAST_WORDS:]
        raise ArchiveError(f"wacz could not pack the files ({last}): run press-archive verify first")
