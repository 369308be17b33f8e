"""Where a site never ends: which addresses are asked for, held back or given up, by what others like them held.

Pure: it is told what is about to be asked and what came of it. Must not fetch.

Only pages of sources name further addresses, so only they can go on without end: a calendar's next month, a list's next
page, a path that grows with every page. And only addresses that differ in numbers or tokens can be made without end.
Both are tried a few at a time: where a new article was found it goes on, where none was it is given up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable
from dataclasses import dataclass, field
from enum import Enum

from scraper.shapes import growth, shape_of

_SAME = 2
"""So many times may a query's token change nothing before it counts for nothing."""
_PROVEN = 100
"""So many addresses in a row may hold no article where others like them did."""


class Verdict(Enum):
    """Whether an address may be asked for: now, or when more is known of those like it."""

    GO = "go"
    WAIT = "wait"


@dataclass(slots=True)
class _Pattern:
    """What is known of the addresses of one pattern, counted in the order in which they were asked for.

    `last` is the allowance once the run has spent what it may on fruitless ones; `named` is what its pages have named.
    """

    allowance: int
    last: int
    of_pages: bool
    asked: int = 0
    best: int = 0
    open: dict[str, int] = field(default_factory=dict)
    barren: list[int] = field(default_factory=list)
    named: set[str] = field(default_factory=set)

    @property
    def proven(self) -> bool:
        """Say whether any of them held an article."""
        return self.best > 0

    @property
    def fruitless(self) -> int:
        """Count those that held nothing since the last that did."""
        return len(self.barren)

    def ask(self, url: str) -> None:
        """Note that an address is asked for."""
        self.asked += 1
        self.open[url] = self.asked

    def decide(self, url: str, fruitful: bool) -> bool:
        """Take what an address held; say whether that was not known yet."""
        place = self.open.pop(url, None)
        if place is None:
            return False
        if fruitful:
            self.best = max(self.best, place)
            self.barren = [other for other in self.barren if other > place]
        elif place > self.best:
            self.barren.append(place)
        return True


