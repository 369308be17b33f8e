"""A lake: many archives' articles as Parquet files in folders by publication and year (Hive partitioning).

A partition is one file, which appears whole, and bears a digest of its rows: it is written anew only when they changed.
Must not know SQL.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from urllib.parse import quote, unquote

import pyarrow
from filelock import FileLock, Timeout
from pyarrow import parquet

from archive import faults
from archive.errors import ArchiveBusy, ArchiveError, UsageError
from archive.exports.fetching import Query, batches, columns_of
from archive.exports.lake_tables import LAKE_TABLES, LakeTable, years_of
from archive.exports.parquet import write_parquet
from archive.whole_files import finished

UNDATED = "__HIVE_DEFAULT_PARTITION__"
"""What Hive, Spark, Arrow and DuckDB take for a partition whose value is missing."""
_NAMED = "publication="
_DRAFT = ".draft"
_DIGEST, _SITE = b"press-archive.rows", b"press-archive.site"
_FORMAT = "2"
"""Counts up when the same rows are to be written in another way."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What an export into a lake did: partitions written, kept as they were and removed; rows and bytes they hold.

    `moved` are those taken over from an earlier name of the publication; they are then written or kept, too.
    """

    publication: str
    written: int = 0
    kept: int = 0
    removed: int = 0
    moved: int = 0
    rows: int = 0
    bytes: int = 0

    def __add__(self, other: Filled) -> Filled:
        return Filled(
            self.publication,
            self.written + other.written,
            self.kept + other.kept,
            self.removed + other.removed,
            self.moved + other.moved,
            self.rows + other.rows,
            self.bytes + other.bytes,
        )


def fill_lake(connection: Connection, lake: Path, watch: Callable[[int, int], None]) -> Filled:
    """Bring one archive's partitions up to date; leave other publications' alone. `watch` hears of rows and bytes.

    Raises UsageError, ArchiveBusy, ArchiveError.
    """
    found = connection.execute("SELECT name, url FROM publication").fetchone()
    if found is None:
        raise UsageError("the archive holds no publication yet: crawl or import first")
    name, site = found
    try:
        with _alone(lake, name):
            return _fill(connection, lake, name, site, watch)
    except OSError as error:
        raise ArchiveError(f"{lake} cannot be written ({error}): make room, or name another folder") from error


def _fill(connection: Connection, lake: Path, name: str, site: str, watch: Callable[[int, int], None]) -> Filled:
    filled, found = Filled(name), list[tuple[LakeTable, Path, Query]]()
    years = years_of(connection)
    for table in LAKE_TABLES:
        _refuse_other(_folder(lake, table, name), site)
    filled += _take_over(lake, name, site)
    # What is gone goes first: a full disk may keep the rest from being done.
    for table in LAKE_TABLES:
        folder = _folder(lake, table, name)
        queries = dict(_partitions(table, folder, years))
        filled += Filled(name, removed=_remove_others(folder, queries))
        found += [(table, path, query) for path, query in queries.items()]
    for table, path, query in found:
        filled += _bring_up_to_date(connection, table, query, path, site)
        watch(filled.rows, filled.bytes)
    return filled


def _folder(lake: Path, table: LakeTable, publication: str) -> Path:
    return lake / table.name / f"{_NAMED}{quote(publication, safe='')}"


def _partitions(table: LakeTable, folder: Path, years: Iterable[str | None]) -> Iterator[tuple[Path, Query]]:
    if not table.has_years:
        yield folder / f"{table.name}.parquet", table.query(None)
        return
    for year in years:
        yield folder / f"year={year or UNDATED}" / f"{table.name}.parquet", table.query(year)


def _bring_up_to_date(connection: Connection, table: LakeTable, query: Query, path: Path, site: str) -> Filled:
    types = {column: table.types[column] for column in columns_of(connection, query)}
    digest, rows = _digest(connection, query, types, table.descriptions)
    if _metadata(path).get(_DIGEST) == digest and _is_sound(path):
        return Filled("", kept=1, rows=rows, bytes=path.stat().st_size)
    path.parent.mkdir(parents=True, exist_ok=True)
    known = {_DIGEST: digest, _SITE: site.encode()}
    with finished(path, path.with_name(f".{path.name}{_DRAFT}")) as draft:
        write_parquet(connection, query, types, table.descriptions, draft, lambda rows: None, known)
    faults.reach("partitioned")
    return Filled("", written=1, rows=rows, bytes=path.stat().st_size)


def _digest(connection: Connection, query: Query, *schema: Mapping[str, str]) -> tuple[bytes, int]:
    """Return the SHA-256 of a query's rows and of what is said of their columns, and how many rows there are."""
    found, count = hashlib.sha256(repr((_FORMAT, *(list(said.items()) for said in schema))).encode()), 0
    for rows in batches(connection, query):
        count += len(rows)
        for row in rows:
            found.update(repr(row).encode())
    return found.hexdigest().encode(), count


