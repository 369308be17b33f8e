"""Kills commands with all that they started. Must not touch a process that the examination did not start."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time

from .command import session


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """Send SIGKILL to every process of the command's session, and wait until they are gone."""
    for pid in session(process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.communicate()
    wait_for_end(process.pid, 10)


def kill_leader(process: subprocess.Popen[bytes]) -> list[int]:
    """Send SIGKILL to the command alone; return those of its session that are alive ten seconds later."""
    process.kill()
    process.communicate()
    return wait_for_end(process.pid, 10)


def wait_for_end(leader: int, seconds: float) -> list[int]:
    """Wait until a session has no living process; return those left after `seconds`, killed by then."""
    ends = time.monotonic() + seconds
    while (left := session(leader)) and time.monotonic() < ends:
        time.sleep(0.02)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return left
