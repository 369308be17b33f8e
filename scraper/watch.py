"""Watches one crawl: gathers what it sees, and compares it with earlier runs. Must not file or fetch.

Where a run so far gives reason to, it names articles that the archive holds to be looked at once more: whether they
still are as they were tells a redesign from a night of odd articles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from archive import clock
from archive.decisions import Decision
from archive.drift import HEALTHY_RUNS, Alarm, Suspect, find_alarms, find_suspects
from archive.facts import RunFacts
from archive.ledger import is_missing
from archive.models import Announcement, Fetch, Filing, Outcome
from archive.normal import normal_of
from archive.portraits import Portrait, held_portrait, held_with, portrait_of
from archive.runs import PastRun, healthy_runs
from archive.store import Store
from scraper.answers import Answer
from scraper.failures import is_fault
from scraper.profile import Profile
from scraper.whereabouts import Whereabouts

PARTIAL = "partial"
_FEW_FAULTS, _FAULTS = 3, 0.1
_SENTINELS = 3
"""So many held articles, of those with the most fields, every night asks for: to know that the site is as it was."""
_MANY, _EACH = 16, 8
_ROUNDS = 4
_LATELY = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Wish:
    """Held articles to look at again; `afresh` whole, even where the site thinks that they have not changed."""

    urls: list[str]
    afresh: bool


class Watch:
    """Sees everything that a run files. `is_new` says whether an address may be an article that nobody named before."""

    def __init__(self, store: Store, profile: Profile, facts: RunFacts, is_new: Callable[[str], bool]) -> None:
        self.facts = facts
        self.alarms: list[Alarm] = []
        self._store = store
        self._where = Whereabouts(profile)
        self._is_new = is_new
        self._is_closed = False
        self.earlier: list[PastRun] = []
        """The last healthy runs, newest first."""
        self._rounds = 0
        self._since = ""
        self._incomparable: set[str] = set()

    def begin(self, crawl_id: int, decisions: tuple[Decision, ...]) -> None:
        """Take the healthy runs before this one as the measure."""
        normal = normal_of(decisions)
        self._since = normal.since
        self.earlier = healthy_runs(self._store.connection, crawl_id, HEALTHY_RUNS, normal)

    @property
    def _nights(self) -> list[RunFacts]:
        return [run.facts for run in self.earlier]

    def wish(self) -> Wish | None:
        """Say which held articles should be looked at again now, so that the run can be judged; None when none need."""
        if self._rounds == 0 and self.facts.mode == "nightly":
            self._rounds += 1
            return Wish(self._held([Suspect("article", "")], _SENTINELS), afresh=False)
        self._rounds = max(self._rounds, 1)
        suspects = self._suspects() if self._rounds < _ROUNDS else []
        if not suspects:
            return None
        self._rounds += 1
        return Wish(self._held(suspects, _MANY), afresh=True)

    def _suspects(self) -> list[Suspect]:
        again = self._rounds > 1
        if again and any(alarm.kind != "source" for alarm in find_alarms(self.facts, self._nights)):
            return []
        return find_suspects(self.facts, self._nights, again)

    def _held(self, suspects: Sequence[Suspect], limit: int) -> list[str]:
        """List held articles that have what is suspected to be lost, a few for each suspect."""
        before = clock.stamp(clock.parse(self.facts.started_at) - _LATELY)
        found: dict[str, None] = {}
        for suspect in suspects:
            urls = held_with(self._store.connection, suspect.name, suspect.layout, before, limit)
            missing = _EACH - sum(url in found for url in urls)
            fresh = [url for url in urls if url not in found]
            found.update(dict.fromkeys(fresh[: max(0, missing)]))
        return list(found)[:limit]

    def add_outcome(self, outcome: Outcome, withheld: bool = False) -> None:
        """Count what became of a page, before it is filed; one that is `withheld` is not filed yet."""
        self.facts.add_outcome(outcome, self._before(outcome))
        if withheld:
            self.add_filings({outcome.url: "changed"})

    def _before(self, outcome: Outcome) -> Portrait | None:
        """Portray the article as the archive has it, read by the same reader."""
        if outcome.before is not None:
            return portrait_of(outcome.before)
        came = outcome.snapshot is not None and outcome.snapshot.status == HTTPStatus.OK
        if outcome.article is None and not came:
            return None
        article_id = self._store.ledger.article_at(self._store.ledger.key(outcome.url))
        if article_id is None:
            return None
        held = held_portrait(self._store.connection, article_id, self._since)
        if held is None:
            self._incomparable.add(outcome.url)
        return held

    def add_filings(self, filings: Mapping[str, Filing]) -> None:
        """Count what the articles of a batch turned out to be."""
        if not self._is_closed:
            told = {url: filing for url, filing in filings.items() if url not in self._incomparable}
            self.facts.add_filings(told)

    def add_source(self, answer: Answer, said: Sequence[Announcement]) -> None:
        """Count what a page of a source named."""
        if answer.snapshot.status == HTTPStatus.OK:
            urls = [each.url for each in said]
            name, kind = answer.known["source"], answer.known.get("kind", "source")
            self.facts.add_source(name, kind, urls, filter(self._is_new, urls))

    def may_miss(self, source: str) -> bool:
        """Say whether a source may go without an answer tonight: in the run before it gave one."""
        return bool(self.earlier) and source in self.earlier[0].facts.sources

    def is_passing(self, last: Iterable[Outcome]) -> bool:
        """Say whether what failed is no more than the trouble of any night: few pages, by the server's fault."""
        outcomes = [outcome for outcome in last if outcome.asked]
        failed = [outcome for outcome in outcomes if outcome.state == "failed" and not is_missing(outcome)]
        few = len(failed) <= max(_FEW_FAULTS, _FAULTS * len(outcomes))
        return bool(self.earlier) and few and all(map(is_fault, failed))

    def add_fetch(self, fetch: Fetch) -> None:
        """Count a request and the bytes that came."""
        self.facts.totals["fetches"] += 1
        self.facts.totals["bytes"] += fetch.bytes or 0

    def close(self, **totals: int) -> None:
        """Close the books before the run is judged."""
        self.facts.end(**totals)
        self._is_closed = True

    def judge(self, partial: bool) -> list[Alarm]:
        """Compare the run with the last healthy ones; a `partial` one did not read its sources as others did."""
        if partial:
            self.facts.mode = PARTIAL
        self.alarms = find_alarms(self.facts, self._nights, self._where)
        return self.alarms

    @property
    def doubtful(self) -> bool:
        """Say whether the pages themselves were not as usual, and not only the lists of them."""
        return any(alarm.kind != "source" for alarm in self.alarms)
