"""The formats of exports by name: which writer, which file ending, which options. Must not import any writer."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection

from archive.exports.output import Written, opened
from archive.exports.selection import Selection

Watch = Callable[[int, int], None]
Writer = Callable[["Job"], Written]
_TABLES, _ARTICLES = "archive.exports.table_writers", "archive.exports.article_writers"


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
    """A format, and the module whose function of the same name writes it; it is imported when it is used."""

    name: str
    ending: str
    help: str
    module: str = _TABLES
    where: str = "; - is standard output"

    @property
    def of_articles(self) -> bool:
        """Say whether it takes no other table or view than the list of articles."""
        return self.module == _ARTICLES

    def target(self, view: str) -> str:
        """Return where an export goes when nobody says so."""
        return f"{'articles' if self.of_articles else view}{self.ending}"

    def write(self, job: Job) -> Written:
        """Write. Raises ArchiveError, sqlite3.Error."""
        writer: Writer = getattr(importlib.import_module(self.module), f"write_{self.name}")
        return writer(job)


def streamed(job: Job, pieces: Iterator[tuple[bytes, int]]) -> Written:
    """Write pieces, each with how many rows are in it, to where the job says."""
    rows = 0
    with opened(job.target) as sink:
        for data, count in pieces:
            sink.write(data)
            rows += count
            job.watch(rows, sink.bytes)
    return Written(rows, sink.bytes, sink.sha256)


_ALL = (
    Format("csv", ".csv", "Write one CSV file (RFC 4180, UTF-8), exact to the character."),
    Format("xlsx", ".xlsx", "Write an Excel workbook: numbers as numbers, times as dates in UTC."),
    Format("jsonl", ".jsonl", "Write one JSON object a line, numbers as numbers."),
    Format("parquet", ".parquet", "Write a Parquet file: numbers as numbers, times as times in UTC."),
    Format("bibtex", ".bib", "Write the citations of articles as BibTeX.", _ARTICLES),
    Format("ris", ".ris", "Write the citations of articles as RIS.", _ARTICLES),
    Format("csl", ".json", "Write the citations of articles as CSL JSON.", _ARTICLES),
    Format("atom", ".atom", "Write articles as one Atom feed, with an excerpt of each.", _ARTICLES),
    Format("markdown", "-markdown", "Write a folder of Markdown files, one an article.", _ARTICLES, ", a new folder"),
    Format("sqlite", ".db", "Write a database of articles and all that belongs to them.", _ARTICLES),
)
FORMATS: Mapping[str, Format] = {each.name: each for each in _ALL}
