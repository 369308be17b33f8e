"""Writes what is selected of a table or view in each format. Must not know the formats' grammar."""

from __future__ import annotations

from importlib.util import find_spec

from archive.dictionary import TABLES
from archive.errors import UsageError
from archive.exports.csv import csv_lines
from archive.exports.formats import Job, streamed
from archive.exports.jsonl import json_lines
from archive.exports.manifest import sha256_of
from archive.exports.output import Written, drafted


def write_csv(job: Job) -> Written:
    """Write CSV. Raises ArchiveError."""
    query = job.selection.query(job.connection)
    return streamed(job, csv_lines(job.connection, query, job.excel))


def write_jsonl(job: Job) -> Written:
    """Write JSON lines. Raises ArchiveError."""
    return streamed(job, json_lines(job.connection, job.selection.query(job.connection)))


def _needed(module: str, extra: str) -> None:
    if find_spec(module) is None:
        raise UsageError(f"this format needs {module}, which is not here: pip install press-archive[{extra}]")


def write_xlsx(job: Job) -> Written:
    """Write an Excel workbook. Raises ArchiveError, UsageError without XlsxWriter."""
    _needed("xlsxwriter", "xlsx")
    from archive.exports.spreadsheet import write_xlsx

    query = job.selection.query(job.connection)
    with drafted(job.target) as draft:
        rows, notes = write_xlsx(job.connection, query, draft, job.watch)
        return Written(rows, draft.stat().st_size, sha256_of(draft), notes)


def write_parquet(job: Job) -> Written:
    """Write Parquet. Raises ArchiveError, UsageError without pyarrow."""
    _needed("pyarrow", "parquet")
    from archive.exports.parquet import column_types, write_parquet

    query = job.selection.query(job.connection)
    with drafted(job.target) as draft:
        types = column_types(job.connection, query)
        said = TABLES[query.name].columns if query.name in TABLES else {}
        rows = write_parquet(job.connection, query, types, said, draft, lambda rows: job.watch(rows, 0))
        return Written(rows, draft.stat().st_size, sha256_of(draft))
