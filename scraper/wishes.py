"""What one run asks for, of what the sources name and the ledger knows. Must not fetch, nor write the archive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archive.ledger import Entry
from archive.models import Announcement, Article
from archive.store import Store
from scraper.addresses import Addresses
from scraper.counts import Counts
from scraper.extent import Extent
from scraper.guest import Guest
from scraper.options import Options
from scraper.robots import Robots

_DATED_PATH = re.compile(r"/((?:19|20)\d\d)/(0?[1-9]|1[0-2])(?:/(0?[1-9]|[12]\d|3[01]))?/")


class Wishes:
    """Decides for each address whether this run asks for it, once. `known` is the ledger as the run found it."""

    def __init__(self, options: Options, addresses: Addresses, guest: Guest, counts: Counts, started_at: str) -> None:
        self.extent = Extent(options)
        self.known: dict[str, Entry] = {}
        self.store: Store | None = None
        self.robots: Robots | None = None
        self._options = options
        self._addresses = addresses
        self._guest = guest
        self._counts = counts
        self._started_at = started_at
        self._met: set[str] = set()
        self._asked: set[str] = set()
        self._images: set[str] = set()
        self._lastmods: dict[str, str] = {}
        self._undated: dict[str, str] = {}

    def take(self, said: tuple[Announcement, ...], page_url: str) -> tuple[list[str], bool]:
        """Take what a page of a source names; return what to fetch now, and whether to read what follows the page."""
        wanted = []
        keys = [self._addresses.key(each.url) for each in said]
        held = {key: each.url for key, each in zip(keys, said, strict=True)}
        for key, each in zip(keys, said, strict=True):
            self._count(key, each)
            if key not in self._asked and self._is_wanted(each.url, key, each.lastmod):
                self._asked.add(key)
                wanted.append(self.known[key].url if key in self.known else each.url)
        stored = [url for key, url in held.items() if key in self.known and self.known[key].state == "stored"]
        self._guest.traps.read_page(page_url, held.values(), stored, wanted)
        return wanted, self.extent.goes_on(said, self.known.keys(), list(held))

    def _count(self, key: str, said: Announcement) -> None:
        self._counts.by_source[said.source] += 1
        self._counts.by_kind[said.kind] += 1
        if key not in self._met:
            self._met.add(key)
            self._counts.announced += 1
        if self._options.since and said.lastmod:
            self._lastmods[key] = max(said.lastmod, self._lastmods.get(key, ""))

    def due(self) -> Iterator[str]:
        """Yield the known addresses that it is time to ask for again, whether a source still names them or not."""
        if self._options.sections:
            return
        for key, entry in self.known.items():
            if key not in self._asked and entry.state != "excluded" and self._is_wanted(entry.url, key):
                self._asked.add(key)
                yield entry.url

    def undated(self) -> Iterator[str]:
        """Yield the addresses of which no source has said, by the end of all, whether they are recent enough."""
        undated, self._undated = self._undated, {}
        for key, url in undated.items():
            if key not in self._asked and self._is_recent(url, key) is not False:
                self._asked.add(key)
                yield url

    def _is_wanted(self, url: str, key: str, lastmod: str | None = None) -> bool:
        if self.why_excluded(url):
            return False
        if self.store is not None and self.store.withdrawals.at(url):
            return False
        entry = self.known.get(key)
        if entry is not None and not entry.is_due(self._started_at, self._options.mode, lastmod):
            return False
        recent = self._is_recent(url, key)
        if recent is None:
            self._undated.setdefault(key, entry.url if entry else url)
        return bool(recent)

    def _is_recent(self, url: str, key: str) -> bool | None:
        """Say whether a page was published or changed since the time that was asked for; None: nobody has said."""
        since = self._options.since
        if since is None:
            return True
        entry = self.known.get(key)
        told = [self._lastmods.get(key), _date_in(url), *((entry.lastmod, entry.dated_at) if entry else ())]
        dates = [date for date in told if date]
        return max(dates) >= since if dates else None

    def follow(self, address: str, target: str) -> bool:
        """Say whether to ask for where an address redirects to.

        An alias whose article is asked for in this run at its own address need not be followed.
        """
        key, there = self._addresses.key(address), self._addresses.key(target)
        known, leads = self.known.get(key), self.known.get(there)
        if there in self._asked and known and leads and known.article_id and known.article_id == leads.article_id:
            return False
        self._asked.add(there)
        return True

    def twins(self, address: str, article: Article) -> list[str]:
        """Return known addresses to ask for now, since an article that is new here may have moved from one of them."""
        entry = self.known.get(self._addresses.key(address))
        if self.store is None or (entry is not None and entry.article_id is not None):
            return []
        found = [url for url in self.store.twins(article) if self._addresses.key(url) not in self._asked]
        self._asked |= {self._addresses.key(url) for url in found}
        return [url for url in found if not self.why_excluded(url)]

    def images(self, article: Article) -> list[tuple[str, str]]:
        """Return the identities and addresses of an article's images whose files are wanted and not kept yet."""
        wanted = []
        for image in article.images:
            chosen = self._options.images == "all" or (self._options.images == "lead" and image.role == "lead")
            target = self._addresses.image(image.url) if chosen and image.identity not in self._images else None
            if target and self.store and not self.store.holds_image(image.identity):
                self._images.add(image.identity)
                wanted.append((image.identity, target))
        return wanted

    def why_excluded(self, url: str) -> str | None:
        """Return why an address is not asked for."""
        return self._addresses.why_not_asked(url, self.robots)

    def is_new(self, url: str) -> bool:
        """Say whether an address may be an article's and was not known before this run."""
        return self._addresses.key(url) not in self.known and self.why_excluded(url) is None

    def again(self, urls: Iterable[str]) -> list[str]:
        """Return those of some held addresses that this run may ask for and has not; they count as asked for."""
        found = [url for url in urls if self._addresses.key(url) not in self._asked and not self.why_excluded(url)]
        self._asked |= {self._addresses.key(url) for url in found}
        return found

    def holds(self, address: str) -> bool:
        """Say whether the archive holds an article of an address."""
        entry = self.known.get(self._addresses.key(address))
        return entry is not None and entry.article_id is not None

    def validators(self, url: str) -> dict[str, str]:
        """Return the headers that ask for a stored page only if it changed (RFC 9110, section 13)."""
        entry = self.known.get(self._addresses.key(url))
        if entry is None or entry.state not in ("stored", "gone") or self.store is None:
            return {}
        newest = self.store.ledger.last_snapshot(url)
        etag, modified = (newest.etag, newest.last_modified) if newest else (None, None)
        pairs = {"If-None-Match": etag, "If-Modified-Since": modified}
        return {name: value for name, value in pairs.items() if value}

    def resting(self) -> Iterable[str]:
        """Yield the stored addresses that a source named and that were not due."""
        for key in self._met - self._asked:
            if key in self.known and self.known[key].state == "stored":
                yield key


def _date_in(url: str) -> str | None:
    """Return the last moment of the day, or month, that an address names."""
    found = _DATED_PATH.search(url)
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3] or 31):02d}T23:59:59+00:00" if found else None
