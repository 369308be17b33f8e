"""The manifest of what is given away: which files, how large, with which SHA-256. Must not write the files themselves.

The form is that of `sha256sum`, so that anybody can check without us: `sha256sum -c manifest-sha256.txt`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from archive.findings import Findings
from archive.records import Damage

MANIFEST = "manifest-sha256.txt"
PACKAGE = "datapackage.json"


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
    """Check a release against its manifest, and its tables against their described row counts."""
    found = Findings()
    listed = dict(_listed(folder, found))
    there = set(_names(folder))
    for name in sorted(listed.keys() | there):
        if watch:
            watch(name)
        if name not in there:
            found.damages.append(Damage(name, 0, "the file is missing"))
        elif name not in listed:
            found.damages.append(Damage(name, 0, "the file is not in the manifest"))
        else:
            found.files += 1
            if sha256_of(folder / name) != listed[name]:
                found.damages.append(Damage(name, 0, "the file's SHA-256 is another than in the manifest"))
    if found.is_whole and (folder / PACKAGE).is_file():
        _count_rows(folder, found)
    return found


def _listed(folder: Path, found: Findings) -> Iterator[tuple[str, str]]:
    text = (folder / MANIFEST).read_text(encoding="utf-8", errors="replace")
    offset = 0
    for line in text.splitlines(keepends=True):
        digest, gap, name = line.rstrip("\n").partition("  ")
        if len(digest) == 64 and gap and name and not Path(name).is_absolute() and ".." not in Path(name).parts:
            yield name, digest
        else:
            found.damages.append(Damage(MANIFEST, offset, "the line cannot be read"))
        offset += len(line.encode())


def _count_rows(folder: Path, found: Findings) -> None:
    package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if resource["path"].endswith(".jsonl"):
            with (folder / resource["path"]).open("rb") as stream:
                rows = sum(1 for _ in stream)
            found.rows += rows
            if rows != resource["rows"]:
                found.damages.append(Damage(resource["path"], 0, f"it has {rows} rows, not {resource['rows']}"))
