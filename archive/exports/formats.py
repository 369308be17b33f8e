"""The formats of exports by name: which writer, which file ending, which options. Must not know the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from sqlite3 import Connection

from archive import clock
from archive.errors import UsageError
from archive.exports.bibliography import BIBLIOGRAPHIES, citable
from archive.exports.csv import csv_lines
from archive.exports.entries import entry_of, exported_feed, publication
from archive.exports.feeds import atom
from archive.exports.items import Item, items
from archive.exports.jsonl import json_lines
from archive.exports.manifest import MANIFEST, sha256_of, write_manifest
from archive.exports.markdown import write_markdown
from archive.exports.output import STANDARD_OUTPUT, Written, drafted, opened, whole_folder
from archive.exports.selection import Selection
from archive.exports.subset import write_subset

Watch = Callable[[int, int], None]
Writer = Callable[["Job"], Written]


@dataclass(frozen=True, slots=True)
class Job:
    """One export: from where (and from which file), what, where to. `watch` hears of rows and bytes so far."""

    connection: Connection
    source: Path
    selection: Selection
    target: str
    watch: Watch
    excel: bool = False


@dataclass(frozen=True, slots=True)
class Format:
    """A format. One `of_articles` takes no other table or view."""

    name: str
    ending: str
    help: str
    write: Writer
    of_articles: bool = False
    where: str = "; - is standard output"

    def target(self, view: str) -> str:
        """Return where an export goes when nobody says so."""
        return f"{'articles' if self.of_articles else view}{self.ending}"


def _streamed(job: Job, pieces: Iterator[tuple[bytes, int]]) -> Written:
    rows = 0
    with opened(job.target) as sink:
        for data, count in pieces:
            sink.write(data)
            rows += count
            job.watch(rows, sink.bytes)
    return Written(rows, sink.bytes, sink.sha256)


def _csv(job: Job) -> Written:
    query = job.selection.query(job.connection)
    return _streamed(job, csv_lines(job.connection, query, job.excel))


def _jsonl(job: Job) -> Written:
    return _streamed(job, json_lines(job.connection, job.selection.query(job.connection)))


def _needed(module: str, extra: str) -> None:
    if find_spec(module) is None:
        raise UsageError(f"this format needs {module}, which is not here: pip install press-archive[{extra}]")


def _xlsx(job: Job) -> Written:
    _needed("xlsxwriter", "xlsx")
    from archive.exports.spreadsheet import write_xlsx

    query = job.selection.query(job.connection)
    with drafted(job.target) as draft:
        rows, notes = write_xlsx(job.connection, query, draft, job.watch)
        return Written(rows, draft.stat().st_size, sha256_of(draft), notes)


def _parquet(job: Job) -> Written:
    _needed("pyarrow", "parquet")
    from archive.exports.parquet import column_types, write_parquet

    query = job.selection.query(job.connection)
    with drafted(job.target) as draft:
        types = column_types(job.connection, query)
        rows = write_parquet(job.connection, query, types, draft, lambda rows: job.watch(rows, 0))
        return Written(rows, draft.stat().st_size, sha256_of(draft))


def _items(job: Job) -> Iterator[Item]:
    return items(job.connection, job.selection.query(job.connection), job.watch)


def _atom(job: Job) -> Written:
    connection = job.connection
    query = job.selection.query(connection)
    source = publication(connection)
    newest = f"SELECT max(last_changed_at) FROM articles WHERE id IN (SELECT id FROM ({query.sql}))"
    (updated,) = connection.execute(newest, query.params).fetchone()
    feed = exported_feed(source, updated or clock.stamp())
    found = _items(job)
    entries = (entry_of(source, item) for item in found)
    return _streamed(job, ((piece, int(piece.startswith(b"<entry"))) for piece in atom(feed, entries)))


def _bibliography(name: str) -> Writer:
    def write(job: Job) -> Written:
        source = publication(job.connection)
        found = _items(job)
        return _streamed(job, BIBLIOGRAPHIES[name](citable(source, item) for item in found))

    return write


def _markdown(job: Job) -> Written:
    if job.target == STANDARD_OUTPUT:
        raise UsageError("markdown is a folder of files: name a new one with --output")
    found = _items(job)
    with whole_folder(Path(job.target)) as draft:
        count = write_markdown(found, draft)
        write_manifest(draft)
        size = sum(path.stat().st_size for path in draft.rglob("*.md"))
        return Written(count, size, sha256_of(draft / MANIFEST))


def _sqlite(job: Job) -> Written:
    query = job.selection.query(job.connection)
    ids = [row[0] for row in job.connection.execute(f"SELECT id FROM ({query.sql})", query.params)]
    with drafted(job.target) as draft:
        draft.unlink(missing_ok=True)
        count = write_subset(job.source, ids, draft)
        job.watch(count, draft.stat().st_size)
        return Written(count, draft.stat().st_size, sha256_of(draft))


_ALL = (
    Format("csv", ".csv", "Write one CSV file (RFC 4180, UTF-8), exact to the character.", _csv),
    Format("xlsx", ".xlsx", "Write an Excel workbook: numbers as numbers, times as dates in UTC.", _xlsx),
    Format("jsonl", ".jsonl", "Write one JSON object a line, numbers as numbers.", _jsonl),
    Format("parquet", ".parquet", "Write a Parquet file: numbers as numbers, times as times in UTC.", _parquet),
    Format("bibtex", ".bib", "Write the citations of articles as BibTeX.", _bibliography("bibtex"), of_articles=True),
    Format("ris", ".ris", "Write the citations of articles as RIS.", _bibliography("ris"), of_articles=True),
    Format("csl", ".json", "Write the citations of articles as CSL JSON.", _bibliography("csl"), of_articles=True),
    Format("atom", ".atom", "Write articles as one Atom feed, with an excerpt of each.", _atom, of_articles=True),
    Format(
        "markdown", "-markdown", "Write a folder of Markdown files, one an article.", _markdown, True, ", a new folder"
    ),
    Format("sqlite", ".db", "Write a database of the articles and all that belongs to them.", _sqlite, True),
)
FORMATS: Mapping[str, Format] = {each.name: each for each in _ALL}
