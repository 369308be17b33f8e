"""A frozen, citable corpus of an archive: tables as CSV, JSONL and Parquet, described, listed and countable.

Must not hold anything that differs between two releases of the same archive: no clock, no machine, no order by chance.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sqlite_utils import Database

from archive.dictionary import TABLES
from archive.errors import UsageError
from archive.exports.csv import write_csv
from archive.exports.datapackage import describe_corpus, write_citation, write_datapackage, write_readme
from archive.exports.fetching import Query
from archive.exports.jsonl import write_jsonl
from archive.exports.manifest import MANIFEST, sha256_of, write_manifest
from archive.exports.reading import one_moment
from archive.exports.tables import Table, released_tables
from archive.warc import sync_folder

Watch = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Released:
    """What a release holds; `sha256` is its manifest's, which names the release as a whole."""

    files: int
    rows: dict[str, int]
    sha256: str


def write_release(db: Database, folder: Path, watch: Watch | None = None) -> Released:
    """Write a release into a new folder, which appears whole or not at all. Raises UsageError, OSError."""
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already: a release is never overwritten, name a new folder")
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        (draft / "data").mkdir(parents=True)
        with one_moment(db.conn):
            rows = _write(db, draft, watch)
        sha256 = sha256_of(draft / MANIFEST)
        files = _sync(draft)
        if folder.exists():
            folder.rmdir()
        os.replace(draft, folder)
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Released(files, rows, sha256)


def _write(db: Database, draft: Path, watch: Watch | None) -> dict[str, int]:
    tables = released_tables(db)
    rows: dict[str, int] = {}
    for table in tables:
        if watch:
            watch(table.name)
        rows[table.name] = _write_table(db, draft / "data", table)
    corpus = describe_corpus(db)
    queries = "".join(f"-- {table.name}\n{table.sql};\n\n" for table in tables)
    (draft / "queries.sql").write_text(queries, encoding="utf-8", newline="\n")
    write_datapackage(draft, corpus, tables, rows)
    write_citation(draft, corpus)
    write_readme(draft, corpus, rows)
    write_manifest(draft)
    return rows


def _write_table(db: Database, data: Path, table: Table) -> int:
    with (data / f"{table.name}.csv").open("wb") as written:
        count = write_csv(db.conn, Query(table.name, table.sql), written)
    with (data / f"{table.name}.jsonl").open("wb") as written:
        write_jsonl(db.conn, Query(table.name, table.sql), written)
    if find_spec("pyarrow"):
        from archive.exports.parquet import write_parquet

        query, path = Query(table.name, table.sql), data / f"{table.name}.parquet"
        write_parquet(db.conn, query, table.columns, TABLES[table.name].columns, path, _unwatched)
    return count


def _unwatched(rows: int) -> None:
    """Hear of progress that nobody watches."""


def _sync(draft: Path) -> int:
    """Bring all files to the disk before they get their folder's name; return how many they are."""
    files = [path for path in draft.rglob("*") if path.is_file()]
    for path in files:
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
    return len(files)
