"""How a search's articles divide: by section, type, author, series, year, outlet cited and month. Must not find them.

A facet counts what would be found with its own filter off. Texts are not looked at.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from sqlite3 import Connection
from typing import NamedTuple

from archive.site.asked import FACETS, Search
from archive.site.sampling import Found, narrow, passing, sampled_by_words
from archive.site.tallies import Tallies, tallies

SHOWN = 12
# Of so many, the share of what is common is known to two digits.
DIVIDED = 2_000
_PLAIN = ("section", "type", "year")
_NAMED = {
    "author": "SELECT n.name, count(*) AS n FROM json_each(?) j CROSS JOIN article_authors x ON x.article_id = j.value"
    " CROSS JOIN authors n ON n.id = x.author_id GROUP BY n.name",
    "series": "SELECT n.name, count(*) AS n FROM json_each(?) j CROSS JOIN articles a {narrow} ON a.id = j.value"
    " CROSS JOIN series n ON n.id = a.series_id GROUP BY n.name",
    "outlet": "SELECT n.name, count(DISTINCT x.article_id) AS n FROM json_each(?) j CROSS JOIN links x"
    " ON x.article_id = j.value AND x.internal = 0 CROSS JOIN outlets n ON n.id = x.outlet_id GROUP BY n.name",
}


class _Plain(NamedTuple):
    section: str | None
    type: str | None
    year: str | None
    month: str | None


@dataclass(frozen=True, slots=True)
class Division:
    """How articles divide. `facets`: by name, values and counts; `looked_at`: over how many of them, None for all."""

    facets: Mapping[str, list[tuple[str, int]]]
    months: Mapping[str, int]
    looked_at: int | None = None


def divide(connection: Connection, search: Search, found: Found) -> Division:
    """Divide what was found. Counts of a part are scaled up to the whole."""
    if not search.expression and not search.filters:
        return _of_all(tallies(connection))
    ids = _part(found)
    plain, scale = _plain(connection, ids), found.hits / max(len(ids), 1)
    base = sampled_by_words(connection, search) if search.filters else found
    facets = {}
    for name in FACETS:
        if name in search.filters:
            wide = passing(connection, search.without(name), _part(base))
            values = _facet(connection, name, wide, _plain(connection, wide), base.hits / max(len(_part(base)), 1))
            facets[name] = _with_chosen(values, search.filters[name], found.hits)
        else:
            facets[name] = _facet(connection, name, ids, plain, scale)
    months = Counter(row.month for row in plain if row.month)
    looked_at = None if found.whole and base.whole else min(len(ids), len(_part(base)))
    return Division(facets, {month: round(n * scale) for month, n in months.items()}, looked_at)


def _part(found: Found) -> list[int]:
    return found.ids if found.whole else found.ids[:DIVIDED]


def _of_all(known: Tallies) -> Division:
    facets = {name: _shown(name, known.facets[name]) for name in FACETS}
    return Division(facets, known.months)


def _facet(
    connection: Connection, name: str, ids: list[int], plain: list[_Plain], scale: float
) -> list[tuple[str, int]]:
    if name in _PLAIN:
        counts = Counter(value for row in plain if (value := getattr(row, name)))
    else:
        sql = _NAMED[name].format(narrow=narrow(connection))
        counts = Counter(dict(connection.execute(sql, [json.dumps(ids)]).fetchall()))
    return _shown(name, {value: max(round(n * scale), 1) for value, n in counts.items()})


def _shown(name: str, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    if name == "year":
        return sorted(counts.items(), reverse=True)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]


def _with_chosen(values: list[tuple[str, int]], chosen: str, hits: int) -> list[tuple[str, int]]:
    """Keep the chosen value among those shown, so that it can be seen and taken off."""
    others: Iterable[tuple[str, int]] = (item for item in values if item[0] != chosen)
    kept = next((item for item in values if item[0] == chosen), None)
    return values if kept else [(chosen, hits), *others]


def _plain(connection: Connection, ids: list[int]) -> list[_Plain]:
    sql = (
        "SELECT a.section, a.type, substr(a.published_at, 1, 4), substr(a.published_at, 1, 7)"
        f" FROM json_each(?) j CROSS JOIN articles a {narrow(connection)} ON a.id = j.value"
    )
    return [_Plain(*row) for row in connection.execute(sql, [json.dumps(ids)])]
