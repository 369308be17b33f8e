"""What a site's robots.txt allows us (RFC 9309). Must not fetch it.

The rules are read here because Protego 0.7, which Scrapy brings, answers 11 of the 90 cases in the tests otherwise:
it lets `User-agent: press` speak for `press-archive` and `press-archive/1` not, ends a group at any record that is no
rule, splits lines at form feeds and U+2028, widens `Allow: /index.html` to `/`, and follows no dots in a path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote, unquote_to_bytes, urljoin

MAX_BYTES = 2 * 1024 * 1024
"""RFC 9309, section 2.5: at least 500 kibibytes must be parsed. What stands behind is not read."""
MAX_HOPS = 5
"""RFC 9309, section 2.3.1.2: after more redirects than these a robots.txt is unavailable."""
ROBOTS_FORBID = "robots.txt forbids it"
"""Why an address is not asked for that the site's rules close to us."""
AGENT = "press-archive"
_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"[a-z_-]+", re.IGNORECASE)
_SECONDS = re.compile(r"\d+(?:\.\d+)?")
_AGENTS = frozenset({"user-agent", "useragent", "user agent"})
# Misspelt prohibitions are kept as well: they are meant.
_DISALLOW = frozenset({"disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"})
_SITEMAPS = frozenset({"sitemap", "site-map"})
_DELAYS = frozenset({"crawl-delay", "crawldelay"})
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_GENERAL_DELIMITERS = frozenset(b":/?[]@")
_SAFE = "%/:?[]@!&'()+,;=~"


@dataclass(slots=True)
class Rules:
    """The rules of one group of agents: patterns without wildcards by their text, the others as pieces."""

    plain: dict[str, bool] = field(default_factory=dict)
    lengths: set[int] = field(default_factory=set)
    patterns: list[_Pattern] = field(default_factory=list)

    def add(self, value: str, allow: bool) -> None:
        """Take a rule; one that is no path pattern (RFC 9309, section 2.2) is none."""
        if not value.startswith(("/", "*")):
            return
        anchored = value.endswith("$")
        text = _normal(value.removesuffix("$"), keep="*")
        if anchored or "*" in text:
            self.patterns.append(_Pattern(tuple(re.split(r"\*+", text)), anchored, len(text) + anchored, allow))
        else:
            self.plain[text] = self.plain.get(text, False) or allow
            self.lengths.add(len(text))

    def allows(self, path: str) -> bool:
        """Say whether the longest rule that matches allows a path; of two that are as long, the one that allows."""
        matching = [(each.length, each.allow) for each in self.patterns if each.matches(path)]
        lengths = (length for length in self.lengths if path[:length] in self.plain)
        matching += [(length, self.plain[path[:length]]) for length in lengths if length <= len(path)]
        return max(matching, default=(0, True))[1]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A path pattern with `*` or a last `$`: the pieces between the wildcards."""

    pieces: tuple[str, ...]
    anchored: bool
    length: int
    allow: bool

    def matches(self, path: str) -> bool:
        """Say whether a path matches, in time linear in its length for each piece."""
        first, *middle = self.pieces
        if not middle:
            return path == first if self.anchored else path.startswith(first)
        last = middle.pop()
        if not path.startswith(first):
            return False
        at = len(first)
        for piece in middle:
            found = path.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        return path.endswith(last) and len(path) - len(last) >= at if self.anchored else path.find(last, at) >= 0


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules for our agent; `unavailable` says why nothing may be fetched now. `delay` is in seconds."""

    rules: Rules = field(default_factory=Rules)
    unavailable: str | None = None
    delay: float = 0.0
    sitemaps: tuple[str, ...] = ()

    def allows(self, url: str) -> bool:
        """Say whether an address, or a path with its query, may be fetched; robots.txt itself always may."""
        path = _path_of(url)
        if path == "/robots.txt":
            return True
        return self.unavailable is None and self.rules.allows(path)


