"""Adopts what other tools captured: keeps it as WARC files of ours, in the order of time. Must not read pages.

What is wanted is spooled to disk as it is found, then written in order into a folder of its own beside the archive's
files, which take their names when all is there: killed at any time, nothing half is left.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from archive.adopted import Adopted, Tally
from archive.capture import Capture
from archive.capture_spool import CaptureSpool
from archive.foreign_warcs import ForeignRecord, read_foreign
from archive.held import Held, HeldNothing
from archive.inputs import Inputs, find_inputs
from archive.judging import NOT_GET, Damaged, IsOwn, LeftOut, Stranger, Unasked, Verdict, judge, needs_block
from archive.ordered_captures import OrderedCaptures
from archive.saved_pages import read_saved
from archive.warc import FOLDER, ROLL_BYTES, WarcWriter, sync_folder
from archive.warc_parts import WarcPart

READING, WRITING = "reading", "writing"
_DRAFTS = ".import-"
_SERIAL = re.compile(r"-(\d{5})\.warc\.gz")

Watch = Callable[[str, int, int], None]


def adopt(
    files: Sequence[Path],
    root: Path,
    name: str,
    is_own: IsOwn,
    about: Mapping[str, str],
    *,
    held: Held | None = None,
    watch: Watch | None = None,
    roll_bytes: int = ROLL_BYTES,
) -> Adopted:
    """Keep a publication's captures from WARC and WACZ files, saved pages and folders; the caller holds the lock.

    They stand in `ROOT/warc/NAME-import-TIME-NNNNN.warc.gz` in the order of their own times, each once, without what
    `held` holds; `about` goes into the warcinfo records. At the end of each UTC day a metadata record about
    `press-archive:run-ended` says whether the day was healthy. `watch` is told the stage, how far it is and how far it
    goes: bytes while reading, captures while writing. Nothing is written when nothing is new.
    Raises UsageError for what is no such file, OSError.
    """
    inputs = find_inputs(files)
    tally = Tally()
    with _draft_folder(root) as draft, closing(CaptureSpool(draft)) as spool:
        _Collector(spool, is_own, tally, _within(watch, READING, inputs.size)).collect(inputs)
        if unasked := spool.drop_unasked():
            tally.left_out[NOT_GET] += unasked
        writer = WarcWriter(draft, f"{name}-import", about, roll_bytes, serial=_next_serial(root, name))
        ordered = OrderedCaptures(spool, writer, held or HeldNothing(), tally)
        ordered.write(_within(watch, WRITING, spool.count))
        return tally.adopted(_publish(draft, root))


def _within(watch: Watch | None, stage: str, total: int) -> Callable[[int], None]:
    return (lambda done: watch(stage, done, total)) if watch else (lambda done: None)


class _Collector:
    """Goes through all inputs and spools what is wanted."""

    def __init__(self, spool: CaptureSpool, is_own: IsOwn, tally: Tally, advance: Callable[[int], None]) -> None:
        self._spool = spool
        self._is_own = is_own
        self._tally = tally
        self._advance = advance
        self._done = 0

    def collect(self, inputs: Inputs) -> None:
        """Read everything once."""
        for part in inputs.warcs:
            for record in self._records(part):
                self._take(judge(record, self._is_own), part.name, record.offset)
            self._done += part.size
        for pages in inputs.pages:
            for path, found in read_saved(pages, self._is_own):
                self._take(found, os.path.relpath(path, pages.folder))
                self._done += path.stat().st_size if path.is_file() else 0
                self._advance(self._done)

    def _records(self, part: WarcPart) -> Iterator[ForeignRecord]:
        return read_foreign(
            part,
            wants=lambda head: needs_block(head, self._is_own),
            report=self._tally.damage,
            advance=lambda position: self._advance(self._done + position),
        )

    def _take(self, verdict: Verdict, file: str, offset: int | None = None) -> None:
        if isinstance(verdict, Capture):
            self._spool.add(verdict, file)
        elif isinstance(verdict, Unasked):
            self._spool.note_unasked(verdict.ids)
        elif isinstance(verdict, LeftOut):
            self._tally.left_out[verdict.reason] += 1
        elif isinstance(verdict, Stranger):
            self._tally.stranger(verdict.host)
        elif isinstance(verdict, Damaged):
            self._tally.damage(f"{file}{'' if offset is None else f' at {offset}'}: {verdict.what}")


@contextmanager
def _draft_folder(root: Path) -> Iterator[Path]:
    """Make a folder for what is not finished; what a killed import left of its own goes."""
    folder = root / FOLDER
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob(f"{_DRAFTS}*"):
        shutil.rmtree(leftover)
    draft = Path(tempfile.mkdtemp(prefix=_DRAFTS, dir=folder))
    try:
        yield draft
    finally:
        shutil.rmtree(draft)
        if made and not any(folder.iterdir()):
            folder.rmdir()


def _next_serial(root: Path, name: str) -> int:
    """Return the number after all earlier imports' files, so that no two of them share a name."""
    numbers = [_SERIAL.search(path.name) for path in (root / FOLDER).glob(f"{name}-import-*")]
    return max((int(match[1]) + 1 for match in numbers if match), default=0)


def _publish(draft: Path, root: Path) -> list[str]:
    """Move finished files to the archive's own, oldest captures first; return their names."""
    finished = sorted((draft / FOLDER).glob("*.warc.gz"))
    for path in finished:
        os.replace(path, root / FOLDER / path.name)
    sync_folder(root / FOLDER)
    return [f"{FOLDER}/{path.name}" for path in finished]
