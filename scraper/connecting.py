"""Opens single web addresses without Scrapy: to places that may be reached, and to no proxy. Must not follow anything.

The address that is looked at is the one that is connected to, so a name cannot lead elsewhere between the two.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.request
from collections.abc import Callable
from typing import Any

Reach = Callable[[str, str], bool]
"""Says whether a connection for a host may go to an IP address."""


def opener(may_reach: Reach) -> urllib.request.OpenerDirector:
    """Make an opener for http and https alone, which hands back every answer as it is, redirects and errors too."""
    director = urllib.request.OpenerDirector()
    director.add_handler(_Web(may_reach))
    return director


class _Web(urllib.request.HTTPHandler):
    """Opens both kinds of web address."""

    def __init__(self, may_reach: Reach) -> None:
        super().__init__()
        self._may_reach = may_reach
        self._context = ssl.create_default_context()

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        """Open a plain one."""
        return self.do_open(self._plain, request)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        """Open an encrypted one, whose certificate holds."""
        return self.do_open(self._secured, request)

    https_request = urllib.request.HTTPHandler.http_request

    def _plain(self, host: str, /, **terms: Any) -> _Plain:
        connection = _Plain(host, **terms)
        connection.may_reach = self._may_reach
        return connection

    def _secured(self, host: str, /, **terms: Any) -> _Secured:
        connection = _Secured(host, context=self._context, **terms)
        connection.may_reach = self._may_reach
        return connection


class _Plain(http.client.HTTPConnection):
    """A connection to one of a host's addresses that may be reached."""

    may_reach: Reach

    def connect(self) -> None:
        """Connect. Raises OSError, also when none of the host's addresses may be reached."""
        self.sock = _connect(self.host, self.port, self.timeout, self.may_reach)


class _Secured(http.client.HTTPSConnection, _Plain):
    """The same, encrypted: the library asks the next class to connect, and then puts the encryption on."""


def _connect(host: str, port: int, timeout: Any, may_reach: Reach) -> socket.socket:
    failure = OSError(f"{host} leads to a private address")
    for family, kind, protocol, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if not may_reach(host, str(place[0])):
            continue
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(timeout)
            connection.connect(place)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure
