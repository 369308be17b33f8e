"""One page for reading on its own: from a file, gzipped or not, or politely from the web. Must not crawl or store."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import ArchiveError, Unreachable
from scraper.profile import GENERIC
from scraper.visit import FORBIDDEN, Visit

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class OnePage:
    """A page's bytes, its address (empty when nobody says), and its Content-Type header."""

    content: bytes
    url: str = ""
    content_type: str | None = None


def read_file(path: Path, url: str = "") -> OnePage:
    """Read a page from a file, which may be gzipped. Raises OSError and EOFError for files that cannot be read."""
    return OnePage(_plain(path.read_bytes()), url)


def fetch(url: str, contact: str | None) -> OnePage:
    """Fetch one page from the web, when its robots.txt allows; `contact` as `scraper.identity.user_agent` takes it.

    Redirects are followed on the page's own site. Raises UsageError without a contact, Unreachable when nothing comes,
    ArchiveError for an answer that is no page.
    """
    host = urlsplit(url).netloc
    answer = Visit(replace(GENERIC, url=f"{urlsplit(url).scheme}://{host}", hosts=(host,)), contact=contact).get(url)
    if answer.problem == FORBIDDEN:
        raise ArchiveError(f"robots.txt of {host} does not allow {url}: ask the site's owner")
    if answer.status is None:
        raise Unreachable(f"{host} does not answer ({answer.problem}): try again later")
    if answer.problem:
        raise ArchiveError(f"{url} {answer.problem}: look at the address")
    return OnePage(answer.content, answer.url, answer.content_type)


def _plain(content: bytes) -> bytes:
    return gzip.decompress(content) if content.startswith(_GZIP) else content