class Traps:
    """One run's knowledge. `budget` is the most requests of the run: all that never ends gets less than 2 % of it.

    `verified` False means that articles are not asked for (a dry run, a limit): then an address that is new is enough.
    """

    def __init__(self, budget: int, *, verified: bool = True) -> None:
        self._verified = verified
        self._counted = min(max(budget // 600, 2), 25)
        self._named_pages = min(max(budget // 600, 2), 50)
        self._named = min(max(budget // 200, 10), 100)
        self._listed = max(budget // 100, 300)
        self._left = max(budget // 300, 2)
        self._patterns: dict[str, _Pattern] = {}
        self._pattern_of: dict[str, _Pattern] = {}
        self._first: dict[str, str] = {}
        self._undecided: set[str] = set()
        self._lists: dict[str, _Pattern] = {}
        self._texts: set[Hashable] = set()
        self._real: set[str] = set()
        self._waiting: defaultdict[str, set[str]] = defaultdict(set)
        self._hopes: dict[str, set[str]] = {}

    def article(self, url: str, address: str) -> Verdict | str:
        """Say whether an announced address may be asked for at `url`; a text is the reason to give it up."""
        shape = shape_of(url)
        first = self._first.get(shape.bare or url, url)
        if shape.bare and first != url:
            # What differs from another address in its query's numbers and tokens only is best compared with it.
            return Verdict.WAIT if first in self._undecided else self._judge(url, f"query {shape.names}", _SAME, 1)
        if shape.bare and shape_of(address).bare in self._waiting:
            return Verdict.WAIT
        source = self._lists.get(address)
        if source and not source.proven:
            verdict = self._judge(url, f"article of {id(source)}", self._counted, 1)
        elif shape.counted:
            verdict = self._judge(url, f"article {shape.pattern}", self._counted, 1)
        else:
            verdict = self._judge(url, f"article {shape.pattern}", self._named, self._named)
        if verdict is Verdict.GO and url not in self._undecided:
            self._first.setdefault(shape.bare or url, url)
            self._undecided.add(url)
        return verdict

    def page(self, url: str, chain: str = "", *, listed: bool = False) -> Verdict | str:
        """Say the same of a further page of a source; `listed` where one finite list names them all.

        `chain` tells apart lists whose pages look alike.
        """
        shape = shape_of(url)
        allowance = self._listed if listed else self._counted if shape.counted else self._named_pages
        return self._judge(url, f"page {chain} {shape.pattern}", allowance, 1)

    def _judge(self, url: str, name: str, allowance: int, last: int) -> Verdict | str:
        if url in self._pattern_of:
            return Verdict.GO
        if reason := growth(url):
            return reason
        pattern = self._patterns.setdefault(name, _Pattern(allowance, last, name.startswith("page ")))
        allowed = self._allowed(pattern)
        if pattern.fruitless >= allowed:
            return f"{pattern.fruitless} addresses like it held no new article"
        if pattern.fruitless + len(pattern.open) >= allowed:
            return Verdict.WAIT
        self._pattern_of[url] = pattern
        pattern.ask(url)
        return Verdict.GO

    def _allowed(self, pattern: _Pattern) -> int:
        if pattern.proven and not pattern.of_pages:
            return max(pattern.allowance, _PROVEN)
        return pattern.allowance if self._left > 0 else pattern.last + pattern.proven

    def read_page(self, url: str, named: Collection[str], stored: Collection[str], asked: Collection[str]) -> None:
        """Take what a page named: its addresses, which of them the archive holds, and which will now be asked for.

        A page is worth its request when it names an article that no page of its pattern has named before.
        """
        pattern = self._pattern_of.get(url)
        for address in asked:
            self._waiting.setdefault(address, set())
        if pattern is None:
            return
        fresh = set(named) - pattern.named
        pattern.named |= fresh
        self._lists |= {address: pattern for address in asked if address in fresh}
        hopes = fresh & self._waiting.keys()
        if fresh & self._real or not fresh.isdisjoint(stored) or (fresh and not self._verified):
            self._decide(url, True)
        elif hopes:
            self._hopes[url] = hopes
            for address in hopes:
                self._waiting[address].add(url)
        else:
            self._decide(url, False)

    def read_article(self, url: str, address: str, text: Hashable | None) -> None:
        """Take what was found at `url` for an announced address: what tells its article's words, None: no article."""
        fruitful = text is not None and text not in self._texts
        if fruitful:
            self._texts.add(text)
            self._real.add(address)
        self._undecided.discard(url)
        self._decide(url, fruitful)
        self._tell_pages(address, fruitful)

    def fail(self, url: str, address: str | None = None) -> None:
        """Take that an article or a page gave no answer, or was given up: that says nothing of those like it."""
        self._undecided.discard(url)
        if url in self._pattern_of:
            self._pattern_of[url].open.pop(url, None)
        if address is not None:
            self._tell_pages(address, None)

    def forget_open(self) -> None:
        """Wait for nothing any more: whatever was asked has come to an end."""
        self._undecided.clear()
        self._waiting.clear()
        for pattern in self._patterns.values():
            pattern.open.clear()

    def _tell_pages(self, address: str, fruitful: bool | None) -> None:
        """Let an address's outcome speak for the pages that named it."""
        for page in self._waiting.pop(address, ()):
            hopes = self._hopes.get(page)
            if hopes is None:
                continue
            hopes.discard(address)
            if fruitful or not hopes:
                del self._hopes[page]
                if fruitful is None:
                    self.fail(page)
                else:
                    self._decide(page, fruitful)

    def _decide(self, url: str, fruitful: bool) -> None:
        pattern = self._pattern_of.get(url)
        if pattern and pattern.decide(url, fruitful) and not fruitful:
            self._left -= 1
