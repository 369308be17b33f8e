"""The coverage page shows the figures of the command, and says that sources overlap."""

from __future__ import annotations

import sqlite3

from archive.coverage import OVERLAP, STATES, Counts, coverage_of
from tests.site.conftest import Reader, text_of


def numbers(row: list[str]) -> Counts:
    return Counts(*(int(cell.replace(",", "")) for cell in row[:6]))


def test_the_page_and_the_command_tell_the_same(site: Reader, connection: sqlite3.Connection) -> None:
    page, found = site.page("/coverage"), coverage_of(connection)
    for table, expected in (("by-source", found.by_source), ("by-month", found.by_month)):
        rows = page.xpath(f"//table[@id='{table}']/tbody/tr")
        shown = {text_of(row[0]): numbers([text_of(cell) for cell in row[1:]]) for row in rows}
        assert shown == {getattr(each, each.__slots__[0]): each.counts for each in expected}
    text = text_of(page)
    assert OVERLAP in text
    for figure in found.totals.completeness:
        assert f"{figure.percent}: {figure.counted} of {figure.out_of}, {figure.words}" in text
    states = page.xpath("//section[@aria-labelledby='states']//tbody/tr")
    assert [text_of(row[0]).lower() for row in states] == list(STATES)
    assert sum(int(text_of(row[1])) for row in states) == found.totals.counts.announced


def test_the_same_can_be_taken_away(site: Reader) -> None:
    links = site.page("/coverage").xpath("//main//a/@href")
    for view in ("coverage_by_source", "coverage_by_month"):
        assert f"/archive/{view}.csv?_stream=on" in links
        assert site.get(f"/archive/{view}.csv?_stream=on").status_code == 200
