"""One crawl of one publication: its options, the open archive, what is asked for, and how it ended. Must not fetch.

The archive is opened with the first answer, so that a site that does not answer leaves nothing behind.
"""

from __future__ import annotations

import json
import pkgutil
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict, replace
from datetime import timedelta
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from archive import clock
from archive.decisions import read_decisions
from archive.drift import Alarm
from archive.errors import Unreachable
from archive.facts import RunFacts
from archive.faults import reach
from archive.history import NOT_BEFORE
from archive.ledger import LEADS, Ledger
from archive.models import Announcement, Article, Fetch, Outcome, RunEnd, SourceKind
from archive.reports.report import Told
from archive.root import DATABASE, check_new_root, locked, open_database
from archive.store import Store
from archive.sweeps import last_sweep
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
from scraper.options import Options
from scraper.profile import Feed, Section, Sitemap
from scraper.rebuild import remake
from scraper.recovery import catch_up, is_out_of_order
from scraper.robots import AGENT
from scraper.sequence import Sequence, Slot
from scraper.settings import VERSION
from scraper.storing import REFUSALS, Storing, nothing, storing
from scraper.watch import Watch, Wish
from scraper.wishes import Wishes
from scraper.workers import Workers

DONE, LOOK = 0, 3
_FLUSH_SECONDS = 1.0
_NEXT = timedelta(seconds=1)
KINDS: dict[type, SourceKind] = {Section: "section", Sitemap: "sitemap", Feed: "feed"}


