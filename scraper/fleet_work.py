"""One task of a fleet: takes the lease, runs the verb in a process that dies with this one, and says what became of it.

Must not know Ray, nor crawl in this process.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO

from archive import clock
from archive.errors import ArchiveBusy, ArchiveError, DamagedArchive
from archive.lease import Lease, holder_of, leased
from archive.root import DATABASE, open_database
from archive.runs import last_runs
from scraper.fleet import DONE_STATUS, Row, Task, row_of
from scraper.night import GRACE, INTERRUPTED

_TURN = 0.1
_RUNS = 50
_HELD = """
SELECT (SELECT count(*) FROM articles) AS articles, (SELECT count(*) FROM snapshots) AS snapshots,
    count(*) AS announced, count(*) FILTER (WHERE state = 'stored') AS stored,
    count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'excluded') AS excluded,
    count(*) FILTER (WHERE state = 'failed') AS failed, count(*) FILTER (WHERE state = 'gone') AS gone
FROM ledger"""


class Unfinished(ArchiveError):
    """The run was killed or lost its lease: run the task again, and it goes on from the ledger."""


def carry_out(task: Task, fleet: str) -> Row:
    """Do a task, or the rest of one that an earlier worker of the same `fleet` began. Raises Unfinished."""
    try:
        with leased(task.root, task.lease) as lease:
            return _do(task, fleet, lease)
    except ArchiveBusy as error:
        return row_of(task, "busy", why=str(error))
    except Unfinished:
        raise
    except (OSError, ArchiveError) as error:
        return row_of(task, "failed", why=str(error))


def given_up(task: Task, fleet: str, why: str) -> Row:
    """Say what a task left of which no try is left: the last one's lease has its count of runs."""
    holder = holder_of(task.root)
    note = holder.note if holder and holder.note.get("fleet") == fleet else {}
    return row_of(
        task,
        "failed",
        why=why,
        attempts=note.get("attempt", 0),
        seconds=round(time.time() - note["began"], 2) if note else 0.0,
        before=note.get("before", {}),
        after=holdings(task.root),
    )


def _do(task: Task, fleet: str, lease: Lease) -> Row:
    note = lease.before.note if lease.before and lease.before.note.get("fleet") == fleet else {}
    if "row" in note:
        return Row(**note["row"])
    if not note and not task.is_due(_last_run(task.root), clock.now()):
        held = holdings(task.root)
        return row_of(task, "not due", before=held, after=held)
    note = {
        "fleet": fleet,
        "attempt": note.get("attempt", 0) + 1,
        "began": note.get("began", time.time()),
        "before": note.get("before", holdings(task.root)),
    }
    lease.tell(**note)
    status, why = _run(task, lease)
    if status < 0 or lease.is_lost:
        lease.leave()
        raise Unfinished(f"{task.root}: the {task.verb} was killed or lost its lease, run {note['attempt']}")
    row = row_of(
        task,
        "interrupted" if status in INTERRUPTED else DONE_STATUS.get(status, "failed"),
        why=why,
        attempts=note["attempt"],
        seconds=round(time.time() - note["began"], 2),
        before=note["before"],
        after=holdings(task.root),
    )
    # A worker that dies before Ray has the row leaves it to the next one.
    lease.tell(row=asdict(row))
    return row


def _run(task: Task, lease: Lease) -> tuple[int, str]:
    """Run the verb while the lease lasts; return its status, negative when a signal ended it, and what it said last."""
    words = (sys.executable, "-m", "scraper.lifeline", str(os.getpid()), *task.words())
    with tempfile.TemporaryFile() as said:
        # Waited for by the thread that starts it, with which it dies; in a group of its own, away from Ctrl-C.
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=said, process_group=0)
        try:
            lease.tell(work=process.pid)
            while process.poll() is None:
                if lease.is_lost:
                    process.kill()
                time.sleep(_TURN)
        finally:
            _end(process)
        return process.returncode, _last_line(said)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop the verb as its user would, and kill it when that takes too long."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def holdings(root: Path) -> dict[str, int]:
    """Count what an archive holds and how its ledger stands; nothing where no database can be read."""
    if not (root / DATABASE).exists():
        return {}
    try:
        with closing(open_database(root)) as db:
            return dict(next(iter(db.query(_HELD))))
    except DamagedArchive:
        # A rebuild is what mends it.
        return {}


def _last_run(root: Path) -> datetime | None:
    """Return when the last run began that came to its end."""
    if not (root / DATABASE).exists():
        return None
    with closing(open_database(root)) as db:
        began = [row["started_at"] for row in last_runs(db.conn, _RUNS) if row["exit_status"] in (0, 3)]
    return clock.parse(began[0]) if began else None


def _last_line(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("Error: ") if lines else ""
