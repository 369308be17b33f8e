"""What editors do to a published story: one function a kind of edit, and what an archive must say of it.

Must not know markup or archives.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from .story import SECTIONS, Story

Edit = Callable[[Story, random.Random], Story]


def typo(story: Story, rng: random.Random) -> Story:
    """Take one letter out of one long word of the body."""
    at, words = _paragraph(story, rng)
    number = max(
        range(len(words)), key=lambda index: (words[index].isalpha() and words[index].islower(), len(words[index]))
    )
    words[number] = words[number][:3] + words[number][4:]
    return _with(story, at, " ".join(words))


def headline(story: Story, rng: random.Random) -> Story:
    """Give it another headline."""
    return replace(story, headline=f"Who {rng.choice(['paid', 'asked', 'spoke'])} for {story.headline.split()[1]}?")


def dek(story: Story, rng: random.Random) -> Story:
    """Rewrite the line under the headline."""
    return replace(story, dek=f"After the {rng.choice(['flood', 'audit', 'strike'])}, nobody wants the paperwork")


def byline(story: Story, rng: random.Random) -> Story:
    """Add an author."""
    return replace(story, authors=(*story.authors, rng.choice(["Ottilie Marsh", "Bram Yardley", "Ines Kaltenbach"])))


def credit(story: Story, rng: random.Random) -> Story:
    """Name another photographer under the image."""
    return replace(story, credit=f"{rng.choice(['Odile Ferrant', 'Marko Vuk', 'Lena Ahlgren'])}/Reuters")


def section(story: Story, rng: random.Random) -> Story:
    """File it in another section."""
    return replace(story, section=rng.choice([name for name in SECTIONS if name != story.section]))


def correction(story: Story, rng: random.Random) -> Story:
    """Change a fact and say so in a notice under the text."""
    at, words = _paragraph(story, rng)
    count = rng.randint(20, 90)
    text = f"{' '.join(words)} The port counted {count} ships that week."
    said = f"Correction: An earlier version of this article misstated the number of ships in the port. It was {count}."
    return replace(_with(story, at, text), notice=said)


def addition(story: Story, rng: random.Random) -> Story:
    """Put two new paragraphs before the last."""
    new = (
        f"By evening the quay was empty, and {rng.randint(30, 70)} crates stood where the cranes had been.",
        "A second inspector arrived on the night train, carrying the missing pages of the report in a tin box.",
    )
    return replace(story, paragraphs=(*story.paragraphs[:-1], *new, story.paragraphs[-1]))


def cut(story: Story, rng: random.Random) -> Story:
    """Take out two whole paragraphs."""
    at = rng.randint(1, len(story.paragraphs) - 3)
    return replace(story, paragraphs=story.paragraphs[:at] + story.paragraphs[at + 2 :])


def substantive(story: Story, rng: random.Random) -> Story:
    """Say something else in a paragraph."""
    at, _ = _paragraph(story, rng)
    text = (
        f"Three witnesses now dispute that account: the ferry left {rng.randint(2, 9)} hours late, its captain was"
        " ashore, and the signature on the manifest belongs to a clerk who retired a decade ago. None was asked."
    )
    return _with(story, at, text)


EDITS: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (typo, headline, dek, byline, credit, section, correction, addition, cut, substantive)
}
SILENT = frozenset({"typo", "addition", "cut", "substantive"})


def _paragraph(story: Story, rng: random.Random) -> tuple[int, list[str]]:
    at = rng.randint(1, len(story.paragraphs) - 2)
    return at, story.paragraphs[at].split(" ")


def _with(story: Story, at: int, text: str) -> Story:
    return replace(story, paragraphs=(*story.paragraphs[:at], text, *story.paragraphs[at + 1 :]))
