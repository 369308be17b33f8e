"""When a site may be asked again: Retry-After, closed hosts and addresses, pauses between attempts.

Must not sleep, and must not read a clock: every moment is given, in seconds of the monotonic clock.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

LONGEST_WAIT = 300.0
"""Seconds that a run waits for a site at most; what is to wait longer is put off to the next night."""
ATTEMPTS = 3
FIRST_PAUSE = 0.5
"""Seconds before the second attempt; each further pause is twice as long."""
FIRST_CLOSING = 5.0
"""Seconds for which a 429 that names no time closes its host; each further one in a row twice as long."""
MOST_CLOSINGS = 5
MOST_SILENCES = 30
"""So many addresses in a row without any answer, and the host is left alone for this run."""
NEVER = math.inf
_DIGITS = re.compile(r"\d{1,9}")
# What may be otherwise in a moment: time-outs, too early, too many, and the server's own troubles.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})


def is_passing(status: int) -> bool:
    """Say whether an answer may be another one in a moment."""
    return status in _PASSING


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that an answer asks us to wait (RFC 9110, section 10.2.3), None when it asks for nothing.

    Header names are in lower case. A date is measured from the answer's own Date, so that the two clocks need not
    agree; without one, from `now`.
    """
    value = headers.get("retry-after", "").strip()
    if _DIGITS.fullmatch(value):
        return float(value)
    until = _moment(value)
    if until is None:
        return None
    said = _moment(headers.get("date", "")) or now
    return max(0.0, (until - said).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def pause(attempt: int, chance: float) -> float:
    """Return the seconds to wait after an attempt, counted from 1; `chance` (0 to 1) makes it up to half longer.

    Jitter only ever adds: what politeness asks for is never cut.
    """
    return float(FIRST_PAUSE * 2 ** (attempt - 1)) * (1 + chance / 2)


@dataclass(slots=True)
class Closures:
    """Hosts and addresses that are not to be asked before a moment. A host's key is whatever tells it from others."""

    _until: dict[str, float] = field(default_factory=dict)
    _reasons: dict[str, str] = field(default_factory=dict)
    _closings: Counter[str] = field(default_factory=Counter)
    _silences: Counter[str] = field(default_factory=Counter)

    def until(self, host: str, url: str) -> float:
        """Return the moment before which an address is not to be asked: 0 for now, NEVER when not in this run."""
        return max(self._until.get(host, 0.0), self._until.get(url, 0.0))

    def why(self, host: str, url: str) -> str:
        """Return why an address is put off."""
        return self._reasons.get(host) or self._reasons.get(url, "")

    def note_answer(self, host: str, url: str, status: int, wait: float | None, now: float) -> None:
        """Take an answer that came `now` and asks for a `wait`: a 429 closes the whole host, others their address."""
        self._silences[host] = 0
        if status != HTTPStatus.TOO_MANY_REQUESTS:
            self._closings[host] = 0
            if wait is not None and status >= HTTPStatus.BAD_REQUEST:
                self._close(url, f"HTTP {status}", wait, now)
            return
        self._closings[host] += 1
        if wait is None:
            wait = FIRST_CLOSING * 2 ** (self._closings[host] - 1)
        self._close(host, f"HTTP {status}", NEVER if self._closings[host] > MOST_CLOSINGS else wait, now)

    def note_silence(self, host: str, reason: str, now: float) -> None:
        """Take a first attempt at an address that brought no answer."""
        self._silences[host] += 1
        if self._silences[host] >= MOST_SILENCES:
            self._close(host, reason, NEVER, now)

    def _close(self, key: str, reason: str, wait: float, now: float) -> None:
        until = NEVER if wait > LONGEST_WAIT else now + wait
        if until >= self._until.get(key, 0.0):
            self._until[key], self._reasons[key] = until, reason
