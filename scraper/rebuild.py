"""Makes a new database from the archive's WARC files beside the old one, and swaps them. Must not fetch."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from archive.comparison import Comparison, compare
from archive.decisions import read_decisions
from archive.errors import ArchiveBusy, DamagedArchive, UsageError
from archive.faults import reach
from archive.history import file_names, read_history
from archive.records import Damage, read_records
from archive.root import DATABASE, DRAFT, locked, open_database
from archive.storage import PATIENCE, explaining
from archive.store import Store
from archive.warc import open_file, repair_open_files, sync_folder, weigh
from scraper import interruption, publications
from scraper.addresses import Addresses
from scraper.counts import Counts
from scraper.filer import Filer, rhythm_of
from scraper.profile import Profile
from scraper.replay import Replay
from scraper.workers import Workers

_LOGS = ("crawls", "fetches")
_PAGES = 2000
_TURN = 0.1
"""The copy goes in steps of so many pages, and waits so many seconds for another program, so that signals are heard."""


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild found: how the new database differs from the old one, and what could not be read."""

    counts: Counts = field(default_factory=Counts)
    records: int = 0
    articles: int = 0
    damages: list[Damage] = field(default_factory=list)
    comparison: Comparison | None = None
    swapped: bool = False


def rebuild(
    root: Path, *, processes: int | None = None, dry_run: bool = False, watch: Callable[[int], None] | None = None
) -> Rebuilt:
    """Build the database anew from all WARC files and put it in the old one's place; `dry_run` only compares.

    Raises ArchiveBusy, UsageError. Killed at any time, the old database stands as it was.
    """
    with locked(root):
        repair_open_files(root)
        return remake(root, profile_of(root), processes=processes, dry_run=dry_run, watch=watch)


def remake(
    root: Path,
    profile: Profile,
    *,
    processes: int | None = None,
    dry_run: bool = False,
    watch: Callable[[int], None] | None = None,
) -> Rebuilt:
    """Do what `rebuild` does, for a caller that holds the archive's lock."""
    rebuilt, old = Rebuilt(), root / DATABASE
    with explaining(old), _draft(root) as db:
        interruption.run(_fill(root, db, profile, processes, rebuilt, watch))
        reach("drafted")
        rebuilt.articles = db.execute("SELECT count(*) FROM articles").fetchone()[0]
        if old.exists():
            rebuilt.comparison = _compared(db, old)
        if not dry_run:
            _swap(db, old, readable=rebuilt.comparison is not None)
            reach("swapped")
            rebuilt.swapped = True
    return rebuilt


def profile_of(root: Path) -> Profile:
    """Load the profile by which an archive was made, as its WARC files name it. Raises UsageError."""
    for name in file_names(root):
        first = next(read_records(open_file(root, name), name), None)
        fields = first.fields() if first is not None and first.kind == "warcinfo" else {}
        if "isPartOf" in fields:
            try:
                return publications.load(fields["isPartOf"])
            except publications.ProfileError as error:
                raise UsageError(f"{root} was made by a profile that is not here: {error}") from error
    raise UsageError(f"{root} has no WARC file of ours: bring foreign ones in with press-archive import FILE")


@contextmanager
def _draft(root: Path) -> Iterator[Database]:
    """Open a new database that is gone at the end: what it holds has been copied, or was only looked at."""
    path = root / DRAFT
    for leftover in root.glob(f"{DRAFT}*"):
        leftover.unlink()
    try:
        with closing(open_database(root, write=True, name=DRAFT)) as db:
            # A draft that is cut off is thrown away: nothing of it need last.
            db.execute("PRAGMA synchronous = OFF")
            db.execute("PRAGMA journal_mode = MEMORY")
            yield db
    finally:
        for part in root.glob(f"{path.name}*"):
            part.unlink()


async def _fill(
    root: Path,
    db: Database,
    profile: Profile,
    processes: int | None,
    rebuilt: Rebuilt,
    watch: Callable[[int], None] | None,
) -> None:
    workers = Workers(profile, processes or os.cpu_count() or 1)
    store = Store(db, Addresses(profile, profile.url).own_hosts, rhythm_of(profile), read_decisions(root))
    filer = Filer(store, profile, Addresses(profile, profile.url), rebuilt.counts)

    def count(records: int) -> None:
        rebuilt.records = records
        if watch:
            watch(records)

    await workers.open()
    try:
        replay = Replay(root, filer, profile, workers, count)
        await replay.run(read_history(root, damaged=rebuilt.damages.append))
    finally:
        await workers.close()
    for name in file_names(root):
        filer.finished(weigh(root, name))
    filer.commit()
    filer.name_publication()
    store.finish()


def _compared(db: Database, old: Path) -> Comparison | None:
    """Compare with the old database, None when that cannot be read; take over its logs, which no WARC holds."""
    try:
        with closing(open_database(old.parent)):
            pass
        comparison = compare(db.conn, old)
        _copy_logs(db, old)
    except (DamagedArchive, sqlite3.DatabaseError):
        return None
    return comparison


def _copy_logs(db: Database, old: Path) -> None:
    db.execute("ATTACH DATABASE ? AS old", [f"{old.resolve().as_uri()}?mode=ro"])
    try:
        with db.atomic():
            for table in _LOGS:
                columns = [row[1] for row in db.execute(f"PRAGMA old.table_info({table})")]
                names = ", ".join(columns)
                known = "CASE WHEN snapshot_id IN (SELECT id FROM main.snapshots) THEN snapshot_id END"
                values = names.replace("snapshot_id", known)
                db.execute(f"INSERT INTO main.{table} ({names}) SELECT {values} FROM old.{table}")
    finally:
        db.execute("DETACH DATABASE old")


def _swap(db: Database, old: Path, readable: bool) -> None:
    """Put the new database in the old one's place, in one transaction: whoever reads sees one or the other, whole.

    One that cannot be read is replaced as a file, once the new one is whole. Raises ArchiveBusy.
    """
    fresh = old if readable else old.with_name(f"{DRAFT}.whole")
    with closing(sqlite3.connect(fresh, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode = WAL")
        target.execute("PRAGMA synchronous = FULL")
        _copy(db, target)
        if not readable:
            target.execute("PRAGMA journal_mode = DELETE")
    if not readable:
        for part in old.parent.glob(f"{old.name}-*"):
            part.unlink()
        os.replace(fresh, old)
        sync_folder(old.parent)


def _copy(db: Database, target: sqlite3.Connection) -> None:
    """Copy a database into another, in one transaction; SQLite's own waiting for other programs would never end."""
    ends = time.monotonic() + PATIENCE
    last = -1

    def watch(status: int, left: int, total: int) -> None:
        nonlocal ends, last
        if left != last:
            ends, last = time.monotonic() + PATIENCE, left
        elif time.monotonic() > ends:
            raise ArchiveBusy("the database is locked by another program: close it and run the same again")

    db.conn.backup(target, pages=_PAGES, progress=watch, sleep=_TURN)
    # Where somebody reads, or the disk has become full, the copy stays in the WAL for now: it is whole there, too.
    with suppress(sqlite3.OperationalError):
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
