"""Workers that hang, burst or die, as real processes: the pool answers, replaces them, and leaves none behind."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from archive.models import Article
from scraper.profile import GENERIC
from scraper.reading import LENGTH, Page, Reading, Terms, Unread, read_page
from scraper.workers import Workers

SENTENCE = "The harbour board will hear the pilots on Thursday before it decides about the second quay. "
MEBIBYTE = 1024**2


def page(number: int = 1, extra: str = "") -> Page:
    body = "".join(f"<p>{number}.{part} {SENTENCE * 3}</p>" for part in range(6))
    title = f"Pilots ask for quay {number}"
    markup = f"<html lang=en><head><title>{title}</title></head><body><main><h1>{title}</h1>{body}{extra}</main>"
    return Page(markup.encode(), f"https://news.example/quay-{number}", "text/html; charset=utf-8")


# A letter beyond the Basic Multilingual Plane makes Python keep four bytes for each of the page's characters.
GREEDY = page(0, f"<script>{'x' * 11_000_000}\N{GRINNING FACE}</script>")


def children(parent: int) -> set[int]:
    """List a process's children that still run, from Linux's process table."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = stat.read_text().rsplit(")", 1)
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, its_parent = rest.split()[:2]
        if int(its_parent) == parent and state != "Z":
            found.add(int(name.split()[0]))
    return found


@pytest.fixture
def before() -> Iterator[set[int]]:
    """List the children there were before; the test must leave no others."""
    earlier = children(os.getpid())
    yield earlier
    assert children(os.getpid()) == earlier


@asynccontextmanager
async def opened(**options: Any) -> Any:
    workers = Workers(GENERIC, **options)
    await workers.open()
    try:
        yield workers
    finally:
        await workers.close()


def is_read(reading: Reading, number: int) -> bool:
    return isinstance(reading, Article) and reading.headline == f"Pilots ask for quay {number}"


def test_a_hanging_worker_is_cut_off_and_replaced_and_a_killed_one_too(before: set[int]) -> None:
    async def scenario() -> None:
        async with opened(count=1) as workers:
            (first,) = children(os.getpid()) - before
            assert is_read(await workers.read(page(1)), 1)
            os.kill(first, signal.SIGSTOP)
            usual, workers.deadline = workers.deadline, 0.5
            began = time.monotonic()
            assert await workers.read(page(2)) == Unread("timeout", failed=True)
            assert 0.4 < time.monotonic() - began < 2
            workers.deadline = usual
            assert is_read(await workers.read(page(3)), 3)
            (second,) = children(os.getpid()) - before
            assert second != first
            os.kill(second, signal.SIGKILL)
            assert is_read(await workers.read(page(4)), 4)
            assert children(os.getpid()) - before not in ({first}, {second})

    asyncio.run(scenario())


def test_pages_get_their_own_readings_whatever_stands_between_them(before: set[int]) -> None:
    wanted: dict[str, Any] = {
        "too_big": page(0, "<table>" + "<tr><td>1</td></tr>" * 30_000),
        "too_deep": page(0, "<div>" * 3_000 + SENTENCE),
        "memory": GREEDY,
        "not an article: challenge page": Page(
            b"<title>Just a moment...</title><h1>Checking your browser</h1>", "https://news.example/x", "text/html"
        ),
    }
    big, deep, greedy, challenge = wanted.values()
    pages = [page(1), big, deep, greedy, page(2), challenge, page(3)]

    async def scenario() -> list[Reading]:
        async with opened(count=2, memory=150 * MEBIBYTE) as workers:
            return list(await asyncio.gather(*map(workers.read, pages)))

    readings = asyncio.run(scenario())
    assert [is_read(readings[place], number) for place, number in ((0, 1), (4, 2), (6, 3))] == [True] * 3
    reasons = [reading.reason for reading in readings if isinstance(reading, Unread)]
    assert reasons == [*wanted]
    assert readings[4] == read_page(page(2), GENERIC)


def test_more_than_a_page_can_be_is_not_even_sent(before: set[int]) -> None:
    huge = Page(b"<p>" + b"word " * 3_000_000, "https://news.example/huge", "text/html")
    assert asyncio.run(Workers(GENERIC).read(huge)) == Unread("too_big", failed=True)


