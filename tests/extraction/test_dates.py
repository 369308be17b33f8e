"""Dates keep their claimed offset, prefer what is precise, and refuse what cannot be."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.extraction.dates import choose_modified, choose_published
from scraper.extraction.document import Document, read_document
from scraper.extraction.moments import Moment, read_moment
from scraper.extraction.structured import read_structured

URL = "https://www.daily.example/news/ferry"


def _page(head: str = "", body: str = "", url: str = URL, **linked: str) -> Document:
    if linked:
        thing = {"@type": "NewsArticle", "headline": "Ferry returns", **linked}
        head += f'<script type="application/ld+json">{json.dumps(thing)}</script>'
    return read_document(f"<html><head>{head}</head><body><h1>Ferry returns</h1>{body}</body></html>", url)


def _published(document: Document, selectors: tuple[str, ...] = ()) -> tuple[str | None, str | None]:
    choice = choose_published(document, read_structured(document), selectors)
    return choice.value, choice.offset


@pytest.mark.parametrize(
    ("text", "utc", "offset"),
    [
        ("2024-05-03T10:15:30Z", "2024-05-03T10:15:30", "+00:00"),
        ("2024-05-03T10:15:30.123Z", "2024-05-03T10:15:30", "+00:00"),
        ("2024-05-03T10:15:30-04:00", "2024-05-03T14:15:30", "-04:00"),
        ("2024-05-03T10:15:30+0530", "2024-05-03T04:45:30", "+05:30"),
        ("2024-05-03T23:30+02", "2024-05-03T21:30:00", "+02:00"),
        ("2024-05-03 10:15", "2024-05-03T10:15:00", None),
        ("2024-05-03 10:15:00 EDT", "2024-05-03T14:15:00", "-04:00"),
        ("20240503T101530Z", "2024-05-03T10:15:30", "+00:00"),
        ("1714731330", "2024-05-03T10:15:30", "+00:00"),
        ("1714731330000", "2024-05-03T10:15:30", "+00:00"),
        ("Fri, 03 May 2024 10:15:30 +0200", "2024-05-03T08:15:30", "+02:00"),
        ("May 3, 2024 4:05 PM EDT", "2024-05-03T20:05:00", "-04:00"),
        ("Posted: 3rd May 2024, 12:05 a.m.", "2024-05-03T00:05:00", None),
        ("03.05.2024, 20:59 Uhr", "2024-05-03T20:59:00", None),
        ("3. Mai 2024 um 9:05", "2024-05-03T09:05:00", None),
        ("le 3 mai 2024 à 9h05", "2024-05-03T09:05:00", None),
        ("3 de mayo de 2024 09:05", "2024-05-03T09:05:00", None),
        ("3 мая 2024, 17:46", "2024-05-03T17:46:00", None),
        ("2024年5月3日 21時17分", "2024-05-03T21:17:00", None),
        ("2024년 5월 3일", "2024-05-03T00:00:00", None),
        ("٣ مايو ٢٠٢٤", None, None),
        ("3 مايو 2024", "2024-05-03T00:00:00", None),
        ("2024-05-03", "2024-05-03T00:00:00", None),
        ("25/12/2023", "2023-12-25T00:00:00", None),
        ("5/3/2024", None, None),
        ("1989-05-03T10:15:30Z", None, None),
        ("2101-05-03", None, None),
        ("0001-01-01T00:00:00", None, None),
        ("2024-02-30", None, None),
        ("2024-13-01", None, None),
        ("two days ago", None, None),
        ("", None, None),
    ],
)
def test_written_dates(text: str, utc: str | None, offset: str | None) -> None:
    moment = read_moment(text)
    assert (moment and moment.utc) == (f"{utc}+00:00" if utc else None)
    assert (moment and moment.offset) == offset


def test_json_ld_comes_before_the_others() -> None:
    head = '<meta property="article:published_time" content="2024-05-04T10:00:00Z">'
    assert _published(_page(head, datePublished="2024-05-03T10:15:30-04:00")) == ("2024-05-03T14:15:30+00:00", "-04:00")


def test_a_bare_day_gives_way_to_a_time_on_that_day() -> None:
    head = '<meta property="article:published_time" content="2024-05-03T10:00:00+02:00">'
    assert _published(_page(head, datePublished="2024-05-03")) == ("2024-05-03T08:00:00+00:00", "+02:00")
    assert _published(_page(head, datePublished="2024-05-01")) == ("2024-05-01T00:00:00+00:00", None)


def test_a_time_without_offset_gives_way_to_the_same_time_with_one() -> None:
    head = '<meta property="article:published_time" content="2024-05-03T10:00:00+02:00">'
    assert _published(_page(head, datePublished="2024-05-03T10:00:00")) == ("2024-05-03T08:00:00+00:00", "+02:00")
    assert _published(_page(head, datePublished="2024-05-03T11:00:00")) == ("2024-05-03T11:00:00+00:00", None)


def test_a_layouts_selector_comes_first_and_may_be_made_finer() -> None:
    body = '<span class="when">May 3, 2024</span>'
    page = _page(body=body, datePublished="2024-05-03T10:15:30Z")
    assert _published(page, (".none", ".when")) == ("2024-05-03T10:15:30+00:00", "+00:00")
    other = _page(body=body, datePublished="2024-06-01T10:15:30Z")
    assert _published(other, (".when",)) == ("2024-05-03T00:00:00+00:00", None)


def test_an_impossible_date_is_passed_over() -> None:
    head = '<meta name="date" content="2024-05-03T10:00:00Z">'
    assert _published(_page(head, datePublished="0001-01-01T00:00:00Z"))[0] == "2024-05-03T10:00:00+00:00"


def test_a_modification_is_not_a_publication() -> None:
    page = _page(
        '<meta property="article:modified_time" content="2024-05-03T10:00:00Z">', dateModified="2024-05-03T10:00:00Z"
    )
    assert _published(page) == (None, None)
    assert choose_modified(page, read_structured(page)).value == "2024-05-03T10:00:00+00:00"


def test_time_elements_beside_the_heading_count_and_updates_do_not() -> None:
    body = """<p>Updated <time datetime="2024-05-05T10:00:00Z">5 May</time></p>
      <p><time datetime="2024-05-03T10:00:00+02:00">3 May</time></p>"""
    assert _published(_page(body=body)) == ("2024-05-03T08:00:00+00:00", "+02:00")


def test_printed_dates_are_the_last_but_two_resorts() -> None:
    assert _published(_page(body='<div class="pubdate">3. Mai 2024, 9:05 Uhr</div>'))[0] == "2024-05-03T09:05:00+00:00"
    assert _published(_page(body="<ul><li><b>Datum</b> 03.05.2024</li></ul>"))[0] == "2024-05-03T00:00:00+00:00"
    linked = '<a href="/x"><span class="date">1. Mai 2024</span></a>'
    page = _page(body=linked, url="https://www.daily.example/2024/05/03/ferry")
    assert _published(page)[0] == "2024-05-03T00:00:00+00:00"


def test_a_modification_before_publication_is_refused() -> None:
    page = _page(datePublished="2024-05-03T10:15:30Z", dateModified="2024-05-02T10:15:30Z")
    data = read_structured(page)
    published = choose_published(page, data)
    modified = choose_modified(page, data, published=published)
    assert modified.value is None
    assert modified.rule == "rejected: before publication"


def test_a_modification_on_the_day_of_a_dateless_hour_stands() -> None:
    page = _page(datePublished="2024-05-03", dateModified="2024-05-03T00:00:00-05:00")
    data = read_structured(page)
    assert choose_modified(page, data, published=choose_published(page, data)).value == "2024-05-03T05:00:00+00:00"


def test_a_page_without_dates_gives_none() -> None:
    assert _published(_page(body="<p>Nothing is said of when.</p>")) == (None, None)


@given(st.text(max_size=80))
@settings(max_examples=80, deadline=None)
def test_no_text_breaks_the_reading(text: str) -> None:
    moment = read_moment(text)
    assert moment is None or moment.utc.endswith("+00:00")


@given(st.datetimes(datetime(1991, 1, 1), datetime(2099, 1, 1)), st.integers(-14 * 60, 14 * 60))
@settings(max_examples=80, deadline=None)
def test_iso_dates_come_back(moment: datetime, minutes: int) -> None:
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    read = read_moment(aware.isoformat())
    assert read == Moment(aware.astimezone(UTC).isoformat(), aware.isoformat()[-6:], True)
