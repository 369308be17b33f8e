"""Which articles a search finds: all of them where that is cheap, else an even part. Must not rank or divide them.

Ids are hashes (`archive.urls.stable_id`), so that the first of them in order are an even sample of any set, and the
share of all possible ids that they span says how large the set is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from sqlite3 import Connection

from archive.site.asked import Search
from archive.site.queries import rows

SAMPLE = 3_000
# Up to so many hits are counted one by one, and ranked.
COUNTED = 200_000
# Looking up whether an article is among the hits costs as much as going past some thousand hits.
_FEW = 300
_IDS = 2**52


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds: `ids` in order, all of them when `whole`; `hits` counts all, by estimate when not `exact`.

    `common` says that the words alone are in more articles than can be ranked.
    """

    ids: list[int]
    whole: bool
    hits: int
    exact: bool
    common: bool = False


def narrow(connection: Connection) -> str:
    """Return what makes SQLite look at articles without their texts; nothing where the index is not there."""
    return _hint(connection, "articles_narrow")


def dated(connection: Connection) -> str:
    """Return what makes SQLite go through articles by date; nothing where the index is not there."""
    return _hint(connection, "articles_dated")


def _hint(connection: Connection, index: str) -> str:
    known = connection.execute("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?", [index])
    return f"INDEXED BY {index}" if known.fetchone() else ""


def find(connection: Connection, search: Search) -> Found:
    """Find what a search means, at a cost that does not grow with what it finds past `COUNTED`."""
    if not search.expression:
        return _filtered(connection, search)
    words = _by_words(connection, search)
    if not search.filters:
        return _counted(connection, search, words)
    if len(words) <= SAMPLE:
        return _all(passing(connection, search, words))
    common = _counted(connection, search.without(*search.filters), words).common
    chosen = _by_filters(connection, search)
    if len(chosen) <= SAMPLE:
        return _all(_among(connection, search, chosen), common)
    return _sampled(_both(connection, search), common)


def passing(connection: Connection, search: Search, ids: list[int]) -> list[int]:
    """Return those of some articles that a search's filters let pass."""
    if not search.filters or not ids:
        return ids
    sql = (
        f"SELECT a.id FROM json_each(:ids) j CROSS JOIN articles a {narrow(connection)} ON a.id = j.value"
        f" WHERE {search.checks()}"
    )
    return _ids(connection, sql, search, ids=json.dumps(ids))


def sampled_by_words(connection: Connection, search: Search) -> Found:
    """Find what a search's words find alone, not counted: an even part of it serves to divide it."""
    bare = search.without(*search.filters)
    ids = _by_words(connection, bare) if search.expression else _by_filters(connection, bare)
    return _all(ids) if len(ids) <= SAMPLE else _sampled(ids)


def _by_words(connection: Connection, search: Search) -> list[int]:
    sql = f"SELECT rowid FROM articles_fts WHERE articles_fts MATCH :q ORDER BY rowid LIMIT {SAMPLE + 1}"
    return _ids(connection, sql, search)


def _by_filters(connection: Connection, search: Search) -> list[int]:
    sql = f"SELECT a.id FROM articles a {narrow(connection)} WHERE {search.conditions()} ORDER BY a.id"
    return _ids(connection, f"{sql} LIMIT {SAMPLE + 1}", search)


def _among(connection: Connection, search: Search, ids: list[int]) -> list[int]:
    column = "rowid" if len(ids) <= _FEW else "+rowid"
    among = f"{column} IN (SELECT value FROM json_each(:ids))"
    sql = f"SELECT rowid FROM articles_fts WHERE articles_fts MATCH :q AND {among}"
    return sorted(_ids(connection, sql, search, ids=json.dumps(ids)))


def _both(connection: Connection, search: Search) -> list[int]:
    sql = (
        f"SELECT f.id FROM (SELECT rowid AS id FROM articles_fts WHERE articles_fts MATCH :q LIMIT {COUNTED}) f"
        f" CROSS JOIN articles a {narrow(connection)} ON a.id = f.id WHERE {search.checks()} LIMIT {SAMPLE + 1}"
    )
    return _ids(connection, sql, search)


def _filtered(connection: Connection, search: Search) -> Found:
    ids = _by_filters(connection, search)
    if len(ids) <= SAMPLE:
        return _all(ids)
    sql = f"SELECT count(*) AS n FROM articles a {narrow(connection) if search.filters else ''} WHERE "
    hits = rows(connection, sql + search.conditions(), search.parameters())[0]["n"]
    return Found(ids[:SAMPLE], False, hits, True)


def _counted(connection: Connection, search: Search, ids: list[int]) -> Found:
    """Count the hits of words alone, up to `COUNTED`."""
    if len(ids) <= SAMPLE:
        return _all(ids)
    inner = f"SELECT rowid AS id FROM articles_fts WHERE articles_fts MATCH :q LIMIT {COUNTED}"
    counted = rows(connection, f"SELECT count(*) AS n, max(id) AS last FROM ({inner})", search.parameters())[0]
    if counted["n"] < COUNTED:
        return Found(ids[:SAMPLE], False, counted["n"], True)
    return Found(ids[:SAMPLE], False, _estimate(counted["n"], counted["last"]), False, common=True)


def _all(ids: list[int], common: bool = False) -> Found:
    return Found(ids, True, len(ids), True, common)


def _sampled(ids: list[int], common: bool = False) -> Found:
    if len(ids) <= SAMPLE:
        return _all(ids, common)
    return Found(ids[:SAMPLE], False, _estimate(SAMPLE, ids[SAMPLE - 1]), False, common)


def _estimate(count: int, last: int) -> int:
    """Say how many there are of which `count` have ids up to `last`, to two digits."""
    guess = round(count * _IDS / max(last, 1))
    step = int(10 ** max(len(str(guess)) - 2, 0))
    return round(guess / step) * step


def _ids(connection: Connection, sql: str, search: Search, **more: str) -> list[int]:
    return [one for (one,) in connection.execute(sql, search.parameters() | more)]
