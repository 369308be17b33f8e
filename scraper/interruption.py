"""What Ctrl-C, SIGTERM and SIGHUP do to a verb: it ends, cleans up, and says 128 and the signal's number.

Must not know what a verb does.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

GRACE = 5.0
"""Seconds in which an ending goes undisturbed: one Ctrl-C often arrives twice, from the terminal and from a parent."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_T = TypeVar("_T")


class Interrupted(KeyboardInterrupt):
    """A signal ended the work; `status` is what a shell says of that."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.status = 128 + number


class _Ear:
    """Hears the first signal, and ends the process on the spot for one that comes much later."""

    def __init__(self, stop: Callable[[int], None]) -> None:
        self._stop = stop
        self._heard_at: float | None = None

    def hear(self, number: int, frame: FrameType | None = None) -> None:
        """Take a signal, as a handler."""
        if self._heard_at is None:
            self._heard_at = time.monotonic()
            self._stop(number)
        elif time.monotonic() - self._heard_at > GRACE:
            os._exit(128 + number)


def _interrupt(number: int) -> None:
    raise Interrupted(number)


def _heeded() -> list[signal.Signals]:
    """List the signals that count: `nohup` has one ignored, and that it stays."""
    return [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]


@contextmanager
def interruptible(stop: Callable[[int], None] = _interrupt) -> Iterator[None]:
    """Call `stop` for the first signal that comes while the block runs; by default that raises Interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ear = _Ear(stop)
    before = {number: signal.signal(number, ear.hear) for number in _heeded()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(main: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine to its end; a signal cancels it, so that it can clean up. Raises Interrupted."""
    return asyncio.run(_cancellable(main))


async def _cancellable(main: Coroutine[Any, Any, _T]) -> _T:
    if threading.current_thread() is not threading.main_thread():
        return await main
    task, heard = asyncio.current_task(), list[int]()

    def cancel(number: int) -> None:
        heard.append(number)
        assert task
        task.cancel()

    ear, loop = _Ear(cancel), asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _heeded()}
    for number in before:
        # The loop wakes for these, where an exception raised by a handler could hit any of its tasks.
        loop.add_signal_handler(number, ear.hear, number)
    try:
        return await main
    except asyncio.CancelledError:
        if heard:
            raise Interrupted(heard[0]) from None
        raise
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
