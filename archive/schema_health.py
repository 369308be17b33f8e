"""The migration that makes room for what each run saw and what was off with it. Must not write rows."""

from __future__ import annotations

from sqlite_utils import Database

from archive.schema import migrations


@migrations()
def health_of_runs(db: Database) -> None:
    """Keep a run's facts, and its alarms, with its row."""
    db.execute("ALTER TABLE crawls ADD COLUMN facts TEXT")
    db.execute("ALTER TABLE crawls ADD COLUMN alarms TEXT")
