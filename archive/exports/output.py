"""Where exports go: a file that appears whole or not at all, or standard output. Must not know formats."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from archive.errors import ArchiveError, UsageError
from archive.warc import sync_folder
from archive.whole_files import finished

STANDARD_OUTPUT = "-"


@dataclass(frozen=True, slots=True)
class Written:
    """What an export wrote. `notes` counts what could not be written as it is, by words that say how it was instead."""

    rows: int
    bytes: int
    sha256: str
    notes: Mapping[str, int] = field(default_factory=dict)


class Sink:
    """A stream that knows how many bytes went into it, and their SHA-256."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes) -> None:
        """Write bytes. Raises OSError."""
        self._stream.write(data)
        self._hash.update(data)
        self.bytes += len(data)

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of what was written so far, in hexadecimal."""
        return self._hash.hexdigest()


@contextmanager
def opened(target: str, is_binary: bool = False) -> Iterator[Sink]:
    """Open what `--output` names. Raises UsageError for a folder, ArchiveError when it cannot be written."""
    if target != STANDARD_OUTPUT:
        with whole_file(Path(target)) as draft, draft.open("wb") as stream:
            yield Sink(stream)
    elif is_binary and sys.stdout.isatty():
        raise UsageError("this format is no text for a terminal: name a file with --output")
    else:
        yield Sink(sys.stdout.buffer)
        sys.stdout.buffer.flush()


@contextmanager
def drafted(target: str) -> Iterator[Path]:
    """Give the path of a file that a library writes by itself; then it is what `--output` names, or is printed."""
    if target != STANDARD_OUTPUT:
        with whole_file(Path(target)) as draft:
            yield draft
        return
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "export"
        yield draft
        with opened(target, is_binary=True) as sink, draft.open("rb") as stream:
            shutil.copyfileobj(stream, sink, 1 << 20)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give the draft of a file that takes its name, and replaces what bore it, when it is finished and on the disk.

    Raises UsageError, ArchiveError.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder: --output takes a file")
    try:
        with finished(path, path.with_name(f".{path.name}.{os.getpid()}")) as draft:
            draft.touch(exist_ok=False)
            yield draft
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written ({error.strerror}): name another file with --output") from error


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Give the draft of a new folder that takes its name when it is finished. Raises UsageError, ArchiveError."""
    path = path.absolute()
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{path} is there already, and not empty: name a new folder with --output")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.mkdir()
        yield draft
        if path.exists():
            path.rmdir()
        os.replace(draft, path)
        sync_folder(path.parent)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written ({error.strerror}): name another folder") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
