"""An archive's folder: finds it, opens its database, holds its lock. Must not crawl, read pages or write rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from archive import schema
from archive.errors import ArchiveError, UsageError
from archive.lock import LOCK, OWNER, OWNER_DRAFT, held
from archive.storage import explained, explaining

DATABASE = "archive.db"
ARCHIVES = Path("archives")
DRAFT = "archive.db.draft"
_KNOWN_NAMES = {
    DATABASE,
    f"{DATABASE}-wal",
    f"{DATABASE}-shm",
    DRAFT,
    LOCK,
    OWNER,
    OWNER_DRAFT,
    "warc",
    "decisions.jsonl",
    "alerts.toml",
    "alerts.sent.json",
}


def find_root(root: Path | None) -> Path:
    """Return the archive's folder: `root`, else the only one under `archives/`. Raises UsageError."""
    if root is not None:
        return check_root(root)
    found = sorted(path.parent for path in ARCHIVES.glob(f"*/{DATABASE}"))
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(str(path) for path in found)
        raise UsageError(f"there are several archives: name one with --root ({names})")
    raise UsageError(
        "there is no archive under archives/: make one with press-archive crawl, or name it with --root DIR"
    )


def check_root(root: Path) -> Path:
    """Return `root` when it holds an archive. Raises UsageError."""
    if root.is_file():
        raise UsageError(f"{root} is a file: --root takes the folder that holds {DATABASE}")
    if not (root / DATABASE).is_file():
        raise UsageError(f"{root} holds no archive: make one with press-archive crawl PUBLICATION --root {root}")
    return root


def check_new_root(root: Path) -> None:
    """Accept a folder that holds an archive, is empty, or is not there yet. Raises UsageError."""
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file: --root takes a folder, which is made when it is not there")
    if (root / DATABASE).is_file() or not root.exists():
        return
    strangers = sorted(path.name for path in root.iterdir() if path.name not in _KNOWN_NAMES)
    if strangers:
        raise UsageError(f"{root} holds no archive but other files ({strangers[0]} …): name an empty or new folder")
    if (root / "warc").is_dir() and any((root / "warc").iterdir()):
        raise UsageError(f"{root} has WARC files but no {DATABASE}: make it with press-archive rebuild --root {root}")


def find_warcs(root: Path | None) -> Path:
    """Return the archive's folder, which may have lost its database. Raises UsageError."""
    if root is not None and any((root / "warc").glob("*.warc.gz*")):
        return root
    return find_root(root)


def open_database(root: Path, write: bool = False, name: str = DATABASE) -> Database:
    """Open the archive's database; `write` makes or migrates it. Raises DamagedArchive, NewerSchema, ArchiveError."""
    path = root / name
    try:
        connection = _connect(path, write)
        db = Database(connection)
        if write:
            schema.migrate(db)
        else:
            schema.refuse_newer(connection)
            connection.execute("SELECT 1 FROM articles LIMIT 1")
            if schema.is_older(db):
                _migrate(root, name)
    except sqlite3.DatabaseError as error:
        raise explained(error, path) from error
    return db


def _migrate(root: Path, name: str) -> None:
    """Bring an older release's database up to date, so that reading it needs no thought of what it lacks.

    Where that cannot be done now, it is read as it is: by a run that holds it, it is brought up to date anyway.
    """
    try:
        with locked(root), closing(open_database(root, write=True, name=name)):
            pass
    except ArchiveError:
        return


def _connect(path: Path, write: bool) -> sqlite3.Connection:
    mode = "rwc" if write else "ro"
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=30, isolation_level=None)
    _refuse_truncated(path, connection)
    if write:
        connection.execute("PRAGMA journal_mode = WAL")
        # The WARC is synced before each commit that points to it; FULL makes the commit itself durable too.
        connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _refuse_truncated(path: Path, connection: sqlite3.Connection) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    wal = path.with_name(path.name + "-wal")
    if pages * size > path.stat().st_size and not (wal.exists() and wal.stat().st_size):
        raise sqlite3.DatabaseError("the file is shorter than its header says")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the archive's lock, making the folder when it is not there. Raises ArchiveBusy, ArchiveError."""
    made, made_lock = not root.exists(), not (root / LOCK).exists()
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"{root} cannot be written ({error.strerror}): choose another folder with --root") from error
    with ExitStack() as stack:
        with explaining(root):
            stack.enter_context(held(root))
        # What is removed is removed while it is held: filelock lets nobody in through a file that is gone.
        stack.callback(_remove_traces, root, made)
        try:
            yield
        except ArchiveError:
            if made_lock:
                (root / LOCK).unlink(missing_ok=True)
            raise


def _remove_traces(root: Path, made: bool) -> None:
    """Leave nothing of a run that made no archive."""
    if (root / DATABASE).exists():
        return
    (root / LOCK).unlink(missing_ok=True)
    (root / OWNER).unlink(missing_ok=True)
    if made and not any(root.iterdir()):
        root.rmdir()
