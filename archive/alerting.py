"""Tells people what is off with an archive, once: puts it into words and sees who took it. Must not find it.

An alert never changes what a run did: whatever goes wrong with it is one sentence on standard error.
"""

from __future__ import annotations

import functools
import os
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from archive.alerts import Alerts, alerts_of
from archive.delivery import Delivery, Message, deliver
from archive.errors import ArchiveBusy, ArchiveError, UsageError
from archive.reminders import SENT, due, remember
from archive.root import DATABASE
from archive.status import MAX_AGE, Status, status_of
from archive.storage import explained
from archive.troubles import Trouble

_LONGEST = 500
_MOST = 20
_MESSAGE = "PRESS_ARCHIVE_ALERT_"
_BUSY = "75"
CALLED = "called:"
"""How the key begins of what no run's row says, but whoever called."""
Verb = TypeVar("Verb", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of an archive, and what each target made of it; `note` says why it may be told once more."""

    root: Path
    troubles: tuple[Trouble, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    note: str = ""

    @property
    def failed(self) -> bool:
        """Say whether a target did not take the message."""
        return any(not delivery.taken for delivery in self.deliveries)


def tell(
    root: Path, alerts: Alerts, because: str | None = None, status: Status | None = None, ended: bool = False
) -> Told:
    """Tell what is off with an archive and was not told lately; nothing is said when there is no such thing.

    `because` is what else went wrong, as whoever calls this knows; `ended` says that a run has come to its end since,
    so that what went wrong before is over. What no target took is told again the next time. Raises UsageError when
    something is off and there is no target.
    """
    found = status or status_of(root, MAX_AGE)
    troubles = (*found.troubles, *_called(because, found.troubles))
    wanted = due(root, troubles, alerts.remind)
    if wanted and not alerts.is_configured:
        raise UsageError(f"something is off with {root}, and nobody can be told: write {root / 'alerts.toml'}")
    deliveries = deliver(alerts, message_of(found, wanted)) if wanted else ()
    told = wanted if any(delivery.taken for delivery in deliveries) else ()
    try:
        remember(root, troubles, told, keep="" if ended else CALLED)
    except ArchiveError as error:
        return Told(root, wanted, deliveries, f"what was told may be told again: {error}")
    return Told(root, wanted, deliveries)


def _called(because: str | None, known: Sequence[Trouble]) -> tuple[Trouble, ...]:
    """Return what the caller says is off, where nothing else says that a run went wrong.

    A systemd unit that is started by OnFailure is told of the one that failed (systemd.exec(5), MONITOR_…).
    """
    unit, result = os.environ.get("MONITOR_UNIT"), os.environ.get("MONITOR_SERVICE_RESULT", "success")
    status = os.environ.get("MONITOR_EXIT_STATUS")
    if because is None and unit and result != "success" and status != _BUSY and not known:
        because = f"{unit} failed ({result}, status {status}): see journalctl -u {unit}"
    return (Trouble("failed", f"{CALLED}{because}", because),) if because else ()


def test_message(root: Path) -> Message:
    """Return a message that says only that messages arrive."""
    name = root.resolve().name
    return Message(
        f"press-archive: {name}: a test",
        f"This is a test: alerts of the archive {name} arrive here. Nothing is off.",
        {f"{_MESSAGE}KIND": "test", f"{_MESSAGE}ROOT": str(root.resolve()), f"{_MESSAGE}COUNT": "0"},
    )


def message_of(found: Status, troubles: Sequence[Trouble]) -> Message:
    """Put into words what is off. Sentences quote what sites say: they are cut, and hold no control characters."""
    count = len(troubles)
    name = _line(found.publication or found.root.name)
    lines = [f"- {_line(trouble.sentence)}" for trouble in troubles[:_MOST]]
    if count > _MOST:
        lines.append(f"- and {count - _MOST} more")
    run = found.last_run
    if run is not None:
        counts = ", ".join(f"{run[kind] or 0} {word}" for kind, word in (("new", "new"), ("changed", "revised")))
        lines += [
            "",
            f"Last run: {run['started_at']}, {run['mode']}, {_line(str(run['ended_why'] or 'killed'))}; {counts}.",
        ]
    root = found.root.resolve()
    lines += ["", f"See: press-archive status --root {root}"]
    return Message(
        f"press-archive: {name}: {count} thing{'' if count == 1 else 's'} to look at",
        "\n".join(lines),
        {
            f"{_MESSAGE}KIND": "alarm",
            f"{_MESSAGE}ROOT": str(root),
            f"{_MESSAGE}COUNT": str(count),
            f"{_MESSAGE}PUBLICATION": name,
            f"{_MESSAGE}KINDS": ",".join(sorted({trouble.kind for trouble in troubles})),
        },
    )


def _line(text: str) -> str:
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def tells_when_off(root_of: Callable[[dict[str, Any]], Path | None]) -> Callable[[Verb], Verb]:
    """Decorate a verb that runs on an archive: when it fails, or says that a person should look, people are told.

    `root_of` finds the archive's folder in the verb's arguments, None where nobody is to be told.
    """

    def decorate(verb: Verb) -> Verb:
        @functools.wraps(verb)
        def telling(**arguments: Any) -> None:
            try:
                verb(**arguments)
            except (ArchiveError, OSError, sqlite3.Error, SystemExit) as ending:
                root = root_of(arguments)
                if root is not None:
                    _tell_of(root, explained(ending) if isinstance(ending, OSError | sqlite3.Error) else ending)
                raise

        return telling  # type: ignore[return-value]

    return decorate


def _tell_of(root: Path, ending: ArchiveError | SystemExit) -> None:
    """Tell of how a run ended, where somebody is to be told. A run that ended well ends what was off before, too."""
    if isinstance(ending, UsageError | ArchiveBusy) or not root.is_dir():
        return
    if isinstance(ending, SystemExit) and ending.code not in ((0, 1, 3) if (root / SENT).exists() else (1, 3)):
        return
    try:
        alerts = alerts_of(root)
        if not alerts.is_configured:
            return
        found = status_of(root) if (root / DATABASE).exists() else Status(root, root.resolve().name)
        told = tell(root, alerts, _why(ending, found), found, ended=isinstance(ending, SystemExit))
    except ArchiveError as error:
        print(f"No alert was sent: {error}", file=sys.stderr)
        return
    for delivery in told.deliveries:
        if not delivery.taken:
            print(f"An alert was not taken by {delivery.target}: {delivery.why}", file=sys.stderr)
    if told.note:
        print(f"Note: {told.note}", file=sys.stderr)


def _why(ending: ArchiveError | SystemExit, found: Status) -> str | None:
    """Return why a run failed when no row of it says so: it may have failed before it could write one."""
    if isinstance(ending, SystemExit) or any(str(ending) in trouble.sentence for trouble in found.troubles):
        return None
    return str(ending)
