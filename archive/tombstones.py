"""Tombstones: articles that the publication took down, and their return. Must not delete anything."""

from __future__ import annotations

from sqlite3 import Connection

from archive.ledger import LEADS, Missing
from archive.urls import stable_id


class Tombstones:
    """Writes tombstones; the caller holds the transaction and has written all articles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def set_up(self, missing: Missing) -> None:
        """Mark an article as gone, unless another of its addresses still leads to it."""
        if missing.article_id is None or self._answers_elsewhere(missing.article_id):
            return
        changed = self._connection.execute(
            "UPDATE articles SET status = 'gone' WHERE id = ? AND status = 'live'", [missing.article_id]
        ).rowcount
        if changed:
            self._connection.execute(
                "INSERT OR IGNORE INTO tombstones (id, article_id, url, reason, days, gone_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [
                    stable_id(f"{missing.article_id}:tombstone:{missing.seen_at}"),
                    missing.article_id,
                    missing.url,
                    missing.reason,
                    missing.days,
                    missing.seen_at,
                ],
            )

    def _answers_elsewhere(self, article_id: int) -> bool:
        live = "SELECT 1 FROM ledger WHERE article_id = ? AND state = 'stored' AND reason IS NOT ? LIMIT 1"
        return self._connection.execute(live, [article_id, LEADS]).fetchone() is not None

    def take_down(self, article_id: int, at: str) -> None:
        """Note that an article that was gone has been seen again."""
        self._connection.execute(
            "UPDATE tombstones SET returned_at = ? WHERE article_id = ? AND returned_at IS NULL", [at, article_id]
        )
