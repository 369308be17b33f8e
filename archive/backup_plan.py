"""What a backup of a living archive consists of: the database at one moment, and the files as far as it names them.

Must not write the backup. The WARC is synced before a commit points to it, and its finished files stay as they are:
whatever was in the database at a moment is in the files at any later one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from archive.decisions import DECISIONS
from archive.errors import ArchiveBusy, DamagedArchive, DamagedRecord
from archive.root import DATABASE, open_database
from archive.schema import is_older
from archive.warc import FOLDER, OPEN_SUFFIX

Watch = Callable[[str, int, int], None]
"""Called with what is copied, how many bytes of it are, and how many there are."""
_PAGES = 2048
_FILED = """
SELECT w.name, max(w.filed_to, coalesce(s.filed_to, 0)), w.sha256 FROM warc_files w LEFT JOIN (SELECT warc_file,
max(warc_offset + warc_length) AS filed_to FROM snapshots GROUP BY warc_file) s ON s.warc_file = w.name
UNION ALL SELECT warc_file, max(warc_offset + warc_length), NULL FROM snapshots
WHERE warc_file NOT IN (SELECT name FROM warc_files) GROUP BY warc_file
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the backup. `sha256` is what it was when it was finished, None where that is not known."""

    name: str
    path: Path
    size: int
    sha256: str | None = None

    def open(self) -> IO[bytes]:
        """Open it for reading; a file that was finished since it was planned has another name. Raises OSError."""
        try:
            return self.path.open("rb")
        except FileNotFoundError:
            return self.path.with_name(self.path.name.removesuffix(OPEN_SUFFIX)).open("rb")


def copy_database(root: Path, copy: Path, watch: Watch | None = None) -> int:
    """Copy the database as it is at one moment, while a run writes it; return how many articles it has.

    One read transaction spans the copy (SQLite's Online Backup API), so that a writer neither waits nor makes it begin
    anew. Raises ArchiveBusy, DamagedArchive, OSError, sqlite3.Error.
    """

    def show(status: int, remaining: int, total: int) -> None:
        if watch:
            watch(DATABASE, (total - remaining) * page, total * page)

    with closing(open_database(root)) as source, closing(sqlite3.connect(copy, isolation_level=None)) as target:
        if is_older(source):
            raise ArchiveBusy("an older release wrote this database: wait for the run that holds it, and try again")
        page = source.execute("PRAGMA page_size").fetchone()[0]
        # A copy that is cut off is thrown away: nothing of it need last.
        target.execute("PRAGMA synchronous = OFF")
        target.execute("PRAGMA journal_mode = OFF")
        source.execute("BEGIN")
        articles: int = source.execute("SELECT count(*) FROM articles").fetchone()[0]
        source.conn.backup(target, pages=_PAGES, progress=show, sleep=0)
    with closing(_opened(copy)) as db:
        (line,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if line != "ok":
        raise DamagedArchive(f"{root / DATABASE} is damaged ({line}): make it anew with press-archive rebuild")
    return articles


def plan(root: Path, copy: Path) -> list[Part]:
    """List the files that go with a copy of the database, with as many bytes as are to be copied.

    Files that are finished go whole, also what of them is not filed yet: the next crawl files it. Of one that is being
    written goes what the copy names. Raises DamagedRecord when something that is named is not there.
    """
    with closing(_opened(copy)) as db:
        filed = {name: (to, sha256) for name, to, sha256 in db.execute(_FILED)}
    found = {path.name for path in (root / FOLDER).glob("*.warc.gz")}
    names = filed.keys() | {f"{FOLDER}/{name}" for name in found}
    parts = filter(None, (_part(root, name, *filed.get(name, (0, None))) for name in sorted(names)))
    decisions = root / DECISIONS
    # Read after the database, so that no takedown is missing whose article is.
    return [*parts, *([Part(DECISIONS, decisions, decisions.stat().st_size)] if decisions.exists() else [])]


def weight_now(root: Path, name: str) -> str | None:
    """Return what the database says now that a file's SHA-256 is."""
    with closing(open_database(root)) as db:
        row = db.execute("SELECT sha256 FROM warc_files WHERE name = ?", [name]).fetchone()
    return row[0] if row else None


def _part(root: Path, name: str, filed_to: int, sha256: str | None) -> Part | None:
    """Find a file under one of its names; None for one that is being written and of which nothing is filed."""
    finished = root / name
    unfinished = finished.with_name(finished.name + OPEN_SUFFIX)
    # The second time, since it may be finished between two looks.
    for path in (finished, unfinished, finished):
        if not path.exists():
            continue
        size = path.stat().st_size
        if size < filed_to:
            break
        if path == finished:
            return Part(name, path, size, sha256)
        return Part(name, path, filed_to) if filed_to else None
    raise DamagedRecord(f"{name} is missing or cut: put it back from an earlier backup, then back up again")


def _opened(copy: Path) -> sqlite3.Connection:
    """Open a copy that nobody writes, leaving no files beside it."""
    return sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
