"""The arguments that say which publication a verb works on, and where it stands. Must not hold a verb."""

from __future__ import annotations

from urllib.parse import urlsplit

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


def checked_base_url(base_url: str | None) -> str | None:
    """Accept an address at which a whole site stands, or none. Raises UsageError."""
    if base_url is None:
        return None
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{base_url} is no web address: --base-url takes one like http://127.0.0.1:8000")
    return base_url
