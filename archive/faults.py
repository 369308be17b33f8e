"""Fault points for tests: `PRESS_ARCHIVE_CRASH_AT=stage:n` kills this process when it reaches a stage the n-th time.

Must do nothing else, and nothing at all without the variable.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from typing import Literal, get_args

VARIABLE = "PRESS_ARCHIVE_CRASH_AT"
Stage = Literal[
    "recorded", "synced", "filed", "committed", "finished", "noted-end", "drafted", "swapped", "decided", "partitioned"
]
STAGES: tuple[Stage, ...] = get_args(Stage)
"""An answer is in the WARC's buffer; the WARC is synced; a batch's rows are written, then committed; a WARC file has
its finished name; the run's end is noted; a rebuild's draft is whole, then in place; a takedown is decided; a lake's
partition is in place."""
_reached: Counter[str] = Counter()


def reach(stage: Stage) -> None:
    """Say that a stage was reached; die there if that is wanted, as by `kill -9`."""
    wanted, _, number = os.environ.get(VARIABLE, "").partition(":")
    if stage != wanted:
        return
    _reached[stage] += 1
    if _reached[stage] == int(number or 1):
        os.kill(os.getpid(), signal.SIGKILL)
