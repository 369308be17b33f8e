"""One crawl of one publication: its options, the open archive, what is asked for, and how it ended. Must not fetch.

The archive is opened with the first answer, so that a site that does not answer leaves nothing behind.
"""

from __future__ import annotations

import json
import pkgutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from urllib.parse import urlsplit

from archive import clock
from archive.decisions import read_decisions
from archive.errors import Unreachable
from archive.faults import reach
from archive.history import NOT_BEFORE
from archive.ledger import LEADS, Entry, Ledger, Mode
from archive.models import Announcement, Article, Fetch, Outcome, RunEnd, SourceKind
from archive.root import DATABASE, check_new_root, locked, open_database
from archive.store import Store
from archive.warc import RUN_ENDED, Exchange
from scraper.addresses import Addresses
from scraper.answers import NOTHING, Answer, Finding, note_of
from scraper.counts import Counts
from scraper.earlier import Rereader
from scraper.extraction.version import reader_of
from scraper.filer import Filer, is_healthy, rhythm_of
from scraper.guest import Guest
from scraper.identity import user_agent
from scraper.keeping import Keeper
from scraper.profile import Feed, Profile, Section, Sitemap
from scraper.rebuild import remake
from scraper.recovery import catch_up, is_out_of_order
from scraper.robots import AGENT, Robots
from scraper.sequence import Sequence, Slot
from scraper.settings import VERSION
from scraper.storing import REFUSALS, Storing, nothing, storing
from scraper.workers import Workers

ImageChoice = Literal["none", "lead", "all"]
DONE, LOOK = 0, 3
_FLUSH_SECONDS = 1.0
_NEXT = timedelta(seconds=1)
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
    mode: Mode = "nightly"
    images: ImageChoice = "none"


