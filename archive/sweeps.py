"""When all sources were last read to their end. Must not decide when to do so again."""

from __future__ import annotations

from sqlite3 import Connection


def last_sweep(connection: Connection) -> str | None:
    """Return when the last run began that came to its end and read every source to its end."""
    columns = {row[1] for row in connection.execute("PRAGMA table_info(crawls)")}
    if "swept" not in columns:
        return None
    sql = "SELECT max(started_at) FROM crawls WHERE swept = 1 AND ended_why = 'finished'"
    found: str | None = connection.execute(sql).fetchone()[0]
    return found
