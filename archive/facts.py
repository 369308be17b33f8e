"""What one run saw, gathered as it goes and kept with its row in `crawls`. Must not judge it.

Nearly all of it are shares: how many of how many, with the last address on the good side and the first on the bad one.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, NamedTuple, Self

from archive import clock
from archive.models import Article, Filing, Outcome
from archive.odds import Tally
from archive.portraits import FIELDS, PORTRAYED, UNRECOGNISED, Portrait, portrait_of

Age = Literal["recent", "older"]
What = Literal[
    "article", "recognised", "filled", "distinct", "kept", "same place", "same length", "steady", "names new"
]
"""Of pages read: was it an article; was its layout recognised; is a field filled; has no other page the same in it.

Of articles read before: does it still have the field (or is still an article, in its layout); is the field read from
the same place; is the text as long; are the words the same. Of addresses that were new: did the source name it.
"""

NOT_AN_ARTICLE = "not an article"
_RECENT = timedelta(days=90)
_EXAMPLES = 5
_STEPS = 4
"""Steps of text length to a doubling."""
_SHRUNK, _GROWN = 0.6, 1.67
_OWN: dict[str, Callable[[Article], str]] = {
    "headline": lambda article: article.headline,
    "body_text": lambda article: article.body_text,
}
"""The fields that no two pages have in common."""
_PLACED = ("headline", "dek", "labels", "byline", "published_at", "modified_at", "body_text")
"""The fields of which it is told where they were read."""


class Gauge(NamedTuple):
    """What a share is of: `name` is a field or a source, `layout` and `age` say of which pages."""

    what: What
    name: str = ""
    layout: str = ""
    age: Age | Literal[""] = ""


@dataclass(slots=True)
class Share:
    """How many were good, how many were not, and an address of either."""

    good: int = 0
    bad: int = 0
    last_good: str | None = None
    first_bad: str | None = None

    @property
    def tally(self) -> Tally:
        """Return the counts alone."""
        return Tally(self.good, self.bad)

    def add(self, is_good: bool, url: str) -> None:
        """Count one."""
        if is_good:
            self.good += 1
            self.last_good = url
        else:
            self.bad += 1
            self.first_bad = self.first_bad or url


@dataclass(slots=True)
class Named:
    """What a source named: how many addresses, and one of them."""

    kind: str
    addresses: int = 0
    example: str | None = None


@dataclass(slots=True)
class Lengths:
    """How long the texts of one layout and age were: how many in each step, the shortest and the longest one."""

    steps: Counter[int] = field(default_factory=Counter)
    words: int = 0
    shortest: tuple[int, str] | None = None
    longest: tuple[int, str] | None = None
    last: str | None = None

    def add(self, words: int, url: str) -> None:
        """Count a text."""
        self.steps[step_of(words)] += 1
        self.words += words
        self.last = url
        self.shortest = min(self.shortest or (words, url), (words, url))
        self.longest = max(self.longest or (words, url), (words, url))


def step_of(words: int) -> int:
    """Return which step of length a text is in: so many to a doubling."""
    return math.floor(_STEPS * math.log2(words + 1))


def words_at(step: int) -> int:
    """Return the least number of words in a step."""
    return math.ceil(2 ** (step / _STEPS)) - 1


@dataclass(slots=True)
class RunFacts:
    """All that is gathered of a run. `has_layouts`: the profile says how pages should look."""

    mode: str = "nightly"
    started_at: str = ""
    has_layouts: bool = True
    shares: dict[Gauge, Share] = field(default_factory=dict)
    places: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    lengths: dict[tuple[str, Age], Lengths] = field(default_factory=dict)
    sources: dict[str, Named] = field(default_factory=dict)
    unanswered: dict[str, str] = field(default_factory=dict)
    """What came instead of an answer from a source."""
    outcomes: dict[tuple[str, str], int] = field(default_factory=dict)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    totals: Counter[str] = field(default_factory=Counter)
    _new: dict[str, tuple[str, set[str]]] = field(default_factory=dict)
    _said: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)

    def add_article(self, article: Article, before: Portrait | None = None) -> None:
        """Count an article that was read; `before` is how the archive held it."""
        now, url = portrait_of(article), article.url
        age = self._age(article.published_at)
        self._share(Gauge("article")).add(True, url)
        if self.has_layouts:
            self._share(Gauge("recognised", age=age)).add(now.layout != UNRECOGNISED, url)
        for name in FIELDS:
            self._share(Gauge("filled", name, now.layout, age)).add(name in now.filled, url)
        for name, value in _OWN.items():
            self._said.setdefault((name, now.layout), {})[url] = hash(value(article))
        for name, place in now.read_by.items():
            # Templates of years ago had other places; an old article is compared with itself.
            if name in _PLACED and age == "recent":
                self.places.setdefault((now.layout, name), Counter())[place] += 1
        self.lengths.setdefault((now.layout, age), Lengths()).add(now.words, url)
        self.totals["articles"] += 1
        self.totals["links"] += len(article.links)
        self.totals["images"] += len(article.images)
        self.totals["credits"] += sum(len(image.credits) for image in article.images)
        if before is not None:
            self._compare(before, now, url)

    def _age(self, published_at: str | None) -> Age:
        """Tell the pages of today's templates from those of years ago; a page without a date may be today's."""
        if not published_at or not self.started_at:
            return "recent"
        oldest = clock.stamp(clock.parse(self.started_at) - _RECENT)
        return "recent" if published_at >= oldest else "older"

    def _compare(self, before: Portrait, now: Portrait, url: str) -> None:
        layout = before.layout
        self._share(Gauge("kept", "article", layout)).add(True, url)
        self._share(Gauge("kept", "layout", layout)).add(now.layout == layout, url)
        for name in before.filled & PORTRAYED.keys():
            self._share(Gauge("kept", name, layout)).add(name in now.filled, url)
        for name in _PLACED:
            if name in before.read_by and name in now.read_by:
                self._share(Gauge("same place", name, layout)).add(before.read_by[name] == now.read_by[name], url)
        is_as_long = _SHRUNK * before.words <= now.words <= _GROWN * max(before.words, 30)
        self._share(Gauge("same length", "body_text", layout)).add(is_as_long, url)

    def add_non_article(self, url: str, before: Portrait | None = None) -> None:
        """Count a page that was read and is no article; `before` is the article that the archive holds of it."""
        self._share(Gauge("article")).add(False, url)
        if before is not None:
            self._share(Gauge("kept", "article", before.layout)).add(False, url)

    def add_outcome(self, outcome: Outcome, before: Portrait | None = None) -> None:
        """Count what became of a page: the article that it gave, or that it is none. Others have no bearing here.

        `before` with a page that gave no article again says that it came, and had not changed by a byte.
        """
        if outcome.article is not None:
            self.add_article(outcome.article, before)
        elif (outcome.reason or "").startswith(NOT_AN_ARTICLE):
            self.add_non_article(outcome.url, before)
        elif outcome.state == "stored" and outcome.asked:
            self._share(Gauge("steady")).add(True, outcome.url)
            if before is not None:
                self._compare(before, before, outcome.url)

    def add_filings(self, filings: Mapping[str, Filing]) -> None:
        """Count which of the articles that were read again say something else now."""
        for url, filing in filings.items():
            if filing != "new":
                self._share(Gauge("steady")).add(filing == "unchanged", url)

    def add_source(self, source: str, kind: str, urls: Collection[str], new: Iterable[str] = ()) -> None:
        """Count what a page of a source named; `new` are those addresses that nobody had named before this run."""
        named = self.sources.setdefault(source, Named(kind))
        named.addresses += len(urls)
        named.example = next(iter(urls), None) or named.example
        for url in new:
            self._new.setdefault(url, (url, set()))[1].add(source)

    def end(self, **totals: int) -> None:
        """Close the books before they are judged; `totals` are such as `requests`."""
        self.totals.update(totals)
        for source in self.sources:
            for url, sources in self._new.values():
                self._share(Gauge("names new", source)).add(source in sources, url)
        for (name, layout), said in self._said.items():
            often = Counter(said.values())
            for url, words in said.items():
                self._share(Gauge("distinct", name, layout)).add(often[words] == 1, url)

    def settle(self, last: Iterable[Outcome]) -> None:
        """Count what finally became of each address."""
        self.outcomes, self.examples = {}, {}
        for outcome in last:
            key = (outcome.state, outcome.reason or "")
            self.outcomes[key] = self.outcomes.get(key, 0) + 1
            if len(examples := self.examples.setdefault(key, [])) < _EXAMPLES and outcome.reason:
                examples.append(outcome.url)

    def _share(self, gauge: Gauge) -> Share:
        return self.shares.setdefault(gauge, Share())

    def share(self, gauge: Gauge) -> Share:
        """Return a share, empty when nothing was counted."""
        return self.shares.get(gauge, Share())

    def as_json(self) -> str:
        """Write the facts as the text that the database keeps. Addresses stand in it once."""
        urls: dict[str, int] = {}

        def number(url: str | None) -> int | None:
            return None if url is None else urls.setdefault(url, len(urls))

        record = {
            "mode": self.mode,
            "started_at": self.started_at,
            "has_layouts": self.has_layouts,
            "shares": [
                [*gauge, share.good, share.bad, number(share.last_good), number(share.first_bad)]
                for gauge, share in self.shares.items()
            ],
            "places": [[*key, dict(found)] for key, found in self.places.items()],
            "lengths": [
                [*key, sorted(found.steps.items()), found.words, found.shortest, found.longest, found.last]
                for key, found in self.lengths.items()
            ],
            "sources": [[name, found.kind, found.addresses, found.example] for name, found in self.sources.items()],
            "unanswered": self.unanswered,
            "outcomes": [[*key, count, self.examples.get(key, [])] for key, count in self.outcomes.items()],
            "totals": dict(self.totals),
        }
        return json.dumps(record | {"urls": list(urls)}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `as_json` wrote."""
        said: dict[str, Any] = json.loads(text)
        urls = [*said["urls"], None]
        facts = cls(said["mode"], said["started_at"], said["has_layouts"])
        for *gauge, good, bad, last_good, first_bad in said["shares"]:
            places = (-1 if place is None else place for place in (last_good, first_bad))
            facts.shares[Gauge(*gauge)] = Share(good, bad, *(urls[place] for place in places))
        facts.places = {(layout, name): Counter(found) for layout, name, found in said["places"]}
        for layout, age, steps, words, shortest, longest, last in said["lengths"]:
            ends = (tuple(shortest) if shortest else None, tuple(longest) if longest else None)
            facts.lengths[layout, age] = Lengths(Counter(dict(steps)), words, *ends, last)
        facts.sources = {name: Named(*rest) for name, *rest in said["sources"]}
        facts.unanswered = said["unanswered"]
        for state, reason, count, examples in said["outcomes"]:
            facts.outcomes[state, reason] = count
            facts.examples[state, reason] = examples
        facts.totals = Counter(said["totals"])
        return facts
