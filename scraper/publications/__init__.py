"""Finds the publications' profiles by name. Must not hold facts of any one publication."""

from __future__ import annotations

import difflib
import importlib
import pkgutil

from scraper.profile import Profile


class ProfileError(ValueError):
    """A publication's name or profile is wrong; the message says what to type instead."""


def names() -> list[str]:
    """List the publications that are built in, sorted, as they are typed on the command line."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__))


def load(name: str) -> Profile:
    """Return the profile called `name`. Raises ProfileError naming the nearest ones."""
    known = names()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.3) or known
        raise ProfileError(f"no publication is called {name!r}; did you mean {' or '.join(near)}?")
    profile = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").PROFILE
    if not isinstance(profile, Profile):
        raise ProfileError(f"scraper/publications/{name.replace('-', '_')}.py must hold PROFILE, a Profile")
    return profile