def test_a_worker_ends_with_its_input_and_by_its_own_alarm_and_leaves_interrupts_to_the_crawl() -> None:
    def message(thing: object) -> bytes:
        body = pickle.dumps(thing)
        return LENGTH.pack(len(body)) + body

    def start(patience: float) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "scraper.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdin
        process.stdin.write(message(Terms(GENERIC, 1024 * MEBIBYTE, patience)))
        return process

    patient, hasty = start(60.0), start(0.001)
    assert patient.stdin and patient.stdout
    patient.stdin.write(message(page(1)))
    patient.stdin.flush()
    (length,) = LENGTH.unpack(patient.stdout.read(LENGTH.size))
    assert is_read(pickle.loads(patient.stdout.read(length)), 1)
    patient.send_signal(signal.SIGINT)
    patient.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        patient.wait(0.2)
    patient.communicate()
    assert patient.returncode == 0
    hasty.communicate(message(page(1)))
    assert hasty.returncode == -signal.SIGALRM


def test_pages_that_wait_are_given_up_when_the_run_is_ended(before: set[int]) -> None:
    """A signal ends a run in seconds, however many pages wait: they are kept, and the next run reads them."""

    async def give_up() -> list[Reading]:
        workers = Workers(GENERIC, 1)
        await workers.open()
        try:
            waiting = [asyncio.create_task(workers.read(page(number))) for number in range(20)]
            await asyncio.sleep(0)
            workers.give_up()
            return await asyncio.wait_for(asyncio.gather(*waiting), 10)
        finally:
            await workers.close()

    readings = asyncio.run(give_up())
    assert sum(isinstance(reading, Article) for reading in readings) <= 1
    assert all(reading.failed for reading in readings if isinstance(reading, Unread))


def test_a_reader_that_dies_while_it_is_ended_is_no_unknown_child(
    before: set[int], caplog: pytest.LogCaptureFixture
) -> None:
    """A run that is ended kills its readers, and ends them when it closes: they die at any moment between the two."""

    async def give_up(seconds: float) -> None:
        async with opened(count=1) as workers:
            await asyncio.sleep(0.01)
            workers.give_up()
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                pass

    for turn in range(40):
        asyncio.run(give_up(turn * 5e-5))
    assert caplog.text == ""


def test_pages_that_wait_behind_one_that_hangs_or_kills_are_read_by_the_next_process(before: set[int]) -> None:
    async def scenario() -> None:
        async with opened(count=1, deadline=5.0) as workers:
            (first,) = children(os.getpid()) - before
            assert is_read(await workers.read(page(1)), 1)
            os.kill(first, signal.SIGSTOP)
            workers.deadline = 1.0
            waiting = [asyncio.create_task(workers.read(page(number))) for number in range(2, 6)]
            await asyncio.sleep(0.1)
            workers.deadline = 5.0
            assert await waiting[0] == Unread("timeout", failed=True)
            assert [is_read(await task, number) for number, task in enumerate(waiting[1:], start=3)] == [True] * 3

            (second,) = children(os.getpid()) - before
            os.kill(second, signal.SIGSTOP)
            waiting = [asyncio.create_task(workers.read(page(number))) for number in range(6, 10)]
            await asyncio.sleep(0.1)
            os.kill(second, signal.SIGKILL)
            assert [is_read(await task, number) for number, task in enumerate(waiting, start=6)] == [True] * 4

    asyncio.run(scenario())


def test_a_page_that_nobody_waits_for_any_more_does_not_give_its_reading_to_the_next(before: set[int]) -> None:
    async def scenario() -> None:
        async with opened(count=1) as workers:
            first, second, third = (asyncio.create_task(workers.read(page(number))) for number in (1, 2, 3))
            await asyncio.sleep(0.01)
            second.cancel()
            assert is_read(await first, 1)
            assert is_read(await third, 3)
            with pytest.raises(asyncio.CancelledError):
                await second

    asyncio.run(scenario())


def test_the_next_pages_lie_ready_while_the_crawl_is_busy(before: set[int]) -> None:
    """A crawl that files a batch answers nobody for a while: the processes must go on reading meanwhile."""

    async def scenario() -> list[Reading]:
        async with opened(count=1) as workers:
            (reader,) = children(os.getpid()) - before
            assert is_read(await workers.read(page(0)), 0)
            waiting = [asyncio.create_task(workers.read(page(number))) for number in range(1, 7)]
            await asyncio.sleep(0.01)
            time.sleep(1.5)
            os.kill(reader, signal.SIGSTOP)
            return await asyncio.wait_for(asyncio.gather(*waiting), 5)

    readings = asyncio.run(scenario())
    assert [is_read(reading, number) for number, reading in enumerate(readings, start=1)] == [True] * 6
