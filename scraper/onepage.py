"""One page for reading on its own: from a file, gzipped or not, or politely from the web. Must not crawl or store."""

from __future__ import annotations

import gzip
import urllib.error
import urllib.request
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from archive.errors import ArchiveError, Unreachable
from scraper.identity import user_agent
from scraper.robots import Robots, read_robots
from scraper.settings import DOWNLOAD_MAXSIZE, DOWNLOAD_TIMEOUT

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

    Raises UsageError without a contact, Unreachable when nothing comes, ArchiveError for an answer that is no page.
    """
    agent = user_agent(url, contact)
    if not _robots(url, agent).allows(url):
        raise ArchiveError(f"robots.txt of {urlsplit(url).netloc} does not allow {url}: ask the site's owner")
    status, page = _get(url, agent)
    if status is None:
        raise Unreachable(f"{urlsplit(url).netloc} does not answer: try again later")
    if status >= 400:
        raise ArchiveError(f"{url} answers {status}: look at the address")
    return page


def _robots(url: str, agent: str) -> Robots:
    status, page = _get(urljoin(url, "/robots.txt"), agent)
    return read_robots(status, page.content)


def _get(url: str, agent: str) -> tuple[int | None, OnePage]:
    """Return the status and the page; None when no answer came."""
    request = urllib.request.Request(url, headers={"User-Agent": agent, "Accept-Encoding": "gzip"})
    try:
        with urllib.request.urlopen(request, timeout=DOWNLOAD_TIMEOUT) as answer:
            content = _plain(answer.read(DOWNLOAD_MAXSIZE))
            return answer.status, OnePage(content, answer.url, answer.headers.get("Content-Type"))
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, OnePage(b"", url)
    except (OSError, EOFError, ValueError, zlib.error):
        return None, OnePage(b"", url)


def _plain(content: bytes) -> bytes:
    return gzip.decompress(content) if content.startswith(_GZIP) else content
