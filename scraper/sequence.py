"""Keeps answers in the order in which they came, while each waits until it has been read. Must not file them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archive.models import Fetch
from archive.warc import Place
from scraper.answers import NOTHING, Answer, Finding


@dataclass(slots=True)
class Slot:
    """One answer's place in the order: where its record stands, and what to do once its turn has come."""

    place: Place
    answer: Answer | None = None
    finding: Finding | None = None
    file: Callable[[], None] | None = None
    fetch: Fetch | None = None

    def fill(self, finding: Finding = NOTHING) -> None:
        """Say what was found in the answer; only the first word counts."""
        if self.finding is None:
            self.finding = finding


class Sequence:
    """The answers that have not been filed yet, oldest first."""

    def __init__(self) -> None:
        self._slots: deque[Slot] = deque()

    def add(self, slot: Slot) -> Slot:
        """Append a slot."""
        self._slots.append(slot)
        return slot

    def ready(self) -> Iterator[Slot]:
        """Take the slots whose turn has come: up to the first that is still being read."""
        while self._slots and self._slots[0].finding is not None:
            yield self._slots.popleft()
