"""The manifest of what is given away: which files, how large, with which SHA-256. Must not write the files themselves.

The form is that of `sha256sum`, so that anybody can check without us: `sha256sum -c manifest-sha256.txt`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.findings import Findings

MANIFEST = "manifest-sha256.txt"
PACKAGE = "datapackage.json"
_LINE = re.compile(r"(?P<digest>[0-9A-Fa-f]{64})(?: [ *])(?P<name>.+)")
_MAX_FIELD = 1 << 28
"""Characters of one CSV field: an article is far below."""


@dataclass(frozen=True, slots=True)
class _Described:
    """What the package says of a table's file."""

    bytes: int
    rows: int | None


def write_manifest(folder: Path) -> None:
    """List every file of a folder with its digest, in the order of their names."""
    lines = [f"{sha256_of(folder / name)}  {name}\n" for name in _names(folder)]
    (folder / MANIFEST).write_text("".join(lines), encoding="utf-8")


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256, in hexadecimal. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _names(folder: Path) -> list[str]:
    files = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in files if name != MANIFEST)


def verify_release(folder: Path, watch: Callable[[str], None] | None = None) -> Findings:
    """Check a folder against its manifest, and the tables in it against their described sizes and row counts.

    Raises OSError.
    """
    found = Findings()
    listed = dict(_listed(folder, found))
    described = _described(folder, found)
    there = set(_names(folder))
    for name in sorted(listed.keys() | there | described.keys()):
        if watch:
            watch(name)
        if name not in there:
            found.add(name, 0, "the file is missing")
        elif name not in listed:
            found.add(name, 0, "the file is not in the manifest")
        else:
            found.files += 1
            _check_file(folder, name, listed[name], described.get(name), found)
    return found


def _listed(folder: Path, found: Findings) -> Iterator[tuple[str, str]]:
    if not (folder / MANIFEST).is_file():
        found.add(MANIFEST, 0, "the file is missing")
        return
    offset = 0
    for line in (folder / MANIFEST).read_bytes().splitlines(keepends=True):
        match = _LINE.fullmatch(line.rstrip(b"\r\n").decode("utf-8", "replace"))
        name = match["name"] if match else ""
        if match and not Path(name).is_absolute() and ".." not in Path(name).parts:
            yield name, match["digest"].lower()
        else:
            found.add(MANIFEST, offset, "the line cannot be read")
        offset += len(line)


def _described(folder: Path, found: Findings) -> dict[str, _Described]:
    """Read what `datapackage.json` says of files; not every folder with a manifest has one."""
    path = folder / PACKAGE
    if not path.is_file():
        return {}
    try:
        resources = json.loads(path.read_bytes())["resources"]
        return {each["path"]: _Described(int(each["bytes"]), each.get("rows")) for each in resources}
    except (ValueError, KeyError, TypeError) as error:
        found.add(PACKAGE, getattr(error, "pos", 0), "what it says of the files cannot be read")
        return {}


def _check_file(folder: Path, name: str, digest: str, described: _Described | None, found: Findings) -> None:
    path = folder / name
    size = path.stat().st_size
    if described and size != described.bytes:
        found.add(name, min(size, described.bytes), f"the file has {size} bytes, and should have {described.bytes}")
    elif sha256_of(path) != digest:
        found.add(name, 0, "the file's SHA-256 is another than in the manifest")
    elif described and described.rows is not None and (rows := _rows(path)) is not None:
        found.rows += rows
        if rows != described.rows:
            found.add(name, 0, f"the file has {rows} rows, and should have {described.rows}")


def _rows(path: Path) -> int | None:
    """Count a table's rows; None for a format that only its own library can read."""
    if path.suffix == ".jsonl":
        with path.open("rb") as stream:
            return sum(1 for _ in stream)
    if path.suffix == ".csv":
        csv.field_size_limit(_MAX_FIELD)
        with path.open(encoding="utf-8", newline="") as text:
            return sum(1 for _ in csv.reader(text)) - 1
    return None
