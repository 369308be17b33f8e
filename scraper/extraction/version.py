"""Which reader reads: its release, and a mark that changes whenever the same page may be read otherwise.

Must not read pages.
"""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.resources import files

from scraper.profile import Profile

READER = "press-archive-2"
_LIBRARIES = ("trafilatura", "htmldate", "lxml", "nh3", "charset-normalizer", "w3lib")
# Modules of the archive that decide what is read, too: letters and addresses.
_SHARED = ("charset.py", "urls.py")
# What a profile says of where and how to fetch makes no difference to what is read.
_READ_BY = ("layouts", "types", "own_names", "own_hosts", "never", "image_id", "title", "language")


@lru_cache(maxsize=8)
def reader_of(profile: Profile) -> str:
    """Return who reads by a profile: the reader's name, `+`, and eight digits of a hash.

    The hash covers the reader's source, its tables, the libraries it reads with and the profile's rules, so that
    nobody has to remember to change a number.
    """
    rules = repr([getattr(profile, name) for name in _READ_BY])
    return f"{READER}+{hashlib.sha256((_code() + rules).encode()).hexdigest()[:8]}"


@cache
def _code() -> str:
    package = files("scraper.extraction")
    shared = (files("archive").joinpath(name) for name in _SHARED)
    sources = [*package.iterdir(), *package.joinpath("tables").iterdir(), *shared]
    digest = hashlib.sha256()
    for source in sorted(sources, key=lambda each: each.name):
        if source.name.endswith((".py", ".toml")):
            digest.update(source.read_bytes())
    digest.update(repr([(name, version(name)) for name in _LIBRARIES]).encode())
    return digest.hexdigest()
