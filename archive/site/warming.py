"""Which counts a new server of a large archive makes before it is asked. Must not count anything itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from archive.site.chart_data import CHARTS
from archive.site.gatherings import section_counts
from archive.site.listings import LISTINGS
from archive.site.lists import counter
from archive.site.standing import count_ahead
from archive.site.tallies import tallies

FROM = 10_000
"""So many articles make a large archive: with fewer, all is counted while the reader blinks."""


def warm(path: str) -> None:
    """Begin to count what lists and charts show, where the archive at `path` is large."""
    with closing(sqlite3.connect(f"{Path(path).as_uri()}?mode=ro", uri=True)) as connection:
        sql = "SELECT count(*) FROM (SELECT 1 FROM articles LIMIT ?)"
        (articles,) = connection.execute(sql, [FROM]).fetchone()
        sections = section_counts(connection) if articles >= FROM else {}
    if articles >= FROM:
        lists = {listing.view: counter(listing) for listing in LISTINGS.values()}
        charts = {f"chart {name}": read for name, read in CHARTS.items()}
        count_ahead(path, {"tallies": tallies} | lists | charts | sections)
