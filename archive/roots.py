"""Archives to read about: all that are meant, each opened as this release writes it. Must not write."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveBusy, UsageError
from archive.root import ARCHIVES, DATABASE, check_root, open_database
from archive.schema import is_older


def find_roots(root: Path | None) -> list[Path]:
    """Return the folder that is named, else all archives under `archives/`. Raises UsageError when there is none."""
    if root is not None:
        return [check_root(root)]
    found = sorted(path.parent for path in ARCHIVES.glob(f"*/{DATABASE}"))
    if found:
        return found
    raise UsageError(
        "there is no archive under archives/: make one with press-archive crawl, or name it with --root DIR"
    )


def open_current(root: Path) -> closing[Database]:
    """Open a database for reading that has all tables and views of this release; to be entered.

    Raises ArchiveBusy when an earlier release wrote it and a run holds it, and what `open_database` raises.
    """
    db = open_database(root)
    if is_older(db):
        db.close()
        raise ArchiveBusy(
            f"{root} was written by an earlier release and cannot be brought up to date now: wait for its run to end,"
            " or see that the folder can be written"
        )
    return closing(db)
