"""What the files are that somebody wants to bring in: WARC files, WACZ, saved pages. Must not read records or pages."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from archive.errors import UsageError
from archive.manifests import SUFFIXES
from archive.page_marks import looks_like_html
from archive.saved_pages import WARC_NAME, SavedPages, saved_pages
from archive.unpacking import BEGINNING, GZIP, ZSTD, ZSTD_DICTIONARY
from archive.warc_parts import WarcPart, parts_of

_SNIFFED = 1 << 14


@dataclass(frozen=True, slots=True)
class Inputs:
    """What there is to read. `size` is in bytes, of WARC files as they are packed."""

    warcs: tuple[WarcPart, ...]
    pages: tuple[SavedPages, ...]
    size: int


def find_inputs(files: Iterable[Path]) -> Inputs:
    """Say what files and folders hold. Raises UsageError that names the first one that is nothing of the kind."""
    warcs: list[WarcPart] = []
    pages: list[SavedPages] = []
    for path in files:
        if path.is_dir():
            warcs.extend(part for warc in _warcs_in(path) for part in parts_of(warc))
            pages.append(saved_pages(path))
        elif not path.exists():
            raise UsageError(f"{path} is not there: name a WARC or WACZ file, or a folder of saved pages")
        elif (page := _as_page(path)) is not None:
            pages.append(page)
        else:
            warcs.extend(parts_of(path))
    size = sum(part.size for part in warcs) + sum(_size_of(file) for each in pages for file in each.files())
    return Inputs(tuple(dict.fromkeys(warcs)), tuple(dict.fromkeys(pages)), size)


def _warcs_in(folder: Path) -> list[Path]:
    found = (Path(where, name) for where, _, names in os.walk(folder) for name in names if WARC_NAME.search(name))
    return sorted(path for path in found if path.is_file())


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _as_page(path: Path) -> SavedPages | None:
    """Return what a file is when it is a page or a manifest, None when it is a WARC file. Raises UsageError."""
    try:
        with path.open("rb") as stream:
            content = stream.read(_SNIFFED)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): see whether you may") from error
    if path.suffix.lower() in SUFFIXES:
        return SavedPages(path.parent, path, all_listed=True)
    if (
        WARC_NAME.search(path.name)
        or content.startswith((BEGINNING, ZSTD, ZSTD_DICTIONARY))
        or zipfile.is_zipfile(path)
    ):
        return None
    unpacked = _unzipped(content) if content.startswith(GZIP) else content
    if unpacked.startswith(BEGINNING):
        return None
    if looks_like_html(unpacked):
        return SavedPages(path.parent, only=path)
    raise UsageError(f"{path} is no WARC or WACZ file, saved page, manifest or folder of them")


def _unzipped(content: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(content, _SNIFFED)
    except zlib.error:
        return b""