def read_robots(status: int | None, body: bytes) -> Robots:
    """Read the answer to a request for robots.txt; `status` None means that no whole one came.

    RFC 9309, section 2.3.1: 4xx allows everything; 5xx and no answer allow nothing. So does what is neither: a redirect
    that leads nowhere or off the site, a part of the file (206). A file of another type is parsed like any: a page that
    says "not found" with status 200 holds no rules.
    """
    if status is None:
        return Robots(unavailable="robots.txt did not answer")
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Robots()
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES or status == HTTPStatus.PARTIAL_CONTENT:
        return Robots(unavailable=f"robots.txt answers {status}")
    return _parse(_text(body))


def _text(body: bytes) -> str:
    """Decode the file; a line that is cut at the limit is dropped, since its end might say otherwise."""
    content = body.removeprefix(_BOM)
    if len(content) > MAX_BYTES:
        content = content[:MAX_BYTES]
        content = content[: max(content.rfind(b"\n"), content.rfind(b"\r")) + 1]
    return content.decode("utf-8", "surrogateescape")


@dataclass(slots=True)
class _Group:
    """One or more agents, their rules and the delay asked of each."""

    agents: list[str] = field(default_factory=list)
    rules: list[tuple[str, bool]] = field(default_factory=list)
    delays: dict[str, float] = field(default_factory=dict)


def _parse(text: str) -> Robots:
    groups: list[_Group] = []
    sitemaps: list[str] = []
    for key, value in _records(text):
        if key in _AGENTS:
            # Only rules end a list of agents: other records must not come between (RFC 9309, section 2.2.4).
            if not groups or groups[-1].rules:
                groups.append(_Group())
            groups[-1].agents.append(_agent(value))
        elif key in _SITEMAPS:
            sitemaps.append(value)
        elif groups and (key == "allow" or key in _DISALLOW):
            groups[-1].rules.append((value, key == "allow"))
        elif groups and key in _DELAYS and (number := _SECONDS.match(value)):
            groups[-1].delays |= dict.fromkeys(groups[-1].agents, float(number[0]))
    return _choose(groups, tuple(filter(str.isprintable, filter(None, sitemaps))))


def _records(text: str) -> Iterator[tuple[str, str]]:
    for line in _LINE_END.split(text):
        key, colon, value = line.partition("#")[0].strip().partition(":")
        if not colon:
            key, value = (*key.split(None, 1), "", "")[:2]
        yield key.strip().lower(), value.strip()


def _agent(value: str) -> str:
    """Return the product token that a line names, in lower case; what stands behind it is a version or a remark."""
    token = _TOKEN.match(value)
    return "*" if value.split()[:1] == ["*"] else token[0].lower() if token else ""


def _choose(groups: Iterable[_Group], sitemaps: tuple[str, ...]) -> Robots:
    """Merge the groups that name us, else those for every agent (RFC 9309, section 2.2.1)."""
    groups = list(groups)
    name = AGENT if any(AGENT in group.agents for group in groups) else "*"
    rules, delay = Rules(), 0.0
    for group in groups:
        if name in group.agents:
            delay = max(delay, group.delays.get(name, 0.0))
            for value, allow in group.rules:
                rules.add(value, allow)
    return Robots(rules, delay=delay, sitemaps=sitemaps)


def _path_of(url: str) -> str:
    """Return an address's path and query as they are compared with rules."""
    path = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*", "", url).partition("#")[0]
    path, mark, query = path.partition("?")
    if not path.startswith("/"):
        path = "/" + path
    if "/." in path:
        path = urljoin("http://host/", path).removeprefix("http://host")
    return _normal(path + mark + query)


def _normal(text: str, keep: str = "") -> str:
    """Spell a path or pattern so that equal ones look equal (RFC 9309, section 2.2.2).

    Escapes of unreserved characters are undone, all other escapes are in capitals, what is not ASCII is escaped. In the
    query, where `/` and `:` separate nothing, they and their escapes are one.
    """
    path, mark, query = text.partition("?")
    decoded = _decoded(path, _UNRESERVED) + mark + _decoded(query, _UNRESERVED | _GENERAL_DELIMITERS)
    return quote(decoded, safe=_SAFE + keep, errors="surrogateescape")


def _decoded(text: str, characters: frozenset[int]) -> str:
    def plain(escape: re.Match[str]) -> str:
        octet = unquote_to_bytes(escape[0])
        return octet.decode("ascii") if octet[0] in characters else escape[0].upper()

    return _ESCAPE.sub(plain, text)
