"""Which places a crawl may connect to: scheme, host and port from the profile, and public addresses. Must not connect.

The first check is by name, before a request is made; the second, `is_public`, is made of the very address that a
connection is about to go to, so that a name that resolves to a private one is never connected to.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from scraper.profile import Profile

LEAVES = "it leaves the publication"
NOT_PLAIN = "it is no plain web address"
_PORTS = {"http": 80, "https": 443}
# What different parsers read differently must not decide where a connection goes (RFC 3986, section 3.2).
_HOST = r"\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+"
_PLAIN = re.compile(rf"(https?)://({_HOST})(?::(\d{{1,5}}))?(?:[/?#][\x21-\x5b\x5d-\x7e]*)?", re.IGNORECASE)
_EMBEDDING = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96")))
"""Networks whose addresses end in an IPv4 address: RFC 6052, RFC 4291 (section 2.5.5.1), RFC 2765."""
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# Python 3.11 takes these for global: protocol assignments, the 6to4 relays, documentation (RFC 9637).
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a connection goes: scheme, host in lower case (ASCII) and port."""

    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        """Write it as the beginning of an address, as RFC 6454 does."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")


@lru_cache(maxsize=1024)
def endpoint_of(url: str) -> Endpoint | None:
    """Return where an address is fetched; None when it is no plain web address (a name with it, a backslash, …)."""
    plain = _PLAIN.fullmatch(url)
    if plain is None:
        return None
    scheme, port = plain[1].lower(), int(plain[3] or 0)
    if not plain[3]:
        port = _PORTS[scheme]
    return Endpoint(scheme, plain[2].strip("[]").lower(), port) if 0 < port < 65536 else None


class Endpoints:
    """The places of one publication. `named` says that a person named the base address (`--base-url`, a `server`).

    A mirror that a person names is the whole site: nothing is asked of the site itself then, except for images.
    """

    def __init__(self, profile: Profile, base_url: str, *, named: bool) -> None:
        base = endpoint_of(base_url)
        own = endpoint_of(profile.url)
        images = frozenset(places(profile.image_hosts, "https"))
        hosts = () if named else places(profile.hosts, own.scheme if own else "https")
        self.own = frozenset(filter(None, (base, *hosts)))
        if not named:
            self.own |= {twin for place in self.own for twin in _twins(place)}
        self._base, self._below = base, base_url.rstrip("/") + "/"
        self._all = self.own | images
        self._private = {each.host for each in self._all if _is_literal(each.host)}
        if named and base:
            self._private.add(base.host)

    def refusal(self, url: str) -> str | None:
        """Return why nothing may be asked at an address, None when it may."""
        endpoint = endpoint_of(url)
        if endpoint is None:
            return NOT_PLAIN
        # A base address may be a part of a host, whose robots.txt is at its root all the same.
        beside = endpoint == self._base and not url.startswith(self._below) and url != endpoint.origin + "/robots.txt"
        return LEAVES if endpoint not in self._all or beside else None

    def is_own(self, url: str) -> bool:
        """Say whether an address is at one of the publication's own places, rather than at a host of images."""
        return endpoint_of(url) in self.own

    def may_reach(self, host: str, address: str) -> bool:
        """Say whether a connection for `host` may go to an IP address that the name resolved to."""
        return host.lower().strip("[]") in self._private or is_public(address)


def places(hosts: tuple[str, ...], scheme: str) -> Iterator[Endpoint]:
    """Yield the places that a profile's host names mean: with their own scheme or port where one is written."""
    for host in hosts:
        url = host if "://" in host else f"{scheme}://{host}"
        endpoint = endpoint_of(url.encode("idna").decode() if not url.isascii() else url)
        if endpoint:
            yield endpoint


def _twins(place: Endpoint) -> Iterator[Endpoint]:
    """Yield the places that sites send their visitors to: with or without `www.`, and encrypted."""
    host = place.host.removeprefix("www.")
    names = (place.host,) if _is_literal(host) else (host, f"www.{host}")
    for name in names:
        yield Endpoint(place.scheme, name, place.port)
        if (place.scheme, place.port) == ("http", 80):
            yield Endpoint("https", name, 443)


def _is_literal(host: str) -> bool:
    """Say whether a profile names a place by its number, or this machine: then it means it."""
    return host == "localhost" or _parsed(host) is not None


def is_public(address: str) -> bool:
    """Say whether an IP address is one that anybody on the internet can reach (RFC 6890).

    What is wrapped in an IPv6 address (mapped, 6to4, Teredo, NAT64) counts as what it leads to.
    """
    parsed = _parsed(address)
    if parsed is None:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = _inner(parsed)
        if inner is not None:
            return is_public(str(inner))
        if parsed not in _GLOBAL_UNICAST:
            return False
    special = any(parsed in network for network in _SPECIAL if network.version == parsed.version)
    return parsed.is_global and not (parsed.is_multicast or special)


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    embedding = any(address in network for network in _EMBEDDING)
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if embedding else None


def _parsed(address: str) -> _Address | None:
    try:
        return ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
