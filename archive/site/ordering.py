"""In which order a search's articles stand: by rank or by date, page by page or whole. Must not divide or show them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from sqlite3 import Connection
from typing import Any

from archive.site.asked import MAX_PAGE, PAGE, RANK, Search
from archive.site.excerpt import excerpt
from archive.site.queries import rows
from archive.site.sampling import COUNTED, SAMPLE, Found, best, dated, narrow, passing
from archive.site.search import begins, excludes

# A look whether one article is among the hits costs 40 to 100 us; so many fit into a page's time. A look takes as long
# as going past so many hits, so that among many hits more looks are still sooner.
_LOOKS = 800
_HITS_A_LOOK = 700
# All that was found: more than that are not ranked.
_ALL = COUNTED
# A small index of so many articles is made sooner than the large one is gone through.
_FEW = 200
_IN_HEAD = "{{headline dek}} : ({0})"
_DATED = "a.published_at DESC, a.id"


@dataclass(frozen=True, slots=True)
class Ordered:
    """Articles in order. `ranked`: among how many the best were sought, at most; None when they are ordered by date."""

    ids: list[int]
    ranked: int | None


def reached(hits: int, ranked: int | None) -> int:
    """Return how many of so many hits pages can show; the best were sought among `ranked` (None: not by rank)."""
    return hits if ranked is None else min(hits, ranked)


def page_count(reach: int) -> int:
    """Return how many pages can be asked for that show so many articles."""
    return min(-(-reach // PAGE), MAX_PAGE)


def page_of(connection: Connection, search: Search, found: Found) -> Ordered:
    """Return one page of what was found, in order."""
    return part_of(connection, search, found, PAGE, (search.page - 1) * PAGE)


def best_of(connection: Connection, search: Search, limit: int = PAGE, offset: int | None = None) -> Ordered:
    """Return so many of all that is found, all of it ranked; by default one page."""
    at = (search.page - 1) * PAGE if offset is None else offset
    return Ordered(best(connection, search)[at : at + limit].tolist(), _ALL)


def part_of(connection: Connection, search: Search, found: Found, limit: int, offset: int = 0) -> Ordered:
    """Return so many of what was found, from one place on, in the order of its pages."""
    until = offset + limit
    if search.sort == "relevance" and not found.common:
        if found.whole and found.hits == 1:
            # Ranking goes past all texts twice, which a quotation's only hit need not wait for.
            return Ordered(found.ids[offset:until], 1)
        if found.rankable:
            return best_of(connection, search, limit, offset)
        chosen = found.ids if found.whole else _likely(connection, search, found)
        return Ordered(_ranked(connection, search, chosen, limit, offset), len(chosen))
    if found.whole:
        return Ordered(_by_date(connection, found.ids)[offset:until], None)
    if not search.expression:
        return Ordered(_newest(connection, search, limit, offset), None)
    return Ordered(_newest_hits(connection, search, found, until)[offset:], None)


def all_of(connection: Connection, search: Search, found: Found) -> list[int]:
    """Return all that was found, in order: what is ranked first, then all else by date."""
    if search.sort == "relevance" and found.rankable:
        return best(connection, search).tolist()
    everything = found.ids if found.whole else _every(connection, search)
    if search.sort != "relevance" or found.common:
        return _by_date(connection, everything)
    chosen = found.ids if found.whole else _likely(connection, search, found)
    first = _ranked(connection, search, chosen, -1, 0)
    ahead = set(first)
    return first + _by_date(connection, [one for one in everything if one not in ahead])


def ahead(connection: Connection, search: Search, ids: list[int]) -> set[int]:
    """Return those of some articles, all of them hits, that have the words in headline or dek."""
    if not search.expression or not ids:
        return set()
    if len(ids) <= _FEW:
        return _ahead_of_few(connection, search, ids)
    among = "+rowid IN (SELECT value FROM json_each(:ids))"
    sql = f"SELECT rowid FROM articles_fts WHERE articles_fts MATCH :head AND {among}"
    return set(_ids(connection, sql, search, head=_head(search.expression), ids=json.dumps(ids)))


def _ahead_of_few(connection: Connection, search: Search, ids: list[int]) -> set[int]:
    """Ask a small index of these headlines and deks: the large one goes past all texts to find a phrase in few."""
    with excerpt(connection, ids, ("headline", "dek")) as few:
        head = _IN_HEAD.format(search.expression)
        return {one for (one,) in few.execute("SELECT rowid FROM few WHERE few MATCH ?", [head])}


def _head(expression: str) -> str:
    """Write what finds the hits that have the words in headline or dek.

    What has them there is a hit, unless a word that is excluded stands elsewhere; asking for both costs twice.
    """
    head = _IN_HEAD.format(expression)
    return f"({head}) AND ({expression})" if excludes(expression) else head


def _ranked(connection: Connection, search: Search, among: list[int], limit: int, offset: int) -> list[int]:
    if not among:
        return []
    only = f"rowid <= {max(among)} AND +rowid IN (SELECT value FROM json_each(:ids))"
    sql = f"SELECT rowid FROM articles_fts WHERE articles_fts MATCH :q AND {only} ORDER BY {RANK}, rowid"
    return _ids(connection, f"{sql} LIMIT {limit} OFFSET {offset}", search, ids=json.dumps(among))


def _likely(connection: Connection, search: Search, found: Found) -> list[int]:
    """Return the articles among which the best are sought: those with the words in headline or dek, then the sample."""
    ahead = replace(search, expression=_head(search.expression or ""))
    if search.filters:
        sql = (
            "SELECT f.rowid FROM articles_fts f CROSS JOIN articles a"
            f" {narrow(connection)} ON a.id = f.rowid WHERE f.articles_fts MATCH :q AND {search.checks()}"
        )
    else:
        sql = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH :q ORDER BY rowid"
    first = _ids(connection, f"{sql} LIMIT {SAMPLE // 2 if search.filters else SAMPLE}", ahead)
    known = set(first)
    return first + [one for one in found.ids if one not in known][: SAMPLE - len(first)]


def _by_date(connection: Connection, ids: list[int]) -> list[int]:
    sql = (
        f"SELECT j.value FROM json_each(?) j CROSS JOIN articles a {narrow(connection)} ON a.id = j.value"
        f" ORDER BY {_DATED}"
    )
    return [one for (one,) in connection.execute(sql, [json.dumps(ids)])]


def _newest(connection: Connection, search: Search, limit: int, offset: int = 0, hit: str = "TRUE") -> list[int]:
    sql = (
        f"SELECT a.id FROM articles a {dated(connection)} WHERE {search.checks()} AND {hit}"
        f" ORDER BY {_DATED} LIMIT {limit} OFFSET {offset}"
    )
    return _ids(connection, sql, search)


def _newest_hits(connection: Connection, search: Search, found: Found, wanted: int) -> list[int]:
    """Return the newest hits of common words, so many of them, without looking at all of them."""
    articles = rows(connection, "SELECT count(*) AS n FROM articles")[0]["n"]
    looks, expression = wanted * articles // max(found.hits, 1), search.expression or ""
    # Each look goes past all hits before it where words are excluded, and gathers all words that begin so.
    is_cheap = not excludes(expression) and not begins(expression)
    if is_cheap and looks <= max(_LOOKS, found.hits // _HITS_A_LOOK):
        hit = "EXISTS (SELECT 1 FROM articles_fts WHERE articles_fts MATCH :q AND rowid = a.id)"
        return _newest(connection, search, wanted, hit=hit)
    if not is_cheap and looks <= _FEW:
        hits = _hits_among_few(connection, search, looks * 3 // 2 + PAGE)
        if len(hits) >= wanted:
            return hits[:wanted]
    reach = looks * 3 // 2 + 500
    if not found.common and not search.filters and reach >= found.hits:
        return _by_date(connection, _every(connection, search))[:wanted]
    while True:
        hits = _hits_among_newest(connection, search, reach)
        if len(hits) >= wanted or reach >= articles:
            return hits[:wanted]
        reach *= 4


def _hits_among_few(connection: Connection, search: Search, reach: int) -> list[int]:
    newest = _newest(connection, search, reach)
    with excerpt(connection, newest) as few:
        hits = {one for (one,) in few.execute("SELECT rowid FROM few WHERE few MATCH ?", [search.expression])}
    return [one for one in newest if one in hits]


def _hits_among_newest(connection: Connection, search: Search, reach: int) -> list[int]:
    newest = (
        f"SELECT a.id FROM articles a {dated(connection)} WHERE {search.checks()}"
        f" ORDER BY a.published_at DESC, a.id LIMIT {reach}"
    )
    hits = f"SELECT rowid AS id FROM articles_fts WHERE articles_fts MATCH :q AND +rowid IN ({newest})"
    sql = f"SELECT a.id FROM ({hits}) h CROSS JOIN articles a {narrow(connection)} ON a.id = h.id ORDER BY {_DATED}"
    return _ids(connection, sql, search)


def _every(connection: Connection, search: Search) -> list[int]:
    if not search.expression:
        return _ids(connection, f"SELECT a.id FROM articles a {narrow(connection)} WHERE {search.conditions()}", search)
    sql = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH :q"
    return passing(connection, search, _ids(connection, sql, search))


def _ids(connection: Connection, sql: str, search: Search, **more: Any) -> list[int]:
    return [one for (one,) in connection.execute(sql, search.parameters() | more)]
