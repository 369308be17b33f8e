"""The agencies, stock sites, services and outlets that credits name, from a table people can extend.

Must not read credit lines: it only says what one printed name or host stands for.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

AgencyKind = Literal["wire", "stock", "agency", "us-government", "government", "outlet", "platform"]

# Around an agency's name these words say what is shown, not who shows it.
_AROUND = re.compile(
    r"^(?:the |photo |foto |fot |bild |beeld |kuva |official |handout |courtesy |courtesy of |via |pool |credit "
    r"|copyright |© ?)+"
    r"|(?:[ /-]+(?:file|handout|courtesy|pool|stock|staff|official))*"
    r"[ /-]+(?:photos?|pictures?|images?|pics?|foto|fotos|graphics?|illustration|video|handout|file|pool|screen ?shot"
    r"|screengrab)\.?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency: its canonical name, what kind of house it is, and the licence its images have when none is stated."""

    name: str
    kind: AgencyKind
    licence: str | None = None

    @property
    def sells_images(self) -> bool:
        """Say whether the name alone, in brackets or after a sentence, can only be a credit."""
        return self.kind in ("wire", "stock", "agency")


@dataclass(frozen=True, slots=True)
class _Table:
    by_key: dict[str, Agency]
    by_spelling: dict[str, Agency]
    by_host: dict[str, Agency]
    ignored_hosts: tuple[str, ...]


@lru_cache(maxsize=8192)
def name_key(text: str) -> str:
    """Fold a printed name to what makes it the same name: letters and digits, without case."""
    return "".join(filter(str.isalnum, text.casefold()))


@cache
def _table() -> _Table:
    loaded = tomllib.loads(files("scraper.extraction").joinpath("tables/agencies.toml").read_text("utf-8"))
    by_key: dict[str, Agency] = {}
    by_spelling: dict[str, Agency] = {}
    by_host: dict[str, Agency] = {}
    for name, entry in loaded["agencies"].items():
        agency = Agency(name, entry["kind"], entry.get("licence"))
        for spelling in (name, *entry.get("spellings", ())):
            by_spelling[spelling] = agency
            by_key[name_key(spelling)] = agency
        for host in entry.get("hosts", ()):
            by_host[host] = agency
    return _Table(by_key, by_spelling, by_host, tuple(loaded["ignored_hosts"]))


@lru_cache(maxsize=8192)
def agency_named(text: str) -> Agency | None:
    """Find the agency that a printed name is a spelling of ("AP Photo", "US NAVY", "shutterstock.com"), or None."""
    if len(text) > 80:
        return None
    return _spelled(text) or _undecorated(text)


def _undecorated(text: str) -> Agency | None:
    while (bare := _AROUND.sub("", text, count=1).strip()) != text:
        if not bare:
            return None
        if found := _spelled(bare):
            return found
        text = bare
    return None


def _spelled(text: str) -> Agency | None:
    table = _table()
    if exact := table.by_spelling.get(text):
        return exact
    key = name_key(text)
    found = table.by_key.get(key)
    # "Pa", "tt" or "un" are words; only capitals make them initials.
    if found and (len(key) > 3 or text.isupper()):
        return found
    return agency_of_host(text) if "." in text and " " not in text else None


def agency_of_host(host: str) -> Agency | None:
    """Find the agency a host belongs to (`www.` and other subdomains included), or None."""
    hosts = _table().by_host
    labels = host.casefold().strip(".").split(".")
    for start in range(len(labels) - 1):
        if found := hosts.get(".".join(labels[start:])):
            return found
    return None


def is_ignored_host(host: str) -> bool:
    """Say whether a host only serves images, so that its name in a credit is no credit."""
    return host.casefold().endswith(_table().ignored_hosts)
