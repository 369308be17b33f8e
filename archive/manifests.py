"""Lists of saved pages: which file is which address, and when it was fetched. Must not read the pages."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.capture import parse_moment, tidy_address
from archive.errors import UsageError

NAMES = ("manifest.jsonl", "manifest.csv")
SUFFIXES = (".jsonl", ".csv")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: the file, its address, and what else is known of it."""

    file: Path
    url: str
    fetched_at: datetime | None
    content_type: str | None


def read_manifest(manifest: Path) -> Iterator[Listed]:
    """Read a manifest: JSON lines or CSV with `file`, `url` and, if known, `fetched_at` and `content_type`.

    Files are named from the manifest's folder and may not lie outside of it. Raises UsageError that names the line.
    """
    folder = manifest.parent.resolve()
    for number, row in _rows(manifest):
        file, url, fetched_at = (str(row.get(name) or "").strip() for name in ("file", "url", "fetched_at"))
        moment = parse_moment(fetched_at)
        if not file or not url.lower().startswith(("http://", "https://")) or (fetched_at and moment is None):
            raise UsageError(
                f"line {number} of {manifest} needs a file, its url and, if known, fetched_at like 2024-05-06T07:08Z"
            )
        path = (folder / file).resolve()
        if not path.is_relative_to(folder):
            raise UsageError(f"line {number} of {manifest} names a file outside of its folder: {file}")
        content_type = " ".join(str(row.get("content_type") or "").split())
        yield Listed(path, tidy_address(url), moment, content_type or None)


def _rows(manifest: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    try:
        with manifest.open(encoding="utf-8-sig", newline="") as stream:
            if manifest.suffix.lower() == ".csv":
                reader = csv.DictReader(stream)
                yield from ((reader.line_num, row) for row in reader)
                return
            for number, line in enumerate(stream, start=1):
                row = json.loads(line) if line.strip() else None
                if row is not None:
                    yield number, row if isinstance(row, dict) else {}
    except (ValueError, csv.Error) as error:
        raise UsageError(f"{manifest} cannot be read as a manifest ({error}): correct it, or move it away") from error
