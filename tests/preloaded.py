"""Starts crawls and rebuilds in processes of their own that need not import Scrapy first. Must not assert anything.

A server process imports the program once and forks for each run, which has its own environment, folder, output and
exit status. The readers that a run starts are processes as ever.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

MODULES = (
    "scraper.verbs.crawl",
    "scraper.verbs.rebuild",
    "scraper.spiders.publication",
    "scraper.handlers.web",
    "scraper.publications.sample",
    "scraper.sample.site",
    "scrapy.crawler",
    "scrapy.extensions.remote_control",
)


@cache
def _forking() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*MODULES])
    return context


def run(
    program: Callable[..., object],
    *given: Any,
    environment: Mapping[str, str] | None = None,
    timeout: float = 120,
    fresh: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Call `program` in a new process, a `fresh` one without imports, to its end. Raises TimeoutExpired."""
    context = multiprocessing.get_context("spawn") if fresh else _forking()
    with tempfile.TemporaryDirectory() as folder:
        streams = Path(folder) / "stdout", Path(folder) / "stderr"
        for stream in streams:
            stream.touch()
        around = os.environ | dict(environment or {})
        process = context.Process(target=_begin, args=(program, given, streams, os.getcwd(), around))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(program.__name__, timeout)
        texts = [stream.read_text("utf-8") for stream in streams]
        return subprocess.CompletedProcess(given, process.exitcode, *texts)


def _begin(
    program: Callable[..., object],
    given: tuple[object, ...],
    streams: tuple[Path, Path],
    folder: str,
    environment: dict[str, str],
) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, stream in enumerate(streams, 1):
        os.dup2(os.open(stream, os.O_WRONLY), number)
    program(*given)
