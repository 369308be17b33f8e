"""When a site may be asked again, by the clock that the test holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper.waiting import (
    FIRST_CLOSING,
    LONGEST_WAIT,
    MOST_CLOSINGS,
    MOST_SILENCES,
    NEVER,
    Closures,
    is_passing,
    pause,
    retry_after,
)

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
DATE = "Sun, 01 Mar 2026 12:00:30 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": DATE}, 30.0),
        ({"retry-after": DATE, "date": "Sun, 01 Mar 2026 12:00:10 GMT"}, 20.0),
        ({"retry-after": DATE, "date": "Sun, 01 Mar 2026 13:00:00 GMT"}, 0.0),
        ({"retry-after": DATE, "date": "yesterday"}, 30.0),
        ({"retry-after": "Sunday, 01-Mar-26 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun Mar  1 12:00:30 2026"}, 30.0),
        ({"retry-after": "999999999"}, 999_999_999.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "1.5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def test_a_number_without_end_is_no_time_to_come_back() -> None:
    wait = retry_after({"retry-after": "9" * 400}, NOW)
    assert wait is None or wait > LONGEST_WAIT


def test_a_429_closes_the_host_and_a_503_its_address() -> None:
    closures = Closures()
    closures.note_answer("host", "host/a", 503, 60.0, now=100.0)
    assert (closures.until("host", "host/a"), closures.until("host", "host/b")) == (160.0, 0.0)
    closures.note_answer("host", "host/a", 429, 90.0, now=100.0)
    assert (closures.until("host", "host/b"), closures.until("other", "other/a")) == (190.0, 0.0)
    assert closures.why("host", "host/b") == "HTTP 429"


def test_a_shorter_wish_does_not_open_what_a_longer_one_closed() -> None:
    closures = Closures()
    closures.note_answer("host", "host/a", 429, 90.0, now=100.0)
    closures.note_answer("host", "host/b", 429, 5.0, now=101.0)
    assert closures.until("host", "host/c") == 190.0


def test_what_is_to_wait_long_is_put_off() -> None:
    closures = Closures()
    closures.note_answer("host", "host/a", 503, LONGEST_WAIT, now=0.0)
    assert closures.until("host", "host/a") == LONGEST_WAIT
    closures.note_answer("host", "host/a", 503, LONGEST_WAIT + 1, now=0.0)
    assert closures.until("host", "host/a") == NEVER


def test_a_success_asks_for_no_wait() -> None:
    closures = Closures()
    closures.note_answer("host", "host/a", 200, 60.0, now=0.0)
    assert closures.until("host", "host/a") == 0.0


def test_429_without_a_time_closes_for_twice_as_long_each_time_and_then_for_the_night() -> None:
    closures, waits = Closures(), []
    for _ in range(MOST_CLOSINGS + 1):
        closures.note_answer("host", "host/a", 429, None, now=0.0)
        waits.append(closures.until("host", "host/a"))
    assert waits == [*(FIRST_CLOSING * 2**n for n in range(MOST_CLOSINGS)), NEVER]
    answered = Closures()
    for _ in range(20):
        answered.note_answer("host", "host/a", 429, None, now=0.0)
        answered.note_answer("host", "host/a", 200, None, now=0.0)
    assert answered.until("host", "host/a") == FIRST_CLOSING


def test_a_host_that_never_answers_is_left_alone() -> None:
    closures = Closures()
    for number in range(MOST_SILENCES):
        assert closures.until("host", "host/a") == 0.0, number
        closures.note_silence("host", "no answer: time-out", now=0.0)
    assert closures.until("host", "host/a") == NEVER
    assert closures.why("host", "host/a") == "no answer: time-out"


def test_one_answer_makes_up_for_all_silence() -> None:
    closures = Closures()
    for _ in range(MOST_SILENCES * 2):
        closures.note_silence("host", "no answer: TLS", now=0.0)
        closures.note_answer("host", "host/b", 404, None, now=0.0)
    assert closures.until("host", "host/a") == 0.0


def test_pauses_grow_and_jitter_only_adds() -> None:
    assert [pause(n, 0.0) for n in (1, 2, 3)] == [0.5, 1.0, 2.0]
    assert pause(1, 1.0) == 0.75


@pytest.mark.parametrize(("status", "passing"), [(429, True), (503, True), (500, True), (404, False), (501, False)])
def test_what_may_pass(status: int, passing: bool) -> None:
    assert is_passing(status) is passing
