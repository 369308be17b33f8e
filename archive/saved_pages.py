"""Folders of saved HTML as captures: where each page came from, and when it was saved. Must not write anything."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from archive.capture import Capture, micros_of, parse_moment
from archive.foreign_warcs import MAX_BLOCK
from archive.judging import OTHER_FILES, TOO_LARGE, Damaged, IsOwn, LeftOut, Stranger
from archive.manifests import NAMES, Listed, read_manifest
from archive.page_marks import canonical, looks_like_html, saved_at, saved_from
from archive.unpacking import GZIP
from archive.urls import host_of
from archive.warc import payload_digest

NO_ADDRESS = "saved pages that do not say where they are from"
MISSING = "pages that the manifest names and that are not there"
WARC_NAME = re.compile(r"\.(?:warc(?:\.gz|\.zst)?|wacz)$", re.IGNORECASE)
_DATE_IN_NAME = re.compile(r"(?<!\d)(?:19|20)\d{12}(?!\d)")
_TIME_FOLDER = re.compile(r"\d{14}(?:[a-z]{2}_)?")
"""How the Wayback Machine's addresses, and folders made of them, write a time."""
_SAFE = "/%:@!$&'()*+,;=-._~?"
_PAGE = "text/html"

Found = Capture | LeftOut | Stranger | Damaged


@dataclass(frozen=True, slots=True)
class SavedPages:
    """Saved pages below `folder`: those that `manifest` lists and all others, or the one called `only`.

    `all_listed`: what the manifest does not list does not count.
    """

    folder: Path
    manifest: Path | None = None
    only: Path | None = None
    all_listed: bool = False

    def files(self) -> Iterator[Path]:
        """List the files that may be pages, in the order of their names; WARC files among them are none."""
        if self.only:
            yield self.only
            return
        for folder, names, files in os.walk(self.folder):
            # A browser puts what a page is made of into a folder named for it.
            names[:] = sorted(name for name in names if not (name.endswith("_files") and _is_beside(folder, name)))
            for name in sorted(files):
                if name not in NAMES and not WARC_NAME.search(name):
                    yield Path(folder, name)


def saved_pages(folder: Path) -> SavedPages:
    """Return the pages of a folder, with its manifest when there is one."""
    manifest = next((folder / name for name in NAMES if (folder / name).is_file()), None)
    return SavedPages(folder, manifest)


def read_saved(pages: SavedPages, is_own: IsOwn) -> Iterator[tuple[Path, Found]]:
    """Read saved pages, those in the manifest first; others tell their address themselves. Raises UsageError, OSError.

    A page's address is what the manifest says, else what its browser wrote into it, else what the page calls its own,
    else the way to it in a folder named for its host (`wget -r`). Its time is the manifest's, else the one that
    SingleFile wrote, else 14 digits in its name, else when the file was changed.
    """
    listed: set[int] = set()
    for line in read_manifest(pages.manifest) if pages.manifest else ():
        listed.add(hash(line.file))
        yield line.file, _judge(line.file, pages, is_own, line)
    for path in () if pages.all_listed else pages.files():
        resolved = path.resolve()
        if hash(resolved) not in listed and resolved.is_relative_to(pages.folder.resolve()):
            yield path, _judge(path, pages, is_own, None)


def _judge(path: Path, pages: SavedPages, is_own: IsOwn, listed: Listed | None) -> Found:
    if not path.is_file():
        return LeftOut(MISSING)
    if path.stat().st_size > MAX_BLOCK:
        return LeftOut(TOO_LARGE)
    content = path.read_bytes()
    if content.startswith(GZIP):
        unzipped = _unzipped(content)
        if unzipped is None:
            return Damaged("it cannot be unpacked")
        content = unzipped
    if not listed and not looks_like_html(content):
        return LeftOut(OTHER_FILES)
    named = (listed.url, "manifest") if listed else _address(path, pages.folder, content, is_own)
    if named is None:
        return LeftOut(NO_ADDRESS)
    url, source = named
    if not is_own(url):
        return Stranger(host_of(url))
    moment, clock = _moment(path, pages.folder, content, listed)
    return Capture(
        "resource",
        "page",
        url,
        micros_of(moment),
        content,
        payload_digest(content),
        content_type=(listed.content_type if listed else None) or _PAGE,
        told={"address-from": source, "time-from": clock},
    )


def _unzipped(content: bytes) -> bytes | None:
    """Unpack a page that was saved as its server sent it, None when it is damaged or too large."""
    unpack = zlib.decompressobj(wbits=31)
    try:
        page = unpack.decompress(content, MAX_BLOCK)
    except zlib.error:
        return None
    return page if unpack.eof else None


def _address(path: Path, folder: Path, content: bytes, is_own: IsOwn) -> tuple[str, str] | None:
    """Find out a page's address, and say from what."""
    if url := saved_from(content):
        return url, "the browser's mark"
    if url := canonical(content):
        return url, "the page's canonical address"
    url = _mirrored((folder.resolve().name, *path.relative_to(folder).parts), is_own)
    return (url, "its folder") if url else None


def _mirrored(parts: tuple[str, ...], is_own: IsOwn) -> str | None:
    """Return the address of a page in a mirror: HOST/path, below a scheme's folder or not."""
    for position, host in enumerate(parts[:-1]):
        scheme = parts[position - 1].rstrip(":").lower() if position else ""
        if scheme not in ("http", "https"):
            # A host with a port of its own is a test server's.
            scheme = "http" if ":" in host else "https"
        base = f"{scheme}://{host}/"
        if ("." in host or ":" in host) and is_own(base):
            below = parts[position + 1 :]
            way = "/".join(below[1:] if _TIME_FOLDER.fullmatch(below[0]) and below[1:] else below)
            way = re.sub(r"(?:^|(?<=/))index\.html?(?:\.gz)?(?=$|\?)", "", way)
            return base + quote(way, safe=_SAFE)
    return None


def _moment(path: Path, folder: Path, content: bytes, listed: Listed | None) -> tuple[datetime, str]:
    if listed and listed.fetched_at:
        return listed.fetched_at, "manifest"
    if moment := saved_at(content):
        return moment, "SingleFile"
    written = _DATE_IN_NAME.findall(str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name)
    for digits in reversed(written):
        if moment := parse_moment(digits):
            return moment, "its name"
    return datetime.fromtimestamp(path.stat().st_mtime, UTC), "the file's time"


def _is_beside(folder: str, name: str) -> bool:
    page = Path(folder, name.removesuffix("_files"))
    return any(page.with_name(page.name + suffix).exists() for suffix in (".html", ".htm", ".xhtml"))