def _metadata(path: Path) -> dict[bytes, bytes]:
    """Read what a partition says of itself; nothing where it is missing or damaged."""
    try:
        # The file's end, where Parquet keeps the description, is read anew, so that a file cut short is none.
        return dict(parquet.read_schema(path).metadata or {})
    except (OSError, pyarrow.ArrowException):
        return {}


def _is_sound(path: Path) -> bool:
    """Say whether every page of a partition has its checksum."""
    try:
        with parquet.ParquetFile(path, page_checksum_verification=True) as file:
            for group in range(file.num_row_groups):
                file.read_row_group(group)
    except (OSError, pyarrow.ArrowException):
        return False
    return True


def _refuse_other(folder: Path, site: str) -> None:
    said = _site_of(folder)
    if said not in (None, site):
        whose = f"another publication's rows, of {said}"
        raise UsageError(f"{folder} holds {whose}: name another lake, or remove that folder if the site moved")


def _site_of(folder: Path) -> str | None:
    """Return whose rows a folder holds; nothing where it holds none that say so."""
    for path in _written_to(folder):
        if said := _metadata(path).get(_SITE):
            return said.decode()
    return None


def _take_over(lake: Path, name: str, site: str) -> Filled:
    """Bring partitions under the name that a publication has now, if it was renamed since."""
    filled = Filled(name)
    for earlier in _names_of(lake, site) - {name}:
        with _alone(lake, earlier):
            for table in LAKE_TABLES:
                filled += _move(_folder(lake, table, earlier), _folder(lake, table, name))
    return filled


def _names_of(lake: Path, site: str) -> set[str]:
    """Return the names under which a lake holds a site's rows."""
    found = (path for table in LAKE_TABLES for path in (lake / table.name).glob(f"{_NAMED}*"))
    return {unquote(path.name.removeprefix(_NAMED)) for path in found if _site_of(path) == site}


def _move(earlier: Path, folder: Path) -> Filled:
    """Give partitions their publication's new name: every row stays in the lake, and none is there twice."""
    moved = removed = 0
    for path in _written_to(earlier):
        target = folder / path.relative_to(earlier)
        if path.suffix == _DRAFT or target.exists():
            path.unlink()
            removed += path.suffix != _DRAFT
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
            moved += 1
            faults.reach("partitioned")
    _remove_empty(earlier)
    return Filled("", removed=removed, moved=moved)


def _remove_others(folder: Path, current: Collection[Path]) -> int:
    """Remove partitions that hold nothing any more, and what a killed export left; return how many partitions."""
    removed = 0
    for path in _written_to(folder):
        if path not in current:
            path.unlink()
            removed += path.suffix != _DRAFT
    _remove_empty(folder)
    return removed


def _written_to(folder: Path) -> list[Path]:
    """List the files that exports wrote into a publication's folder, drafts too; others' files may lie among them."""
    name = f"{folder.parent.name}.parquet"
    return sorted(path for path in folder.rglob("*") if path.name in (name, f".{name}{_DRAFT}") and path.is_file())


def _remove_empty(folder: Path) -> None:
    for path in (*folder.glob("year=*"), folder):
        with suppress(OSError):
            path.rmdir()


@contextmanager
def _alone(lake: Path, name: str) -> Iterator[None]:
    """Let one export at a time write a publication's partitions; others' may be written meanwhile."""
    if lake.exists() and not lake.is_dir():
        raise UsageError(f"{lake} is a file: --lake takes a folder")
    lake.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lake / f".{quote(name, safe='')}.lock", timeout=0):
            yield
    except Timeout as error:
        raise ArchiveBusy(f"another export writes {name} into {lake}: wait for it to end") from error
