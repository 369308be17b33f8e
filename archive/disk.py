"""How much room an archive takes, how much is left, and how it grows. Must not free any."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection

from archive.root import DATABASE

# What is written of a WARC file is what is filed of it until it is finished and weighed.
_NOTE = """
UPDATE crawls SET
    database_bytes = (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size),
    warc_bytes = (SELECT coalesce(sum(max(coalesce(bytes, 0), filed_to)), 0) FROM warc_files)
WHERE id = ?
"""
_GROWTH = """
SELECT max(0, avg(database_grown)), max(0, avg(warc_grown)), count(*) FROM (
    SELECT database_bytes - lag(database_bytes) OVER runs AS database_grown,
        warc_bytes - lag(warc_bytes) OVER runs AS warc_grown, id
    FROM crawls WHERE database_bytes IS NOT NULL WINDOW runs AS (ORDER BY id) ORDER BY id DESC LIMIT ?
) WHERE database_grown IS NOT NULL
"""
_RUNS = 10
"""Growth is the mean of so many runs."""


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes: free on the archive's file system, the database with its log, the WARC files, and each one's growth a run.

    Growth is the mean over the last `grown_over` runs, None until two runs have noted how large they left the archive.
    """

    free: int
    total: int
    database: int
    warc: int
    database_growth: int | None = None
    warc_growth: int | None = None
    grown_over: int = 0

    @property
    def runs_left(self) -> int | None:
        """Say for how many runs as large as the last ones there is room; None when that is not known."""
        grown = (self.database_growth or 0) + (self.warc_growth or 0)
        return self.free // grown if grown else None


def note_sizes(connection: Connection, crawl_id: int) -> None:
    """Write down how large a run left the archive; the caller holds the transaction."""
    connection.execute(_NOTE, [crawl_id])


def disk_of(root: Path, connection: Connection) -> Disk:
    """Measure an archive's folder."""
    usage = shutil.disk_usage(root)
    database, warc, runs = connection.execute(_GROWTH, [_RUNS]).fetchone()
    return Disk(
        free=usage.free,
        total=usage.total,
        database=_size(root, f"{DATABASE}*"),
        warc=_size(root, "warc/*"),
        database_growth=None if database is None else round(database),
        warc_growth=None if warc is None else round(warc),
        grown_over=runs,
    )


def _size(root: Path, pattern: str) -> int:
    """Sum the sizes of files; one that is renamed while they are counted is left out."""
    total = 0
    for path in root.glob(pattern):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total
