"""Where a run's time goes: waiting for its turn, fetching, reading pages, storing. Must not print."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from types import TracebackType


@dataclass(slots=True)
class Stopwatch:
    """Adds up the seconds of the clock in which at least one of its blocks ran."""

    seconds: float = 0.0
    _running: int = 0
    _since: float = 0.0

    def __enter__(self) -> None:
        if not self._running:
            self._since = time.monotonic()
        self._running += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running -= 1
        if not self._running:
            self.seconds += time.monotonic() - self._since


@dataclass(frozen=True, slots=True)
class Times:
    """One run's stopwatches. What runs at once counts for each: together they may be more than the run, or less."""

    waiting: Stopwatch = field(default_factory=Stopwatch)
    fetch: Stopwatch = field(default_factory=Stopwatch)
    extraction: Stopwatch = field(default_factory=Stopwatch)
    store: Stopwatch = field(default_factory=Stopwatch)

    def as_dict(self) -> dict[str, float]:
        """Return the seconds by name."""
        return {name: round(watch["seconds"], 2) for name, watch in asdict(self).items()}
