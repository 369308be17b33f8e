"""Files answers in the order in which they came: what each means, a batch at a time. Must not fetch or read pages.

A crawl, the recovery after a kill, a rebuild and an import all go through here, so that the same records give the same
database.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

from archive.ledger import Rhythm
from archive.models import Announced, Announcement, Fetch, Filing, ImageKept, Outcome, RunEnd, Snapshot
from archive.rows import snapshot_id
from archive.store import Batch, Store
from archive.warc import Finished, Place
from scraper.addresses import Addresses
from scraper.answers import Answer, Finding, Follow, judge, outcome_of
from scraper.counts import Counts
from scraper.profile import Profile
from scraper.robots import Robots
from scraper.watch import Watch
from scraper.withheld import Withheld

IMPORTED = "imported-from"
_MANY_MISSING = 10


class Filer:
    """Turns answers into the store's events. `counts` may be shared with whoever shows them."""

    def __init__(self, store: Store, profile: Profile, addresses: Addresses, counts: Counts | None = None) -> None:
        self.store = store
        self.counts = counts or Counts()
        self.robots: Robots | None = None
        self.watch: Watch | None = None
        """Sees what is filed, where somebody wants to know how the run goes."""
        self._withheld = Withheld()
        self._profile = profile
        self._batch = Batch()
        self._redirects: dict[str, dict[str, None]] = {}
        self.begin(addresses)

    def begin(self, addresses: Addresses, run: str = "") -> None:
        """Go on with answers that were fetched from another base address, in the run that began at `run`."""
        self._run = run
        self.addresses = addresses
        self.store.ledger.own_hosts |= addresses.own_hosts
        addresses.own_hosts = frozenset(self.store.ledger.own_hosts)

    def name_publication(self) -> None:
        """Write down whose archive this is."""
        profile = self._profile
        self.store.name_publication(
            {"name": profile.name, "title": profile.title, "url": profile.url, "language": profile.language}
        )

    def why_excluded(self, url: str) -> str | None:
        """Return why an announced address is not asked for, by the profile's rules and the site's."""
        return self.addresses.why_not_asked(url, self.robots)

    def take(self, answer: Answer, finding: Finding) -> None:
        """File one answer, with what was found in it."""
        self._batch.snapshots.append(answer.snapshot)
        known = answer.known
        if finding.robots is not None:
            self.robots = finding.robots
        elif "source" in known:
            self._announce(answer.snapshot.fetched_at, finding.said)
            if self.watch:
                self.watch.add_source(answer, finding.said)
        elif "image" in known:
            if is_full(answer.snapshot):
                self._batch.events.append(ImageKept(known["image"], answer.snapshot))
        elif answer.is_article:
            if IMPORTED in known:
                self._announce(answer.snapshot.fetched_at, (Announcement(known["address"], "import", "import"),))
            self._take_article(answer, finding)

    def _announce(self, at: str, said: tuple[Announcement, ...]) -> None:
        if not said:
            return
        self._batch.events.append(Announced(at, said))
        for each in said:
            if reason := self.why_excluded(each.url):
                self._settle(Outcome(each.url, "excluded", at, reason, asked=False))

    def _take_article(self, answer: Answer, finding: Finding) -> None:
        verdict = judge(answer, self.addresses)
        if isinstance(verdict, Outcome):
            self._settle(verdict)
        elif isinstance(verdict, Follow):
            self._take_redirect(answer, verdict)
        elif finding.reading is not None or finding.same:
            self._settle_reading(outcome_of(answer, finding), "" if IMPORTED in answer.known else self._run)
            self._settle_redirects(answer, finding)

    def _settle_reading(self, outcome: Outcome, run: str) -> None:
        held = self.store.held_words(outcome.url) if run and outcome.article else None
        withheld = self._withheld.take(run, outcome, held)
        self._count(outcome, withheld)
        if not withheld:
            self._batch.events.append(outcome)

    def _take_redirect(self, answer: Answer, follow: Follow) -> None:
        """Remember where a redirect that another tool captured leads: the article is not asked for again for it."""
        if IMPORTED in answer.known:
            targets = self._redirects.setdefault(self.addresses.key(follow.target), {})
            targets[answer.known["address"]] = None

    def _settle_redirects(self, answer: Answer, finding: Finding) -> None:
        for address in self._redirects.pop(self.addresses.key(answer.known["address"]), {}):
            self._settle(replace(outcome_of(answer, finding), url=address))

    def note(self, outcome: Outcome) -> None:
        """File what became of an address that gave no answer."""
        self._settle(outcome)

    def end_run(self, end: RunEnd) -> None:
        """File that a run came to its end, and what it kept back until then."""
        for outcome in self._withheld.settle(end):
            self._batch.events.append(outcome)
            if outcome.article is None:
                self.counts.settle(self.addresses.key(outcome.url), outcome)
        self._batch.events.append(end)

    def _settle(self, outcome: Outcome) -> None:
        self._batch.events.append(outcome)
        self._count(outcome)

    def _count(self, outcome: Outcome, withheld: bool = False) -> None:
        if self.watch:
            self.watch.add_outcome(outcome, withheld)
        self.counts.settle(self.addresses.key(outcome.url), outcome)

    def log(self, fetch: Fetch) -> None:
        """Add an attempt to the log."""
        self._batch.fetches.append(fetch)
        if self.watch:
            self.watch.add_fetch(fetch)

    def filed(self, place: Place) -> None:
        """Note that all records up to the end of this one have been taken."""
        self._batch.filed[place.file] = place.offset + place.length

    def finished(self, file: Finished) -> None:
        """Note what a finished WARC file weighs."""
        self._batch.finished[file.file] = (file.bytes, file.sha256)

    @property
    def waiting(self) -> int:
        """Count the articles that wait to be committed."""
        return self._batch.articles

    @property
    def is_empty(self) -> bool:
        """Say whether nothing waits to be committed."""
        return not self._batch

    def commit(self, crawl_id: int | None = None) -> dict[str, Filing]:
        """Commit what was taken. The WARC must be synced before. After an error nothing more may be committed."""
        filings = self.store.commit(self._batch, crawl_id)
        self._batch = Batch()
        self.counts.file(self.store.found.counts)
        if self.watch:
            self.watch.add_filings(filings)
        return filings

    def original(self, url: str, digest: str) -> Snapshot | None:
        """Return the full record that a revisit of `url` stands for."""
        for snapshot in reversed(self._batch.snapshots):
            if (snapshot.url, snapshot.digest) == (url, digest) and is_full(snapshot):
                return snapshot
        return self.store.ledger.full_snapshot(url, digest)

    def snapshot(self, id_: int) -> Snapshot | None:
        """Return a snapshot by its id, committed or not."""
        waiting = (each for each in reversed(self._batch.snapshots) if snapshot_id(each) == id_)
        return next(waiting, None) or self.store.ledger.snapshot(id_)

    def same_as_read(self, answer: Answer, reader: str) -> bool:
        """Say whether an answer's bytes are those that its article was last read from, by the same reader."""
        if answer.snapshot.revisit_of is None:
            return False
        last = self.store.last_reading(answer.known["address"])
        return last is not None and last[0] == reader and snapshot_id(last[2]) == answer.snapshot.revisit_of


def is_full(snapshot: Snapshot) -> bool:
    """Say whether a snapshot's record holds a whole answer, to which a revisit may refer."""
    return snapshot.status == HTTPStatus.OK and snapshot.revisit_of is None


def is_healthy(counts: Counts) -> bool:
    """Say whether what a run did not find may count as missing: its sources answered, and most of its pages."""
    missing = counts.missing
    return counts.announced > 0 and (missing < _MANY_MISSING or missing <= counts.answered / 2)


def rhythm_of(profile: Profile) -> Rhythm:
    """Return when to look again at a publication's pages."""
    return Rhythm(timedelta(hours=profile.first_check_hours), timedelta(days=profile.last_check_days))
