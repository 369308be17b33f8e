"""The clock of the whole process jumps while a crawl runs, by libfaketime: forth by ten years, back by one.

Must not know how a crawl keeps time.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from .command import crawl_words, press
from .record import Archive

if TYPE_CHECKING:
    from .refusals import Trial

LIBRARIES = (Path("/usr/lib"), Path("/usr/local/lib"))
JUMPS = {"ten years forth": "+3650d", "a year back": "-365d", "an hour back": "-3600s"}


def library() -> Path | None:
    """Find libfaketime (Debian: `apt-get install libfaketime`)."""
    found = (path for folder in LIBRARIES for path in folder.rglob("libfaketime.so.1"))
    return next(found, None)


def jump(trial: Trial) -> None:
    """Let the clock jump once articles are committed; the run ends, is whole, and so is the next one."""
    faketime = library()
    if faketime is None:
        print("     skipped: libfaketime is not here (apt-get install libfaketime)", flush=True)
        return
    for what, by in JUMPS.items():
        folder = trial.fresh()
        root, moment = folder / "archive", folder / "moment"
        moment.write_text("+0", encoding="utf-8")

        def move(pid: int, root: Path = root, moment: Path = moment, by: str = by) -> None:
            trial.committed(pid, root)
            moment.write_text(by, encoding="utf-8")

        trial.served.slow = 0.05
        done = press(
            *crawl_words(trial.served.url, root),
            started=lambda pid, move=move: threading.Thread(target=move, args=[pid]).start(),
            LD_PRELOAD=str(faketime),
            FAKETIME_TIMESTAMP_FILE=str(moment),
            FAKETIME_NO_CACHE="1",
            DONT_FAKE_MONOTONIC="1",
        )
        trial.served.slow = 0.0
        trial.checks.true(f"{what}: exit status", done.status in (0, 3), (done.status, done.err[-300:]))
        hours = Archive(root).rows("SELECT DISTINCT substr(fetched_at, 1, 13) FROM snapshots")
        trial.checks.true("… it jumped in the midst of the fetches", len(hours) > 1, hours)
        pending = Archive(root).one("SELECT count(*) FROM ledger WHERE state = 'pending'")
        trial.checks.same("… addresses left pending", pending, 0)
        trial.stands("…", root)
