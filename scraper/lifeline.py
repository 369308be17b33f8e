"""Ties a process's life to its parent's: `python -m scraper.lifeline PARENT VERB…` is a verb that dies with PARENT.

Must not know what the verb does.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_SET_DEATH_SIGNAL = 1


def die_with_parent() -> None:
    """Let Linux end this process with the thread that started it (PR_SET_PDEATHSIG of prctl(2)); elsewhere nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)


def main() -> None:
    """Run `press-archive` with the words after the first, which is the number of the process that must live."""
    die_with_parent()
    if os.getppid() != int(sys.argv[1]):
        return
    # Ray keeps Ctrl-C from its processes, and their children inherit that.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    sys.argv = ["press-archive", *sys.argv[2:]]
    from scraper.cli import main as press_archive

    press_archive()


if __name__ == "__main__":
    main()
