"""Which addresses are the publication's, where they are fetched, and which are no articles. Must not fetch anything."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from archive.urls import address_key, clean_url, host_of
from scraper.endpoints import endpoint_of, places
from scraper.profile import Profile
from scraper.robots import ROBOTS_FORBID, Robots


def is_loopback(url: str) -> bool:
    """Say whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Addresses:
    """The publication's addresses: as its pages write them, and where they are fetched (`base_url`)."""

    def __init__(self, profile: Profile, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._base = urlsplit(self.base_url)
        self.own_hosts = frozenset({host_of(f"https://{host}") for host in profile.hosts} | {host_of(self.base_url)})
        self._image_places = frozenset(places(profile.image_hosts, "https"))
        self._exclusions = [(re.compile(rule.pattern), rule.reason) for rule in profile.exclusions]

    def source(self, path: str) -> str:
        """Return the address at which a source's path is fetched."""
        return self.base_url + path

    def resolve(self, href: str, page_url: str) -> str | None:
        """Return the clean absolute form of a link on the site's page, None when it leaves the site."""
        try:
            url = clean_url(urljoin(page_url, href.strip()))
        except ValueError:
            return None
        return url if self.is_own(url) else None

    def is_own(self, url: str) -> bool:
        """Say whether an address is one of the publication's."""
        return url.startswith(("http://", "https://")) and host_of(url) in self.own_hosts

    def fetchable(self, url: str) -> str:
        """Return where an own address is fetched: the same path and query at the base address."""
        parts = urlsplit(url)
        path = self._base.path + (parts.path or "/")
        return urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, ""))

    def image(self, url: str) -> str | None:
        """Return where an image is fetched, None when it is on no host that the profile names for it."""
        if self.is_own(url):
            return self.fetchable(url)
        return url if endpoint_of(url) in self._image_places else None

    def key(self, url: str) -> str:
        """Return what all spellings of an address share."""
        return address_key(url, self.own_hosts)

    def exclusion(self, url: str) -> str | None:
        """Return why an address is no article, by the profile's rules, or None."""
        path = urlsplit(url).path or "/"
        return next((reason for pattern, reason in self._exclusions if pattern.search(path)), None)

    def why_not_asked(self, url: str, robots: Robots | None) -> str | None:
        """Return why an address is not asked for, by the profile's rules or by the site's, as far as they are known."""
        reason = self.exclusion(url)
        if reason is None and robots and not robots.allows(self.fetchable(url)):
            return ROBOTS_FORBID
        return reason
