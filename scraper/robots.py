"""What a site's robots.txt allows us (RFC 9309). Must not fetch it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from protego import Protego

# RFC 9309, section 2.5: a crawler must parse at least 500 kibibytes.
MAX_BYTES = 2 * 1024 * 1024
AGENT = "press-archive"


@dataclass(frozen=True)
class Robots:
    """The rules for our agent; `unavailable` says why nothing may be fetched now."""

    rules: Protego
    unavailable: str | None = None

    def allows(self, url: str) -> bool:
        """Say whether an address may be fetched."""
        parts = urlsplit(url)
        if parts.path == "/robots.txt":
            return True
        return self.unavailable is None and bool(self.rules.can_fetch(url, AGENT))

    @property
    def delay(self) -> float:
        """Return the crawl delay asked of us, in seconds."""
        return float(self.rules.crawl_delay(AGENT) or 0.0)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """List the sitemaps that it names."""
        return tuple(self.rules.sitemaps)


def read_robots(status: int | None, body: bytes) -> Robots:
    """Read the answer to a request for robots.txt; `status` None means that none came.

    RFC 9309, section 2.3.1: 4xx allows everything; 5xx and no answer allow nothing.
    """
    if status is None:
        return Robots(Protego.parse(""), "robots.txt did not answer")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Robots(Protego.parse(""), f"robots.txt answers {status}")
    if status != HTTPStatus.OK:
        return Robots(Protego.parse(""))
    return Robots(Protego.parse(body[:MAX_BYTES].decode("utf-8-sig", "replace")))
