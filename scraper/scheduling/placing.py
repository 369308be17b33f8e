"""Puts a schedule's files in their places and takes them off, overwriting nothing in silence.

Must not know what is in them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from archive.errors import ArchiveError, UsageError
from archive.whole_files import finished
from scraper.scheduling import cron
from scraper.scheduling.schedule import MARK, Planned, Schedule

_PATIENCE = 30
_RIGHTS = "what is for the machine needs its administrator's rights, what is for you does not"


def install(files: Sequence[Planned], replace: bool) -> Iterator[str]:
    """Write files, yielding what was done with each. Raises UsageError, before any is written, and ArchiveError.

    What an earlier schedule wrote is replaced, and that is said; what somebody else wrote, or changed the first line
    of, only with `replace`.
    """
    foreign = [file.path for file in files if file.path.exists() and not _is_ours(file.path)]
    if foreign and not replace:
        raise UsageError(f"{foreign[0]} is there, and no schedule wrote it: --replace overwrites it")
    for file in files:
        yield _written(file)


def uninstall(files: Sequence[Planned]) -> Iterator[str]:
    """Remove what a schedule wrote, yielding what was done with each file. Raises ArchiveError."""
    for file in files:
        if not file.path.exists():
            yield f"{file.path} is not there"
        elif not _is_ours(file.path):
            yield f"{file.path} was left: no schedule wrote it"
        else:
            _unlink(file.path)
            yield f"{file.path} is removed"
        wanted = file.path.parent / "timers.target.wants" / file.path.name
        if wanted.is_symlink() and not wanted.exists():
            _unlink(wanted)
            yield f"{wanted} is removed"


def install_in_crontab(schedule: Schedule) -> str:
    """Write the schedule into the user's crontab; return what was done. Raises ArchiveError."""
    before = _crontab()
    after = cron.with_block(before, schedule)
    if after == before:
        return "the crontab has it already"
    earlier = cron.found_block(before, schedule)
    _write_crontab(after)
    return "the crontab has it, in the place of an earlier schedule's line" if earlier else "the crontab has it"


def uninstall_from_crontab(schedule: Schedule) -> str:
    """Take the schedule out of the user's crontab; return what was done. Raises ArchiveError."""
    before = _crontab()
    if cron.found_block(before, schedule) is None:
        return "the crontab does not have it"
    _write_crontab(cron.without_block(before, schedule))
    return "the crontab does not have it any more"


def _is_ours(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            return stream.readline().startswith(MARK)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read ({error.strerror}): check its permissions") from error


def _written(file: Planned) -> str:
    path = file.path
    try:
        if not path.exists():
            done = f"{path} is written"
        elif path.read_text(encoding="utf-8", errors="replace") == file.text:
            return f"{path} is there already"
        else:
            done = f"{path} is replaced"
        path.parent.mkdir(parents=True, exist_ok=True)
        with finished(path, path.with_name(f".{path.name}.draft")) as draft:
            draft.write_text(file.text, encoding="utf-8")
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written ({error.strerror}): {_RIGHTS}") from error
    return done


def _unlink(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise ArchiveError(f"{path} cannot be removed ({error.strerror}): {_RIGHTS}") from error


def _crontab() -> str:
    result = _run("-l")
    # Without any crontab it fails and says so; an empty one is meant.
    if result.returncode and "no crontab" not in result.stderr:
        raise ArchiveError(f"the crontab cannot be read ({result.stderr.strip()}): ask who looks after this machine")
    return "" if result.returncode else result.stdout


def _write_crontab(text: str) -> None:
    result = _run("-", given=text)
    if result.returncode:
        raise ArchiveError(f"the crontab was not taken ({result.stderr.strip()}): it is as it was")


def _run(word: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    program = shutil.which("crontab")
    if program is None:
        raise ArchiveError("there is no command crontab here: install cron, or choose systemd")
    command, environment = [program, word], os.environ | {"LC_ALL": "C"}
    return subprocess.run(
        command, input=given, capture_output=True, text=True, check=False, timeout=_PATIENCE, env=environment
    )
