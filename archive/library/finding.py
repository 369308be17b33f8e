"""Finds articles in all archives at once, and reads one page of them, or all. Must not know HTTP or HTML."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from sqlite3 import Connection
from typing import TypeVar

from archive.library.asked import Question
from archive.library.merging import Hit, by_date, by_relevance, merged
from archive.library.volume import Missing, Volume
from archive.site import addresses, results
from archive.site.asked import MAX_PAGE, PAGE, Search
from archive.site.dividing import divide
from archive.site.ordering import Ordered, ahead, page_count, part_of, reached
from archive.site.queries import Row
from archive.site.sampling import counted, find, narrow
from archive.site.taking import found_ids

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Part:
    """What one archive found: its hits as far as asked for, of so many that its pages reach and it has in all."""

    hits: list[Hit]
    reached: int
    count: int
    is_exact: bool
    years: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Together:
    """One page of what all archives found. `parts` and `missing` are by the archives' names."""

    question: Question
    cards: list[tuple[str, Row]]
    parts: Mapping[str, Part]
    missing: Mapping[str, str]

    @property
    def chosen(self) -> list[Part]:
        """Return the parts of the archives whose articles are wanted."""
        only = self.question.publication
        return [part for name, part in self.parts.items() if only in (None, name)]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Count what each archive found, whichever is wanted."""
        return [(name, part.count) for name, part in self.parts.items()]

    @property
    def unsure(self) -> list[str]:
        """Name the archives whose counts are estimates."""
        return [name for name, part in self.parts.items() if not part.is_exact]

    @property
    def years(self) -> list[tuple[str, int]]:
        """Count what was found by year, the latest first."""
        counts: Counter[str] = Counter()
        for part in self.chosen:
            counts.update(part.years)
        return sorted(counts.items(), reverse=True)

    @property
    def hits(self) -> int:
        """Count what was found; an estimate when it is not exact."""
        return sum(part.count for part in self.chosen)

    @property
    def is_exact(self) -> bool:
        """Say whether all was counted."""
        return all(part.is_exact for part in self.chosen)

    @property
    def is_cut(self) -> bool:
        """Say whether pages end before all that was found was shown."""
        return self.hits > min(self.reached, MAX_PAGE * PAGE)

    @property
    def reached(self) -> int:
        """Count what pages can show."""
        return sum(part.reached for part in self.chosen)

    @property
    def pages(self) -> int:
        """Count the pages that can be asked for."""
        return page_count(self.reached)


async def each(
    volumes: Sequence[Volume], query: Callable[[Connection, str], Read]
) -> tuple[dict[str, Read], dict[str, str]]:
    """Run a query on all archives at once, each with its name; return what they gave, and why others gave nothing."""
    answers = await asyncio.gather(*(one.read(query, one.name) for one in volumes), return_exceptions=True)
    found: dict[str, Read] = {}
    missing: dict[str, str] = {}
    for volume, answer in zip(volumes, answers, strict=True):
        if isinstance(answer, Missing):
            missing[volume.name] = str(answer)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            found[volume.name] = answer
    return found, missing


async def article_at(volumes: Sequence[Volume], typed: str) -> tuple[str, str] | None:
    """Return the name of the archive and the slug of the article that an address leads to; None for any other text."""
    slugs, _ = await each(volumes, lambda connection, _: addresses.slug_for_address(connection, typed))
    return next(((name, slug) for name, slug in slugs.items() if slug), None)


async def page_of(volumes: Sequence[Volume], question: Question) -> Together:
    """Find articles in all archives, and read one page of them."""
    search = question.search
    parts, missing = await each(volumes, lambda connection, name: _part(connection, search, name))
    together = Together(question, [], parts, missing)
    at = (search.page - 1) * PAGE
    listed = list(islice(merged([part.hits for part in together.chosen], search.sort == "date"), at, at + PAGE))
    cards, lost = await read_hits(volumes, listed, lambda connection, ids: results.cards(connection, search, ids))
    return replace(together, cards=cards, missing=missing | lost)


async def all_of(volumes: Sequence[Volume], question: Question) -> tuple[list[Hit], dict[str, str]]:
    """Find all articles, in the order of the pages; return why some archives could not be asked, too."""
    only = [one for one in volumes if question.publication in (None, one.name)]
    found, missing = await each(only, lambda connection, name: _all(connection, question.search, name))
    return list(merged(list(found.values()), question.search.sort == "date")), missing


async def read_hits(
    volumes: Sequence[Volume], hits: Sequence[Hit], query: Callable[[Connection, list[int]], list[Row]]
) -> tuple[list[tuple[str, Row]], dict[str, str]]:
    """Read articles of several archives in the order given, each row with its archive's name."""
    ids: defaultdict[str, list[int]] = defaultdict(list)
    for hit in hits:
        ids[hit.volume].append(hit.id)
    asked = [volume for volume in volumes if volume.name in ids]
    found, missing = await each(asked, lambda connection, name: query(connection, ids[name]))
    known = {(name, row["id"]): row for name, listed in found.items() for row in listed}
    return [(hit.volume, known[hit.volume, hit.id]) for hit in hits if (hit.volume, hit.id) in known], missing


def _part(connection: Connection, search: Search, name: str) -> Part:
    if search.is_hopeless:
        return Part([], 0, 0, True, {})
    found = counted(connection, search, find(connection, search))
    years = dict(divide(connection, search, found, ("year",)).facets["year"])
    ordered = part_of(connection, search, found, search.page * PAGE) if found.hits else Ordered([], None)
    hits = _hits(connection, search, name, ordered.ids)
    return Part(hits, reached(found.hits, ordered.ranked), found.hits, found.exact, years)


def _all(connection: Connection, search: Search, name: str) -> list[Hit]:
    return _hits(connection, search, name, found_ids(connection, search))


def _hits(connection: Connection, search: Search, name: str, ids: list[int]) -> list[Hit]:
    if search.sort == "relevance":
        return by_relevance(name, ids, ahead(connection, search, ids))
    sql = (
        f"SELECT a.id, a.published_at FROM json_each(:ids) j CROSS JOIN articles a {narrow(connection)}"
        " ON a.id = j.value"
    )
    dates = dict(connection.execute(sql, {"ids": json.dumps(ids)}).fetchall())
    return by_date(name, ((one, dates[one]) for one in ids))
