"""Credit lines: the labelled tables, arbitrary text, speed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import Credit
from scraper.extraction.agencies import agency_named, agency_of_host
from scraper.extraction.credits import CreditReading, read_credit_line, to_credits

OWN = Path(__file__).with_name("credit_lines.jsonl")
SHARED = Path(__file__).parents[3] / "shared" / "publication" / "credit_lines.jsonl"


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def _place(row: dict[str, Any]) -> Any:
    return row.get("place") or ("alt" if row["tier"].startswith("rs-alt") else "credit")


def _squashed(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isprintable() and not char.isspace())


@pytest.mark.parametrize("form", sorted({row["form"] for row in _rows(OWN)}))
def test_reads_our_own_lines(form: str) -> None:
    for row in _rows(OWN):
        if row["form"] != form:
            continue
        reading = read_credit_line(row["raw"], row["place"])
        assert reading.caption == row["caption"], row["raw"]
        assert list(reading.photographers) == row["photographers"], row["raw"]
        assert list(reading.agencies) == row["agencies"], row["raw"]
        assert reading.licence_basis == row["licence"], row["raw"]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared table is not beside this checkout")
def test_reads_every_shared_line() -> None:
    for row in _rows(SHARED):
        reading = read_credit_line(row["raw"], _place(row))
        assert reading.caption == row["caption"], row["raw"]
        assert list(reading.photographers) == row["photographers"], row["raw"]
        assert list(reading.agencies) == row["agencies"], row["raw"]
        assert bool(reading.licence) == bool(row["licence"]), row["raw"]


_PUNCTUATION = list("()[]/|,;:.-—©\"'")
_WORDS = [
    "via",
    "by",
    "for",
    "and",
    "on",
    "photo",
    "credit",
    "Photo:",
    "Foto:",
    "写真：共同",
    "STR",
    "Pool",
    "2024",
    "van",
    "der",
]
_NAMES = ["AP", "Reuters", "Getty Images", "shutterstock.com", "U.S. Navy", "Sgt.", "Lena", "Marek", "O'DALY", "MCKAY"]
_ADDRESSES = ["https://commons.wikimedia.org/wiki/File:A_(b).jpg", "CC BY-SA 4.0"]
_PIECES = st.sampled_from(_PUNCTUATION + _WORDS + _NAMES + _ADDRESSES)
_LINES = st.one_of(
    st.text(max_size=5_000), st.lists(_PIECES, max_size=120).map(" ".join), st.lists(_PIECES, max_size=120).map("".join)
)


@settings(max_examples=100, deadline=None, database=None)
@given(_LINES, st.sampled_from(["credit", "caption", "alt"]))
def test_no_line_breaks_it_and_every_name_is_printed(line: str, place: Any) -> None:
    reading = read_credit_line(line, place)
    for name in reading.photographers:
        assert _squashed(name) in _squashed(line)
    assert len({name.casefold() for name in reading.photographers}) == len(reading.photographers)


_UNITS = ["(", "()", "(a", ")", "a/", "A B, ", "photo: ", "photo by ", "A ", "a and ", '"', "A. ", "http://", "© ", "1"]
_UNITS += ["Reuters/", "via ", "cc by ", "John on AP ", "John Roe on AP ", "(Photo by Lena Marek/AP) "]


@pytest.mark.parametrize("unit", _UNITS)
def test_time_grows_with_length_alone(unit: str) -> None:
    def seconds(length: int) -> float:
        line = (unit * length)[:length]
        began = time.process_time()
        read_credit_line(line)
        return time.process_time() - began

    seconds(1_000)
    assert seconds(4_800) < 12 * seconds(1_200) + 0.05


def test_credits_are_listed_once_with_their_basis_and_rule() -> None:
    reading = read_credit_line("(U.S. Army photo by Spc. Kyle Branson) (Photo by KYLE BRANSON/US Army)")
    assert to_credits(reading) == (
        Credit("photographer", "Kyle Branson", "stated", "brackets"),
        Credit("agency", "U.S. Army", "stated", "brackets"),
        Credit("licence", str(reading.licence), "inferred", "brackets"),
    )
    assert to_credits(CreditReading()) == ()


def test_agencies_have_one_form_and_short_names_need_capitals() -> None:
    assert {
        found.name
        for spelling in ("AP", "AP Photo", "Associated Press", "The Associated Press")
        if (found := agency_named(spelling))
    } == {"AP"}
    assert agency_named("shutterstock.com") == agency_named("SHUTTERSTOCK") == agency_of_host("www.shutterstock.com")
    assert agency_named("pa") is None
    assert agency_named("Photo") is None
    assert agency_of_host("example.org") is None


def test_only_the_beginning_of_a_long_line_is_read() -> None:
    assert read_credit_line("x " * 3_000 + "(AP Photo/Delia Frost)").photographers == ()
