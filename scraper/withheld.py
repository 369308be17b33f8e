"""Readings that lost most of their article's words, kept back until their run's end tells why. Must not judge the run.

One such reading may be an edit. On a night when many pages are unlike themselves it is a redesign, a wall or a fault,
and the article keeps its last good revision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archive.models import Outcome, RunEnd

LOST = "lost most of its words, on a night when pages were not as usual"
_LEAST, _KEPT = 80, 0.5


class Withheld:
    """Readings by run. Those of a run that never came to its end are never filed: their pages are asked for again."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Outcome]] = {}

    def take(self, run: str, outcome: Outcome, held: int | None) -> bool:
        """Keep an outcome back when its text is far shorter than the `held` words; say whether it was."""
        before = outcome.before.word_count if outcome.before else held
        if not run or outcome.article is None or before is None:
            return False
        lost = before >= _LEAST and outcome.article.word_count < _KEPT * before
        if lost:
            self._waiting.setdefault(run, []).append(outcome)
        return lost

    def settle(self, end: RunEnd) -> Iterator[Outcome]:
        """Yield what becomes of a run's readings at its end: filed as they are, or not at all in a doubtful run."""
        for outcome in self._waiting.pop(end.started_at, ()):
            yield replace(outcome, state="failed", reason=LOST, article=None, before=None) if end.doubtful else outcome
