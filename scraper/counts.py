"""What a crawl counts: addresses, answers, filings, and how often each field was found. Must not decide anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.ledger import is_missing
from archive.models import Article, Outcome, SourceKind

_TABLE = ("announced", "fetched", "new", "changed", "unchanged", "excluded", "failed")


@dataclass(slots=True)
class Counts:
    """What the closing table shows, and what is kept of a run beside it. `resting` are stored and not due yet.

    New, changed and unchanged are articles that were asked for and answered, each counted once.
    """

    announced: int = 0
    fetched: int = 0
    new: int = 0
    changed: int = 0
    resting: int = 0
    articles: int = 0
    last: dict[str, Outcome] = field(default_factory=dict)
    filings: Counter[str] = field(default_factory=Counter)
    by_source: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[SourceKind] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)

    @property
    def unchanged(self) -> int:
        """Count the articles that were asked for and are as they were."""
        return self.filings["unchanged"]

    @property
    def excluded(self) -> int:
        """Count the addresses that are no articles."""
        return sum(outcome.state == "excluded" for outcome in self.last.values())

    @property
    def failed(self) -> int:
        """Count the addresses whose last answer was none that can be read."""
        return sum(outcome.state == "failed" for outcome in self.last.values())

    @property
    def unreadable(self) -> int:
        """Count the failures that a person should look at: not what the publication took down."""
        return self.failed - self.missing

    @property
    def missing(self) -> int:
        """Count the addresses that led nowhere."""
        return sum(map(is_missing, self.last.values()))

    @property
    def answered(self) -> int:
        """Count the addresses that were asked for and answered."""
        return sum(outcome.snapshot is not None for outcome in self.last.values())

    def as_dict(self) -> dict[str, int]:
        """Return the closing table's counts by name."""
        return {name: getattr(self, name) for name in _TABLE}

    def settle(self, key: str, outcome: Outcome) -> None:
        """Count what became of an address; its last outcome is what counts."""
        self.last[key] = Outcome(outcome.url, outcome.state, outcome.at, outcome.reason, snapshot=outcome.snapshot)
        if outcome.article:
            self.add_article(outcome.article)

    def file(self, filings: Mapping[str, int]) -> None:
        """Take what the articles were found to be so far."""
        self.filings = Counter(filings)
        self.new, self.changed = self.filings["new"], self.filings["changed"]

    def add_article(self, article: Article) -> None:
        """Count an article that was read, and the fields that it has."""
        self.articles += 1
        fields = {
            "dek": article.dek,
            "type": article.type,
            "section": article.section,
            "byline": article.byline.line,
            "authors": article.byline.authors,
            "published_at": article.published_at,
            "lead_image": article.lead_image,
        }
        self.filled.update(name for name, value in fields.items() if value)

    def fill_rates(self) -> dict[str, float]:
        """Return the share of the articles read that has each field."""
        return {name: round(count / self.articles, 4) for name, count in sorted(self.filled.items())}
