"""How a search's articles divide: by section, type, author, series, year, outlet cited and month. Must not find them.

A facet counts what would be found with its own filter off. Texts are not looked at.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from archive.site.asked import FACETS, Search
from archive.site.sampling import Found, narrow, passing, roughly, sampled_by_words
from archive.site.tallies import Tallies, tallies

SHOWN = 12
_NAMED = {
    "author": "SELECT n.name, count(*) AS n FROM json_each(?) j CROSS JOIN article_authors x ON x.article_id = j.value"
    " CROSS JOIN authors n ON n.id = x.author_id GROUP BY n.name",
    "series": "SELECT n.name, count(*) AS n FROM json_each(?) j CROSS JOIN articles a {narrow} ON a.id = j.value"
    " CROSS JOIN series n ON n.id = a.series_id GROUP BY n.name",
    "outlet": "SELECT n.name, count(DISTINCT x.article_id) AS n FROM json_each(?) j CROSS JOIN links x"
    " ON x.article_id = j.value AND x.internal = 0 CROSS JOIN outlets n ON n.id = x.outlet_id GROUP BY n.name",
}


@dataclass(frozen=True, slots=True)
class Division:
    """How articles divide. `facets`: by name, values and counts; `looked_at`: over how many of them, None for all."""

    facets: Mapping[str, list[tuple[str, int]]]
    months: Mapping[str, int]
    looked_at: int | None = None


def divide(connection: Connection, search: Search, found: Found, names: Sequence[str] = FACETS) -> Division:
    """Divide what was found by some facets. Counts of a part are scaled up to the whole."""
    if not search.expression and not search.filters:
        return _of_all(tallies(connection), names)
    base = sampled_by_words(connection, search) if search.filters else found
    counts = _counts(connection, found.ids, [name for name in names if name not in search.filters])
    scale = found.hits / max(len(found.ids), 1)
    facets = {name: _shown(name, _scaled(counts[name], scale)) for name in names if name not in search.filters}
    for name, chosen in [item for item in search.filters.items() if item[0] in names]:
        wide = passing(connection, search.without(name), base.ids)
        values = _scaled(_counts(connection, wide, [name])[name], base.hits / max(len(base.ids), 1))
        facets[name] = _with_chosen(_shown(name, values), chosen, found.hits)
    looked_at = None if found.whole and base.whole else min(len(found.ids), len(base.ids))
    return Division({name: facets[name] for name in names}, _scaled(counts["month"], scale), looked_at)


def _of_all(known: Tallies, names: Sequence[str]) -> Division:
    facets = {name: _shown(name, known.facets[name]) for name in names}
    return Division(facets, known.months)


def _counts(connection: Connection, ids: list[int], names: Sequence[str]) -> dict[str, Counter[str]]:
    """Count articles by the values of facets, and by month."""
    counts = {name: _named(connection, ids, name) for name in names if name in _NAMED}
    sections, types, months = _plain(connection, ids)
    plain = {"section": Counter(sections), "type": Counter(types), "month": Counter(months)}
    plain["year"] = Counter()
    for month, n in plain["month"].items():
        plain["year"][month and month[:4]] += n
    for one in plain.values():
        one.pop(None, None)
    return counts | plain


def _named(connection: Connection, ids: list[int], name: str) -> Counter[str]:
    sql = _NAMED[name].format(narrow=narrow(connection))
    return Counter(dict(connection.execute(sql, [json.dumps(ids)]).fetchall()))


def _scaled(counts: Mapping[str, int], scale: float) -> dict[str, int]:
    return {value: n if scale == 1 else max(roughly(n * scale), 1) for value, n in counts.items()}


def _shown(name: str, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    if name == "year":
        return sorted(counts.items(), reverse=True)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]


def _with_chosen(values: list[tuple[str, int]], chosen: str, hits: int) -> list[tuple[str, int]]:
    """Keep the chosen value among those shown, so that it can be seen and taken off."""
    others: Iterable[tuple[str, int]] = (item for item in values if item[0] != chosen)
    kept = next((item for item in values if item[0] == chosen), None)
    return values if kept else [(chosen, hits), *others]


def _plain(connection: Connection, ids: list[int]) -> Sequence[Sequence[Any]]:
    """Return the sections, types and months of articles, each as one list."""
    sql = (
        "SELECT a.section, a.type, substr(a.published_at, 1, 7)"
        f" FROM json_each(?) j CROSS JOIN articles a {narrow(connection)} ON a.id = j.value"
    )
    return list(zip(*connection.execute(sql, [json.dumps(ids)]), strict=True)) or ((), (), ())
