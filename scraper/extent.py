"""How far a run reads the sources: which of them, to their end or to a run of known addresses. Must not fetch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from archive import clock
from archive.models import Announcement
from scraper.options import Options
from scraper.profile import Section, Source

_RUN = 10
"""So many known addresses in a row, at the end of a page, mean that what follows is known, too."""


class Extent:
    """One run's reading of the sources. `last_sweep` is when a run that read all of them to their end began."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self.last_sweep: str | None = None
        self.is_whole = not options.sections and not options.since
        """Whether all that the sources name has been read, as far as is known now."""

    @property
    def sweeps(self) -> bool:
        """Say whether the sources are read to their end: in a backfill, and when the last time is long ago."""
        if self._options.mode == "backfill" or self.last_sweep is None:
            return True
        due_at = clock.parse(self.last_sweep) + timedelta(days=self._options.profile.sweep_days)
        # A clock that was set back must not put the next sweep off for years.
        return not self.last_sweep <= clock.stamp() < clock.stamp(due_at)

    def sources(self) -> Sequence[Source]:
        """Return the sources to read."""
        profile, chosen = self._options.profile, self._options.sections
        if not chosen:
            return profile.sources
        known = {source.path: source for source in profile.sources if isinstance(source, Section)}
        return [known.get(path, Section(path)) for path in chosen]

    @property
    def reads_found(self) -> bool:
        """Say whether sources are read that only pages or robots.txt name."""
        return not self._options.sections

    def goes_on(self, said: Sequence[Announcement], known: Collection[str], keys: Sequence[str]) -> bool:
        """Say whether to read what follows a page of a list, newest first; `keys` are those of what it `said`."""
        since = self._options.since
        if since and said and all(each.lastmod and each.lastmod < since for each in said):
            return False
        if self.sweeps or not keys:
            return True
        # A box of popular articles at the end of a page of new ones is no sign of what follows.
        fresh = sum(key not in known for key in keys)
        if 2 * fresh >= len(keys) or any(key not in known for key in keys[-_RUN:]):
            return True
        self.is_whole = False
        return False

    def leave_out(self) -> None:
        """Note that a source could not be read: a part of it may be missing."""
        self.is_whole = False
