"""Reads the options that bound a crawl: since when, and of which sections. Must not crawl."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from archive.clock import stamp
from archive.errors import UsageError
from scraper.profile import Profile, Section


def checked_since(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Return a day or time (ISO 8601, UTC when it says nothing else) as the archive writes times. Raises UsageError."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise UsageError(f"--since {value} is no date: write 2026-05-31, or an ISO 8601 time") from error
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def section_paths(values: tuple[str, ...], profile: Profile) -> tuple[str, ...]:
    """Return the paths of section pages that are named by path or name. Raises UsageError."""
    return tuple(dict.fromkeys(_path_of(value, profile) for value in values))


def _path_of(value: str, profile: Profile) -> str:
    paths = [source.path for source in profile.sources if isinstance(source, Section)]
    found = [path for path in paths if path.strip("/").casefold() == value.strip("/").casefold()]
    found = found or [path for path in paths if path.strip("/").casefold().endswith(f"/{value.strip('/').casefold()}")]
    if found:
        return found[0]
    if value.startswith("/"):
        return value
    names = ", ".join(path.strip("/") or "/" for path in paths) or "none"
    raise UsageError(
        f"{profile.title} has no section {value}: its sections are {names}; or write a page's path, /{value}/"
    )
