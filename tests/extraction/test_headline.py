"""The headline is the wording the page's sources agree on, as printed, without the site's name."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.extraction.choice import Choice, site_keys
from scraper.extraction.document import read_document
from scraper.extraction.headline import choose_headline, without_site_name
from scraper.extraction.structured import read_structured

URL = "https://www.daily.example/news/1"


def _choose(
    linked: str | None = None,
    shared: str | None = None,
    body: str = "",
    title: str = "",
    selectors: tuple[str, ...] = (),
) -> Choice:
    head = '<meta property="og:site_name" content="The Daily">' + f"<title>{title}</title>"
    if linked is not None:
        head += (
            f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": linked})}</script>'
        )
    if shared is not None:
        head += f'<meta property="og:title" content="{shared}">'
    document = read_document(f"<html><head>{head}</head><body>{body}</body></html>", URL)
    return choose_headline(document, read_structured(document), selectors)


def test_the_layouts_selector_comes_first() -> None:
    choice = _choose(
        "Stated", "Stated", "<h1>Stated</h1><h2 class=head>Printed in the layout</h2>", selectors=(".no", ".head")
    )
    assert (choice.value, choice.source, choice.rule) == ("Printed in the layout", "css .head", "layout")


def test_two_of_three_decide() -> None:
    assert (
        _choose("Ferry back", "Ferry returns at last", "<h1>Ferry returns at last</h1>").value
        == "Ferry returns at last"
    )
    assert _choose("Ferry returns", "Why ferries matter", "<h1>Ferry returns</h1>").value == "Ferry returns"
    assert _choose("Ferry returns", "Ferry returns", "<h1>Ferries</h1>").value == "Ferry returns"


def test_without_agreement_json_ld_is_first() -> None:
    choice = _choose("One wording", "Another wording", "<h1>A third wording</h1>")
    assert choice.value == "One wording"
    assert choice.rule.startswith("first of")
    assert {candidate.source for candidate in choice.candidates} >= {"json-ld headline", "meta og:title", "h1"}


def test_the_printed_spelling_is_kept() -> None:
    assert (
        _choose("Mayor's plan: 'no'", "Mayor's plan: 'no'", "<h1>Mayor’s plan: ‘no’</h1>").value == "Mayor’s plan: ‘no’"
    )
    assert _choose("Mayor resigns", None, "<h1>MAYOR RESIGNS</h1>").value == "Mayor resigns"


@pytest.mark.parametrize(
    "text",
    [
        "Ferry returns | The Daily",
        "Ferry returns - daily.example",
        "Ferry returns – Daily – 03.05.2024",
        "Ferry returns｜The Daily",
    ],
)
def test_the_sites_name_is_taken_off_the_end(text: str) -> None:
    assert without_site_name(text, site_keys(["The Daily", "daily.example"])) == "Ferry returns"


def test_a_dash_before_other_words_stays() -> None:
    assert without_site_name("Ferry returns - at last", site_keys(["The Daily"])) == "Ferry returns - at last"


def test_a_site_name_alone_is_no_headline() -> None:
    assert _choose(None, "The Daily", "<h1>The Daily</h1><h1>Ferry returns</h1>").value == "Ferry returns"


def test_a_heading_in_a_breadcrumb_is_navigation() -> None:
    body = """<ol class="breadcrumbs"><li>Home</li><li><h1>Ferry timetable harbour reopening</h1></li></ol>
      <article><h2>The ferry is back</h2><p>Text.</p></article>"""
    assert _choose("The ferry is back", "Ferry timetable harbour reopening", body).value == "The ferry is back"


def test_a_label_in_the_heading_is_left_off_when_the_sources_leave_it_off() -> None:
    heading = "<h1><span>Harbour news</span> The ferry is back after two years</h1>"
    assert _choose("The ferry is back after two years", None, heading).value == "The ferry is back after two years"


def test_a_kicker_is_left_off_when_a_source_leaves_it_off() -> None:
    choice = _choose("Harbour: The ferry is back", "The ferry is back", "<h1>Harbour: The ferry is back</h1>")
    assert choice.value == "The ferry is back"
    assert "kicker" in choice.rule


def test_a_kicker_that_all_sources_have_belongs_to_the_headline() -> None:
    whole = "Harbour: The ferry is back"
    assert _choose(whole, whole, f"<h1>{whole}</h1>").value == whole


def test_a_cut_wording_speaks_for_the_whole_one() -> None:
    whole = "The ferry is back after two years of repairs and one long dispute"
    assert _choose("The ferry is back after two years of…", "Another thing", f"<h1>{whole}</h1>").value == whole


def test_a_page_without_any_gives_none() -> None:
    assert _choose() == Choice()


def test_other_scripts_are_words_too() -> None:
    assert _choose("港が再開", "港が再開 | The Daily", "<h1>港が再開</h1>").value == "港が再開"


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=80, deadline=None)
def test_no_text_breaks_the_choice(linked: str, shared: str, printed: str) -> None:
    for mark in '<>&"':
        shared, printed, linked = shared.replace(mark, ""), printed.replace(mark, ""), linked.replace(mark, "")
    choice = _choose(linked, shared, f"<h1>{printed}</h1>")
    assert choice.value is None or choice.value.strip() == choice.value != ""
