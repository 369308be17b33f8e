"""Coverage and status of a large ledger: how long each figure takes, cold and warm.

python -m tests.benchmarks.coverage [--addresses 100000] [--body 4000]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from archive.coverage import STATES, coverage_of, missing
from archive.prometheus import exposition
from archive.root import DATABASE, open_database
from archive.roots import open_current
from archive.status import status_of

SECONDS_FOR_100_000 = 2.0
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :addresses)"
_SITE = "https://review.example/"
# Of ten addresses seven are stored, one is gone with its article, one waits and one has failed.
_ROWS = (
    f"{_NUMBERS} INSERT INTO snapshots (id, url, fetched_at, status, digest, warc_file, warc_offset, warc_length)"
    f" SELECT i, '{_SITE}' || i, '2026-01-01T00:00:00+00:00', 200, 'sha1:' || i, 'warc/a.warc.gz', i * 100, 100"
    " FROM n WHERE i % 10 < 8",
    f"{_NUMBERS} INSERT INTO articles (id, url, slug, headline, word_count, first_seen_at, last_seen_at,"
    " last_changed_at, snapshot_id, layout, extractor, body_text, body_html, published_at)"
    f" SELECT i, '{_SITE}' || i, i, 'Matter ' || i, 5, '', '', '', i, 'plain', 'benchmark', hex(zeroblob(:body / 2)),"
    " hex(zeroblob(:body / 2)), date('2005-01-01', '+' || (i * 7919 % 7500) || ' days') || 'T00:00:00+00:00'"
    " FROM n WHERE i % 10 < 8",
    f"{_NUMBERS} INSERT INTO ledger (url, key, sources, first_announced_at, last_announced_at, lastmod, state, reason,"
    f" attempts, checked_at, next_check_at, article_id, snapshot_id) SELECT '{_SITE}' || i, '//review.example/' || i,"
    """ CASE i % 4 WHEN 0 THEN '["/","/news/","/sitemap-' || (i / 2000) || '.xml"]'"""
    """ WHEN 1 THEN '["/sitemap-' || (i / 2000) || '.xml"]' ELSE '["/feed","/sitemap-' || (i / 2000) || '.xml"]' END,"""
    " '2026-01-01T00:00:00+00:00', '2026-01-02T00:00:00+00:00', CASE WHEN i % 3 THEN '2024-05-06T00:00:00+00:00' END,"
    " CASE i % 10 WHEN 8 THEN 'pending' WHEN 9 THEN 'failed' WHEN 7 THEN 'gone' ELSE 'stored' END,"
    " CASE i % 10 WHEN 9 THEN 'HTTP 503' WHEN 7 THEN 'HTTP 404' END, 1, '2026-01-02T00:00:00+00:00',"
    " strftime('%Y-%m-%dT%H:%M:%S+00:00', '2026-01-02', '+' || (i % 90) || ' days'),"
    " CASE WHEN i % 10 < 8 THEN i END, CASE WHEN i % 10 < 8 THEN i END FROM n",
    "INSERT INTO crawls (mode, started_at, ended_at, ended_why, exit_status, seconds)"
    " VALUES ('nightly', '2026-01-02T00:00:00+00:00', '2026-01-02T01:00:00+00:00', 'finished', 0, 3600)",
)


def fill(root: Path, addresses: int, body: int) -> None:
    """Make an archive with so many addresses, and `body` bytes of text and as many of HTML in each article."""
    with closing(open_database(root, write=True)) as db:
        db.conn.execute("PRAGMA synchronous = OFF")
        with db.atomic():
            db.conn.execute("PRAGMA defer_foreign_keys = ON")
            for statement in _ROWS:
                db.conn.execute(statement, {"addresses": addresses, "body": body})


def measure(root: Path, work: Callable[[Path], object]) -> tuple[float, float, float]:
    """Return the seconds that work takes with nothing of the database in memory, and again, and then of CPU."""
    handle = os.open(root / DATABASE, os.O_RDONLY)
    os.fsync(handle)
    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(handle)
    times = []
    for _ in range(2):
        began, cpu = time.perf_counter(), time.process_time()
        work(root)
        times.append(time.perf_counter() - began)
    return times[0], times[1], time.process_time() - cpu


def _coverage(root: Path) -> None:
    with open_current(root) as db:
        counts = coverage_of(db.conn).totals.counts
    assert counts.announced == sum(getattr(counts, state) for state in STATES)


def _missing(root: Path) -> None:
    with open_current(root) as db:
        assert sum(1 for _ in missing(db.conn))


def main() -> int:
    """Print a table; return 1 when a figure takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--addresses", type=int, default=100_000)
    parser.add_argument("--body", type=int, default=4000)
    options = parser.parse_args()
    allowed = SECONDS_FOR_100_000 * options.addresses / 100_000
    late = False
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        fill(root, options.addresses, options.body)
        print(
            f"{options.addresses:,} addresses, {(root / DATABASE).stat().st_size / 1e6:,.0f} MB; at most {allowed:g} s"
        )
        print(f"{'':<12}{'cold':>8}{'warm':>8}")
        for name, work in (
            ("coverage", _coverage),
            ("missing", _missing),
            ("status", lambda root: exposition([status_of(root)])),
        ):
            cold, warm, cpu = measure(root, work)
            late |= cpu > allowed
            print(f"{name:<12}{cold:>7.2f}s{warm:>7.2f}s{cpu:>7.2f}s{'  TOO LONG' if cpu > allowed else ''}")
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
