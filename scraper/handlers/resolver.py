"""Where names lead: hands on only the addresses that a connection may go to, and does not wait for them long.

The check is made of the addresses that Twisted then connects to, so a name cannot lead elsewhere between the two. Must
not open connections.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

LOOKUP_TIMEOUT = 15.0
"""Seconds; the library waits as long as the system does."""


@implementer(IHostnameResolver)
class GuardedResolver:
    """Stands before a reactor's resolver. `may_reach` is told the name and each address that it leads to."""

    def __init__(self, reactor: Any, may_reach: Callable[[str, str], bool]) -> None:
        self._reactor = reactor
        self._inner: IHostnameResolver = reactor.nameResolver
        self._may_reach = may_reach
        self.refused: set[str] = set()
        """Names that led to places that nothing may be asked of, and to no other."""

    def install(self) -> None:
        """Take the place of the reactor's resolver."""
        self._reactor.installNameResolver(self)

    def remove(self) -> None:
        """Give the reactor its own resolver back."""
        self._reactor.installNameResolver(self._inner)

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Resolve a name as Twisted's interface has it."""
        sieve = _Sieve(self, resolutionReceiver, hostName)
        sieve.alarm = self._reactor.callLater(LOOKUP_TIMEOUT, sieve.resolutionComplete)
        return self._inner.resolveHostName(sieve, hostName, portNumber, addressTypes, transportSemantics)

    def may_reach(self, name: str, address: str) -> bool:
        """Say whether a connection may go there."""
        return self._may_reach(name, address)


@implementer(IResolutionReceiver)
class _Sieve:
    """Takes the addresses of one name and hands on those that may be reached."""

    alarm: Any = None

    def __init__(self, resolver: GuardedResolver, receiver: IResolutionReceiver, name: str) -> None:
        self._resolver, self._receiver, self._name = resolver, receiver, name
        self._kept = self._dropped = 0
        self._over = False

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """Hand on that the search began."""
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:
        """Hand on an address that may be reached."""
        if self._over:
            return
        if self._resolver.may_reach(self._name, address.host):
            self._kept += 1
            self._receiver.addressResolved(address)
        else:
            self._dropped += 1

    def resolutionComplete(self) -> None:
        """End the search, once: when all addresses are there, or when it takes too long."""
        if self._over:
            return
        self._over = True
        if self.alarm is not None and self.alarm.active():
            self.alarm.cancel()
        (self._resolver.refused.add if self._dropped and not self._kept else self._resolver.refused.discard)(self._name)
        self._receiver.resolutionComplete()
