"""How one run behaves towards the site: where it goes, when, how often, what it gives up. Must not make requests."""

from __future__ import annotations

import time
from collections.abc import Mapping

from archive import clock
from archive.models import Outcome
from scraper.addresses import is_loopback
from scraper.endpoints import Endpoints, endpoint_of
from scraper.failures import PUT_OFF, NotNow, Postponed
from scraper.gate import Gate
from scraper.profile import Profile
from scraper.rulebook import Rulebook
from scraper.times import Times
from scraper.traps import Traps
from scraper.waiting import NEVER, Closures, retry_after

_OWN = ""
_GONE = frozenset({"HTTP 404", "HTTP 410"})


class Guest:
    """What the run's components share. `delay` None means the profile's, none on this machine.

    `named` says that a person named the base address; `verified` is as `scraper.traps` means it.
    """

    def __init__(
        self,
        profile: Profile,
        base_url: str,
        *,
        named: bool,
        delay: float | None = None,
        max_requests: int | None = None,
        verified: bool = True,
    ) -> None:
        self._profile = profile
        self._base_url = base_url
        self._wished = delay
        self.max_requests = max_requests or profile.max_requests
        self.endpoints = Endpoints(profile, base_url, named=named)
        self.rulebook = Rulebook(self.endpoints)
        self.closures = Closures()
        self.times = Times()
        self.gate = Gate(self.delay, profile.concurrency, self.times.waiting)
        self.traps = Traps(self.max_requests, verified=verified)
        self.requests = 0
        self.spent = False
        """Whether a request was not made because the run had made all that it may."""

    def site_of(self, url: str) -> str:
        """Return what tells one site from another: the publication's own hosts are one, every other host is its own."""
        place = endpoint_of(url)
        return _OWN if place is None or place in self.endpoints.own else place.origin

    def delay(self, site: str = _OWN) -> float:
        """Return the seconds between two requests to a site: its own wish counts above a smaller one."""
        wished = self._wished
        if wished is None:
            wished = 0.0 if is_loopback(site or self._base_url) else self._profile.delay
        return max(wished, self.rulebook.delay(own=site == _OWN, origin=site))

    def open_at(self, url: str) -> float:
        """Return when an address may be asked, in seconds of the monotonic clock: 0 for now, infinity for never."""
        return self.closures.until(self.site_of(url), url)

    def admit(self, url: str, *, always: bool = False) -> None:
        """Count a request that is about to be made. Raises Postponed and NotNow when it must not be made now.

        What must come before all else (robots.txt) is `always` within the bounds of the run.
        """
        until = self.open_at(url)
        if until == NEVER:
            raise NotNow(PUT_OFF + self.closures.why(self.site_of(url), url))
        if until > time.monotonic():
            raise Postponed(until)
        if not always and self.requests >= self.max_requests:
            self.spent = True
            raise NotNow(f"{PUT_OFF}the run's {self.max_requests} requests are spent")
        self.requests += 1

    def note_outcome(self, url: str, outcome: Outcome) -> None:
        """Take what became of an announced address that was asked for at `url`."""
        article = outcome.article
        if outcome.state == "stored":
            text = hash((article.headline, article.body_text)) if article else hash(outcome.url)
            self.traps.read_article(url, outcome.url, text)
        elif outcome.state == "excluded" or outcome.reason in _GONE:
            self.traps.read_article(url, outcome.url, None)
        else:
            self.traps.fail(url, outcome.url)

    def note_answer(self, url: str, status: int, headers: Mapping[str, str]) -> None:
        """Take an answer that has just come; header names are in lower case."""
        wait = retry_after(headers, clock.now())
        self.closures.note_answer(self.site_of(url), url, status, wait, time.monotonic())

    def note_silence(self, url: str, reason: str) -> None:
        """Take a first attempt that brought no answer."""
        self.closures.note_silence(self.site_of(url), reason, time.monotonic())
