"""Copies a living archive, while a run writes it, into a tar file or a folder. Must not need the archive's lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.backup_forms import Folder, Form, Tar, check_file, check_folder
from archive.backup_plan import Part, Watch, copy_database, plan, weight_now
from archive.drafts import drafting
from archive.errors import ArchiveBusy, ArchiveError, DamagedArchive
from archive.root import DATABASE

_TRIES = 3


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds: articles, files and bytes, and how many of the bytes were copied this time."""

    path: str
    articles: int
    files: int
    bytes: int
    copied: int


class _Changed(Exception):
    """A file was changed between its row's copying and its own: by a takedown that blanks records."""


def back_up(root: Path, target: Path, *, folder: bool, watch: Watch | None = None) -> BackedUp:
    """Copy an archive into the file `target`, or into a folder to which only new WARC files are added.

    No row of the copy points to a record that is not in it. The earlier backup at `target` stays until the new one is
    whole and on the disk. Raises UsageError, ArchiveBusy, DamagedArchive, DamagedRecord, ArchiveError.
    """
    if folder:
        check_folder(target, root)
    else:
        check_file(target)
    for _ in range(_TRIES):
        try:
            with _explained(target), drafting(target / "backup" if folder else target) as draft:
                form = Folder(target, draft) if folder else Tar(target, draft, root.resolve().name)
                with closing(form):
                    return _fill(root, form, draft, str(target), watch)
        except _Changed:
            continue
    raise ArchiveBusy(f"{root} is being changed by a takedown: back up again when it has ended")


def _fill(root: Path, form: Form, draft: Path, target: str, watch: Watch | None) -> BackedUp:
    copy = draft / DATABASE
    articles = copy_database(root, copy, watch)
    # The database is the last: in a folder, what it points to is there before it is.
    parts = [*plan(root, copy), Part(DATABASE, copy, copy.stat().st_size)]
    todo = [part for part in parts if not form.holds(part)]
    total, done = sum(part.size for part in todo), 0

    def counting(name: str) -> Callable[[int], None]:
        def count(more: int) -> None:
            nonlocal done
            done += more
            if watch:
                watch(name, done, total)

        return count

    sums = {part.name: part.sha256 or "" for part in parts}
    for part in todo:
        sums[part.name] = form.add(part, counting(part.name))
        if part.sha256 not in (None, sums[part.name]):
            _refuse(root, part)
    form.finish(sums)
    return BackedUp(target, articles, len(parts), sum(part.size for part in parts), total)


def _refuse(root: Path, part: Part) -> None:
    if weight_now(root, part.name) != part.sha256:
        raise _Changed
    raise DamagedArchive(
        f"{part.name} is not as it was written: run press-archive verify, and put it back from an earlier backup"
    )


@contextmanager
def _explained(target: Path) -> Iterator[None]:
    """Tell a full disk, and whatever else cannot be read or written, in one sentence."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ArchiveError(
            f"the backup {target} cannot be written ({reason}): make room, or name another place; an earlier backup"
            " there is as it was"
        ) from error
