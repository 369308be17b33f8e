"""Follows every link of a served site, one of each kind. Must not know which pages there are."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import httpx
import lxml.etree
import lxml.html

_TAGS = {"a": "href", "link": "href", "form": "action", "script": "src", "img": "src"}
_ABSOLUTE = re.compile(r'https?://[^\s"<>\\{]+')


@dataclass
class Walk:
    """What was found: statuses by address, and where each address was linked."""

    statuses: dict[str, int] = field(default_factory=dict)
    linked_at: dict[str, str] = field(default_factory=dict)

    def pairs(self) -> list[tuple[str, str]]:
        """List pages with the addresses that were first linked there."""
        return [(page, address) for address, page in self.linked_at.items()]


def walk(client: httpx.Client, start: str = "/") -> Walk:
    """Ask for `start` and everything that is linked from there, one address of each shape."""
    found, waiting, seen = Walk(), deque([start]), set[str]()
    while waiting:
        address = waiting.popleft()
        answer = client.get(address)
        found.statuses[address] = answer.status_code
        for link in _links(address, answer):
            if link not in found.linked_at:
                found.linked_at[link] = address
                if _shape(link) not in seen:
                    waiting.append(link)
                seen.add(_shape(link))
    return found


def _links(address: str, answer: httpx.Response) -> list[str]:
    """Return the addresses of the same server in an answer, as paths."""
    here = str(answer.request.url)
    own = urlsplit(here).netloc
    whole = (urljoin(here, link) for link in _written(answer))
    return [_path(link) for link in whole if urlsplit(link).netloc == own]


def _written(answer: httpx.Response) -> list[str]:
    if "location" in answer.headers:
        return [answer.headers["location"]]
    kind = answer.headers.get("content-type", "")
    if kind.startswith("text/html") and answer.text.strip():
        page = lxml.html.document_fromstring(answer.text)
        return [
            value
            for tag, name in _TAGS.items()
            for value in page.xpath(f"//{tag}/@{name}")
            if not value.startswith("#")
        ]
    if "xml" in kind or "json" in kind or kind.startswith("text/plain"):
        return _ABSOLUTE.findall(answer.text.replace("&amp;", "&"))
    return []


def _path(link: str) -> str:
    parts = urlsplit(link)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _shape(link: str) -> str:
    """Return what addresses of one kind have in common: the first names, the last ending, whether there is a query."""
    path, _, query = link.partition("?")
    names = path.split("/")
    # Two archives have the same kinds of pages: each kind is looked at in one of them.
    inside = names[2:3] if len(names) > 2 else names
    ending = re.search(r"\.[a-z]+(\.[a-z]+)?$", path)
    revision = "revision" if "/revision/" in path else ""
    return " ".join([*inside, str(len(names) > 3), revision, ending.group() if ending else "", str(bool(query))])
