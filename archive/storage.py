"""What disks and databases refuse, told as errors that say what to do, and one writer's transactions.

Must not know what is written.
"""

from __future__ import annotations

import errno
import os
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import ArchiveBusy, ArchiveError, DamagedArchive, DiskFull, Replaced, Unwritable

PATIENCE = 30.0
HURRIED = 3.0
"""Seconds to wait for another program's transaction; the second when somebody waits for us to end."""
_TURN = 0.1
_AGAIN = "run the same again: nothing acknowledged is lost"
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)
_LITTLE = 1 << 16


def explained(error: OSError | sqlite3.Error, path: Path | str | None = None) -> ArchiveError:
    """Return the error that says in one sentence what to do; `path` is what was written or read.

    SQLite tells a full disk, a file size limit and a failing disk apart only in part
    (https://sqlite.org/rescode.html): the disk is asked what is left.
    """
    if isinstance(error, OSError):
        return _of_system(error, path or error.filename or "a file")
    return _of_sqlite(error, path or "the database")


def _of_system(error: OSError, path: Path | str) -> ArchiveError:
    if error.errno in _NO_SPACE:
        return _full(path)
    if error.errno == errno.EFBIG:
        return _limited(path)
    if error.errno in _FORBIDDEN:
        return _forbidden(path, error.strerror or "")
    return ArchiveError(f"{path} cannot be read or written ({error.strerror or error}): mend that and {_AGAIN}")


def _of_sqlite(error: sqlite3.Error, path: Path | str) -> ArchiveError:
    name, text = getattr(error, "sqlite_errorname", ""), str(error)
    if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
        return ArchiveError(
            f"{path} does not take what was read ({text}): please report it; nothing acknowledged is lost"
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return ArchiveBusy(f"{path} is locked by another program: close it and {_AGAIN}")
    if name == "SQLITE_READONLY_DBMOVED":
        return moved(path)
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return _forbidden(path, text)
    if name.startswith("SQLITE_FULL"):
        return _full(path)
    if name.startswith("SQLITE_IOERR"):
        return _cannot_grow(path) or ArchiveError(
            f"{path} cannot be read or written ({name}): look whether its disk fails, and {_AGAIN}"
        )
    return DamagedArchive(
        f"{path} is damaged ({text}): put back a backup, or move it away and make it anew with press-archive rebuild"
    )


def moved(path: Path | str) -> Replaced:
    """Return the error of a database that is not the file any more that was opened."""
    return Replaced(
        f"{path} was removed or replaced while it was in use: put it back, or make it anew with press-archive rebuild"
    )


def _full(path: Path | str) -> DiskFull:
    return DiskFull(f"there is no space left to write {path}: free some and {_AGAIN}")


def _forbidden(path: Path | str, why: str) -> Unwritable:
    return Unwritable(
        f"{path} cannot be written ({why}): check the folder's permissions and its file system, and {_AGAIN}"
    )


def _limited(path: Path | str) -> DiskFull:
    return DiskFull(f"{path} may not grow (file size limit): raise it with ulimit -f and {_AGAIN}")


def _cannot_grow(path: Path | str) -> DiskFull | None:
    """Find out why a file could not grow, if that is what happened."""
    try:
        found = os.statvfs(Path(path).parent)
    except OSError:
        return None
    if found.f_bavail * found.f_frsize < _LITTLE:
        return _full(path)
    return _limited(path) if resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY else None


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Raise what a disk or a database refuses in the block as the error that says what to do."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise explained(error, path) from error


class DatabaseFile:
    """The file behind a connection. SQLite in WAL mode goes on writing one that was removed, and says nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.path = Path(connection.execute("PRAGMA database_list").fetchone()[2])
        self._identity = self._now()

    def _now(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def check(self) -> None:
        """See that it is still the file that was opened. Raises Replaced."""
        if self._now() != self._identity:
            raise moved(self.path)


@contextmanager
def writing(connection: sqlite3.Connection, is_hurried: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Make the block one transaction, which alone writes: it is begun when no other program writes.

    Waits in Python, so that signals are heard meanwhile. Raises sqlite3.OperationalError (SQLITE_BUSY) when another
    program's transaction does not end in time.
    """
    _begin(connection, is_hurried)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk has already ended it (https://sqlite.org/lang_transaction.html, section 3.1).
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _begin(connection: sqlite3.Connection, is_hurried: Callable[[], bool]) -> None:
    began = time.monotonic()
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            waited = time.monotonic() - began
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or waited > PATIENCE:
                raise
            if is_hurried() and waited > HURRIED:
                raise
        time.sleep(_TURN)
