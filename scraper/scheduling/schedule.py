"""When and how a night is run, whatever runs it, and the files that say so. Must not know any system's syntax."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from archive.errors import UsageError

MARK = "# Written by press-archive schedule"
"""How the first line begins of whatever a schedule wrote."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One publication's nights. `at` is local time (UTC at GitHub), `jitter` is in minutes.

    `executable` are the words that start press-archive; `options` further ones of `press-archive night`.
    """

    publication: str
    root: Path
    publish: Path
    at: time
    jitter: int
    executable: tuple[str, ...]
    options: tuple[str, ...] = ()
    user: str | None = None

    @property
    def name(self) -> str:
        """Return the name under which a system knows it."""
        return f"press-archive-{self.publication}"

    @property
    def mark(self) -> str:
        """Return the first line of a file."""
        return f"{MARK}, which takes it off with --uninstall."

    def night(self, *flags: str) -> tuple[str, ...]:
        """Return the command of one night."""
        words = ("night", self.publication, "--root", str(self.root), "--publish", str(self.publish))
        return (*self.executable, *words, *flags, *self.options)

    def alert(self) -> tuple[str, ...]:
        """Return the command that tells people."""
        why = f"{self.name}.service failed: journalctl shows what it said"
        return (*self.executable, "alert", "--root", str(self.root), "--because", why)


@dataclass(frozen=True, slots=True)
class Planned:
    """A file that a schedule consists of."""

    path: Path
    text: str


def checked(schedule: Schedule) -> Schedule:
    """Accept a schedule whose words can be written into one line of a file. Raises UsageError."""
    for word in (*schedule.night(), schedule.user or ""):
        if any(ord(character) < ord(" ") or character == "\x7f" for character in word):
            raise UsageError(f"{word!r} holds a line break or another control character: no schedule can name it")
    return schedule


def found_executable(named: Path | None) -> tuple[str, ...]:
    """Return the words that start press-archive from anywhere: what is `named`, else what runs now. Raises UsageError.

    A Python interpreter may be named, too.
    """
    if named is not None:
        path = Path(shutil.which(named) or named).absolute()
        if not path.is_file():
            raise UsageError(f"there is no program {named}: name press-archive's or Python's path")
        return (str(path), "-m", "scraper.cli") if path.name.startswith("python") else (str(path),)
    script = Path(sys.executable).parent / "press-archive"
    return (str(script),) if script.is_file() else (sys.executable, "-m", "scraper.cli")
