"""A lease on an archive: one holder at a time, on whatever machine. Must not know the holder's work.

It is a file beside the root, renewed by a thread. Who waits takes it over once it has not changed for its whole term by
the waiter's own clock, so that no two machines' clocks are compared. Readers and writers lock the file for an instant;
where storage does not carry that lock to other machines, a look a moment later finds who wrote last.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from archive import clock
from archive.errors import ArchiveBusy
from archive.lock import forget

TERM = 30.0
"""Seconds that a lease lasts unless it is renewed: so long a site rests, at least, after a crawl that died."""
_TURN, _SETTLED = 0.2, 0.1
_PARTS = 3
"""A lease is renewed so often in its term."""
_SAFE = 0.8
"""The share of its term after which a holder that cannot renew counts its lease as lost: before others take it."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease. `term` is in seconds, `until` for people; `work` is the process at work.

    `note` is what a successor should know.
    """

    token: str = ""
    host: str = ""
    pid: int = 0
    term: float = TERM
    until: str = ""
    beat: int = 0
    work: int = 0
    note: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, until {self.until}" if self.host else "a holder that left no name"


@dataclass
class Lease:
    """A lease that is held. `before` is the holder that let it run out, if one did."""

    root: Path
    holder: Holder
    before: Holder | None = None
    is_left: bool = False
    _renewed: float = field(default_factory=time.monotonic)
    _gone: bool = False

    @property
    def is_lost(self) -> bool:
        """Say whether somebody else may hold it by now: what it protects must stop at once."""
        return self._gone or time.monotonic() - self._renewed > _SAFE * self.holder.term

    def tell(self, work: int = 0, **note: Any) -> None:
        """Write down which process is at work, and what a successor should know. Raises OSError."""
        self.holder = replace(self.holder, work=work, note=self.holder.note | note)
        self.renew()

    def renew(self) -> None:
        """Begin the term anew, unless the lease is somebody else's by now. Raises OSError."""
        began = time.monotonic()
        with _opened(lease_of(self.root)) as file:
            found = _read(file)
            self._gone = self._gone or found is None or found.token != self.holder.token
            if not self._gone:
                self.holder = _write(file, self.holder)
                self._renewed = began

    def leave(self) -> None:
        """Let it run out instead of giving it back: the work died, and the publication is owed a rest."""
        self.is_left = True

    def give_back(self) -> None:
        """Remove the lease, if it is held still. Raises OSError."""
        path = lease_of(self.root)
        with _opened(path) as file:
            found = _read(file)
            if found is None or found.token == self.holder.token:
                path.unlink(missing_ok=True)


@contextmanager
def leased(root: Path, term: float = TERM) -> Iterator[Lease]:
    """Hold an archive's lease, waiting for a dead holder's to run out. Raises ArchiveBusy when a living one has it."""
    lease = _take(root, term)
    ended = threading.Event()
    thread = threading.Thread(target=_renew_until, args=(ended, lease), name="lease", daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        ended.set()
        thread.join()
        if not lease.is_left:
            lease.give_back()


def lease_of(root: Path) -> Path:
    """Return where an archive's lease is: beside its folder, which may be made anew or removed."""
    return root.with_name(f".{root.name}.lease")


def holder_of(root: Path) -> Holder | None:
    """Return who holds an archive's lease, or let it run out; None when nobody does."""
    try:
        with lease_of(root).open("rb") as file:
            return _read(file)
    except FileNotFoundError:
        return None


def _renew_until(ended: threading.Event, lease: Lease) -> None:
    while not ended.wait(lease.holder.term / _PARTS):
        # Storage that is away for a moment is tried again; is_lost tells when that lasts too long.
        with suppress(OSError):
            lease.renew()


def _take(root: Path, term: float) -> Lease:
    """Write a new holder's name once nobody has the lease. Raises ArchiveBusy, OSError."""
    path, mine = lease_of(root), Holder(uuid.uuid4().hex, socket.gethostname(), os.getpid(), term)
    path.parent.mkdir(parents=True, exist_ok=True)
    seen: Holder | None = None
    began = since = time.monotonic()
    while True:
        with _opened(path) as file:
            found = _read(file)
            if found is None or (found == seen and time.monotonic() - since >= found.term):
                if found is not None:
                    # Before the name is changed: a successor that dies in between leaves the same to the next one.
                    forget(root, found.host, found.work)
                lease = Lease(root, _write(file, mine), found)
                break
        if found != seen:
            seen, since = found, time.monotonic()
        if time.monotonic() - began > 2 * found.term:
            raise ArchiveBusy(f"{root} is being worked on by another fleet ({found}): wait for it to end")
        time.sleep(min(_TURN, found.term / _PARTS))
    time.sleep(_SETTLED)
    lease.renew()
    if lease.is_lost:
        raise ArchiveBusy(f"{root} was taken by another fleet at the same moment: wait for it to end")
    return lease


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open the lease alone among the processes that the file's lock reaches."""
    while True:
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+b", buffering=0)
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # Whoever gave the lease back meanwhile removed this file: a lock on it keeps nobody out.
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                    yield file
                    return


def _read(file: IO[bytes]) -> Holder | None:
    """Return who holds it, None when nobody does; what cannot be read is a holder of no name, who must run out, too."""
    file.seek(0)
    text = file.read()
    if not text.strip():
        return None
    try:
        return Holder(**json.loads(text))
    except (ValueError, TypeError):
        return Holder()


def _write(file: IO[bytes], holder: Holder) -> Holder:
    """Write a holder with a new term, in one piece, so that no kill leaves half a lease."""
    until = clock.stamp(clock.now() + timedelta(seconds=holder.term))
    holder = replace(holder, beat=holder.beat + 1, until=until)
    text = json.dumps(asdict(holder)).encode()
    os.pwrite(file.fileno(), text, 0)
    os.ftruncate(file.fileno(), len(text))
    os.fsync(file.fileno())
    return holder
