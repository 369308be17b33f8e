"""Takes a message to its targets and says which took it. Must not decide what is worth a message.

A target that fails, hangs or breaks never raises and never outlives its time. Nothing that a target's program says is
shown: it may quote an address with its password.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.alerts import COMMAND, URLS, Alerts, kind_of

_NEEDS_APPRISE = "apprise is not installed: pip install press-archive[alerts]"
_REFUSED = "apprise could not read the address or deliver to it"


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: a line, plain text, and what a command may want to know by name."""

    title: str
    body: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one target made of a message: `target` may be shown, `why` says what went wrong."""

    target: str
    taken: bool
    why: str = ""


def deliver(alerts: Alerts, message: Message) -> tuple[Delivery, ...]:
    """Take a message to every target, one after another; return one delivery each, in the order of the targets."""
    return tuple(_deliveries(alerts, message))


def _deliveries(alerts: Alerts, message: Message) -> Iterator[Delivery]:
    has_apprise = importlib.util.find_spec("apprise") is not None
    for number, url in enumerate(alerts.urls, start=1):
        target = f"address {number} ({kind_of(url)})"
        if not has_apprise:
            yield Delivery(target, False, _NEEDS_APPRISE)
            continue
        said = json.dumps({"url": url, "title": message.title, "body": message.body})
        # A process of its own can be ended in time, and what it says goes nowhere.
        command = [sys.executable, "-m", "archive.apprising"]
        why = _why_not(
            command, said, alerts.timeout, _environment({"PYTHONPATH": os.pathsep.join(filter(None, sys.path))})
        )
        yield Delivery(target, not why, "it was not taken" if why.startswith("ended") else why)
    if alerts.command:
        why = _why_not(
            alerts.command, f"{message.title}\n\n{message.body}\n", alerts.timeout, _environment(message.facts)
        )
        yield Delivery(f"command {Path(alerts.command[0]).name}", not why, why)


def _environment(facts: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with the facts, and without the addresses that it may hold."""
    own = {name: value for name, value in os.environ.items() if name not in (URLS, COMMAND)}
    return own | {name: value.replace("\0", "") for name, value in facts.items()}


def _why_not(command: Sequence[str], text: str, timeout: float, environment: Mapping[str, str]) -> str:
    """Run a command, as a list of words and without a shell, with a text; return why it failed, "" when it did not."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        return f"it cannot be run ({error.strerror})"
    except ValueError:
        return "it cannot be run (its words hold a null byte)"
    with process:
        try:
            process.communicate(text.encode("utf-8", "replace"), timeout)
        except subprocess.TimeoutExpired:
            _end(process)
            return f"it took longer than {timeout:g} s"
        except BaseException:
            _end(process)
            raise
    return f"ended with status {process.returncode}" if process.returncode else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command that hangs, with all that it has started: it leads a group of its own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
