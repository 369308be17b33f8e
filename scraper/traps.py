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

_FEWEST, _MOST = 5, 25
_FEWEST_NAMED, _MOST_NAMED = 10, 100
_FEWEST_LISTED = 300
_SAME = 3
"""So many times may a query's token change nothing before it counts for nothing."""
_PROVEN = 100


class Verdict(Enum):
    """Whether an address may be asked for: now, or when more is known of those like it."""

    GO = "go"
    WAIT = "wait"


@dataclass(slots=True)
class _Pattern:
    """What is known of the addresses of one pattern. `fruitless` counts those since the last that held something."""

    allowance: int
    of_pages: bool
    proven: bool = False
    fruitless: int = 0
    open: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)


class Traps:
    """One run's knowledge. `budget` is the most requests of the run: all that never ends gets less than 2 % of it.

    `verified` False means that articles are not asked for (a dry run, a limit): then an address that is new is enough.
    """

    def __init__(self, budget: int, *, verified: bool = True) -> None:
        self._verified = verified
        self._counted = min(max(budget // 200, _FEWEST), _MOST)
        self._named = min(max(budget // 100, _FEWEST_NAMED), _MOST_NAMED)
        self._listed = max(budget // 100, _FEWEST_LISTED)
        self._left = budget * 3 // 200
        self._patterns: dict[str, _Pattern] = {}
        self._pattern_of: dict[str, _Pattern] = {}
        self._bare: set[str] = set()
        self._texts: set[Hashable] = set()
        self._real: set[str] = set()
        self._waiting: defaultdict[str, set[str]] = defaultdict(set)
        self._hopes: dict[str, set[str]] = {}

    def article(self, url: str) -> Verdict | str:
        """Say whether an announced address may be asked for; a text is the reason to give it up."""
        shape = shape_of(url)
        if shape.bare in self._bare:
            return self._judge(url, f"query {shape.names}", _SAME)
        verdict = self._judge(url, f"article {shape.pattern}", self._counted if shape.counted else None)
        if shape.bare and verdict is Verdict.GO:
            self._bare.add(shape.bare)
        return verdict

    def page(self, url: str, chain: str = "", *, listed: bool = False) -> Verdict | str:
        """Say the same of a further page of a source; `listed` where one finite list names them all.

        `chain` tells apart lists whose pages look alike.
        """
        shape = shape_of(url)
        allowance = self._listed if listed else self._counted if shape.counted else self._named
        return self._judge(url, f"page {chain} {shape.pattern}", allowance)

    def _judge(self, url: str, name: str, allowance: int | None) -> Verdict | str:
        if url in self._pattern_of:
            return Verdict.GO
        if reason := growth(url):
            return reason
        if allowance is None:
            return Verdict.GO
        pattern = self._patterns.setdefault(name, _Pattern(allowance, name.startswith("page ")))
        allowed = self._allowed(pattern)
        if pattern.fruitless >= allowed:
            return f"{pattern.fruitless} addresses like it held no new article"
        if pattern.fruitless + len(pattern.open) >= allowed:
            return Verdict.WAIT
        self._pattern_of[url] = pattern
        pattern.open.add(url)
        return Verdict.GO

    def _allowed(self, pattern: _Pattern) -> int:
        if not pattern.proven:
            return pattern.allowance if self._left > 0 else 1
        return pattern.allowance if pattern.of_pages else max(pattern.allowance, _PROVEN)

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
        self._decide(url, fruitful)
        self._tell_pages(address, fruitful)

    def fail(self, url: str, address: str | None = None) -> None:
        """Take that an article or a page gave no answer, or was given up: that says nothing of those like it."""
        if url in self._pattern_of:
            self._pattern_of[url].open.discard(url)
        if address is not None:
            self._tell_pages(address, None)

    def forget_open(self) -> None:
        """Wait for nothing any more: whatever was asked has come to an end."""
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
        if pattern is None or url not in pattern.open:
            return
        pattern.open.discard(url)
        if fruitful:
            pattern.proven, pattern.fruitless = True, 0
        else:
            pattern.fruitless += 1
            self._left -= 1
