"""The public folder: database, exports, checksums, and what a server of it needs. Must not decide what is public."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from archive.errors import UsageError
from archive.exports.csv import write_csv
from archive.exports.fetching import Query
from archive.exports.jsonl import write_jsonl
from archive.exports.manifest import sha256_of
from archive.publishing.contents import RELEASE
from archive.publishing.database import Choice, finish_database, write_database
from archive.publishing.deployment import write_dockerfile, write_metadata, write_readme, write_settings
from archive.publishing.swapping import drafted
from archive.root import DATABASE
from archive.urls import host_of

Watch = Callable[[str], None]
CHECKSUMS = "SHA256SUMS"
DATA = "data"
_INSPECTED = "inspect-data.json"
_HIDDEN = ("articles_fts", "sqlite_")


@dataclass(frozen=True, slots=True)
class Published:
    """What was published: the release's id, the rows of each table, files and bytes in all."""

    release: str
    rows: dict[str, int]
    files: int
    bytes: int


def publish(root: Path, folder: Path, choice: Choice, watch: Watch | None = None) -> Published:
    """Build what may be public of the archive at `root` and put it in the place of `folder` in one step.

    Raises UsageError for a folder that holds anything else, ArchiveBusy, ArchiveError, OSError.
    """
    folder = folder.resolve()
    _refuse_strangers(root.resolve(), folder)
    with drafted(folder) as draft:
        path = draft / DATABASE
        write_database(root, path, choice, watch)
        rows = _write_exports(path, draft / DATA, watch)
        release = _name(path, draft / DATA, choice)
        if watch:
            watch(DATABASE)
        finish_database(path)
        _write_inspected(draft, path)
        _write_companions(draft, path, choice, rows, release)
        files = _write_checksums(draft)
        size = sum(file.stat().st_size for file in draft.rglob("*") if file.is_file())
    return Published(release, rows, files, size)


def is_published(folder: Path) -> bool:
    """Say whether a folder is one that `publish` made."""
    return (folder / DATABASE).is_file() and (folder / CHECKSUMS).is_file() and (folder / _INSPECTED).is_file()


def _refuse_strangers(root: Path, folder: Path) -> None:
    if folder == root or folder in root.parents or root in folder.parents:
        raise UsageError(f"{folder} holds the archive itself or lies in it: publish into a folder of its own")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file: publish takes a folder, which is made when it is not there")
    if any(folder.iterdir()) and not is_published(folder):
        raise UsageError(f"{folder} holds other files, which would be lost: name an empty or new folder")


def _write_exports(path: Path, data: Path, watch: Watch | None) -> dict[str, int]:
    """Write every public table and view as CSV and as JSON lines."""
    data.mkdir()
    rows: dict[str, int] = {}
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name")
        for name in [name for (name,) in names if not name.startswith(_HIDDEN) and name != RELEASE]:
            if watch:
                watch(f"{name}.csv")
            query = Query(name, f"SELECT * FROM {name} {_order(connection, name)}")
            with (data / f"{name}.csv").open("wb") as stream:
                rows[name] = write_csv(connection, query, stream)
            with (data / f"{name}.jsonl").open("wb") as stream:
                write_jsonl(connection, query, stream)
    return rows


def _order(connection: sqlite3.Connection, name: str) -> str:
    """Return what puts the rows of a table in the same order always: its key; a view's rows come as it gives them."""
    found = connection.execute(f"PRAGMA table_xinfo({name})").fetchall()
    keys = [row[1] for row in sorted(found, key=lambda row: int(row[5])) if row[5]]
    return f"ORDER BY {', '.join(keys)}" if keys else ""


def _name(path: Path, data: Path, choice: Choice) -> str:
    """Give the release its id: the same content has the same one."""
    digests = "".join(sha256_of(file) for file in sorted(data.iterdir()))
    release = hashlib.sha256(f"{choice.text} {choice.words} {digests}".encode()).hexdigest()[:16]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE {RELEASE} SET id = ?", [release])
    return release


def _write_inspected(draft: Path, path: Path) -> None:
    """Write what `datasette inspect` finds out of an immutable database, so that no server has to count anew."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        counts = {name: connection.execute(f"SELECT count(*) FROM [{name}]").fetchone()[0] for name in names}
    described = {
        "hash": sha256_of(path),
        "size": path.stat().st_size,
        "file": DATABASE,
        "tables": {name: {"count": count} for name, count in counts.items()},
    }
    (draft / _INSPECTED).write_text(json.dumps({path.stem: described}, indent=2), encoding="utf-8")


def _write_companions(draft: Path, path: Path, choice: Choice, rows: dict[str, int], release: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        named = connection.execute("SELECT title, url FROM publication").fetchone()
        first = connection.execute("SELECT url FROM articles LIMIT 1").fetchone()
    title, url = named or (host_of(first[0]) if first else "an empty archive", None)
    write_metadata(draft, title, url, choice, release)
    write_settings(draft)
    write_dockerfile(draft, version("press-archive"))
    write_readme(draft, title, choice, rows)


def _write_checksums(draft: Path) -> int:
    """List every file with its SHA-256, as `sha256sum -c` reads it; return how many they are."""
    names = sorted(path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file())
    lines = "".join(f"{sha256_of(draft / name)}  {name}\n" for name in names)
    (draft / CHECKSUMS).write_text(lines, encoding="utf-8")
    return len(names) + 1
