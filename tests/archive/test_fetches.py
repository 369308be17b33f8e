"""The bytes in force at a moment: the newest whole answer, or the one that a revisit stands for."""

from __future__ import annotations

from dataclasses import replace

from archive.fetches import Fetched, full_fetch

FIRST = Fetched(1, "https://example.org/a/", "2026-01-01T00:00:00+00:00", 200, "sha1:A", "warc/a.warc.gz", 0, 9)
GONE = replace(FIRST, id=2, fetched_at="2026-01-02T00:00:00+00:00", status=404, digest="sha1:E")
SAME = replace(FIRST, id=3, fetched_at="2026-01-03T00:00:00+00:00", status=304, revisit_of=1)
OTHER = replace(FIRST, id=4, fetched_at="2026-01-04T00:00:00+00:00", digest="sha1:B")
BACK = replace(FIRST, id=5, fetched_at="2026-01-05T00:00:00+00:00", revisit_of=1)
MOVED = replace(FIRST, id=6, fetched_at="2026-01-06T00:00:00+00:00", status=301, digest="sha1:E")
ALL = (FIRST, GONE, SAME, OTHER, BACK, MOVED)


def day(number: int) -> str:
    return f"2026-01-{number:02d}T23:59:59+00:00"


def test_the_newest_whole_answer_until_then() -> None:
    found = [full_fetch(ALL, day(number)) for number in range(1, 8)]
    assert [each.id if each else None for each in found] == [1, 1, 1, 4, 1, 1, 1]
    assert full_fetch(ALL) == FIRST
    assert full_fetch(ALL, "2025-12-31T23:59:59+00:00") is None
    assert full_fetch((GONE, MOVED)) is None


def test_a_revisit_that_does_not_say_of_what_leads_to_the_first_with_its_digest() -> None:
    unsaid = tuple(replace(each, revisit_of=None) for each in ALL)
    assert full_fetch(unsaid, day(5)) == unsaid[0]


def test_of_two_answers_in_one_second_the_later_record_counts() -> None:
    twin = replace(OTHER, id=7, warc_offset=500, digest="sha1:C")
    assert full_fetch((FIRST, OTHER, twin)) == twin
