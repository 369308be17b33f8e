"""The two forms of a backup: a tar file, and a folder to which only new files are added. Must not choose what is in it.

A tar file, since it is written from its beginning to its end, has no bounds and is unpacked by every system; nothing in
it is compressed, since the WARC files are already. Both end with a list of SHA-256s that `sha256sum -c` checks.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import tarfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from archive.backup_plan import Part
from archive.errors import UsageError
from archive.lock import LOCK
from archive.warc import sync_folder

MANIFEST = "backup.sha256"
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_COMMENT = "press-archive backup"
"""What tells an earlier backup from other tar files."""
_CHUNK = 1 << 20
Count = Callable[[int], None]


class Form(Protocol):
    """What holds a backup."""

    def holds(self, part: Part) -> bool:
        """Say whether a part need not be copied again."""

    def add(self, part: Part, count: Count) -> str:
        """Copy a part, calling `count` with how many bytes more are copied; return its SHA-256. Raises OSError."""

    def finish(self, sums: dict[str, str]) -> None:
        """Write the list of SHA-256s, bring all to the disk and put it in its place. Raises OSError."""

    def close(self) -> None:
        """Let go of what is open."""


class Tar:
    """One file, which appears whole or not at all."""

    def __init__(self, target: Path, draft: Path, name: str) -> None:
        self._target = target
        self._path = draft / "tar"
        self._stream = self._path.open("wb")
        self._tar = tarfile.TarFile(
            fileobj=self._stream, mode="w", pax_headers={"comment": _COMMENT}, copybufsize=_CHUNK
        )
        self._name = name

    def holds(self, part: Part) -> bool:
        """Say that it holds nothing yet."""
        return False

    def add(self, part: Part, count: Count) -> str:
        """Copy a part."""
        with part.open() as stream:
            return self._write(part.name, _Counted(stream, count), part.size, os.fstat(stream.fileno()).st_mtime)

    def _write(self, name: str, source: _Counted, size: int, at: float) -> str:
        info = tarfile.TarInfo(f"{self._name}/{name}")
        info.size, info.mtime, info.mode = size, int(at), 0o644
        self._tar.addfile(info, source)
        return source.digest.hexdigest()

    def finish(self, sums: dict[str, str]) -> None:
        """Write the list, and take the place of an earlier backup."""
        text = manifest_text(sums).encode()
        self._write(MANIFEST, _Counted(io.BytesIO(text), _ignore), len(text), self._path.stat().st_mtime)
        self._tar.close()
        os.fsync(self._stream.fileno())
        os.replace(self._path, self._target)
        sync_folder(self._target.parent)

    def close(self) -> None:
        """Close the file; what of a given-up one is not written yet need not be."""
        with suppress(OSError):
            self._stream.close()


class Folder:
    """A folder that may be used as an archive's root; what it holds already is not copied again.

    The WARC files come first, the database last: killed at any time, the earlier backup's database still has its files.
    """

    def __init__(self, target: Path, draft: Path) -> None:
        self._target = target
        self._draft = draft
        self._held = read_manifest(target / MANIFEST)

    def holds(self, part: Part) -> bool:
        """Say whether a finished file was copied by an earlier backup."""
        path = self._target / part.name
        known = part.sha256 is not None and self._held.get(part.name) == part.sha256
        return known and path.is_file() and path.stat().st_size == part.size

    def add(self, part: Part, count: Count) -> str:
        """Copy a part."""
        with part.open() as stream:
            return self._write(part.name, _Counted(stream, count), part.size)

    def _write(self, name: str, source: _Counted, size: int) -> str:
        draft = self._draft / "file"
        with draft.open("wb") as copy:
            source.copy_to(copy, size)
            copy.flush()
            os.fsync(copy.fileno())
        path = self._target / name
        path.parent.mkdir(exist_ok=True)
        for suffix in ("-wal", "-shm"):
            # What a killed reader left beside the earlier database would be taken for the new one's.
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        os.replace(draft, path)
        sync_folder(path.parent)
        return source.digest.hexdigest()

    def finish(self, sums: dict[str, str]) -> None:
        """Write the list."""
        text = manifest_text(sums).encode()
        self._write(MANIFEST, _Counted(io.BytesIO(text), _ignore), len(text))

    def close(self) -> None:
        """Do nothing: each file is closed when it is copied."""


class _Counted:
    """Bytes that are hashed and counted as they are read."""

    def __init__(self, source: IO[bytes], count: Count) -> None:
        self.digest = hashlib.sha256()
        self._source = source
        self._count = count

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes."""
        data = self._source.read(size)
        self.digest.update(data)
        self._count(len(data))
        return data

    def copy_to(self, copy: IO[bytes], size: int) -> None:
        """Copy `size` bytes. Raises OSError when there are less."""
        while size:
            data = self.read(min(size, _CHUNK))
            if not data:
                raise OSError(errno.EIO, "the file became shorter while it was copied")
            copy.write(data)
            size -= len(data)


def _ignore(more: int) -> None:
    """Count nothing."""


def manifest_text(sums: dict[str, str]) -> str:
    """Return the list of SHA-256s as `sha256sum` writes it."""
    return "".join(f"{digest}  {name}\n" for name, digest in sums.items())


def read_manifest(path: Path) -> dict[str, str]:
    """Read such a list: file names and their digests; empty when there is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return {found[2]: found[1] for line in lines if (found := _LINE.fullmatch(line))}


def check_file(target: Path) -> None:
    """Accept a file that is new or an earlier backup. Raises UsageError."""
    if not target.parent.is_dir():
        raise UsageError(f"there is no folder {target.parent}: make it, or name a file elsewhere")
    if target.exists() and not _is_backup(target):
        raise UsageError(f"{target} is there and is no backup: name another file")


def _is_backup(path: Path) -> bool:
    try:
        with tarfile.open(path, "r:") as tar:
            return tar.pax_headers.get("comment") == _COMMENT
    except (tarfile.TarError, OSError):
        return False


def check_folder(target: Path, root: Path) -> None:
    """Accept a folder that is new, empty or an earlier backup nobody has crawled into, making it. Raises UsageError."""
    if target.is_file():
        raise UsageError(f"{target} is a file: leave out the slash, or name a folder")
    if not target.parent.is_dir():
        raise UsageError(f"there is no folder {target.parent}: make it, or name a folder elsewhere")
    target.mkdir(exist_ok=True)
    if target.samefile(root) or (target / LOCK).exists():
        raise UsageError(f"{target} is an archive in use: name another folder")
    strangers = [path.name for path in target.iterdir() if not path.name.startswith(".")]
    if strangers and not (target / MANIFEST).is_file():
        raise UsageError(f"{target} holds other files ({min(strangers)} …): name a new folder, or a backup's")
