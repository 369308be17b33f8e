"""One page to read and what reading gave, as they travel between the crawl and its workers. Must not fetch or store."""

from __future__ import annotations

import fcntl
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass, replace

from archive.models import Article
from scraper.profile import Profile

LENGTH = struct.Struct(">I")
"""Every message between crawl and worker is a pickle behind its length in four bytes."""
_PIPE = 1024 * 1024
MEMORY = "memory"
TIMEOUT = "timeout"
READER_ERROR = "reader_error"
PASSING = frozenset({"challenge page", "maintenance page"})
"""What stands in an article's place for a while: the address is asked for again."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page to read, as it was decoded from its transfer.

    `host` is where it was fetched: a mirror's pages may name the mirror in their canonical links.
    """

    content: bytes
    url: str
    content_type: str | None
    host: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a page gave no article. `failed`: the page beat the reader, and another reader may do better."""

    reason: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What a worker is told before its first page. `memory` is in bytes, `patience` in seconds a page."""

    profile: Profile
    memory: int
    patience: float


Reading = Article | Unread


def widen(pipe: int) -> None:
    """Let several pages, or what was read in them, fit into a pipe where Linux allows it."""
    if sys.platform == "linux":
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)


def read_page(page: Page, profile: Profile) -> Reading:
    """Read one page; what is no article comes back with its reason."""
    # Imported here: the crawl's own process does not need the reader, whose import takes half a second.
    from scraper.extraction.article import extract_article
    from scraper.extraction.errors import ExtractionError, TooMuch

    if page.host and page.host not in profile.hosts:
        profile = replace(profile, hosts=(*profile.hosts, page.host))
    try:
        return extract_article(page.content, page.url, profile, content_type=page.content_type)
    except TooMuch as error:
        return Unread(error.reason, failed=True)
    except ExtractionError as error:
        return Unread(f"not an article: {error}", failed=str(error) in PASSING)
    except MemoryError:
        return Unread(MEMORY, failed=True)
    except RecursionError:
        return Unread("too_deep", failed=True)
