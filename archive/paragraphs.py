"""Pairs the paragraphs of two versions: which are the same, rewritten, moved, inserted or deleted.

Must not diff words. Near-linear: only paragraphs that share a rare word, or stand at the same place, are compared.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from archive.alignment import Box, Pair, boxes_between, matching_pairs
from archive.tokens import tokens_of

ParagraphKind = Literal["kept", "rewritten", "inserted", "deleted", "moved"]
Bag = Counter[str]

REWRITTEN = 0.45
"""Two paragraphs that share this much of their letters, counted by whole words, are one rewritten."""
MOVED = 0.75
"""At another place they must share this much."""
_SPLIT = 0.7
_CONTAINED, _TELLING = 0.9, 15
_RARE = 6


@dataclass(frozen=True, slots=True)
class Match:
    """Paragraphs that belong together: their positions before and after; several where one was split or joined."""

    kind: ParagraphKind
    before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()


def pair_paragraphs(before: Sequence[str], after: Sequence[str]) -> list[Match]:
    """Pair two lists of paragraphs; every position is in exactly one match.

    The matches that are not moved keep the order of both sides.
    """
    kept = matching_pairs(before, after)
    if len(before) == len(after) == 1 and not kept:
        return [Match("rewritten", (0,), (0,))]
    whole = (0, len(before), 0, len(after))
    boxes = list(boxes_between(kept, whole))
    bags = {here: _bag(before[here]) for box in boxes for here in range(box[0], box[1])}
    bags_after = {there: _bag(after[there]) for box in boxes for there in range(box[2], box[3])}
    moved = _identical(before, after, bags, bags_after)
    scores = _scores(boxes, bags, bags_after, moved)
    rewritten = _in_order(scores, kept)
    moved += _elsewhere(scores, moved + rewritten)
    groups = _grouped(rewritten, bags, bags_after, moved)
    return _matches(kept, groups, moved, len(before), len(after))


def _bag(paragraph: str) -> Bag:
    return Counter(token for token in tokens_of(paragraph).texts if token)


def _letters(bag: Bag) -> int:
    return sum(len(word) * count for word, count in bag.items())


def _likeness(one: Bag, other: Bag) -> float:
    shared, sizes = _letters(one & other), sorted((_letters(one), _letters(other)))
    likeness = 2 * shared / (sum(sizes) or 1)
    # Nearly all of a paragraph that was cut down, or grew, is in the other; any better pair goes first.
    return max(likeness, REWRITTEN) if sizes[0] >= _TELLING and shared >= _CONTAINED * sizes[0] else likeness


def _identical(
    before: Sequence[str], after: Sequence[str], bags: Iterable[int], bags_after: Iterable[int]
) -> list[Pair]:
    places: dict[str, list[int]] = defaultdict(list)
    for there in sorted(bags_after, reverse=True):
        places[after[there]].append(there)
    return [(here, places[before[here]].pop()) for here in sorted(bags) if before[here] and places.get(before[here])]


def _scores(
    boxes: Iterable[Box], bags: dict[int, Bag], bags_after: dict[int, Bag], taken: Sequence[Pair]
) -> list[tuple[float, Pair]]:
    taken_before, taken_after = {here for here, _ in taken}, {there for _, there in taken}
    likely = _sharing_rare_words(bags, bags_after) | _at_one_place(boxes)
    scored = (
        (_likeness(bags[here], bags_after[there]), (here, there))
        for here, there in likely
        if here not in taken_before and there not in taken_after
    )
    return sorted((pair for pair in scored if pair[0] >= REWRITTEN), key=lambda found: (-found[0], found[1]))


def _sharing_rare_words(bags: dict[int, Bag], bags_after: dict[int, Bag]) -> set[Pair]:
    holders: dict[str, list[int]] = defaultdict(list)
    for here, bag in bags.items():
        for word in bag:
            holders[word].append(here)
    pairs: set[Pair] = set()
    for there, bag in bags_after.items():
        shared = Counter(here for word in bag if len(holders.get(word, ())) <= _RARE for here in holders.get(word, ()))
        pairs.update((here, there) for here, _ in shared.most_common(4))
    return pairs


def _at_one_place(boxes: Iterable[Box]) -> set[Pair]:
    pairs: set[Pair] = set()
    for start, end, start_after, end_after in boxes:
        pairs.update(zip(range(start, end), range(start_after, end_after), strict=False))
        pairs.update(zip(range(end - 1, start - 1, -1), range(end_after - 1, start_after - 1, -1), strict=False))
    return pairs


def _in_order(scores: Iterable[tuple[float, Pair]], kept: Sequence[Pair]) -> list[Pair]:
    standing = list(kept)
    found: list[Pair] = []
    for _, (here, there) in scores:
        place = bisect_left(standing, (here, -1))
        left, right = standing[place - 1 : place], standing[place : place + 1]
        if all(pair[0] < here and pair[1] < there for pair in left) and all(
            pair[0] > here and pair[1] > there for pair in right
        ):
            insort(standing, (here, there))
            found.append((here, there))
    return found


def _elsewhere(scores: Iterable[tuple[float, Pair]], taken: Sequence[Pair]) -> list[Pair]:
    taken_before, taken_after = {here for here, _ in taken}, {there for _, there in taken}
    found: list[Pair] = []
    for score, (here, there) in scores:
        if score >= MOVED and here not in taken_before and there not in taken_after:
            found.append((here, there))
            taken_before.add(here)
            taken_after.add(there)
    return found


def _grouped(
    rewritten: Sequence[Pair], bags: dict[int, Bag], bags_after: dict[int, Bag], moved: Sequence[Pair]
) -> list[tuple[list[int], list[int]]]:
    free = set(bags) - {here for here, _ in (*rewritten, *moved)}
    free_after = set(bags_after) - {there for _, there in (*rewritten, *moved)}
    groups = []
    for here, there in sorted(rewritten):
        joined = _neighbours(here, free, bags, bags_after[there] - bags[here])
        split = _neighbours(there, free_after, bags_after, bags[here] - bags_after[there])
        groups.append((joined, split))
    return groups


def _neighbours(place: int, free: set[int], bags: dict[int, Bag], rest: Bag) -> list[int]:
    """Take the free neighbours of a paragraph whose words the other side's paragraph has besides: it was split."""
    group = [place]
    for step in (-1, 1):
        near = place + step
        while near in free and bags[near] and _letters(bags[near] & rest) >= _SPLIT * _letters(bags[near]):
            rest = rest - bags[near]
            free.discard(near)
            group.append(near)
            near += step
    return sorted(group)


def _matches(
    kept: Sequence[Pair],
    groups: Sequence[tuple[list[int], list[int]]],
    moved: Sequence[Pair],
    length: int,
    length_after: int,
) -> list[Match]:
    matches = [Match("kept", (here,), (there,)) for here, there in kept]
    matches += [Match("rewritten", tuple(joined), tuple(split)) for joined, split in groups]
    matches += [Match("moved", (here,), (there,)) for here, there in moved]
    used = {here for match in matches for here in match.before}
    used_after = {there for match in matches for there in match.after}
    matches += [Match("deleted", (here,)) for here in range(length) if here not in used]
    matches += [Match("inserted", (), (there,)) for there in range(length_after) if there not in used_after]
    return matches
