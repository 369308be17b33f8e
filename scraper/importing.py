"""Files imported captures in their place in time. Must not fetch."""

from __future__ import annotations

from pathlib import Path

from archive.adopted import Adopted
from scraper.profile import Profile


def replay_imported(root: Path, profile: Profile, adopted: Adopted) -> None:
    """File what was adopted; the caller holds the archive's lock."""
    raise NotImplementedError
