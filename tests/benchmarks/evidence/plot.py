"""What happens to a site over its nights: who is edited, moved, gone, back and new, and what an archive must hold.

Must not serve, crawl or judge.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from .edits import EDITS, SILENT
from .night import Night
from .story import Story, make_stories

FIRST = datetime(2031, 3, 3, 2, 0, tzinfo=UTC)
CONFIRMED = "confirm a third time"
MOVES = ("announced anew", "old announced", "canonical, both announced", "canonical, old announced", "edited too")


@dataclass(frozen=True, slots=True)
class Move:
    """A story's way from its old address to a new one."""

    how: str
    old: str
    new: str


@dataclass(frozen=True)
class Plot:
    """The whole course. Everything is keyed by the stories' first paths."""

    stories: tuple[Story, ...]
    newcomers: tuple[Story, ...]
    edits: dict[str, str]
    moves: dict[str, Move]
    gone: dict[str, int]
    unlisted: frozenset[str]
    returning: str
    edited: dict[str, Story] = field(default_factory=dict)

    def changed(self) -> dict[str, Story]:
        """Return every story as it is after its edit and move."""
        moved = {key: move.new for key, move in self.moves.items()}
        now = {story.key: self.edited.get(story.key, story) for story in self.stories}
        return {key: replace(story, path=moved.get(key, story.path)) for key, story in now.items()}

    def nights(self, outages: bool = True, daily: bool = False) -> Iterator[tuple[str, Night]]:
        """Give the nights in order with what each is for; `outages` leaves those of a broken site in.

        With `daily` no day is left out: at first not every page is due when it has changed.
        """
        listed = tuple((story.path, story) for story in self.stories)
        first = Night(FIRST, self.stories, listed)
        yield "first", first
        yield "unchanged", replace(first, at=FIRST + timedelta(days=1))
        after = self._after()
        days: tuple[tuple[int, str], ...] = ((4, "changed"), (5, "confirm"), (6, "confirm again"), (8, CONFIRMED))
        if daily:
            days = (*((day, "a day") for day in range(2, 13)), (13, CONFIRMED))
        for day, name in days:
            yield name, replace(after, at=FIRST + timedelta(days=day), noisy=True)
        if outages:
            for day, outage in ((40, "all 404"), (41, "articles 404"), (42, "all 500"), (43, "articles 404")):
                yield outage, replace(after, at=FIRST + timedelta(days=day), outage=outage)
        back = self._back(after)
        for day, name in ((45, "back"), (140, "last")):
            yield name, replace(back, at=FIRST + timedelta(days=day), noisy=True)

    def _after(self) -> Night:
        now = self.changed()
        doubles, redirects, listed = {}, {}, []
        for key, story in now.items():
            move = self.moves.get(key)
            if move and move.how.startswith("canonical"):
                doubles[move.old] = story
            elif move:
                redirects[move.old] = move.new
            if key not in self.unlisted:
                listed += [(path, story) for path in _announced(move, story)]
        standing = tuple(story for key, story in now.items() if key not in self.gone)
        listed += [(story.path, story) for story in self.newcomers]
        return Night(FIRST, (*standing, *self.newcomers), tuple(listed), redirects, doubles, self.gone)

    def _back(self, after: Night) -> Night:
        story = next(one for one in self.stories if one.key == self.returning)
        gone = {key: status for key, status in self.gone.items() if key != self.returning}
        listed = after.listed if story.key not in self.unlisted else (*after.listed, (story.path, story))
        return replace(after, stories=(*after.stories, story), gone=gone, listed=listed)

    def silent(self, key: str) -> bool:
        """Say whether a story's edit is one that the page does not mention."""
        return self.edits[key] in SILENT


def _announced(move: Move | None, story: Story) -> list[str]:
    if move is None:
        return [story.path]
    if "both" in move.how:
        return [move.old, move.new]
    return [move.old] if "old announced" in move.how else [move.new]


def make_plot(seed: int, pages: int, changes: int = 10, gone: int = 5, moved: int = 5) -> Plot:
    """Make the course of a seed: `changes` edits (the last of a moved story), gone, moved and 3 new ones."""
    rng = random.Random(f"plot {seed}")
    stories = make_stories(seed, pages)
    chosen = rng.sample(stories, k=changes - 1 + gone + moved)
    plain, lost, away = chosen[: changes - 1], chosen[changes - 1 : changes - 1 + gone], chosen[changes - 1 + gone :]
    moves = {story.key: _move(MOVES[number % len(MOVES)], story) for number, story in enumerate(away)}
    kinds = list(EDITS)
    rng.shuffle(kinds)
    also = next(story for story in away if moves[story.key].how == "edited too")
    edits = {story.key: kinds[number % len(kinds)] for number, story in enumerate([*plain, also])}
    edited = {story.key: _edited(story, edits[story.key], rng) for story in [*plain, also]}
    return Plot(
        stories=stories,
        newcomers=make_stories(seed + 1000, 3, prefix="new-"),
        edits=edits,
        moves=moves,
        gone={story.key: 410 if number % 2 else 404 for number, story in enumerate(lost)},
        unlisted=frozenset(story.key for story in lost[: (gone + 1) // 2]),
        returning=lost[-1].key,
        edited=edited,
    )


def _move(how: str, story: Story) -> Move:
    return Move(how, story.path, story.path.removesuffix("/") + "-2671234567/")


def _edited(story: Story, kind: str, rng: random.Random) -> Story:
    return replace(EDITS[kind](story, rng), modified=datetime(2031, 3, 6, tzinfo=UTC))
