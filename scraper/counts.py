"""What a crawl counts: addresses, answers, filings, and how often each field was found. Must not decide anything."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from archive.models import Article, SourceKind

_TABLE = ("announced", "fetched", "new", "changed", "unchanged", "excluded", "failed")


@dataclass(slots=True)
class Counts:
    """What the closing table shows, and what is kept of a run beside it."""

    announced: int = 0
    fetched: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    excluded: int = 0
    failed: int = 0
    articles: int = 0
    by_source: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[SourceKind] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, int]:
        """Return the closing table's counts by name."""
        return {name: getattr(self, name) for name in _TABLE}

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
