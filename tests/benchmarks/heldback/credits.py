"""Credit lines in the publication's grammar with made-up names, and their right reading.

Must not know where on a page a line stands.
"""

from __future__ import annotations

import random
from collections.abc import Callable

Line = tuple[str, tuple[str, ...], tuple[str, ...]]
PEOPLE = [
    "Ansel Prior",
    "Mirela Costin",
    "Tobias Renner",
    "Gabriela Fonte",
    "Kwame Adusei",
    "Ilse Brandt",
    "Rashid Karimi",
    "Joan Deveraux",
    "Piet Holm",
    "Leila Haddad",
    "Marcus Oyelaran",
    "Hanna Viktorsson",
    "Andre Lemaire",
    "Noor Siddiqui",
    "Carl Espinosa",
]
HANDLES = ("northlight_77", "Old-harbor-photo", "vistaframe", "paulo k")
RANKS = (
    ("U.S. Navy", "Mass Communication Specialist 2nd Class"),
    ("U.S. Navy", "Mass Communication Specialist Seaman Apprentice"),
    ("U.S. Air Force", "Tech. Sgt."),
    ("U.S. Air Force", "Staff Sgt."),
    ("U.S. Army", "Sgt. 1st Class"),
    ("U.S. Army", "Spc."),
    ("U.S. Marine Corps", "Lance Cpl."),
)
CAPTIONS = (
    "Delegates leave the closing session in {p}, March 4, 2024",
    "The destroyer USS Halvorsen (DDG 151) transits the strait off {p}",
    "Protesters gather outside the parliament of {p} (L) on a rainy night",
    "President {p} and the foreign minister (July 9, 2025) at the airport",
    "A cargo ship waits at anchor near {p}",
)


def _prefix(rng: random.Random) -> str:
    return rng.choice(["Top photo credit: ", "Top image credit: ", "Top Photo: ", "Top Image Credit: "])


def _military(rng: random.Random, name: str, caption: str) -> Line:
    service, rank = rng.choice(RANKS)
    virin = rng.choice(["", "240311-N-QX902-1187 "])
    joint = rng.choice([" photo by ", " photo/"])
    return f"{_prefix(rng)}{virin}{caption}. ({service}{joint}{rank} {name})", (name,), (service,)


def _wire(rng: random.Random, name: str, caption: str) -> Line:
    tail, agencies = rng.choice(
        [
            (f" REUTERS/{name}", ("Reuters",)),
            (f" (Photo: {name}/AFP via Getty Images)", ("AFP", "Getty Images")),
            (f"(Photo: {name}/AFP via Getty Images)", ("AFP", "Getty Images")),
            (f" (AP Photo/{name}, File)", ("AP",)),
            (f" (AP Photo/{name}, Pool)", ("AP",)),
            (f" (Photo by {name}/Getty Images)", ("Getty Images",)),
            (f" REUTERS/{name}/Pool", ("Reuters",)),
        ]
    )
    return f"{rng.choice(['', _prefix(rng)])}{caption}.{tail}", (name,), agencies


def _nobody(rng: random.Random, name: str, caption: str) -> Line:
    line, agencies = rng.choice(
        [
            ("REUTERS/Stringer", ("Reuters",)),
            ("(Photo credit should read STR/AFP/Getty Images)", ("AFP", "Getty Images")),
            ("(Photo by AFP) (Photo by -/AFP via Getty Images)", ("AFP", "Getty Images")),
            ("Image: U.S. Army", ("U.S. Army",)),
            ("Harbor Police Media Unit via REUTERS", ("Harbor Police Media Unit", "Reuters")),
            (f"{caption}. REUTERS/Handout", ("Reuters",)),
        ]
    )
    return line, (), agencies


def _top(rng: random.Random, name: str, caption: str) -> Line:
    line, agencies = rng.choice(
        [
            (f"{caption}. Credit, {name}", ()),
            (f"{name} via shutterstock.com", ("Shutterstock",)),
            (f"{name} / Shutterstock.com", ("Shutterstock",)),
            (f"{caption} (shutterstock/{name})", ("Shutterstock",)),
            (f"{name.upper()}/Getty Images", ("Getty Images",)),
            (f"{name}/AFP/Getty Images", ("AFP", "Getty Images")),
            (f"{name}/Pool/Getty Images", ("Getty Images",)),
            (f"{name} via REUTERS", ("Reuters",)),
            (
                f"{name} via https://commons.wikimedia.org/wiki/File:Quay_(old).JPG (CC BY-SA 4.0)",
                ("Wikimedia Commons",),
            ),
            (f"{caption} (Official White House Photo by {name})", ("The White House",)),
        ]
    )
    return _prefix(rng) + line, (name,), agencies


def _plain(rng: random.Random, name: str, caption: str) -> Line:
    shout = name.upper()
    line, agencies = rng.choice(
        [
            (
                f"{caption}. / AFP PHOTO / {shout} (Photo credit should read {shout}/AFP/Getty Images)",
                ("AFP", "Getty Images"),
            ),
            (f"Photo by {name} on Unsplash", ("Unsplash",)),
            (f"Photo: {shout}/REUTERS", ("Reuters",)),
            (f"{name}/Reuters", ("Reuters",)),
            (f"{name}/Getty Images hide caption", ("Getty Images",)),
            (f"({name}/Bloomberg News)", ("Bloomberg News",)),
        ]
    )
    return line, (name,), agencies


def _handle(rng: random.Random, name: str, caption: str) -> Line:
    handle = rng.choice(HANDLES)
    return rng.choice(
        [
            (f"Top image credit: {handle} via shutterstock.com", (handle,), ("Shutterstock",)),
            (f"(SHUTTERSTOCK/{handle})", (handle,), ("Shutterstock",)),
        ]
    )


def _two(rng: random.Random, name: str, caption: str) -> Line:
    other = rng.choice([one for one in PEOPLE if one != name])
    line = f"Top photo credit: {caption.split(',')[0]} (shutterstock/{name}) and the harbor at dusk (REUTERS/{other})"
    return line, (name, other), ("Shutterstock", "Reuters")


MAKERS: tuple[tuple[Callable[[random.Random, str, str], Line], int], ...] = (
    (_top, 8),
    (_wire, 5),
    (_military, 4),
    (_plain, 3),
    (_nobody, 2),
    (_handle, 2),
    (_two, 1),
)


def make_line(rng: random.Random, place: str) -> Line:
    """Make a credit line about `place`: the line, its photographers and its agencies."""
    maker = rng.choices([make for make, _ in MAKERS], [weight for _, weight in MAKERS])[0]
    return maker(rng, rng.choice(PEOPLE), rng.choice(CAPTIONS).format(p=place))
