"""Makes one list of what several archives found. Must not read archives.

By date, newest first. By relevance, it is reciprocal rank fusion in two steps, and compares no scores: BM25 weighs a
word by how rare it is in its own index, so the same sentence scores higher in an archive of a hundred thousand articles
than in one of a thousand, and the larger would stand before the smaller whatever was asked. Scores divided by each
list's best one would be no better: the best of a bad list is as good as the best of a good one.

So each archive ranks its own (`archive.site.ordering`), and its list is kept in that order. What is told apart in the
same way everywhere comes first: articles with all that was asked for in headline or dek go before those that have it
only elsewhere. Within each kind a place counts as a place, the first of every archive before the second of any. (The
fusion's sum over lists has one term here, as no article is in two archives, and then its constant plays no part.)

A list's part before some place never depends on what comes after it: pages are slices of one list, and none repeats or
loses an article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import merge
from operator import attrgetter
from typing import Any, NamedTuple


class Hit(NamedTuple):
    """An article in an archive. Lists are merged by `key`: of ranks the lowest first, of dates the latest."""

    volume: str
    id: int
    key: Any


def by_relevance(volume: str, ids: Sequence[int], ahead: Collection[int]) -> list[Hit]:
    """Return one archive's ranked articles as hits; `ahead` are those with the words in headline or dek."""
    places: Counter[bool] = Counter()
    found = []
    for one in ids:
        behind = one not in ahead
        places[behind] += 1
        found.append(Hit(volume, one, (behind, places[behind])))
    return found


def by_date(volume: str, dated: Iterable[tuple[int, str | None]]) -> list[Hit]:
    """Return one archive's articles, the newest first and the undated last, as hits."""
    return [Hit(volume, one, at or "") for one, at in dated]


def merged(lists: Sequence[Sequence[Hit]], dated: bool) -> Iterator[Hit]:
    """Merge lists, each kept in its order; where keys are equal, the archive that was named first goes first."""
    return merge(*lists, key=attrgetter("key"), reverse=dated)
