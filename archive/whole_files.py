"""Files that appear whole or not at all. Must not know what is in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from archive.errors import ArchiveError, UsageError
from archive.warc import sync_folder


@contextmanager
def finished(path: Path, draft: Path) -> Iterator[Path]:
    """Give a draft, not there yet, that takes a file's name, and replaces what bore it, when it is whole and on disk.

    Whatever happens, the draft is gone afterwards. Raises OSError.
    """
    try:
        yield draft
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        os.replace(draft, path)
        sync_folder(path.parent)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def replaced(path: Path, newline: str | None = None) -> Iterator[TextIO]:
    """Open a UTF-8 file that takes its name, and the place of an earlier one, only when it is finished.

    Until then its name begins with a dot and does not end as `path` does, so that whoever collects files by their
    endings leaves it alone. Raises UsageError, ArchiveError.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file")
    try:
        with (
            finished(path, path.with_name(f".{path.name}.{os.getpid()}")) as draft,
            draft.open("w", encoding="utf-8", newline=newline) as stream,
        ):
            yield stream
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written ({error.strerror}): name a file elsewhere") from error