class Run(Storing):
    """A crawl in progress. Enter it before the first request and leave it after the last answer."""

    def __init__(self, options: Options) -> None:
        check_new_root(options.root)
        self.options = options
        self.root = options.root
        self.profile = options.profile
        self.counts = Counts()
        self.remarks: list[str] = []
        self.alarms: list[Alarm] | None = None
        """What this run saw otherwise than earlier ones did; None when it was not compared with them."""
        self.ended_early: str | None = None
        """Why this run ends before all is asked for, other than by a signal or a failure."""
        self.watch: Callable[[Counts], None] | None = None
        self.stop: Callable[[], None] = lambda: None
        """Ends the crawl early; there is nothing to end before it has begun."""
        self.exit_status = DONE
        self.seconds = 0.0
        self._held = ExitStack()
        self._filer: Filer | None = None
        self._ended: dict[str, object] = {}
        self._watch: Watch | None = None
        self._keeper: Keeper | None = None
        self._crawl_id: int | None = None
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
        self.wishes = Wishes(self.options, self.addresses, self.guest, self.counts, self.started_at)
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
            max_requests=options.max_requests,
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
            self._know(Ledger(db.conn, self.addresses.own_hosts), None, last_sweep(db.conn))
            return
        store = Store(db, self.addresses.own_hosts, rhythm_of(self.profile), self.decisions)
        store.is_hurried = lambda: self.interrupted_by is not None or self.refused is not None
        self._filer = Filer(store, self.profile, self.addresses, self.counts)
        self._filer.begin(self.addresses, self.started_at)
        facts = RunFacts(self.options.mode, self.started_at, bool(self.profile.layouts))
        self._filer.watch = self._watch = Watch(store, self.profile, facts, self.wishes.is_new)
        self._know(store.ledger, store, last_sweep(db.conn))

    def _know(self, ledger: Ledger, store: Store | None, swept_at: str | None) -> None:
        self.wishes.known, self.wishes.store, self.wishes.extent.last_sweep = ledger.entries(), store, swept_at

    async def recover(self, workers: Workers) -> None:
        """File what an earlier run kept and could not file any more, and set files right that it left unfinished."""
        if self._filer is not None:
            filer = Filer(self._filer.store, self.profile, Addresses(self.profile, self.base_url))
            with self.keeping():
                await catch_up(self.options.root, filer, self.profile, workers)
                self.wishes.known = filer.store.ledger.entries()

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
            if self._watch:
                self._watch.begin(self._crawl_id, self.decisions)
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
        with self.guest.times.store:
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

    def announce(self, slot: Slot | None, said: tuple[Announcement, ...], page_url: str) -> tuple[list[str], bool]:
        """Take what a page of a source names; return what to fetch now, and whether to read what follows the page."""
        wanted, goes_on = self.wishes.take(said, page_url)
        self.fill(slot, Finding(said=said))
        return wanted, goes_on

    def follow(self, address: str, target: str) -> bool:
        """Say whether to ask for where an address redirects to; where not, that is written down."""
        follows = self.wishes.follow(address, target)
        if not follows:
            self.note(Outcome(address, "stored", clock.stamp(), LEADS))
        return follows

    @storing(nothing)
    def second_look(self) -> Wish | None:
        """Return held articles to ask for once more before the run is judged."""
        if self._watch is None or self._crawl_id is None or self.options.is_partial or self.ended_early:
            return None
        self.flush()
        while wish := self._watch.wish():
            if urls := self.wishes.again(wish.urls):
                return replace(wish, urls=urls)
        return None

    @storing(list)
    def twins(self, address: str, article: Article) -> list[str]:
        """Return known addresses to ask for now, since an article that is new here may have moved from one of them."""
        return self.wishes.twins(address, article)

    @storing(list)
    def images(self, article: Article) -> list[tuple[str, str]]:
        """Return the identities and addresses of an article's images whose files are wanted and not kept yet."""
        return self.wishes.images(article)

    @storing(dict)
    def validators(self, url: str) -> dict[str, str]:
        """Return the headers that ask for a stored page only if it changed."""
        return self.wishes.validators(url)

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
            with self.guest.times.store:
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

    def miss_source(self, name: str, problem: str, passing: bool) -> None:
        """Note that a source gave nothing to read; of what passes a person hears when it lasts."""
        if self._watch:
            self._watch.facts.unanswered[name] = problem
        if not (passing and self._watch and self._watch.may_miss(name)):
            self.remark(f"source {name} {problem}")

    def fail_unreachable(self, why: str) -> None:
        """End the run because the site did not answer."""
        if self.failure is not None:
            return
        host = urlsplit(self.base_url).netloc
        self.failure = Unreachable(f"{host} cannot be crawled now ({why}): check the address, or try again later")

    def _look_back(self) -> None:
        """Remark on what a person should look at, once a run has come to its end."""
        if self.counts.unreadable and not (self._watch and self._watch.is_passing(self.counts.last.values())):
            self.remark(f"{self.counts.unreadable} pages could not be read: see the ledger for the reasons")
        if not self.ended_early and not is_healthy(self.counts):
            asked = f"{self.counts.missing} of {self.counts.answered} pages"
            self.remark(f"{asked} answered 404 or 410, or no source named any: nothing was counted as gone")
        if self.guest.spent and not self.options.max_requests:
            self.remark(f"the run's {self.guest.max_requests} requests are spent: the next run goes on")
        if self.ended_early:
            return
        missed = self._watch.facts.unanswered if self._watch else {}
        heard = [source for source in self.wishes.extent.sources() if source.path not in missed]
        for kind in sorted({KINDS[type(source)] for source in heard}):
            if not self.counts.by_kind[kind]:
                self.remark(f"no {kind} announced any address: see whether the profile's {kind}s still stand")

    @storing(nothing)
    def _judge(self) -> None:
        """Compare what the run saw with what earlier ones saw."""
        if self._watch is None:
            return
        self._open()
        self.flush()
        self._watch.close(requests=self.guest.requests)
        self.alarms = self._watch.judge(self.options.is_partial or self.ended_early is not None)

    def _end(self) -> None:
        if self.wishes.robots is None and self.interrupted_by is None and not self.ended_early:
            self.fail_unreachable("robots.txt was not read")
        self.counts.resting = sum(1 for _ in self.wishes.resting())
        if self.guest.spent and self.options.max_requests:
            self.ended_early = f"its {self.options.max_requests} requests are spent"
        if not self.failure and self.interrupted_by is None:
            self._look_back()
            self._judge()
        elif self._watch:
            self._watch.close(requests=self.guest.requests)
        self.exit_status = self._status()
        self._ended = self._ending()
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
        if self._watch:
            self._watch.facts.settle(self.counts.last.values())
        self._ended = self._ending()
        if self._crawl_id is not None:
            filer.store.end_crawl(self._crawl_id, self._ended)

    def told(self) -> Told:
        """Return what a report is made of, once the run has ended."""
        row = {"mode": self.options.mode, "started_at": self.started_at, **self._ended}
        if self._watch:
            return Told(self.profile.title, row, self._watch.facts, self._watch.earlier)
        facts = RunFacts(self.options.mode, self.started_at)
        facts.end(requests=self.guest.requests)
        facts.settle(self.counts.last.values())
        return Told(self.profile.title, row, facts, ())

    def _note_end(self, filer: Filer) -> None:
        """Write down that the run came to its end, and whether what it did not find may count as missing."""
        assert self._keeper
        healthy = is_healthy(self.counts)
        doubtful = self._watch is not None and self._watch.doubtful
        fields = {
            "run": "crawl",
            "mode": self.options.mode,
            "started": self.started_at,
            "healthy": "yes" if healthy else "no",
            "doubtful": "yes" if doubtful else "no",
        }
        place = self._keeper.note(RUN_ENDED, fields)
        end = RunEnd(clock.stamp(), self.started_at, healthy, doubtful=doubtful)
        self._sequence.add(Slot(place, finding=NOTHING, file=lambda: filer.end_run(end)))
        reach("noted-end")
        self._file_ready()

    def _ending(self) -> dict[str, object]:
        return {
            **self.counts.as_dict(),
            "ended_at": clock.stamp(),
            "ended_why": self.why,
            "exit_status": self.exit_status,
            "seconds": round(self.seconds, 2),
            "fill_rates": json.dumps(self.counts.fill_rates()),
            "remarks": json.dumps(self.remarks, ensure_ascii=False),
            "facts": self._watch.facts.as_json() if self._watch else None,
            "alarms": None if self.alarms is None else json.dumps(list(map(asdict, self.alarms)), ensure_ascii=False),
            "swept": int(self.wishes.extent.sweeps and self.wishes.extent.is_whole),
        }

    def _status(self) -> int:
        if self.failure:
            return self.failure.exit_status
        if self.interrupted_by is not None:
            return 128 + self.interrupted_by
        return LOOK if self.remarks or self.alarms else DONE

    @property
    def why(self) -> str:
        """Return why the run ended."""
        if self.failure:
            return str(self.failure)
        if self.interrupted_by is not None:
            return "interrupted"
        return self.ended_early or "finished"

    def _close(self) -> None:
        if self._keeper and self.refused:
            self._keeper.abandon()
        elif self._keeper:
            self._keeper.finish()
        self._held.close()
