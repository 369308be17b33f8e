"""One crawl of one publication: its options, the open archive, what is buffered, and the counts. Must not fetch.

The archive is opened with the first answer, so that a site that does not answer leaves nothing behind.
"""

from __future__ import annotations

import json
import pkgutil
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from archive import clock
from archive.decisions import read_decisions
from archive.errors import ArchiveError, Unreachable
from archive.ledger import Entry, Ledger
from archive.models import Announcement, Fetch, Outcome, Snapshot, SourceKind
from archive.root import DATABASE, check_new_root, locked, open_database
from archive.store import Batch, Store
from archive.warc import Earlier, Exchange, WarcWriter, repair_open_files
from scraper.addresses import Addresses, is_loopback
from scraper.counts import Counts
from scraper.identity import user_agent
from scraper.profile import Feed, Profile, Section, Sitemap
from scraper.robots import AGENT, Robots
from scraper.settings import VERSION

DONE, LOOK = 0, 3
_FLUSH_SECONDS = 1.0
KINDS: dict[type, SourceKind] = {Section: "section", Sitemap: "sitemap", Feed: "feed"}


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks of a crawl. `delay` is in seconds, None means the profile's."""

    profile: Profile
    root: Path
    base_url: str | None = None
    limit: int | None = None
    delay: float | None = None
    contact: str | None = None
    dry_run: bool = False


