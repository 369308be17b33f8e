"""An archive's WARC files as what happened, in the order of time: answers with what the crawler knew, notes, run ends.

Must not know what an answer means, nor the database.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.records import Damage, Record, read_records
from archive.stored import StoredResponse
from archive.warc import FOLDER, RUN_ENDED, open_file

Damaged = Callable[[Damage], None]

NOT_BEFORE = "not-before"
"""The warcinfo field of a run whose clock was behind the archive: what its records come after."""


@dataclass(frozen=True, slots=True)
class Began:
    """A file's records follow: what its warcinfo record says of it."""

    file: str
    end: int
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answered:
    """One kept answer and what the crawler knew when it asked. `end` is where in the file it is complete."""

    record: Record
    known: Mapping[str, str]
    end: int

    @property
    def file(self) -> str:
        """Return the file that holds it."""
        return self.record.file

    @property
    def addresses(self) -> tuple[str, ...]:
        """List the addresses it is about: its own, the announced one, the article's of which it is a part."""
        known = (self.known.get("address"), self.known.get("part-of"))
        return (self.record.url, *filter(None, known))

    def stored(self) -> StoredResponse:
        """Return the answer, with its content coding still on."""
        return self.record.stored()


@dataclass(frozen=True, slots=True)
class Noted:
    """What the crawler wrote down without an answer: that an address gave none, or that a run ended."""

    file: str
    end: int
    url: str
    at: str
    fields: Mapping[str, str]

    @property
    def ends_run(self) -> bool:
        """Say whether a run ended here."""
        return self.url == RUN_ENDED


Happening = Began | Answered | Noted


def file_names(root: Path) -> list[str]:
    """List the archive's WARC files under their finished names, in the order of their names."""
    found = (root / FOLDER).glob("*.warc.gz*")
    return sorted({f"{FOLDER}/{path.name.removesuffix('.open')}" for path in found})


def read_history(
    root: Path, begins: Mapping[str, int] | None = None, damaged: Damaged | None = None
) -> Iterator[Happening]:
    """Read an archive's files, merged by time; `begins` names files and where in each to begin (default: all, whole).

    Bounded memory: a file is opened when its time has come. Within a file, the order of the records counts.
    """
    names = file_names(root) if begins is None else sorted(begins)
    starts = begins or {}
    waiting = sorted(((first_time(root, name, starts.get(name, 0)), name) for name in names), reverse=True)
    running: list[tuple[str, str, Happening, Iterator[tuple[str, Happening]]]] = []

    def advance(name: str, stream: Iterator[tuple[str, Happening]]) -> None:
        for at, happening in stream:
            heapq.heappush(running, (at, name, happening, stream))
            return

    while waiting or running:
        while waiting and (not running or waiting[-1] <= running[0][:2]):
            _, name = waiting.pop()
            advance(name, _timed(root, name, starts.get(name, 0), damaged))
        if running:
            _, name, happening, stream = heapq.heappop(running)
            yield happening
            advance(name, stream)


def first_time(root: Path, name: str, start: int = 0) -> str:
    """Return the time that a file's records from `start` on begin at, in the order of all; empty when it has none."""
    first = next(read_records(open_file(root, name), name, start), None)
    return max(first.at, _floor(root, name)) if first else ""


def _floor(root: Path, name: str) -> str:
    """Return the time that a file says its records come after, whatever their clock said; empty when it says none."""
    first = next(read_records(open_file(root, name), name), None)
    return first.fields().get(NOT_BEFORE, "") if first is not None and first.kind == "warcinfo" else ""


def _timed(root: Path, name: str, start: int, damaged: Damaged | None) -> Iterator[tuple[str, Happening]]:
    """Give each happening the latest time so far, in its file or before: a clock set back changes no order."""
    latest = _floor(root, name)
    for at, happening in _happenings(root, name, start, damaged):
        latest = max(latest, at)
        yield latest, happening


def _happenings(root: Path, name: str, start: int, damaged: Damaged | None) -> Iterator[tuple[str, Happening]]:
    path = open_file(root, name)
    if start:
        first = next(read_records(path, name), None)
        if first is not None and first.kind == "warcinfo":
            yield first.at, Began(name, start, first.fields())
    yield from _grouped(read_records(path, name, start, damaged=damaged))


def _grouped(records: Iterable[Record]) -> Iterator[tuple[str, Happening]]:
    """Join each answer with the metadata record that belongs to it, which may stand before or behind it."""
    early: dict[str, Mapping[str, str]] = {}
    answer: Record | None = None
    known: Mapping[str, str] = {}
    end = 0
    for record in records:
        behind = record.kind in ("request", "metadata") and answer is not None and record.concurrent_to == answer.id
        if answer is not None and not behind:
            yield answer.at, Answered(answer, known, end)
            answer, known, early = None, {}, {}
        end = record.offset + record.length
        if behind and record.kind == "metadata":
            known = record.fields()
        elif record.kind == "metadata" and record.concurrent_to:
            early[record.concurrent_to] = record.fields()
        elif record.kind == "metadata":
            yield record.at, Noted(record.file, end, record.url, record.at, record.fields())
        elif record.kind in ("response", "revisit", "resource"):
            answer, known = record, early.pop(record.id, {})
        elif record.kind == "warcinfo":
            yield record.at, Began(record.file, end, record.fields())
    if answer is not None:
        yield answer.at, Answered(answer, known, end)