class Run(Storing):
    """A crawl in progress. Enter it before the first request and leave it after the last answer."""

    def __init__(self, options: Options) -> None:
        check_new_root(options.root)
        self.options = options
        self.root = options.root
        self.profile = options.profile
        self.counts = Counts()
        self.remarks: list[str] = []
        self.robots: Robots | None = None
        self.watch: Callable[[Counts], None] | None = None
        self.stop: Callable[[], None] = lambda: None
        """Ends the crawl early; there is nothing to end before it has begun."""
        self.exit_status = DONE
        self.seconds = 0.0
        self._held = ExitStack()
        self._filer: Filer | None = None
        self._keeper: Keeper | None = None
        self._crawl_id: int | None = None
        self._known: dict[str, Entry] = {}
        self._met: set[str] = set()
        self._asked: set[str] = set()
        self._images: set[str] = set()
        self._sequence = Sequence()
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
        self.guest = self._guest()
        self.user_agent = user_agent(self.base_url, self.options.contact)
        self.started_at = clock.stamp()
        self.decisions = read_decisions(self.options.root)
        if not self.options.dry_run:
            self._held.enter_context(locked(self.options.root))
            if is_out_of_order(self.options.root):
                # An import was killed before its captures were filed among those that came after them.
                remake(self.options.root, self.profile)
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

    def _guest(self) -> Guest:
        options = self.options
        return Guest(
            self.profile,
            self.base_url,
            named=bool(options.base_url or self.profile.server),
            delay=options.delay,
            verified=not options.dry_run and options.limit is None,
        )

    @property
    def delay(self) -> float:
        """Return the seconds between two requests: the site's own wish counts above a smaller one."""
        return self.guest.delay()

    def _open_ledger(self) -> None:
        """Read what is known; a dry run opens the archive for reading only."""
        db = open_database(self.options.root, write=not self.options.dry_run)
        self._held.callback(db.close)
        if self.options.dry_run:
            self._known = Ledger(db.conn, self.addresses.own_hosts).entries()
            return
        store = Store(db, self.addresses.own_hosts, rhythm_of(self.profile), self.decisions)
        store.is_hurried = lambda: self.interrupted_by is not None or self.refused is not None
        self._filer = Filer(store, self.profile, self.addresses, self.counts)
        self._known = store.ledger.entries()

    async def recover(self, workers: Workers) -> None:
        """File what an earlier run kept and could not file any more, and set files right that it left unfinished."""
        if self._filer is not None:
            filer = Filer(self._filer.store, self.profile, Addresses(self.profile, self.base_url))
            with self.keeping():
                await catch_up(self.options.root, filer, self.profile, workers)
                self._known = filer.store.ledger.entries()

    def _open(self) -> Filer:
        if self._filer is None:
            self._open_ledger()
            assert self._filer
        if self._keeper is None:
            about = {
                "software": f"{AGENT}/{VERSION}",
                "http-header-user-agent": self.user_agent,
                "robots": "obey",
                "isPartOf": self.profile.name,
                "base-url": self.base_url,
                "run": self.started_at,
            } | self._order()
            self._keeper = Keeper(self.options.root, self.profile.name, about, self._filer)
        if self._crawl_id is None:
            self._filer.name_publication()
            row = {"mode": self.options.mode, "started_at": self.started_at, "program": f"{AGENT}/{VERSION}"}
            self._crawl_id = self._filer.store.begin_crawl(row)
        return self._filer

    def _order(self) -> dict[str, str]:
        """Say what comes before this run, where the clock does not say it: it was set back, or had been ahead."""
        assert self._filer
        store, latest = self._filer.store, self._filer.store.latest()
        if (last := store.last_start()) > self.started_at:
            now = self.started_at
            self.remark(f"the clock says {now}, but the last run began at {last}: see that the clock is right")
        return {NOT_BEFORE: clock.stamp(clock.parse(latest) + _NEXT)} if latest > self.started_at else {}

    def record(self, exchange: Exchange) -> Slot | None:
        """Keep an answer's bytes in the WARC; return its place in the order, None in a dry run.

        Raises ArchiveError when it cannot be kept.
        """
        self.counts.fetched += 1
        slot = None if self.options.dry_run else self._keep(exchange)
        if self.refused:
            raise self.refused
        return slot

    @storing(nothing)
    def _keep(self, exchange: Exchange) -> Slot | None:
        self._open()
        assert self._keeper
        slot = self._sequence.add(self._keeper.keep(exchange))
        self._flush_when_due()
        return slot

    @storing(nothing)
    def log_error(self, url: str, error: str) -> None:
        """Log an attempt that brought no answer."""
        if self._filer is not None and not self.options.dry_run:
            self._open().log(Fetch(url, clock.stamp(), error=error))

    @storing(nothing)
    def note(self, outcome: Outcome, **known: str) -> None:
        """Write down what became of an address, or of a further part of an article, that gave no answer."""
        if self.options.dry_run:
            return
        filer = self._open()
        assert self._keeper
        place = self._keeper.note(outcome.url, {**note_of(outcome), **known})
        slot = Slot(place, finding=NOTHING, file=None if "part-of" in known else lambda: filer.note(outcome))
        self._sequence.add(slot)
        self._flush_when_due()

    def announce(self, slot: Slot | None, said: tuple[Announcement, ...], page_url: str) -> list[str]:
        """Take what a page of a source names; return the addresses that should be fetched now."""
        wanted = []
        held = {self.addresses.key(each.url): each.url for each in said}
        stored = [url for key, url in held.items() if key in self._known and self._known[key].state == "stored"]
        for each in said:
            self.counts.by_source[each.source] += 1
            self.counts.by_kind[each.kind] += 1
            key = self.addresses.key(each.url)
            if key not in self._met:
                self._met.add(key)
                self.counts.announced += 1
            if key not in self._asked and self._is_wanted(each.url, key, each.lastmod):
                self._asked.add(key)
                wanted.append(self._known[key].url if key in self._known else each.url)
        self.guest.traps.read_page(page_url, held.values(), stored, wanted)
        self.fill(slot, Finding(said=said))
        return wanted

    def due(self) -> Iterator[str]:
        """Yield the known addresses that it is time to ask for again, whether a source still names them or not."""
        for key, entry in self._known.items():
            if key not in self._asked and entry.state != "excluded" and self._is_wanted(entry.url, key):
                self._asked.add(key)
                yield entry.url

    def _is_wanted(self, url: str, key: str, lastmod: str | None = None) -> bool:
        if self.why_excluded(url):
            return False
        if self._filer is not None and self._filer.store.withdrawals.at(url):
            return False
        entry = self._known.get(key)
        return entry is None or entry.is_due(self.started_at, self.options.mode, lastmod)

    def follow(self, address: str, target: str) -> bool:
        """Say whether to ask for where an address redirects to.

        An alias whose article is asked for in this run at its own address need not be followed.
        """
        key, there = self.addresses.key(address), self.addresses.key(target)
        known, leads = self._known.get(key), self._known.get(there)
        if there in self._asked and known and leads and known.article_id and known.article_id == leads.article_id:
            self.note(Outcome(address, "stored", clock.stamp(), LEADS))
            return False
        self._asked.add(there)
        return True

    @storing(list)
    def twins(self, address: str, article: Article) -> list[str]:
        """Return known addresses to ask for now, since an article that is new here may have moved from one of them."""
        entry = self._known.get(self.addresses.key(address))
        if self._filer is None or (entry is not None and entry.article_id is not None):
            return []
        found = [url for url in self._filer.store.twins(article) if self.addresses.key(url) not in self._asked]
        self._asked |= {self.addresses.key(url) for url in found}
        return [url for url in found if not self.why_excluded(url)]

    @storing(list)
    def images(self, article: Article) -> list[tuple[str, str]]:
        """Return the identities and addresses of an article's images whose files are wanted and not kept yet."""
        wanted = []
        for image in article.images:
            chosen = self.options.images == "all" or (self.options.images == "lead" and image.role == "lead")
            target = self.addresses.image(image.url) if chosen and image.identity not in self._images else None
            if target and self._filer and not self._filer.store.holds_image(image.identity):
                self._images.add(image.identity)
                wanted.append((image.identity, target))
        return wanted

    def why_excluded(self, url: str) -> str | None:
        """Return why an address is not asked for."""
        reason = self.addresses.exclusion(url)
        if reason is None and self.robots and not self.robots.allows(self.addresses.fetchable(url)):
            return "robots.txt forbids it"
        return reason

    def holds(self, address: str) -> bool:
        """Say whether the archive holds an article of an address."""
        entry = self._known.get(self.addresses.key(address))
        return entry is not None and entry.article_id is not None

    @storing(dict)
    def validators(self, url: str) -> dict[str, str]:
        """Return the headers that ask for a stored page only if it changed (RFC 9110, section 13)."""
        entry = self._known.get(self.addresses.key(url))
        if entry is None or entry.state not in ("stored", "gone") or self._filer is None:
            return {}
        newest = self._filer.store.ledger.last_snapshot(url)
        etag, modified = (newest.etag, newest.last_modified) if newest else (None, None)
        pairs = {"If-None-Match": etag, "If-Modified-Since": modified}
        return {name: value for name, value in pairs.items() if value}

    @storing(bool)
    def is_same(self, answer: Answer) -> bool:
        """Say whether an answer's bytes are those that its article was last read from, by this reader."""
        return self._filer is not None and self._filer.same_as_read(answer, reader_of(self.profile))

    async def before(self, address: str, article: Article, workers: Workers) -> Article | None:
        """Return what this reader makes of the page that an article was last read from by another one."""
        if self._filer is None:
            return None
        rereader = Rereader(self.options.root, self._filer.store, self.profile, workers)
        with self.keeping():
            return await rereader.before(address, article, self.addresses)
        return None

    @storing(nothing)
    def fill(self, slot: Slot | None, finding: Finding) -> None:
        """Say what was found in an answer; it is filed when its turn has come."""
        if slot is not None:
            slot.fill(finding)
            self._flush_when_due()

    def _file_ready(self) -> None:
        assert self._filer
        for slot in self._sequence.ready():
            if slot.file:
                slot.file()
            elif slot.answer:
                self._filer.take(slot.answer, slot.finding or NOTHING)
            if slot.fetch:
                self._filer.log(slot.fetch)
            self._filer.filed(slot.place)

    def _flush_when_due(self) -> None:
        if self._filer is None:
            return
        self._file_ready()
        full = self._filer.waiting >= self.profile.concurrency
        if full or time.monotonic() - self._flushed_at > _FLUSH_SECONDS:
            self.flush()

    @storing(nothing)
    def flush(self) -> None:
        """Sync the WARC, then commit what points to it."""
        self._flushed_at = time.monotonic()
        if self._filer and self._keeper and not self.options.dry_run:
            self._keeper.sync()
            if not self._filer.is_empty:
                self._filer.commit(self._crawl_id)
        if self.watch:
            self.watch(self.counts)

    def interrupt(self, number: int) -> None:
        """End the run for a signal, from its first moment: what is on its way is not waited for."""
        self.interrupted_by = number
        self.stop()

    def remark(self, sentence: str) -> None:
        """Note something that a person should look at."""
        if sentence not in self.remarks:
            self.remarks.append(sentence)

    def fail_unreachable(self, why: str) -> None:
        """End the run because the site did not answer."""
        if self.failure is not None:
            return
        host = urlsplit(self.base_url).netloc
        self.failure = Unreachable(f"{host} cannot be crawled now ({why}): check the address, or try again later")

    def _look_back(self) -> None:
        """Remark on what a person should look at, once a run has come to its end."""
        if self.counts.unreadable:
            self.remark(f"{self.counts.unreadable} pages could not be read: see the ledger for the reasons")
        if not is_healthy(self.counts):
            asked = f"{self.counts.missing} of {self.counts.answered} pages"
            self.remark(f"{asked} answered 404 or 410, or no source named any: nothing was counted as gone")
        for kind in sorted({KINDS[type(source)] for source in self.profile.sources}):
            if not self.counts.by_kind[kind]:
                self.remark(f"no {kind} announced any address: see whether the profile's {kind}s still stand")

    def _end(self) -> None:
        if self.robots is None and self.interrupted_by is None:
            self.fail_unreachable("robots.txt was not read")
        resting = (self._known.get(key) for key in self._met - self._asked)
        self.counts.resting = sum(entry is not None and entry.state == "stored" for entry in resting)
        if not self.failure and self.interrupted_by is None:
            self._look_back()
        self.exit_status = self._status()
        if self.options.dry_run or self._filer is None:
            return
        self._complete()
        if self.refused:
            self.exit_status = self._status()
            with suppress(*REFUSALS):
                self._log_end(self._filer)

    @storing(nothing)
    def _complete(self) -> None:
        filer = self._open()
        if self._keeper and not self.failure and self.interrupted_by is None:
            self._note_end(filer)
        if self._keeper:
            self._keeper.finish()
        self.flush()
        filer.store.finish()
        self._log_end(filer)

    def _log_end(self, filer: Filer) -> None:
        if self._crawl_id is not None:
            filer.store.end_crawl(self._crawl_id, self._ending())

    def _note_end(self, filer: Filer) -> None:
        """Write down that the run came to its end, and whether what it did not find may count as missing."""
        assert self._keeper
        healthy = is_healthy(self.counts)
        fields = {
            "run": "crawl",
            "mode": self.options.mode,
            "started": self.started_at,
            "healthy": "yes" if healthy else "no",
        }
        place = self._keeper.note(RUN_ENDED, fields)
        end = RunEnd(clock.stamp(), self.started_at, healthy)
        self._sequence.add(Slot(place, finding=NOTHING, file=lambda: filer.end_run(end)))
        reach("noted-end")
        self._file_ready()

    def _ending(self) -> dict[str, object]:
        return {
            **self.counts.as_dict(),
            "ended_at": clock.stamp(),
            "ended_why": self._why(),
            "exit_status": self.exit_status,
            "seconds": round(self.seconds, 2),
            "fill_rates": json.dumps(self.counts.fill_rates()),
            "remarks": json.dumps(self.remarks, ensure_ascii=False),
        }

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
        if self._keeper and self.refused:
            self._keeper.abandon()
        elif self._keeper:
            self._keeper.finish()
        self._held.close()
