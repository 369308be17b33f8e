"""Runs a fleet's tasks on Ray, whose are the queue, retries, placement and failures. Must not know a task's work."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any

from archive.errors import ArchiveError, UsageError
from scraper.fleet import Row, Task
from scraper.fleet_work import Unfinished, carry_out, given_up
from scraper.interruption import Interrupted, interruptible
from scraper.night import GRACE

_TURN = 0.5
_STORE = 80 * 1024**2
"""Bytes for the rows that tasks return: the least that Ray takes."""


def run_all(tasks: Sequence[Task], address: str | None, workers: int | None, retries: int) -> Iterator[Row]:
    """Run every task; yield their rows as they come. A task whose worker or run is killed is tried again.

    Closed or interrupted earlier, it has every run stopped cleanly first. Raises UsageError, ArchiveError, Interrupted.
    """
    fleet, heard = uuid.uuid4().hex, list[int]()
    # Ray has handlers of its own for signals: ours are set once it has begun, and only note, for what they raise in the
    # midst of a call of Ray's does not come through.
    with _ray(address, workers) as ray, interruptible(heard.append):
        remote = ray.remote(max_retries=retries, retry_exceptions=[Unfinished], num_cpus=1)(carry_out)
        pending = {remote.options(name=f"{task.verb} {task.root.name}").remote(task, fleet): task for task in tasks}
        try:
            while pending:
                for ended in ray.wait(list(pending), timeout=_TURN)[0]:
                    yield _row(ray, ended, pending.pop(ended), fleet)
                if heard:
                    raise Interrupted(heard[0])
        finally:
            for left in pending:
                ray.cancel(left)
            if pending:
                ray.wait(list(pending), num_returns=len(pending), timeout=GRACE)


def _row(ray: Any, ended: Any, task: Task, fleet: str) -> Row:
    try:
        row: Row = ray.get(ended)
    except ray.exceptions.RayError as error:
        cause = getattr(error, "cause", None)
        why = str(cause) if isinstance(cause, ArchiveError) else str(error).strip().splitlines()[0]
        return given_up(task, fleet, f"{why}; no retry is left")
    return row


@contextmanager
def _ray(address: str | None, workers: int | None) -> Iterator[Any]:
    """Begin an embedded cluster of so many workers, or join the one at an address."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise UsageError("a fleet runs on Ray: pip install press-archive[fleet]") from error
    own = {"num_cpus": workers, "include_dashboard": False, "object_store_memory": _STORE}
    where: dict[str, Any] = {"address": address} if address else {"_node_ip_address": "127.0.0.1", **own}
    try:
        ray.init(log_to_driver=False, logging_level="ERROR", **where)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ArchiveError(
            f"Ray does not begin ({error}): see that a cluster runs at {address or 'no'} address"
        ) from error
    try:
        # Ray prints what befalls workers, which would stand before a report that programs read.
        with redirect_stdout(sys.stderr):
            yield ray
    finally:
        ray.shutdown()
