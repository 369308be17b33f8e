"""The WARC files that a file holds: itself, or those inside of a WACZ. Must not unpack or read records."""

from __future__ import annotations

import io
import re
import shutil
import struct
import tempfile
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_ZIP_LENGTHS = 26
"""Where in a local header the lengths of name and extra field stand (APPNOTE 4.3.7); the data follows them."""
_WACZ_MEMBER = re.compile(r"archive/.+\.warc(\.gz|\.zst)?$")


@dataclass(frozen=True, slots=True)
class WarcPart:
    """One WARC file: `member` names it inside of a WACZ, None means the file itself."""

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """Return its name as people know it."""
        return f"{self.path.name}/{self.member.removeprefix('archive/')}" if self.member else self.path.name

    @property
    def size(self) -> int:
        """Return how many bytes there are to read."""
        if self.member is None:
            return self.path.stat().st_size
        with zipfile.ZipFile(self.path) as wacz:
            return wacz.getinfo(self.member).file_size


def parts_of(path: Path) -> list[WarcPart]:
    """List the WARC files that a file holds: those of a WACZ whose directory can be read, else the file itself."""
    if not zipfile.is_zipfile(path):
        return [WarcPart(path)]
    with zipfile.ZipFile(path) as wacz:
        return [WarcPart(path, name) for name in sorted(wacz.namelist()) if _WACZ_MEMBER.match(name)]


def open_part(part: WarcPart) -> IO[bytes]:
    """Open a WARC file as it is stored, for reading and seeking. Raises OSError."""
    if part.member is None:
        return part.path.open("rb")
    with zipfile.ZipFile(part.path) as wacz:
        info = wacz.getinfo(part.member)
        if info.compress_type == zipfile.ZIP_STORED:
            return _Slice(part.path, info.header_offset, info.file_size)  # type: ignore[return-value]
        copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
        # What is lost of a damaged member shows where its records are read.
        with wacz.open(info) as member, suppress(zipfile.BadZipFile, zlib.error):
            shutil.copyfileobj(member, copy)
        copy.seek(0)
        return copy


class _Slice(io.RawIOBase):
    """A member of a zip file that was stored as it is: read in place, past damage that would end zipfile's reading."""

    def __init__(self, path: Path, header: int, size: int) -> None:
        self._file: IO[bytes] = path.open("rb")
        self._file.seek(header + _ZIP_LENGTHS)
        lengths = struct.unpack("<HH", self._file.read(4))
        self._start: int = header + _ZIP_LENGTHS + 4 + sum(lengths)
        self._size = size
        self.seek(0)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that reading can go on elsewhere."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some bytes."""
        data = self._file.read(max(min(len(buffer), self._size - self.tell()), 0))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to an offset from the member's beginning."""
        assert whence == io.SEEK_SET
        self._file.seek(self._start + offset)
        return offset

    def tell(self) -> int:
        """Return the offset from the member's beginning."""
        position: int = self._file.tell()
        return position - self._start

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()
