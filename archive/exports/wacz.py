"""Packs an archive's WARC files as a WACZ, by the `wacz` command. Must not import anything of it.

Its dependency surt is AGPL: it is run as a program of its own, and is in an extra that nobody gets unasked.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveError
from archive.exports.output import whole_file
from archive.exports.withheld import Files, finished_files

COMMAND = "wacz"
_PAGES = """
SELECT s.url, s.fetched_at, a.headline, a.id, a.body_text FROM articles a JOIN snapshots s ON s.id = a.snapshot_id
WHERE a.status != 'withdrawn' ORDER BY s.fetched_at, a.id
"""
_HEAD = {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}
_LAST_WORDS = 200
_LOOK_EVERY = 0.25


@dataclass(frozen=True, slots=True)
class Packing:
    """How far the packing is: bytes written, of about as many in the WARC files."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Packed:
    """What a WACZ holds; `blanked` records of withdrawn articles were left empty."""

    path: Path
    files: int
    pages: int
    blanked: int


Watch = Callable[[Packing], None]


def write_wacz(db: Database, root: Path, target: Path, watch: Watch | None = None) -> Packed:
    """Pack the finished WARC files with a list of the articles' pages and their texts (WACZ 1.1.1).

    The file appears whole or not at all. Raises UsageError for a target that is a folder, ArchiveError when the `wacz`
    command is missing or fails, or when nothing can be written.
    """
    command = _command()
    with whole_file(target) as draft, tempfile.TemporaryDirectory() as scratch:
        files = finished_files(db, root, Path(scratch))
        if not files.paths:
            raise ArchiveError(f"{root} has no finished WARC file: crawl first")
        pages = Path(scratch) / "pages.jsonl"
        count = _write_pages(db, pages)
        words = ["create", "--output", str(draft), "--pages", str(pages), "--copy-pages", *_about(db)]
        _run([command, *words, *map(str, files.paths)], draft, files, watch)
    return Packed(target, len(files.paths), count, files.blanked)


def _command() -> str:
    beside = Path(sys.executable).with_name(COMMAND)
    found = str(beside) if beside.exists() else shutil.which(COMMAND)
    if found is None:
        raise ArchiveError("the command wacz is not here: pip install press-archive[wacz]")
    return found


def _write_pages(db: Database, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(_HEAD) + "\n")
        for url, fetched_at, headline, article_id, text in db.execute(_PAGES):
            moment = fetched_at.replace("+00:00", "Z")
            page = {"id": str(article_id), "url": url, "ts": moment, "title": headline, "text": text}
            stream.write(json.dumps(page, ensure_ascii=False) + "\n")
            count += 1
    return count


def _about(db: Database) -> list[str]:
    publication = next(iter(db["publication"].rows), {"title": "a publication", "url": ""})
    by = f"press-archive {version('press-archive')}"
    return ["--title", f"Archive of {publication['title']}", "--desc", f"Captured from {publication['url']} by {by}"]


def _run(command: list[str], draft: Path, files: Files, watch: Watch | None) -> None:
    total = sum(path.stat().st_size for path in files.paths)
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, stdout=said, stderr=said) as packing:
        try:
            while packing.poll() is None:
                if watch:
                    watch(Packing(draft.stat().st_size, total))
                with suppress(subprocess.TimeoutExpired):
                    packing.wait(_LOOK_EVERY)
        finally:
            packing.kill()
        said.seek(0)
        last = " ".join(said.read().decode("utf-8", "replace").split())[-_LAST_WORDS:]
    if packing.returncode:
        raise ArchiveError(f"wacz could not pack the files ({last}): run press-archive verify first")
