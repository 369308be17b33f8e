"""A polite visit to one site: single pages, robots.txt first, one at a time. Must not crawl, read or store them."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
import zlib
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from w3lib.url import safe_url_string

from archive.errors import Unreachable, UsageError
from archive.urls import host_of
from scraper.addresses import Addresses, is_loopback
from scraper.identity import user_agent
from scraper.profile import Profile
from scraper.robots import Robots, read_robots
from scraper.settings import DOWNLOAD_MAXSIZE, DOWNLOAD_TIMEOUT

MAX_HOPS = 5
_CHUNK = 64 * 1024
_GZIP = 31
"""zlib's window bits for a gzip stream with header and checksum."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request: where it ended, status (None when nothing came) and body.

    `problem` says why there is no page to read, as the end of a sentence that begins with the address.
    """

    url: str
    status: int | None = None
    content: bytes = b""
    content_type: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Reply:
    """One HTTP answer; `location` where it redirects to."""

    status: int | None
    content: bytes = b""
    content_type: str | None = None
    location: str | None = None
    problem: str | None = None


class Visit:
    """Asks for pages of the site that `profile` describes, at `base_url` if that is another place.

    `delay` None means the profile's, none on this machine; robots.txt may ask for more.
    """

    def __init__(
        self, profile: Profile, base_url: str | None = None, *, contact: str | None = None, delay: float | None = None
    ) -> None:
        self.base_url = (base_url or profile.url).rstrip("/")
        check_address(self.base_url)
        self.addresses = Addresses(profile, self.base_url)
        local = is_loopback(self.base_url)
        self._wished = delay if delay is not None else 0.0 if local else profile.delay
        self._headers = {"User-Agent": user_agent(self.base_url, contact), "Accept-Encoding": "gzip"}
        proxies = [urllib.request.ProxyHandler({})] if local else []
        self._opener = urllib.request.build_opener(_NoRedirect, *proxies)
        self.seconds: list[float] = []
        """How long each answer took."""
        self._pause = 0.0
        self._ended_at: float | None = None

    @cached_property
    def robots_answer(self) -> Answer:
        """Return the answer to the request for robots.txt, which comes before every other."""
        return self._follow(self.addresses.source("/robots.txt"), None)

    @cached_property
    def robots(self) -> Robots:
        """Return the site's rules. Raises Unreachable when they cannot be had: then nothing may be fetched."""
        answer = self.robots_answer
        rules = read_robots(answer.status, answer.content)
        if rules.unavailable:
            host = urlsplit(self.base_url).netloc
            raise Unreachable(
                f"{host} cannot be visited now ({rules.unavailable}): check the address, or try again later"
            )
        self._pause = max(self._wished, rules.delay)
        return rules

    @property
    def delay(self) -> float:
        """Return the seconds between two requests."""
        return max(self._wished, self.robots.delay)

    def get(self, url: str) -> Answer:
        """Ask for an address of the site, as the site names it. Raises Unreachable when robots.txt cannot be had."""
        return self._follow(self._place(url), self.robots)

    def _follow(self, url: str, rules: Robots | None) -> Answer:
        """Ask and follow redirects within the site."""
        for _ in range(MAX_HOPS):
            refusal = self._refusal(url, rules)
            if refusal:
                return Answer(url, problem=refusal)
            reply = self._ask(url)
            if reply.location is None:
                return Answer(url, reply.status, reply.content, reply.content_type, _problem(reply))
            target = self.addresses.resolve(reply.location, url)
            if target is None:
                return Answer(url, reply.status, problem=f"redirects off the site, to {reply.location}")
            url = self._place(target)
        return Answer(url, problem="redirects in a circle")

    def _refusal(self, url: str, rules: Robots | None) -> str | None:
        if not self.addresses.is_own(url):
            return "is not on the site"
        return None if rules is None or rules.allows(url) else "is forbidden by robots.txt"

    def _place(self, url: str) -> str:
        """Return where an own address is fetched: a mirror's pages name the site's own."""
        there = not self.addresses.is_own(url) or host_of(url) == host_of(self.base_url)
        return url if there else self.addresses.fetchable(url)

    def _ask(self, url: str) -> _Reply:
        """Make one request, after the pause that politeness asks for."""
        if self._ended_at is not None:
            time.sleep(max(0.0, self._ended_at + self._pause - time.monotonic()))
        began = time.monotonic()
        try:
            request = urllib.request.Request(safe_url_string(url), headers=self._headers)
            with self._open(request) as answer:
                return _read(answer)
        except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
            return _Reply(None, problem=f"gives no answer ({type(error).__name__})")
        finally:
            self._ended_at = time.monotonic()
            self.seconds.append(self._ended_at - began)

    def _open(self, request: urllib.request.Request) -> Any:
        try:
            return self._opener.open(request, timeout=DOWNLOAD_TIMEOUT)
        except urllib.error.HTTPError as answer:
            return answer


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Hands redirects to the visit, which looks where they lead."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Follow nothing."""


def check_address(url: str) -> str:
    """Return a web address as it is. Raises UsageError for anything else."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url} is no web address: type one like https://news.example.org")
    return url


def _read(answer: Any) -> _Reply:
    """Read an answer to its end, to the size limit or to the deadline."""
    location = answer.headers.get("Location") if 300 <= answer.status < 400 else None
    content_type = answer.headers.get("Content-Type")
    deadline = time.monotonic() + DOWNLOAD_TIMEOUT
    parts: list[bytes] = []
    size = 0
    while chunk := answer.read(_CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > DOWNLOAD_MAXSIZE:
            return _Reply(answer.status, content_type=content_type, problem=f"is larger than {DOWNLOAD_MAXSIZE} bytes")
        if time.monotonic() > deadline:
            return _Reply(answer.status, content_type=content_type, problem=f"is slower than {DOWNLOAD_TIMEOUT} s")
    content = b"".join(parts)
    if answer.headers.get("Content-Encoding", "").lower() in ("gzip", "x-gzip"):
        inflate = zlib.decompressobj(wbits=_GZIP)
        content = inflate.decompress(content, DOWNLOAD_MAXSIZE)
        if inflate.unconsumed_tail:
            return _Reply(answer.status, content_type=content_type, problem=f"is larger than {DOWNLOAD_MAXSIZE} bytes")
    return _Reply(answer.status, content, content_type, location)


def _problem(reply: _Reply) -> str | None:
    if reply.problem or reply.status == HTTPStatus.OK:
        return reply.problem
    return f"answers {reply.status}"
