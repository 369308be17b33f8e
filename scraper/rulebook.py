"""The robots rules of every host that a run asks, each read before anything else of its host. Must not make requests.

Who waits for the same robots.txt waits for one request and is told its rules; Scrapy's own middleware lets some pass.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urljoin

from scraper.endpoints import LEAVES, Endpoint, Endpoints, endpoint_of
from scraper.robots import MAX_HOPS, Robots, read_robots
from scraper.waiting import ATTEMPTS, pause

LONGEST_USE = 24 * 3600.0
"""Seconds; RFC 9309, section 2.4: a copy is not to be used for longer than a day."""


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """What came of one request for robots.txt: no status when no whole answer came, and then why."""

    status: int | None = None
    body: bytes = b""
    location: str | None = None
    problem: str | None = None

    @property
    def is_redirect(self) -> bool:
        """Say whether the file is said to be elsewhere."""
        return self.status is not None and 300 <= self.status < 400 and bool(self.location)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Rules that are being read, or have been, and since when."""

    task: asyncio.Task[Robots]
    since: float


class Rulebook:
    """Reads each host's robots.txt once. `fetch` makes one request and follows nothing."""

    def __init__(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints
        self._readings: dict[Endpoint, _Reading] = {}
        self.fetch: Callable[[str], Awaitable[RobotsAnswer]] | None = None

    async def rules_for(self, url: str) -> Robots:
        """Return the rules of an address's host, reading them first if need be."""
        place = endpoint_of(url)
        if place is None:
            return Robots(unavailable=LEAVES)
        reading = self._readings.get(place)
        if reading is None or time.monotonic() - reading.since > LONGEST_USE:
            reading = _Reading(asyncio.ensure_future(self._read(place)), time.monotonic())
            self._readings[place] = reading
        return await asyncio.shield(reading.task)

    def delay(self, *, own: bool, origin: str = "") -> float:
        """Return the longest delay in seconds that the publication's own hosts ask for, or one other origin."""
        asked = [
            reading.task.result().delay
            for place, reading in self._readings.items()
            if reading.task.done() and not reading.task.cancelled() and reading.task.exception() is None
            if (place in self._endpoints.own if own else place.origin == origin)
        ]
        return max(asked, default=0.0)

    async def _read(self, place: Endpoint) -> Robots:
        for attempt in range(1, ATTEMPTS + 1):
            robots, is_final = await self._follow(f"{place.origin}/robots.txt")
            if is_final or attempt == ATTEMPTS:
                break
            await asyncio.sleep(pause(attempt, random.random()))
        return robots

    async def _follow(self, url: str) -> tuple[Robots, bool]:
        """Ask for a robots.txt and follow its redirects; say whether asking again is of no use.

        RFC 9309, section 2.3.1.2: a file behind more than five redirects is unavailable, so everything is allowed. One
        that redirects off the site is nobody's word for this site: nothing is fetched.
        """
        assert self.fetch
        for _ in range(MAX_HOPS + 1):
            answer = await self.fetch(url)
            if not answer.is_redirect:
                robots = read_robots(answer.status, answer.body)
                if answer.problem:
                    said = answer.problem.removeprefix("no answer: ")
                    robots = Robots(unavailable=f"robots.txt did not answer: {said}")
                passing = answer.status is None or answer.status >= 500
                return robots, not passing
            url = urljoin(url, answer.location or "")
            if self._endpoints.refusal(url):
                return Robots(unavailable="robots.txt redirects off the site"), True
        return Robots(), True
