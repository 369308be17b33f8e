"""Puts a finished folder in the place of another in one step. Must not know what the folders hold."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from archive.errors import ArchiveBusy, ArchiveError
from archive.faults import reach
from archive.warc import sync_folder

_AT_FDCWD = -100 if sys.platform == "linux" else -2
_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux's renameat2(2) and RENAME_SWAP of macOS's renameatx_np(2) are the same bit."""


@contextmanager
def drafted(folder: Path) -> Iterator[Path]:
    """Give an empty hidden folder beside `folder` that takes its place when the block ends without an error.

    Readers see the old folder or the new one, never neither and never half of one; whoever has a file of the old one
    open reads it to its end. What a killed run left is cleared. Raises ArchiveBusy, ArchiveError, OSError.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        draft = folder.with_name(f".{folder.name}.draft")
        _clear(draft)
        draft.mkdir()
        try:
            yield draft
            _sync(draft)
            reach("drafted")
            _swap(draft, folder)
            sync_folder(folder.parent)
            reach("swapped")
        finally:
            _clear(draft)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    lock = FileLock(folder.with_name(f".{folder.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ArchiveBusy(f"{folder} is being published by another run: wait for it to end") from None
    try:
        yield
    finally:
        lock.release()


def _clear(draft: Path) -> None:
    if draft.exists():
        shutil.rmtree(draft)


def _sync(draft: Path) -> None:
    for path in draft.rglob("*"):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
    for path in (draft, *draft.rglob("*")):
        if path.is_dir():
            sync_folder(path)


def _swap(draft: Path, folder: Path) -> None:
    if not folder.exists() or not any(folder.iterdir()):
        os.replace(draft, folder)
    else:
        _exchange(draft, folder)


def _exchange(one: Path, other: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    rename = getattr(libc, "renameat2", None) or getattr(libc, "renameatx_np", None)
    number = errno.ENOSYS
    if rename is not None:
        if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), ctypes.c_uint(_EXCHANGE)) == 0:
            return
        number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        raise ArchiveError(f"the file system of {other} cannot swap two folders in one step: publish to another one")
    raise OSError(number, os.strerror(number), str(other))
