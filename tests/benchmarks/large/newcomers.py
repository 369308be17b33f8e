"""What it costs to file new articles in a large archive, as a crawl does. Must not change that archive, but copy it."""

from __future__ import annotations

import shutil
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from archive.ledger import Rhythm
from archive.models import Outcome
from archive.root import open_database
from archive.store import Store
from tests.benchmarks.large.writing import HOST, Plan
from tests.benchmarks.speed.ours import file_as_crawled, outcome_of

_SEED = "newcomers"
_FAR = 10_000_000
"""Places in WARC files that no archive here has."""


def cost_of_filing(root: Path, articles: int, scratch: Path) -> tuple[float, float]:
    """Return the CPU seconds of one new article, what a crawl asks before included, and of the end of the run."""
    copy = scratch / root.name
    copy.mkdir()
    shutil.copy(root / "archive.db", copy / "archive.db")
    plan = Plan(articles, _SEED)
    outcomes = [outcome_of(plan.article(number), number + _FAR) for number in range(articles)]
    with closing(open_database(copy, write=True)) as db:
        store = Store(db, {HOST}, Rhythm(timedelta(hours=6), timedelta(days=90)))
        began = time.process_time()
        for outcome in outcomes:
            _ask(store, outcome)
        file_as_crawled(store, outcomes)
        filed = time.process_time()
        store.finish()
        ended = time.process_time()
    shutil.rmtree(copy)
    return (filed - began) / articles, ended - filed


def _ask(store: Store, outcome: Outcome) -> None:
    """Ask what a crawl asks of a page that it has read."""
    assert outcome.article
    store.ledger.full_snapshot(outcome.url)
    store.last_reading(outcome.url)
    store.held_words(outcome.url)
    store.twins(outcome.article)
