"""One line on a terminal that says how far long work is. Must not print anything into a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.live import Live

Done = TypeVar("Done")


@contextmanager
def progress(line: Callable[[Done], str], quiet: bool) -> Iterator[Callable[[Done], None] | None]:
    """Give what to call as the work goes on, None where nobody watches; `line` writes what is shown."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    with Live(console=console, refresh_per_second=8, transient=True) as live:
        yield lambda done: live.update(line(done))