class Run:
    """A crawl in progress. Enter it before the first request and leave it after the last answer."""

    def __init__(self, options: Options) -> None:
        check_new_root(options.root)
        self.options = options
        self.profile = options.profile
        self.counts = Counts()
        self.remarks: list[str] = []
        self.failure: ArchiveError | None = None
        self.interrupted_by: int | None = None
        self.robots: Robots | None = None
        self.watch: Callable[[Counts], None] | None = None
        self.exit_status = DONE
        self.seconds = 0.0
        self._held = ExitStack()
        self._store: Store | None = None
        self._warc: WarcWriter | None = None
        self._crawl_id: int | None = None
        self._known: dict[str, Entry] = {}
        self._waiting: set[str] = set()
        self._batch = Batch()
        self._flushed_at = self._began_at = time.monotonic()

    def __enter__(self) -> Self:
        with ExitStack() as held:
            self._held = held
            self._begin()
            self._held = held.pop_all()
        return self

    def _begin(self) -> None:
        self.base_url = self._serve()
        self.addresses = Addresses(self.profile, self.base_url)
        self.user_agent = user_agent(self.base_url, self.options.contact)
        self.started_at = clock.stamp()
        self.decisions = read_decisions(self.options.root, "series")
        if not self.options.dry_run:
            self._held.enter_context(locked(self.options.root))
        if (self.options.root / DATABASE).exists():
            self._open_ledger()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.seconds = time.monotonic() - self._began_at
            if error is None:
                self._end()
        finally:
            self._close()

    def _serve(self) -> str:
        options = self.options
        if options.base_url:
            return options.base_url
        if self.profile.server:
            server = self._held.enter_context(pkgutil.resolve_name(self.profile.server)())
            return str(server.base_url)
        return self.profile.url

    @property
    def delay(self) -> float:
        """Return the seconds between two requests: the site's own wish counts above a smaller one."""
        wished = self.options.delay
        if wished is None:
            wished = 0.0 if is_loopback(self.base_url) else self.profile.delay
        return max(wished, self.robots.delay if self.robots else 0.0)

    def _open_ledger(self) -> None:
        """Read what is known; a dry run opens the archive for reading only."""
        db = open_database(self.options.root, write=not self.options.dry_run)
        self._held.callback(db.close)
        if self.options.dry_run:
            self._known = Ledger(db.conn, self.addresses.own_hosts).entries()
            return
        self._store = Store(db, self.addresses.own_hosts)
        self._known = self._store.ledger.entries()

    def _open(self) -> Store:
        if self._store is None:
            self._open_ledger()
            assert self._store
        if self._warc is None:
            repair_open_files(self.options.root)
            about = {
                "software": f"{AGENT}/{VERSION}",
                "http-header-user-agent": self.user_agent,
                "robots": "obey",
                "isPartOf": self.profile.name,
                "base-url": self.base_url,
            }
            self._warc = WarcWriter(self.options.root, self.profile.name, about)
        if self._crawl_id is None:
            profile = self.profile
            self._store.name_publication(
                {"name": profile.name, "title": profile.title, "url": profile.url, "language": profile.language}
            )
            row = {"mode": "nightly", "started_at": self.started_at, "program": f"{AGENT}/{VERSION}"}
            self._crawl_id = self._store.begin_crawl(row)
        return self._store

    def record(self, exchange: Exchange) -> Snapshot | None:
        """Keep an answer's bytes in the WARC; return the snapshot, None in a dry run."""
        self.counts.fetched += 1
        if self.options.dry_run:
            return None
        self._open()
        assert self._warc
        earlier = self._earlier(exchange)
        place = self._warc.write(exchange, earlier)
        headers = {name.lower(): value for name, value in exchange.headers}
        snapshot = Snapshot(
            url=exchange.url,
            fetched_at=clock.stamp(exchange.at),
            status=exchange.status,
            digest=place.digest,
            warc_file=place.file,
            warc_offset=place.offset,
            warc_length=place.length,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
        )
        self._batch.snapshots.append(snapshot)
        self._batch.fetches.append(
            Fetch(exchange.url, snapshot.fetched_at, exchange.status, None, len(exchange.body), snapshot)
        )
        return snapshot

    def _earlier(self, exchange: Exchange) -> Earlier | None:
        """Find the response that a 304 stands for."""
        address = exchange.known.get("address")
        if exchange.status != HTTPStatus.NOT_MODIFIED or self._store is None or address is None:
            return None
        last = self._store.ledger.last_snapshot(address)
        return Earlier(last.url, last.fetched_at, last.digest) if last else None

    def note_error(self, url: str, error: str) -> None:
        """Log an attempt that brought no answer."""
        if self._store is not None and not self.options.dry_run:
            self._open()
            self._batch.fetches.append(Fetch(url, clock.stamp(), error=error))

    def announce(self, announcements: Iterable[Announcement]) -> list[str]:
        """Write down what a source names; return the addresses that should be fetched now."""
        wanted = []
        for said in announcements:
            self.counts.by_source[said.source] += 1
            self.counts.by_kind[said.kind] += 1
            key = self.addresses.key(said.url)
            self._batch.announcements.append(said)
            if key in self._waiting:
                continue
            self._waiting.add(key)
            self.counts.announced += 1
            if self._is_wanted(said, key):
                wanted.append(self._known[key].url if key in self._known else said.url)
        self._flush_when_due()
        return wanted

    def _is_wanted(self, said: Announcement, key: str) -> bool:
        reason = self.addresses.exclusion(said.url)
        if reason is None and self.robots and not self.robots.allows(self.addresses.fetchable(said.url)):
            reason = "robots.txt forbids it"
        if reason:
            self.settle(Outcome(said.url, "excluded", clock.stamp(), reason))
            return False
        entry = self._known.get(key)
        if entry and not entry.is_due(clock.stamp()):
            self.counts.unchanged += entry.state == "stored"
            return False
        return True

    def validators(self, url: str) -> dict[str, str]:
        """Return the headers that ask for a stored page only if it changed (RFC 9110, section 13)."""
        entry = self._known.get(self.addresses.key(url))
        if entry is None or entry.state != "stored" or self._store is None:
            return {}
        last = self._store.ledger.last_snapshot(url)
        pairs = {"If-None-Match": last.etag, "If-Modified-Since": last.last_modified} if last else {}
        return {name: value for name, value in pairs.items() if value}

    def settle(self, outcome: Outcome) -> None:
        """Take what became of an address; it is filed with the next batch."""
        self._batch.outcomes.append(outcome)
        self.counts.excluded += outcome.state == "excluded"
        self.counts.failed += outcome.state in ("failed", "gone")
        self.counts.unchanged += outcome.state == "stored" and outcome.article is None
        if outcome.article:
            self.counts.add_article(outcome.article)
        self._flush_when_due()

    def _flush_when_due(self) -> None:
        full = sum(outcome.article is not None for outcome in self._batch.outcomes) >= self.profile.concurrency
        if full or time.monotonic() - self._flushed_at > _FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Sync the WARC, then commit what points to it."""
        self._flushed_at = time.monotonic()
        if self._store and self._warc and self._batch and not self.options.dry_run:
            self._warc.sync()
            self._batch.at = clock.stamp()
            filings = Counter(self._store.commit(self._batch, self._crawl_id).values())
            self.counts.new += filings["new"]
            self.counts.changed += filings["changed"]
            self.counts.unchanged += filings["unchanged"]
            self._batch = Batch()
        if self.watch:
            self.watch(self.counts)

    def remark(self, sentence: str) -> None:
        """Note something that a person should look at."""
        if sentence not in self.remarks:
            self.remarks.append(sentence)

    def fail_unreachable(self, why: str) -> None:
        """End the run because the site did not answer."""
        host = urlsplit(self.base_url).netloc
        self.failure = Unreachable(f"{host} cannot be crawled now ({why}): check the address, or try again later")

    def _look_back(self) -> None:
        """Remark on what a person should look at, once a run has come to its end."""
        if self.counts.failed:
            self.remark(f"{self.counts.failed} pages could not be read: see the ledger for the reasons")
        for kind in sorted({KINDS[type(source)] for source in self.profile.sources}):
            if not self.counts.by_kind[kind]:
                self.remark(f"no {kind} announced any address: see whether the profile's {kind}s still stand")

    def _end(self) -> None:
        if self.robots is None and self.interrupted_by is None:
            self.fail_unreachable("robots.txt was not read")
        if not self.failure and self.interrupted_by is None:
            self._look_back()
        self.exit_status = self._status()
        if self.options.dry_run or self._store is None:
            return
        store = self._open()
        self.flush()
        store.resolve_references()
        store.assign_series(self.decisions)
        assert self._warc
        self._warc.finish()
        assert self._crawl_id is not None
        ending = {
            **self.counts.as_dict(),
            "ended_at": clock.stamp(),
            "ended_why": self._why(),
            "exit_status": self.exit_status,
            "seconds": round(self.seconds, 2),
            "fill_rates": json.dumps(self.counts.fill_rates()),
            "remarks": json.dumps(self.remarks, ensure_ascii=False),
        }
        store.end_crawl(self._crawl_id, ending)

    def _status(self) -> int:
        if self.failure:
            return self.failure.exit_status
        if self.interrupted_by is not None:
            return 128 + self.interrupted_by
        return LOOK if self.remarks else DONE

    def _why(self) -> str:
        if self.failure:
            return str(self.failure)
        return "interrupted" if self.interrupted_by is not None else "finished"

    def _close(self) -> None:
        if self._warc:
            self._warc.finish()
        self._held.close()
