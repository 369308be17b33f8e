"""One run at a time on an archive: its lock, who holds it, and whose it was. Must not know what a run does.

The lock is the operating system's, so that the kernel frees a dead owner's, whatever process has its number now. Who
holds it stands in a file beside it: that is read by those who are turned away, and by the next owner, since on storage
that machines share the lock may not reach from one to the other.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from archive import clock
from archive.errors import ArchiveBusy

LOCK = "archive.lock"
OWNER = "archive.lock.owner"
OWNER_DRAFT = f"{OWNER}.draft"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_STATISTICS = Path("/proc/stat")
_TRIES, _TURN = 10, 0.02
"""A new owner writes its name just after it got the lock: that long it is waited for."""
_SECOND = timedelta(seconds=1)
_UNSAID = {"pid": 0, "command": "another release", "host": "", "machine": "", "since": "", "began": 0.0}
"""What another release's owner may not have said."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Owner:
    """A run that holds an archive, or held it. `machine` is one start of one kernel, `began` seconds since 1970."""

    pid: int
    command: str
    host: str
    machine: str
    since: str
    began: float

    def __str__(self) -> str:
        age = max(clock.now() - clock.parse(self.since), timedelta()) // _SECOND * _SECOND
        return f"{self.command}, process {self.pid} on {self.host}, since {self.since}, for {age}"

    def may_live_elsewhere(self) -> bool:
        """Say whether it may be at work although the lock is free here: on another machine than this.

        A container is not another machine, nor is this one before it was started anew.
        """
        if self.machine == _machine():
            return not self.machine and self.host != socket.gethostname()
        return self.host != socket.gethostname() or self.began > _started()

    def is_dead(self) -> bool:
        """Say whether it is known to have ended: it ran here, and there is no such process."""
        if self.machine != _machine() or self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


@contextmanager
def held(root: Path) -> Iterator[None]:
    """Hold the lock of an archive's folder, which is there. Raises ArchiveBusy, at once, and OSError.

    A dead owner's lock is taken over, and that is said. What an owner on another machine left is not: nobody here can
    see whether that run has ended.
    """
    lock = FileLock(root / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        owner = holder(root) or "its owner has not said its name"
        raise ArchiveBusy(f"{root} is in use by another run ({owner}): wait for it to end") from None
    try:
        _succeed(root)
        try:
            yield
        finally:
            (root / OWNER).unlink(missing_ok=True)
    finally:
        lock.release()


def holder(root: Path) -> Owner | None:
    """Return who holds the lock, as far as that is written down; while nobody does, who died holding it."""
    for _ in range(_TRIES):
        owner = _read(root)
        if owner is not None and not owner.is_dead():
            break
        time.sleep(_TURN)
    return owner


def forget(root: Path, host: str, pid: int) -> None:
    """Remove what a run on another machine left there, of which the caller knows that it has ended."""
    owner = _read(root)
    if owner is not None and (owner.host, owner.pid) == (host, pid) and owner.may_live_elsewhere():
        (root / OWNER).unlink(missing_ok=True)


def _succeed(root: Path) -> None:
    """Write down that this process holds the lock, after a look at who held it before."""
    before = _read(root)
    if before is not None and before.may_live_elsewhere():
        raise ArchiveBusy(
            f"{root} was left in use by a run on another machine ({before}): see that it has ended there, then delete"
            f" {root / OWNER}"
        )
    if before is not None or (root / OWNER).exists():
        was = before or "whose name cannot be read"
        _log.warning("Note: %s was left by a run that died (%s): its lock is taken over", root, was)
    mine = Owner(os.getpid(), _command(), socket.gethostname(), _machine(), clock.stamp(), time.time())
    draft = root / OWNER_DRAFT
    try:
        draft.write_text(json.dumps(asdict(mine)), encoding="utf-8")
        os.replace(draft, root / OWNER)
    finally:
        draft.unlink(missing_ok=True)


def _read(root: Path) -> Owner | None:
    try:
        said = json.loads((root / OWNER).read_text(encoding="utf-8"))
        owner = Owner(**{name: said.get(name, unsaid) for name, unsaid in _UNSAID.items()})
        clock.parse(owner.since)
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return owner


def _command() -> str:
    """Name the verb, not its options: an address of a person may be among them."""
    program = Path(sys.argv[0]).name if sys.argv and sys.argv[0] not in ("", "-c", "-m") else "python"
    name = "press-archive" if program in ("press-archive", "cli.py") else program
    return " ".join([name, *(word for word in sys.argv[1:2] if not word.startswith("-") and os.sep not in word)])


def _machine() -> str:
    """Return the kernel's id of this start (Linux, random(4)); empty where there is none."""
    with suppress(OSError):
        return _BOOT_ID.read_text(encoding="ascii").strip()
    return ""


def _started() -> float:
    """Return when this machine was started, in seconds since 1970 (Linux, proc_stat(5)); 0 where that is not known."""
    with suppress(OSError):
        for line in _STATISTICS.read_text(encoding="ascii").splitlines():
            if line.startswith("btime "):
                return float(line.split()[1])
    return 0.0
