"""Where alerts go: `alerts.toml` in an archive's folder, the environment, or options. Must not send anything.

    urls = ["mailto://user:password@example.org", "ntfy://topic"]   # apprise's, https://github.com/caronc/apprise
    command = ["/usr/local/bin/tell", "--archive", "sample"]        # gets the message on standard input
    remind_days = 7                                                 # tell of what is still off again after so long
    timeout_seconds = 30                                            # for each target

Addresses hold passwords and tokens, in any of their parts: only what kind of address one is may be shown.
"""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from archive.errors import UsageError

ALERTS = "alerts.toml"
URLS, COMMAND = "PRESS_ARCHIVE_ALERT_URLS", "PRESS_ARCHIVE_ALERT_COMMAND"
"""Environment variables: addresses, and a command in the shell's quoting; both are split, and no shell is asked."""
_KIND = re.compile(r"([a-z][a-z0-9+]{0,15})://", re.IGNORECASE)
_PLACE = re.compile(r"\(at (line \d+, column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class Alerts:
    """Where alerts of an archive go, how often one is repeated that stays open, and how long a target may take."""

    urls: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    remind: timedelta = timedelta(days=7)
    timeout: float = 30.0

    @property
    def is_configured(self) -> bool:
        """Say whether there is any target."""
        return bool(self.urls or self.command)


def alerts_of(root: Path, urls: tuple[str, ...] = (), command: str | None = None) -> Alerts:
    """Return where an archive's alerts go: options count above the environment, that above `alerts.toml`.

    Raises UsageError when one of them cannot be read; the message never holds what was written there.
    """
    found = _file(root / ALERTS)
    if chosen := urls or tuple(os.environ.get(URLS, "").split()):
        found = replace(found, urls=chosen)
    if line := command or os.environ.get(COMMAND):
        found = replace(found, command=_words(line))
    return found


def is_readable_by_others(root: Path) -> bool:
    """Say whether more than its owner may read the file with the addresses."""
    try:
        return bool((root / ALERTS).stat().st_mode & 0o077)
    except OSError:
        return False


def kind_of(url: str) -> str:
    """Return what may be shown of an address: the word before its `://`, which is never secret."""
    found = _KIND.match(url)
    return found[1].lower() if found else "address without a kind"


def _words(line: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(line))
    except ValueError as error:
        raise UsageError(f"the alert command cannot be split into words ({error}): mend its quotes") from None


def _file(path: Path) -> Alerts:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Alerts()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): give its owner leave to") from None
    except ValueError as error:
        # TOML's and UTF-8's errors may quote what is written there.
        place = _PLACE.search(str(error))
        raise UsageError(f"{path} is no TOML in UTF-8{f' ({place[1]})' if place else ''}: mend it") from None
    return _read(path, table)


def _read(path: Path, table: Mapping[str, Any]) -> Alerts:
    number = (int, float)
    known: dict[str, type | tuple[type, ...]] = {
        "urls": list,
        "command": list,
        "remind_days": number,
        "timeout_seconds": number,
    }
    for name, value in table.items():
        kind = known.get(name)
        if kind is None:
            raise UsageError(f"{path} has a key that is not known: take {', '.join(known)}")
        fits = isinstance(value, kind) and not isinstance(value, bool)
        if not fits or (kind is list and not all(isinstance(each, str) and each.strip() for each in value)):
            raise UsageError(f'{path}: "{name}" must be {"a list of texts" if kind is list else "a number"}')
        if kind is not list and value <= 0:
            raise UsageError(f'{path}: "{name}" must be above 0')
    unset = Alerts()
    return Alerts(
        tuple(table.get("urls", ())),
        tuple(table.get("command", ())),
        timedelta(days=table["remind_days"]) if "remind_days" in table else unset.remind,
        float(table.get("timeout_seconds", unset.timeout)),
    )
