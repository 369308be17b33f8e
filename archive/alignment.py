"""Finds what two sequences share, in order, in near-linear time. Must not know what the items mean.

Patience diff: items that occur once on both sides are anchors, the longest rising run of them stands, and the gaps
between are searched again. Only a small gap without anchors is compared item by item, so the work is bounded; difflib
alone is quadratic on prose.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

Pair = tuple[int, int]
Box = tuple[int, int, int, int]

_WIDTHS = 1, 4
"""Anchors are single items; where none occurs once, as in long passages of Chinese, runs of four."""
_SMALL_GAP = 4_000
"""So many comparisons may be spent on one gap without anchors."""


def matching_pairs(before: Sequence[str], after: Sequence[str]) -> list[Pair]:
    """List the positions of equal items, rising on both sides."""
    pairs: list[Pair] = []
    open_boxes: list[Box] = [(0, len(before), 0, len(after))]
    while open_boxes:
        start, end, start_after, end_after = _without_ends(before, after, open_boxes.pop(), pairs)
        if start == end or start_after == end_after:
            continue
        box = (start, end, start_after, end_after)
        anchors = next(filter(None, (_anchors(before, after, box, width) for width in _WIDTHS)), [])
        if anchors:
            pairs += anchors
            open_boxes += boxes_between(anchors, box)
        elif (end - start) * (end_after - start_after) <= _SMALL_GAP:
            pairs += _by_item(before, after, box)
    return sorted(pairs)


def boxes_between(pairs: Sequence[Pair], box: Box) -> Iterator[Box]:
    """Give the unmatched stretches of a box: start and end before, start and end after."""
    start, start_after = box[0], box[2]
    for here, there in (*pairs, (box[1], box[3])):
        if here > start or there > start_after:
            yield start, here, start_after, there
        start, start_after = here + 1, there + 1


def rising(pairs: Sequence[Pair]) -> list[Pair]:
    """Pick the longest run that rises on both sides from pairs sorted by their first position."""
    tails: list[int] = []
    tail_pairs: list[int] = []
    previous: list[int] = []
    for index, (_, there) in enumerate(pairs):
        place = bisect_left(tails, there)
        previous.append(tail_pairs[place - 1] if place else -1)
        tails[place : place + 1] = [there]
        tail_pairs[place : place + 1] = [index]
    run: list[Pair] = []
    index = tail_pairs[-1] if tail_pairs else -1
    while index >= 0:
        run.append(pairs[index])
        index = previous[index]
    return run[::-1]


def _without_ends(before: Sequence[str], after: Sequence[str], box: Box, pairs: list[Pair]) -> Box:
    start, end, start_after, end_after = box
    while start < end and start_after < end_after and before[start] == after[start_after]:
        pairs.append((start, start_after))
        start, start_after = start + 1, start_after + 1
    while start < end and start_after < end_after and before[end - 1] == after[end_after - 1]:
        end, end_after = end - 1, end_after - 1
        pairs.append((end, end_after))
    return start, end, start_after, end_after


def _anchors(before: Sequence[str], after: Sequence[str], box: Box, width: int) -> list[Pair]:
    once, once_after = _once(before, box[0], box[1], width), _once(after, box[2], box[3], width)
    return rising([(here, once_after[run]) for run, here in once.items() if run in once_after])


def _once(items: Sequence[str], start: int, end: int, width: int) -> dict[tuple[str, ...], int]:
    runs = [tuple(items[place : place + width]) for place in range(start, end - width + 1)]
    counts = Counter(runs)
    return {run: place for place, run in enumerate(runs, start) if counts[run] == 1}


def _by_item(before: Sequence[str], after: Sequence[str], box: Box) -> list[Pair]:
    start, end, start_after, end_after = box
    matcher = SequenceMatcher(None, before[start:end], after[start_after:end_after], autojunk=False)
    return [
        (start + here + step, start_after + there + step)
        for here, there, size in matcher.get_matching_blocks()
        for step in range(size)
    ]
