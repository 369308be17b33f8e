"""What a request can end with instead of a page, in the words of the ledger. Must not fetch or retry.

| state | reason | means |
| --- | --- | --- |
| failed | `no answer: DNS` | the host's name leads nowhere, or nobody said where in time |
| failed | `no answer: refused` | nothing listens there, or no way leads there |
| failed | `no answer: TLS` | no encrypted connection, or a certificate that does not hold |
| failed | `no answer: time-out` | the whole answer did not come in time |
| failed | `no answer: dropped` | the connection ended before the answer began |
| failed | `no answer: broken` | what came is not HTTP, or its head has no end |
| failed | `cut short` | the answer is not as long as it says, in either direction, or its coding breaks off |
| failed | `too_big` | the answer is larger than a page may be, as it came or decoded |
| failed | `HTTP 503` | the site's own answer, by its status |
| pending | `put off: …` | it was not asked: the site wants to be left alone, or the run has come to its bounds |
| excluded | `robots.txt forbids it` | by the site's wish |
| excluded | `it leaves the publication` | scheme, host or port are not the profile's |
| excluded | `it is no plain web address` | it can be read in several ways, or carries a name or password |
| excluded | `it leads to a private address` | the host's name leads to a machine that is not on the internet |
| excluded | `trap: …` | addresses of that shape never end and hold no articles (`scraper.traps`) |
"""

from __future__ import annotations

from collections.abc import Iterator

from scrapy import exceptions
from scrapy.exceptions import IgnoreRequest
from twisted.internet.error import ConnectError, ConnectionClosed, DNSLookupError, TCPTimedOutError
from twisted.web._newclient import ParseError
from twisted.web.client import RequestNotSent, RequestTransmissionFailed, ResponseFailed

from archive.models import LedgerState, Outcome
from scraper.endpoints import LEAVES, NOT_PLAIN
from scraper.robots import ROBOTS_FORBID

DNS, REFUSED, TLS = "no answer: DNS", "no answer: refused", "no answer: TLS"
TIMEOUT, DROPPED, BROKEN = "no answer: time-out", "no answer: dropped", "no answer: broken"
CUT_SHORT, TOO_BIG = "cut short", "too_big"
PRIVATE = "it leads to a private address"
PUT_OFF, TRAP = "put off: ", "trap: "
REASONS = (DNS, REFUSED, TLS, TIMEOUT, DROPPED, BROKEN, CUT_SHORT, TOO_BIG, ROBOTS_FORBID, LEAVES, NOT_PLAIN, PRIVATE)
"""Every reason that is always written the same; the others begin with `HTTP `, `put off: ` or `trap: `."""

NO_ANSWER = (
    OSError,
    exceptions.CannotResolveHostError,
    exceptions.DownloadCancelledError,
    exceptions.DownloadConnectionRefusedError,
    exceptions.DownloadFailedError,
    exceptions.DownloadTimeoutError,
    exceptions.ResponseDataLossError,
    ConnectionClosed,
    ConnectError,
    RequestNotSent,
    RequestTransmissionFailed,
    ResponseFailed,
)
"""What the library raises instead of an answer; Scrapy's and Twisted's errors share no parent of their own."""
_KINDS: tuple[tuple[str, tuple[type[BaseException], ...]], ...] = (
    (TIMEOUT, (exceptions.DownloadTimeoutError, TCPTimedOutError, TimeoutError)),
    (CUT_SHORT, (exceptions.ResponseDataLossError,)),
    # Scrapy cancels a download for its size only; when it does so for its time, it says so.
    (TOO_BIG, (exceptions.DownloadCancelledError,)),
    (DNS, (exceptions.CannotResolveHostError, DNSLookupError)),
    (REFUSED, (exceptions.DownloadConnectionRefusedError, ConnectError)),
    # Twisted raises these for a status line, a header or a transfer coding that it cannot read.
    (BROKEN, (ParseError, ValueError, KeyError)),
)
# The TLS libraries' errors come through Twisted unwrapped.
_TLS_MODULES = ("OpenSSL.", "service_identity")


class NoAnswer(Exception):
    """A request ended without a whole answer; `reason` is one of those in the table."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(IgnoreRequest):
    """A request must not be made at all; the message is the reason."""


class NotNow(IgnoreRequest):
    """A request is not made in this run; the message is the reason, and the address stays pending."""


class Postponed(Exception):
    """A request may be made later in this run: at `until`, in seconds of the monotonic clock."""

    def __init__(self, until: float) -> None:
        super().__init__(until)
        self.until = until


def reason_of(error: BaseException) -> str:
    """Return the reason to write down for what a request ended with instead of a page."""
    if isinstance(error, NoAnswer | IgnoreRequest):
        return str(error)
    causes = list(_causes(error))
    if any(type(cause).__module__.startswith(_TLS_MODULES) for cause in causes):
        return TLS
    return next((reason for reason, kinds in _KINDS if any(isinstance(cause, kinds) for cause in causes)), DROPPED)


def state_of(error: BaseException) -> LedgerState:
    """Return the ledger's state for an address whose request ended so."""
    if isinstance(error, NotNow):
        return "pending"
    return "excluded" if isinstance(error, IgnoreRequest) else "failed"


def is_fault(outcome: Outcome) -> bool:
    """Say whether an address failed by its server's or the network's fault, which another night may not have."""
    reason = outcome.reason or ""
    return reason.startswith(("no answer: ", "HTTP 5", "HTTP 429")) or reason == CUT_SHORT


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it was made of."""
    yield error
    for failure in getattr(error, "reasons", ()):
        yield from _causes(failure.value)
    if error.__cause__ is not None:
        yield from _causes(error.__cause__)
