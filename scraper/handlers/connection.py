"""One connection to a site: answers that break off, run over or have no end to their head. Must not decide where to.

Twisted hands on what came before a connection broke as if it were whole when the answer names no length, ignores what
comes behind the length that it names, and reads header lines as long as they come.
"""

from __future__ import annotations

from typing import NoReturn

from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientProtocol
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web.client import _HTTP11ClientFactory
from twisted.web.http import _DataLoss
from twisted.web.iweb import IResponse

MAX_HEAD = 256 * 1024
"""Bytes of status line and headers, interim answers included."""


class HeadTooLong(ValueError):
    """The answer's head is larger than any that is meant."""


class _BrokenBody:
    """Stands in for Twisted's decoder of a body that is not what it says."""

    def noMoreData(self) -> NoReturn:
        """Say that something is missing."""
        raise _DataLoss


class WholeAnswers(_LenientHTTP11ClientProtocol):
    """Fails answers that are not whole with Twisted's own error for them."""

    _head = 0

    def request(self, request: object) -> IResponse:
        """Begin to count anew."""
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:
        """Take bytes from the connection."""
        if self._parser is not None and self._parser.bodyDecoder is None:
            self._head += len(data)
            if self._head > MAX_HEAD:
                self._giveUp(Failure(HeadTooLong(f"more than {MAX_HEAD} bytes")))
                return
        super().dataReceived(data)

    def _finishResponse(self, rest: bytes) -> None:
        if not rest:
            super()._finishResponse(rest)
            return
        self._break_body()
        # What still comes must not be taken for the answer to the next request either.
        self._giveUp(Failure(ConnectionLost("more came than the answer announced")))

    def connectionLost(self, reason: Failure) -> None:
        """Take the end of the connection: only a clean one may be the end of a body (RFC 9112, section 8)."""
        if not reason.check(ConnectionDone):
            self._break_body()
        super().connectionLost(reason)

    def _break_body(self) -> None:
        if self._parser is not None and self._parser.bodyDecoder is not None:
            self._parser.bodyDecoder = _BrokenBody()


class ConnectionFactory(_HTTP11ClientFactory):
    """Makes the connections of a pool."""

    noisy = False

    def buildProtocol(self, address: IAddress | None) -> WholeAnswers:
        """Make the protocol for a new connection."""
        return WholeAnswers(self._quiescentCallback)
