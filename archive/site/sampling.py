"""Which articles a search finds: all of them where that is cheap, else an even part. Must not rank or divide them.

Ids are hashes (`archive.urls.stable_id`), so that the first of them in order are an even sample of any set, and the
share of all possible ids that they span says how large the set is. Counting one by one can wait (`counted`).
"""

from __future__ import annotations

import json
import math
from array import array
from dataclasses import dataclass, replace
from sqlite3 import Connection

from archive.site.asked import RANK, Search
from archive.site.keeping import kept
from archive.site.queries import rows
from archive.site.search import begins, excludes

SAMPLE = 2_000
# Up to so many hits are counted one by one, and the best are sought among some of them.
COUNTED = 200_000
# Up to so many hits are all ranked.
RANKED = 20_000
# Up to so many articles that filters choose are looked for among the hits, and counted.
_CHOSEN = 20_000
# Up to so many of them are all ranked.
_CHOSEN_RANKED = 10_000
# The part of all ids that is looked at to say whether hits are many.
_PROBED = 32
# Up to so many are each looked for: a look costs 40 us, and going past all hits of common words finds but a part.
_LOOKED_FOR = 2_000
# What few articles have, and what an index of its own finds.
_OF_FEW = frozenset({"author", "series", "outlet"})
_IDS = 2**52
# How far an estimate is trusted, in standard deviations.
_SURE = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds: `ids` in order, all of them when `whole`; `hits` counts all, by estimate when not `exact`.

    An estimate is on the right side of `RANKED` and `COUNTED`.
    `can_count`: counting them one by one is not too much. `common`: the words alone are in more articles than can be
    ranked. `rankable`: all of them can be ranked.
    """

    ids: list[int]
    whole: bool
    hits: int
    exact: bool
    can_count: bool = False
    common: bool = False
    rankable: bool = False


def narrow(connection: Connection) -> str:
    """Return what makes SQLite look at articles without their texts; nothing where the index is not there."""
    return _hint(connection, "articles_narrow")


def dated(connection: Connection) -> str:
    """Return what makes SQLite go through articles by date; nothing where the index is not there."""
    return _hint(connection, "articles_dated")


def _best(connection: Connection, search: Search) -> str:
    """Return what finds articles by filters soonest: each has an index of its own, and two have none."""
    return narrow(connection) if len(search.filters) > 1 else ""


def _hint(connection: Connection, index: str) -> str:
    known = connection.execute("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?", [index])
    return f"INDEXED BY {index}" if known.fetchone() else ""


def find(connection: Connection, search: Search) -> Found:
    """Find what a search means, at a cost that does not grow with what it finds past `COUNTED`.

    How many articles have common words is an estimate until they are `counted`.
    """
    if not search.expression:
        return _filtered(connection, search)
    words = sampled_by_words(connection, search)
    if not search.filters:
        return words
    if words.whole:
        return _cut(passing(connection, search, words.ids))
    if words.common and _looks_are_cheap(search) and _chosen(connection, search, _LOOKED_FOR) <= _LOOKED_FOR:
        return replace(_cut(sorted(_looked_for(connection, search))), common=True)
    chosen = 0 if words.common else _chosen(connection, search, _CHOSEN)
    if words.common or chosen > _CHOSEN:
        return _sampled(_both(connection, search), words.common)
    found = _sampled(_among(connection, search, f" LIMIT {SAMPLE + 1}"))
    return replace(found, can_count=True, rankable=chosen <= _CHOSEN_RANKED)


def is_rankable(connection: Connection, search: Search) -> bool:
    """Say at little cost whether all that a search finds can be ranked. Where that costs more, say no."""
    if not search.expression or search.sort != "relevance":
        return False
    if search.filters:
        words = sampled_by_words(connection, search)
        return not words.whole and not words.common and _chosen(connection, search, _CHOSEN_RANKED) <= _CHOSEN_RANKED
    first = f"SELECT rowid FROM articles_fts WHERE articles_fts MATCH :q AND rowid < {_IDS // _PROBED}"
    most = RANKED // _PROBED
    hits = rows(connection, f"SELECT count(*) AS n FROM ({first} LIMIT {most})", search.parameters())[0]["n"]
    # A quotation's only hit is found sooner than ranked; hits of which none is among the first are few.
    return bool(hits) and not _is_near(hits, most, hits) and hits < most


def best(connection: Connection, search: Search) -> array[int]:
    """Return all that a search finds by rank, however many."""
    order = f" ORDER BY {RANK}, rowid"

    def ranked() -> array[int]:
        return array("q", _among(connection, search, order) if search.filters else _hits(connection, search, order))

    return kept(connection, ("best", search.expression, tuple(search.filters.items())), ranked)


def sampled_by_words(connection: Connection, search: Search) -> Found:
    """Find what a search's words find alone, its filters left aside."""
    bare = search.without(*search.filters)
    if not bare.expression:
        return kept(connection, "all", lambda: _filtered(connection, bare))
    return kept(connection, ("words", bare.expression), lambda: _by_words(connection, bare))


def passing(connection: Connection, search: Search, ids: list[int]) -> list[int]:
    """Return those of some articles that a search's filters let pass."""
    if not search.filters or not ids:
        return ids
    sql = (
        f"SELECT a.id FROM json_each(:ids) j CROSS JOIN articles a {narrow(connection)} ON a.id = j.value"
        f" WHERE {search.checks()}"
    )
    return _ids(connection, sql, search, ids=json.dumps(ids))


