"""How complete an archive is: what was announced and what became of it. Must not write, and must not ask the site.

Every figure is one query over the ledger, so that a million addresses are counted in seconds. The command and the
site's page show what is read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from sqlite3 import Connection

STATES = ("stored", "pending", "excluded", "failed", "gone")
MEANINGS: Mapping[str, str] = {
    "stored": "its article is held; an alias counts with its article, and what was withdrawn on request counts, too",
    "pending": "unknown: not asked for yet, or put off to a later run",
    "excluded": "by a rule of the profile or of robots.txt, or because its page is no article",
    "failed": "asked for, and no article could be read yet",
    "gone": "answers 404 or 410 for good; the text that was held before is kept",
}
"""What each state means, in the order in which they are told; together they are all that was announced."""
OVERLAP = "Sources overlap: an address counts in each that names it, so these counts add up to more than was announced."
MONTHS = (
    "Months are of publication where an article is held and says when, else of the lastmod that a source gave, else of"
    " the first announcement."
)
_ALL = """
SELECT count(*), sum(state = 'stored'), sum(state = 'pending'), sum(state = 'excluded'), sum(state = 'failed'),
    sum(state = 'gone'), count(article_id), count(DISTINCT article_id), count(article_id) FILTER (WHERE state = 'gone'),
    sum(article_id IS NULL AND state IN ('pending', 'failed', 'gone')),
    sum(json_array_length(sources) > 1), sum(json_array_length(sources))
FROM ledger
"""
_WITHDRAWN = """
SELECT count(*), count(DISTINCT l.article_id) FROM ledger l
WHERE l.article_id IN (SELECT id FROM articles WHERE status = 'withdrawn')
"""
_COUNTS = "announced, stored, pending, excluded, failed, gone"
_MISSING = """
SELECT url, state, reason, attempts, checked_at, next_check_at, first_announced_at, sources FROM ledger
WHERE article_id IS NULL AND state IN ('pending', 'failed', 'gone') ORDER BY state, url
"""
_REASONS = """
SELECT state, coalesce(reason,
    CASE state WHEN 'pending' THEN 'not asked for yet' ELSE 'not noted' END) AS why, count(*) AS n, min(url)
FROM (SELECT state, url,
    CASE WHEN instr(reason, ': http') THEN substr(reason, 1, instr(reason, ': http') - 1) ELSE reason END AS reason
    FROM ledger WHERE state IN ('pending', 'excluded', 'failed', 'gone')) GROUP BY 1, 2 ORDER BY state, n DESC, why
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Addresses, by state: pending, stored, gone, excluded and failed add up to announced."""

    announced: int = 0
    stored: int = 0
    pending: int = 0
    excluded: int = 0
    failed: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class BySource:
    """What one source announced; `only_here` is what no other source named."""

    source: str
    counts: Counts
    only_here: int


@dataclass(frozen=True, slots=True)
class ByMonth:
    """What was announced of one month (YYYY-MM), and by what it is known to be of that month."""

    month: str
    counts: Counts
    by_publication: int
    by_lastmod: int
    by_announcement: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why addresses are not stored: how many for this reason, and one of them."""

    state: str
    reason: str
    addresses: int
    example: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A share: `counted` of `out_of`, both named in words."""

    name: str
    counted: int
    out_of: int
    words: str

    @property
    def share(self) -> float | None:
        """Return the share from 0 to 1; None where there is nothing to count."""
        return self.counted / self.out_of if self.out_of else None

    @property
    def percent(self) -> str:
        """Write the share as a percentage, rounded down: 100 % means all."""
        return f"{1000 * self.counted // self.out_of / 10:.1f} %" if self.out_of else "nothing to count"


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole ledger. Addresses lead to `articles` distinct ones; `missing` should lead to one and do not.

    `leading` lead to an article, `withdrawn` of them to one that was withdrawn (`withdrawn_articles` distinct ones);
    `gone_held` are gone, and their article is kept. `several` are named by more than one source, `naming` counts an
    address once for each source.
    """

    counts: Counts
    leading: int = 0
    articles: int = 0
    gone_held: int = 0
    missing: int = 0
    several: int = 0
    naming: int = 0
    withdrawn: int = 0
    withdrawn_articles: int = 0

    @property
    def completeness(self) -> tuple[Figure, ...]:
        """Return the shares that say how complete the archive is, the first being the one to quote."""
        counts = self.counts
        wanted = counts.announced - counts.excluded
        held, articles = self.leading - self.withdrawn, self.articles - self.withdrawn_articles
        return (
            Figure("stored", counts.stored, wanted, "addresses stored, of those announced minus those excluded"),
            Figure(
                "held",
                held,
                wanted - self.withdrawn,
                "addresses whose article is held, gone ones with it, of those announced minus excluded and withdrawn",
            ),
            Figure(
                "articles",
                articles,
                articles + self.missing,
                "articles held, each once however many addresses lead to it, of these and the addresses without one",
            ),
            Figure(
                "asked",
                wanted - counts.pending,
                wanted,
                "addresses asked for at least once, of those announced minus those excluded",
            ),
        )


@dataclass(frozen=True, slots=True)
class Coverage:
    """All that is said of how complete an archive is."""

    totals: Totals
    by_source: tuple[BySource, ...]
    by_month: tuple[ByMonth, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """An address that leads to no article here. `next_look_at` None: the next run asks for it."""

    url: str
    state: str
    reason: str | None
    attempts: int
    last_look_at: str | None
    next_look_at: str | None
    first_announced_at: str
    sources: str


def coverage_of(connection: Connection) -> Coverage:
    """Count the whole ledger: altogether, by source (most first), by month (newest first) and by reason."""
    reasons = tuple(Reason(*row) for row in connection.execute(_REASONS))
    return Coverage(totals_of(connection), _by_source(connection), _by_month(connection), reasons)


def totals_of(connection: Connection) -> Totals:
    """Count the whole ledger, and nothing by source or month."""
    row = [count or 0 for count in connection.execute(_ALL).fetchone()]
    withdrawn = connection.execute(_WITHDRAWN).fetchone()
    leading, articles, gone_held, missing, several, naming = row[6:]
    return Totals(Counts(*row[:6]), leading, articles, gone_held, missing, several, naming, *withdrawn)


def missing(connection: Connection) -> Iterator[Missing]:
    """Yield the addresses that should lead to an article and do not: pending, failed, and gone before it was held."""
    for row in connection.execute(_MISSING):
        yield Missing(*row)


def _by_source(connection: Connection) -> tuple[BySource, ...]:
    rows = connection.execute(f"SELECT source, {_COUNTS}, only_here FROM coverage_by_source ORDER BY announced DESC, 1")
    return tuple(BySource(row[0], Counts(*row[1:7]), row[7]) for row in rows)


def _by_month(connection: Connection) -> tuple[ByMonth, ...]:
    rows = connection.execute(
        f"SELECT month, {_COUNTS}, by_publication, by_lastmod, by_announcement FROM coverage_by_month ORDER BY 1 DESC"
    )
    return tuple(ByMonth(row[0], Counts(*row[1:7]), *row[7:]) for row in rows)
