"""Writes spooled captures in the order of time, each once, and how healthy each day was. Must not judge them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from archive.adopted import Tally
from archive.capture import Capture, Refers, moment_of, parse_moment
from archive.capture_spool import CaptureSpool, Original, Spooled
from archive.clock import stamp
from archive.held import Held
from archive.imported_records import packed
from archive.warc import RUN_ENDED, WarcWriter

NO_ORIGINAL = "repeats of pages that are not here"
_MANY_GONE = 10
_SECONDS_A_DAY = 86_400


@dataclass(slots=True)
class _Day:
    """One UTC day of captures. Where most pages are gone, it says more of the site or the tool than of them."""

    number: int
    answered: int = 0
    gone: int = 0
    last: int | None = None

    def count(self, capture: Spooled) -> None:
        """Count an answer."""
        self.answered += capture.role in ("page", "same")
        self.gone += capture.role == "gone"

    @property
    def is_healthy(self) -> bool:
        """Say whether the day's 404 answers may be believed."""
        mostly_gone = self.gone >= _MANY_GONE and self.gone > (self.answered + self.gone) / 2
        return self.answered > 0 and not mostly_gone


class OrderedCaptures:
    """Goes through a spool once, oldest capture first."""

    def __init__(self, spool: CaptureSpool, writer: WarcWriter, held: Held, tally: Tally) -> None:
        self._spool = spool
        self._writer = writer
        self._held = held
        self._tally = tally
        self._second = 0
        self._seen: set[tuple[str, str]] = set()
        self._day = _Day(0)

    def write(self, advance: Callable[[int], None]) -> None:
        """Write what is new and finish the files; `advance` is told how many captures were gone through."""
        for number, waiting in enumerate(self._spool.in_order(), start=1):
            capture = self._completed(waiting)
            if capture is not None:
                self._take(capture)
            advance(number)
        self._end_day()
        self._writer.finish()

    def _completed(self, waiting: Spooled) -> Spooled | None:
        """Join a revisit with the record that it repeats; None when that is nowhere."""
        if waiting.kind != "revisit":
            return waiting
        revisit, imported_from = waiting.revisit()
        original = self._spool.original(revisit) or self._original_held(revisit)
        if original is None:
            self._tally.left_out[NO_ORIGINAL] += 1
            return None
        unchanged = revisit.refers is not None and revisit.refers.unchanged and original.role == "page"
        role = original.role if revisit.role == "same" and not unchanged else revisit.role
        records = packed(replace(revisit, role=role), imported_from, original.earlier)
        return replace(waiting, digest=original.earlier.digest, role=role, records=records)

    def _original_held(self, revisit: Capture) -> Original | None:
        refers, at = revisit.refers or Refers(), stamp(moment_of(revisit.micros))
        moment = parse_moment(refers.at)
        found = self._held.last_page(revisit.url, at) if refers.unchanged else None
        if found is None and refers.url and moment and stamp(moment) <= at:
            found = self._held.page_at(refers.url, stamp(moment))
        if found is None and refers.digest:
            found = self._held.page_with(refers.url or revisit.url, refers.digest, at)
        return Original(found, "page") if found else None

    def _take(self, capture: Spooled) -> None:
        if capture.second // _SECONDS_A_DAY != self._day.number:
            self._end_day()
            self._day = _Day(capture.second // _SECONDS_A_DAY)
        if self._is_repeated(capture):
            self._tally.counts["duplicates"] += 1
            return
        self._day.count(capture)
        if self._held.holds(capture.url, stamp(moment_of(capture.micros)), capture.digest):
            self._tally.counts["held"] += 1
            return
        self._writer.copy(capture.records, moment_of(capture.micros))
        self._tally.keep(capture.role, capture.micros)
        self._day.last = capture.micros

    def _is_repeated(self, capture: Spooled) -> bool:
        """Say whether the same bytes came from the same address in the same second."""
        if capture.second != self._second:
            self._second, self._seen = capture.second, set()
        before = len(self._seen)
        self._seen.add((capture.url, capture.digest))
        return len(self._seen) == before

    def _end_day(self) -> None:
        if self._day.last is not None:
            healthy = "yes" if self._day.is_healthy else "no"
            self._writer.note(RUN_ENDED, moment_of(self._day.last), {"run": "import", "healthy": healthy})
