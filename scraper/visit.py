"""A polite visit to one site: single pages, robots.txt first, one at a time. Must not crawl, read or store them."""

from __future__ import annotations

import http.client
import time
import urllib.request
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from w3lib.url import safe_url_string

from archive.coding import decode_body
from archive.errors import CutShort, TooLarge, Unreachable, UsageError
from scraper.addresses import Addresses, is_loopback
from scraper.connecting import opener
from scraper.endpoints import Endpoints
from scraper.identity import user_agent
from scraper.profile import Profile
from scraper.robots import MAX_HOPS, Robots, read_robots
from scraper.settings import DOWNLOAD_MAXSIZE, DOWNLOAD_TIMEOUT

CIRCLE = "redirects in a circle"
FORBIDDEN = "is forbidden by robots.txt"
_CHUNK = 64 * 1024
_TOO_LARGE = "is larger than {} bytes"
_CUT = "is cut short"


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
        self._wished = delay if delay is not None else 0.0 if is_loopback(self.base_url) else profile.delay
        self._headers = {"User-Agent": user_agent(self.base_url, contact), "Accept-Encoding": "gzip"}
        self._places = Endpoints(profile, self.base_url, named=bool(base_url or profile.server))
        self._opener = opener(self._places.may_reach)
        self.seconds: list[float] = []
        """How long each answer took."""
        self._pause = 0.0
        self._ended_at: float | None = None

    @cached_property
    def robots_answer(self) -> Answer:
        """Return the answer to the request for robots.txt, which comes before every other."""
        return self._follow(urljoin(self.base_url, "/robots.txt"), None)

    @cached_property
    def robots(self) -> Robots:
        """Return the site's rules. Raises Unreachable when they cannot be had: then nothing may be fetched."""
        answer = self.robots_answer
        rules = Robots() if answer.problem == CIRCLE else read_robots(answer.status, answer.content)
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
        for _ in range(MAX_HOPS + 1):
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
        return Answer(url, problem=CIRCLE)

    def _refusal(self, url: str, rules: Robots | None) -> str | None:
        if not self.addresses.is_own(url):
            return "is not on the site"
        return None if rules is None or rules.allows(url) else FORBIDDEN

    def _place(self, url: str) -> str:
        """Return where an own address is fetched: a mirror's pages name the site's own."""
        there = not self.addresses.is_own(url) or self._places.refusal(url) is None
        return url if there else self.addresses.fetchable(url)

    def _ask(self, url: str) -> _Reply:
        """Make one request, after the pause that politeness asks for."""
        if self._ended_at is not None:
            time.sleep(max(0.0, self._ended_at + self._pause - time.monotonic()))
        began = time.monotonic()
        try:
            request = urllib.request.Request(safe_url_string(url), headers=self._headers)
            with self._opener.open(request, timeout=DOWNLOAD_TIMEOUT) as answer:
                return _read(answer)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return _Reply(None, problem=f"gives no answer ({type(error).__name__})")
        finally:
            self._ended_at = time.monotonic()
            self.seconds.append(self._ended_at - began)


def check_address(url: str) -> str:
    """Return a web address as it is. Raises UsageError for anything else."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url} is no web address: type one like https://news.example.org")
    return url


def _read(answer: http.client.HTTPResponse) -> _Reply:
    """Read an answer to its end, to the size limit or to the deadline."""
    status, content_type = answer.status, answer.headers.get("Content-Type")
    location = answer.headers.get("Location") if 300 <= status < 400 else None
    body = _body(answer)
    if isinstance(body, str):
        return _Reply(status, content_type=content_type, problem=body)
    try:
        content = decode_body(body, answer.headers.items(), DOWNLOAD_MAXSIZE)
    except TooLarge:
        return _Reply(status, content_type=content_type, problem=_TOO_LARGE.format(DOWNLOAD_MAXSIZE))
    except CutShort:
        return _Reply(status, content_type=content_type, problem=_CUT)
    return _Reply(status, content, content_type, location)


def _body(answer: http.client.HTTPResponse) -> bytes | str:
    """Return an answer's body as it comes; a text is the reason that it is not whole."""
    deadline = time.monotonic() + DOWNLOAD_TIMEOUT
    parts: list[bytes] = []
    size = 0
    while chunk := answer.read(_CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > DOWNLOAD_MAXSIZE:
            return _TOO_LARGE.format(DOWNLOAD_MAXSIZE)
        if time.monotonic() > deadline:
            return f"is slower than {DOWNLOAD_TIMEOUT} s"
    # The library does not mind a body that ends before its length.
    return _CUT if answer.length else b"".join(parts)


def _problem(reply: _Reply) -> str | None:
    if reply.problem or reply.status == HTTPStatus.OK:
        return reply.problem
    return f"answers {reply.status}"
