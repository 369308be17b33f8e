"""Articles like one: by rare words of its headline and dek, by tags, by outlets cited. Must not know HTTP, or write.

Every look is bounded: what a word, tag or outlet shares with too many says little, and is only sampled.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from math import log2
from sqlite3 import Connection

from archive.site.keeping import kept
from archive.site.queries import Row, row, rows
from archive.site.search import quoted

MOST = 5
_LOOKED_AT = 400
_WORDS = 12
_WORD = re.compile(r"[^\W_]{4,}")
_ENOUGH = 0.35
_TAGS = "SELECT n.id, n.name FROM article_tags x JOIN tags n ON n.id = x.tag_id WHERE x.article_id = :id"
_OUTLETS = """
SELECT DISTINCT o.id, o.name FROM links l JOIN outlets o ON o.id = l.outlet_id
WHERE l.article_id = :id AND l.internal = 0 LIMIT 12
"""
_TAGGED = f"SELECT article_id FROM article_tags WHERE tag_id = :one LIMIT {_LOOKED_AT}"
_CITERS = f"SELECT article_id FROM links WHERE outlet_id = :one AND internal = 0 LIMIT {_LOOKED_AT}"
_RARE = f"SELECT count(*) AS n FROM (SELECT 1 FROM articles_fts WHERE articles_fts MATCH :word LIMIT {_LOOKED_AT})"
_HITS = "SELECT rowid AS id FROM articles_fts WHERE articles_fts MATCH :word"
_SHOWN = "SELECT id, slug, headline, published_at FROM articles WHERE id IN ({}) AND status != 'withdrawn'"


@dataclass(slots=True)
class _Likeness:
    score: float = 0.0
    shared: list[str] = field(default_factory=list)

    def add(self, weight: float, what: str) -> None:
        self.score += weight
        if what not in self.shared:
            self.shared.append(what)


def alike(connection: Connection, article_id: int) -> list[Row]:
    """Return the articles most like one, best first, each with `shared`: what it has in common, most telling first."""
    return kept(connection, ("alike", article_id), lambda: _alike(connection, article_id))


def _alike(connection: Connection, article_id: int) -> list[Row]:
    scores: dict[int, _Likeness] = defaultdict(_Likeness)
    _add_words(connection, article_id, scores)
    for sql, members, weight in ((_TAGS, _TAGGED, 2.0), (_OUTLETS, _CITERS, 1.0)):
        for one in rows(connection, sql, {"id": article_id}):
            ids = {found["article_id"] for found in rows(connection, members, {"one": one["id"]})}
            _add(scores, ids, weight, one["name"])
    scores.pop(article_id, None)
    best = sorted(scores, key=lambda other: (-scores[other].score, other))[: MOST * 2]
    chosen = [one for one in best if scores[one].score >= _ENOUGH]
    found = {each["id"]: each for each in rows(connection, _SHOWN.format(", ".join(map(str, chosen))))}
    return [found[one] | {"shared": scores[one].shared[:3]} for one in chosen if one in found][:MOST]


def _add_words(connection: Connection, article_id: int, scores: dict[int, _Likeness]) -> None:
    said = row(connection, "SELECT headline, dek FROM articles WHERE id = :id", {"id": article_id}) or {}
    words = dict.fromkeys(map(str.lower, _WORD.findall(f"{said.get('headline')} {said.get('dek') or ''}")))
    rare = min(_LOOKED_AT, max(_count(connection) // 8, 3))
    for word in list(words)[:_WORDS]:
        asked = {"word": quoted(word)}
        if rows(connection, _RARE, asked)[0]["n"] < rare:
            _add(scores, {found["id"] for found in rows(connection, _HITS, asked)}, 1.5, f"“{word}”")


def _count(connection: Connection) -> int:
    sql = "SELECT count(*) AS n FROM articles"
    return kept(connection, "articles", lambda: int(rows(connection, sql)[0]["n"]))


def _add(scores: dict[int, _Likeness], ids: set[int], weight: float, what: str) -> None:
    for one in ids:
        scores[one].add(weight / log2(2 + len(ids)), what)