def _by_words(connection: Connection, search: Search) -> Found:
    ids = _hits(connection, search, f" ORDER BY rowid LIMIT {SAMPLE + 1}")
    if len(ids) <= SAMPLE:
        return replace(_cut(ids), rankable=True)
    hits = SAMPLE * _IDS / ids[SAMPLE - 1]
    if any(_is_near(hits, bound, SAMPLE) for bound in (RANKED, COUNTED)):
        return _counted(connection, search, ids)
    return replace(
        Found(ids[:SAMPLE], False, roughly(hits), False),
        can_count=hits < COUNTED,
        common=hits > COUNTED,
        rankable=hits < RANKED,
    )


def _is_near(hits: float, bound: int, seen: int) -> bool:
    """Say whether an estimate from so many articles, which chance chose, may lie on the wrong side of a bound."""
    return max(hits / bound, bound / hits) < 1 + _SURE / math.sqrt(seen)


def counted(connection: Connection, search: Search, found: Found) -> Found:
    """Return what a search found, its hits counted one by one where that is not too much."""
    if found.exact or not found.can_count:
        return found
    if search.filters:
        return replace(found, hits=len(_among(connection, search)), exact=True)
    return kept(connection, ("count", search.expression), lambda: _counted(connection, search, found.ids))


def _counted(connection: Connection, search: Search, ids: list[int]) -> Found:
    # From there on: FTS5 seeks to an id, and what was gone past is not gone past again.
    rest = f"SELECT rowid AS id FROM articles_fts WHERE articles_fts MATCH :q AND rowid > {ids[-1]}"
    sql = f"SELECT count(*) AS n, max(id) AS last FROM ({rest} LIMIT {max(COUNTED - len(ids), 0)})"
    counted = rows(connection, sql, search.parameters())[0]
    hits = len(ids) + counted["n"]
    if hits < COUNTED:
        return Found(ids[:SAMPLE], False, hits, True, rankable=hits <= RANKED)
    return Found(ids[:SAMPLE], False, _estimate(hits, counted["last"] or ids[-1]), False, common=True)


def _by_filters(connection: Connection, search: Search, most: int) -> list[int]:
    sql = f"SELECT a.id FROM articles a {_best(connection, search)} WHERE {search.conditions()} ORDER BY a.id"
    return _ids(connection, f"{sql} LIMIT {most + 1}", search)


def _chosen(connection: Connection, search: Search, most: int) -> int:
    """Count what filters alone choose, up to where that is too much."""
    sql = f"SELECT a.id FROM articles a {_best(connection, search)} WHERE {search.conditions()} LIMIT {most + 1}"
    return int(rows(connection, f"SELECT count(*) AS n FROM ({sql})", search.parameters())[0]["n"])


def _looks_are_cheap(search: Search) -> bool:
    expression = search.expression or ""
    return not _OF_FEW.isdisjoint(search.filters) and not excludes(expression) and not begins(expression)


def _looked_for(connection: Connection, search: Search) -> list[int]:
    hit = "EXISTS (SELECT 1 FROM articles_fts WHERE articles_fts MATCH :q AND rowid = a.id)"
    sql = f"SELECT a.id FROM articles a {_best(connection, search)} WHERE {search.conditions()} AND {hit}"
    return _ids(connection, sql, search)


def _among(connection: Connection, search: Search, order: str = "") -> list[int]:
    chosen = f"SELECT a.id FROM articles a {_best(connection, search)} WHERE {search.conditions()}"
    sql = f"SELECT rowid FROM articles_fts WHERE articles_fts MATCH :q AND +rowid IN ({chosen}){order}"
    return _ids(connection, sql, search)


def _hits(connection: Connection, search: Search, order: str) -> list[int]:
    return _ids(connection, f"SELECT rowid FROM articles_fts WHERE articles_fts MATCH :q{order}", search)


def _both(connection: Connection, search: Search) -> list[int]:
    sql = (
        f"SELECT f.id FROM (SELECT rowid AS id FROM articles_fts WHERE articles_fts MATCH :q LIMIT {COUNTED}) f"
        f" CROSS JOIN articles a {narrow(connection)} ON a.id = f.id WHERE {search.checks()} LIMIT {SAMPLE + 1}"
    )
    return _ids(connection, sql, search)


def _filtered(connection: Connection, search: Search) -> Found:
    ids = _by_filters(connection, search, SAMPLE)
    if len(ids) <= SAMPLE:
        return _cut(ids)
    sql = f"SELECT count(*) AS n FROM articles a {_best(connection, search)} WHERE "
    hits = rows(connection, sql + search.conditions(), search.parameters())[0]["n"]
    return Found(ids[:SAMPLE], False, hits, True)


def _cut(ids: list[int]) -> Found:
    """Keep an even part of articles that were all found."""
    return Found(ids[:SAMPLE], len(ids) <= SAMPLE, len(ids), True)


def _sampled(ids: list[int], common: bool = False) -> Found:
    if len(ids) <= SAMPLE:
        return Found(ids, True, len(ids), not common, common=common)
    return Found(ids[:SAMPLE], False, _estimate(SAMPLE, ids[SAMPLE - 1]), False, common=common)


def _estimate(count: int, last: int) -> int:
    """Say how many there are of which `count` have ids up to `last`."""
    return roughly(count * _IDS / max(last, 1))


def roughly(number: float) -> int:
    """Round an estimate to the two digits that it is good for."""
    step = int(10 ** max(len(str(round(number))) - 2, 0))
    return round(number / step) * step


def _ids(connection: Connection, sql: str, search: Search, **more: str) -> list[int]:
    return [one for (one,) in connection.execute(sql, search.parameters() | more)]
