"""The argument PUBLICATION of verbs that work on a profile. Must not hold a verb."""

from __future__ import annotations

import click

from archive.errors import UsageError
from scraper import publications
from scraper.profile import Profile


def profile_called(ctx: click.Context, param: click.Parameter, name: str) -> Profile:
    """Load the profile that an argument names (a click callback). Raises UsageError that names the nearest ones."""
    return named_profile(name)


def named_profile(name: str) -> Profile:
    """Load a profile by its name. Raises UsageError that names the nearest ones."""
    try:
        return publications.load(name)
    except publications.ProfileError as error:
        raise UsageError(str(error)) from error
