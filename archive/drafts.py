"""A hidden folder in which something is made until it is whole, cleared of what a killed run left. Must not fill it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from archive.errors import ArchiveBusy


@contextmanager
def drafting(path: Path) -> Iterator[Path]:
    """Give a new folder beside `path`, on its file system, that is gone at the end.

    One process at a time makes a `path`: a draft that is found is a dead one's. Raises ArchiveBusy, OSError.
    """
    draft = path.with_name(f".{path.name}.draft")
    lock = FileLock(draft.with_suffix(".draft.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ArchiveBusy(f"{path} is being written by another run: wait for it to end") from None
    try:
        _clear(draft)
        draft.mkdir()
        yield draft
    finally:
        _clear(draft)
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def _clear(draft: Path) -> None:
    if draft.exists():
        shutil.rmtree(draft)
