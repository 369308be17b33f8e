"""Draws an article's headline, dek, labels and lead image from what the notes allow.

Must not print anything.
"""

from __future__ import annotations

import random

from .credits import PEOPLE, make_line
from .model import TYPES, Photo
from .words import Pen

SECTIONS = (
    "QiOSK",
    "Europe",
    "Regions",
    "Washington Politics",
    "Military Industrial Complex",
    "Global Crises",
    "Media",
    "North America",
    "Latin America",
    "Africa",
    "Asia-Pacific",
    "Middle East",
)
SHAPES = ("type+section", "type+section", "section+type", "type", "section", "none", "three", "two sections")


def make_headline(rng: random.Random, pen: Pen, said: set[str]) -> str:
    """Write a headline that is no line of the body."""
    text = pen.phrase()
    headline = rng.choice(
        [
            f"{text}?",
            f"Diplomacy Watch: {text}",
            text,
            f"‘{text}’: The case for {pen.coin()}",
            f"Why {text} — & what’s next",
            f"{text} in 2031",
        ]
    )
    return make_headline(rng, pen, said) if headline in said else headline


def make_dek(rng: random.Random, pen: Pen, said: set[str]) -> str | None:
    """Write a dek that stands nowhere else, or none."""
    if rng.random() < 0.3:
        return None
    dek = rng.choice([pen.sentence(), pen.phrase(), "Our column on the week’s talks, in brief", pen.sentences(2, 2)])
    return make_dek(rng, pen, said) if dek in said else dek


def make_labels(rng: random.Random) -> tuple[str, ...]:
    """Draw labels in one of the allowed shapes."""
    kind, section = rng.choice(TYPES), rng.choice(SECTIONS)
    other = rng.choice([name for name in SECTIONS if name != section])
    return {
        "type+section": (kind, section),
        "section+type": (section, kind),
        "type": (kind,),
        "section": (section,),
        "none": (),
        "three": (kind, other, section),
        "two sections": (other, section),
    }[rng.choice(SHAPES)]


def make_photo(rng: random.Random, place: str, features: set[str]) -> Photo:
    """Draw a lead image and where its credit stands."""
    form = rng.choice(["hero", "hero", "runner", "div", "none"])
    name = rng.choice(["image.jpg", "image.jpg", f"{place.lower()}.jpg", "image.png"])
    number = rng.randint(10_000_000, 69_999_999)
    where = rng.choices(["caption", "credit", "body", "nowhere", "bare", "host", "alt"], [5, 5, 5, 2, 1, 1, 1])[0]
    if form == "none" and where in ("alt", "bare", "host"):
        where = "body"
    features.add(f"credit: {where}")
    alt = rng.choice(["US Navy", f"{place}  visit", "Getty image of things", "", place])
    if where == "alt":
        return Photo(form, number, name, f"Shutterstock_{number}-scaled", "alt", None, (), ("Shutterstock",))
    if where == "nowhere":
        return Photo(form, number, name, alt, "nowhere")
    if where == "bare":
        person = rng.choice(PEOPLE)
        return Photo(form, number, name, alt, "credit", person, (person,))
    if where == "host":
        return Photo(form, number, name, alt, "credit", "roar-assets-auto.rbl.ms")
    line, photographers, agencies = make_line(rng, place)
    return Photo(form, number, name, alt, where, line, photographers, agencies)
