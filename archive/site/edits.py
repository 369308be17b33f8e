"""The newest edits, all or of one kind: reads rows. Must not know HTTP or HTML, or write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Connection

from archive.site.queries import Row, rows
from archive.site.standing import standing

PAGE = 50
_COUNTS = """
SELECT kind, coalesce(silent, 0) AS silent, count(*) AS n FROM revisions WHERE number > 1 GROUP BY 1, 2 ORDER BY 3 DESC
"""
_PAGE = """
SELECT r.seen_at, a.headline, a.slug, a.published_at, r.number, r.kind, r.silent, r.changed_fields
FROM (SELECT id, seen_at, article_id FROM revisions WHERE number > 1 AND {condition}
    ORDER BY seen_at DESC, article_id, number LIMIT :most OFFSET :first) x
JOIN revisions r ON r.id = x.id JOIN articles a ON a.id = r.article_id
ORDER BY r.seen_at DESC, r.article_id, r.number
"""


@dataclass(frozen=True, slots=True)
class Edits:
    """One page of edits; `kinds` and `silent` count all of them."""

    rows: list[Row]
    found: int
    total: int
    kinds: Mapping[str, int]
    silent: int

    @property
    def pages(self) -> int:
        """Count the pages."""
        return -(-self.found // PAGE)


def edits(connection: Connection, kind: str, silent: bool, page: int) -> Edits:
    """Read one page of edits, newest first: of one kind, where one is named; the silent ones only, where asked."""
    counts = standing(connection, "edits", lambda counted: rows(counted, _COUNTS))
    kinds: dict[str, int] = {}
    for row in counts:
        kinds[row["kind"] or ""] = kinds.get(row["kind"] or "", 0) + row["n"]
    chosen = [row for row in counts if (not kind or row["kind"] == kind) and (not silent or row["silent"])]
    conditions = (["kind = :kind"] if kind else []) + (["silent = 1"] if silent else [])
    sql = _PAGE.format(condition=" AND ".join(conditions) or "TRUE")
    found = rows(connection, sql, {"kind": kind, "most": PAGE, "first": (page - 1) * PAGE})
    return Edits(
        rows=[row | {"changed_fields": json.loads(row["changed_fields"] or "[]")} for row in found],
        found=sum(row["n"] for row in chosen),
        total=sum(row["n"] for row in counts),
        kinds=kinds,
        silent=sum(row["n"] for row in counts if row["silent"]),
    )
