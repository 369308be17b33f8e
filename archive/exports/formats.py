"""The formats of exports by name: which writer, which file ending, which options. Must not know the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from sqlite3 import Connection

from archive.exports.csv import csv_lines
from archive.exports.jsonl import json_lines
from archive.exports.output import Written, opened
from archive.exports.selection import Selection

Watch = Callable[[int, int], None]
Writer = Callable[["Job"], Written]


@dataclass(frozen=True, slots=True)
class Job:
    """One export: from where, what, where to. `watch` hears of rows and bytes so far."""

    connection: Connection
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


def _csv(job: Job) -> Written:
    query = job.selection.query(job.connection)
    rows = 0
    with opened(job.target) as sink:
        for data, count in csv_lines(job.connection, query, job.excel):
            sink.write(data)
            rows += count
            job.watch(rows, sink.bytes)
    return Written(rows, sink.bytes, sink.sha256)


def _jsonl(job: Job) -> Written:
    query = job.selection.query(job.connection)
    rows = 0
    with opened(job.target) as sink:
        for data, count in json_lines(job.connection, query):
            sink.write(data)
            rows += count
            job.watch(rows, sink.bytes)
    return Written(rows, sink.bytes, sink.sha256)


_ALL = (
    Format("csv", ".csv", "One CSV file (RFC 4180, UTF-8), exact to the character.", _csv),
    Format("jsonl", ".jsonl", "One JSON object a line, numbers as numbers.", _jsonl),
)
FORMATS: Mapping[str, Format] = {each.name: each for each in _ALL}
