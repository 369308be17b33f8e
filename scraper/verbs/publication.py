"""The argument PUBLICATION of verbs that work on a profile. Must not hold a verb."""

from __future__ import annotations

import click

from archive.errors import UsageError
from scraper import publications
from scraper.profile import Profile


class PublicationName(click.ParamType):
    """Takes a publication's name and gives its profile."""

    name = "publication"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Profile:
        """Load the profile. Raises UsageError that names the nearest ones."""
        if isinstance(value, Profile):
            return value
        try:
            return publications.load(str(value))
        except publications.ProfileError as error:
            raise UsageError(str(error)) from error


PUBLICATION = PublicationName()
