"""What a trial begins with: an archive of the site that nothing disturbed. Must not disturb anything."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .checks import Checks
from .command import Done, crawl_words, press
from .kills import contents
from .plot import FIRST
from .server import Served


@dataclass
class Undisturbed:
    """An archive, once it has begun, and what is in it."""

    checks: Checks
    served: Served
    scratch: Path

    def begin(self) -> None:
        """Crawl undisturbed."""
        self.root = self.scratch / "clean"
        self.checks.same("an undisturbed crawl: exit status", self.crawl(self.root).status, 0)
        self.clean = contents(self.root)

    def crawl(self, root: Path, before: Callable[[], None] | None = None) -> Done:
        """Crawl the site to the end; `before` runs in the command's process, to limit it."""
        return press(*crawl_words(self.served.url, root), at=FIRST, before=before)

    def fresh(self) -> Path:
        """Make a new folder."""
        return Path(tempfile.mkdtemp(dir=self.scratch))
