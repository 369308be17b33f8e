"""What the command line asks of a crawl. Must not decide what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archive.ledger import Mode
from scraper.profile import Profile

ImageChoice = Literal["none", "lead", "all"]


@dataclass(frozen=True, slots=True)
class Options:
    """A crawl's options. `delay` and `max_seconds` are in seconds; None means the profile's, or no bound.

    `since` is a time as the archive writes it; `sections` are the paths of the only section pages to read.
    """

    profile: Profile
    root: Path
    base_url: str | None = None
    limit: int | None = None
    delay: float | None = None
    contact: str | None = None
    dry_run: bool = False
    mode: Mode = "nightly"
    images: ImageChoice = "none"
    since: str | None = None
    sections: tuple[str, ...] = ()
    max_seconds: float | None = None
    max_requests: int | None = None

    @property
    def is_partial(self) -> bool:
        """Say whether only a part of what the sources name is asked for."""
        return bool(self.dry_run or self.limit is not None or self.since or self.sections)
