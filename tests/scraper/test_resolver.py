"""Names: only addresses that may be reached are connected to, each time anew, and nobody waits long for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IHostnameResolver
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactorClock
from zope.interface import implementer

from scraper.endpoints import is_public
from scraper.handlers.resolver import LOOKUP_TIMEOUT, GuardedResolver


@implementer(IHostnameResolver)
class Names:
    """Gives each name its next list of addresses; None never comes."""

    def __init__(self, *answers: Sequence[str] | None) -> None:
        self.answers = list(answers)

    def resolveHostName(self, receiver: Any, name: str, port: int = 0, *_: Any, **__: Any) -> Any:
        receiver.resolutionBegan(self)
        given = self.answers.pop(0)
        if given is None:
            return self
        for address in given:
            receiver.addressResolved((IPv6Address if ":" in address else IPv4Address)("TCP", address, port))
        receiver.resolutionComplete()
        return self


def connected(reactor: MemoryReactorClock) -> list[str]:
    return [client[0] for client in reactor.tcpClients]


@pytest.fixture
def attempt() -> Callable[..., tuple[MemoryReactorClock, GuardedResolver, list[Any]]]:
    def make(*answers: Sequence[str] | None, times: int = 1) -> tuple[MemoryReactorClock, GuardedResolver, list[Any]]:
        reactor = MemoryReactorClock()
        reactor.installNameResolver(Names(*answers))
        resolver = GuardedResolver(reactor, lambda name, address: is_public(address))
        resolver.install()
        failures: list[Any] = []
        for _ in range(times):
            HostnameEndpoint(reactor, "quay.example", 80).connect(Factory()).addErrback(failures.append)
        return reactor, resolver, failures

    return make


def test_a_public_address_is_connected_to(attempt: Any) -> None:
    reactor, resolver, failures = attempt(["8.8.8.8"])
    assert (connected(reactor), failures, resolver.refused) == (["8.8.8.8"], [], set())


def test_a_private_one_beside_it_is_not(attempt: Any) -> None:
    reactor, resolver, _ = attempt(["10.0.0.1", "8.8.8.8", "::1"])
    reactor.advance(1)
    assert (connected(reactor), resolver.refused) == (["8.8.8.8"], set())


def test_only_private_ones_are_as_good_as_none(attempt: Any) -> None:
    reactor, resolver, (failure,) = attempt(["127.0.0.1", "::1"])
    assert failure.check(DNSLookupError)
    assert (connected(reactor), resolver.refused) == ([], {"quay.example"})


def test_a_name_that_leads_elsewhere_the_second_time_is_looked_at_the_second_time(attempt: Any) -> None:
    reactor, resolver, failures = attempt(["8.8.8.8"], ["127.0.0.1"], ["8.8.8.8"], times=3)
    assert connected(reactor) == ["8.8.8.8", "8.8.8.8"]
    assert len(failures) == 1
    assert resolver.refused == set()


def test_a_name_that_does_not_come_is_not_waited_for(attempt: Any) -> None:
    reactor, resolver, failures = attempt(None)
    reactor.advance(LOOKUP_TIMEOUT + 1)
    assert failures[0].check(DNSLookupError)
    assert resolver.refused == set()


def test_the_reactor_gets_its_own_resolver_back() -> None:
    reactor, names = MemoryReactorClock(), Names()
    reactor.installNameResolver(names)
    resolver = GuardedResolver(reactor, lambda name, address: True)
    resolver.install()
    assert reactor.nameResolver is resolver
    resolver.remove()
    assert reactor.nameResolver is names
