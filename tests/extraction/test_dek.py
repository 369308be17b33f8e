"""The dek is a line that readers see between the headline and the body, never a description nobody is shown."""

from __future__ import annotations

import pytest

from scraper.extraction.choice import Choice
from scraper.extraction.dek import choose_dek
from scraper.extraction.document import read_document
from scraper.extraction.structured import read_structured

DEK = "After two years of repairs the ferry has returned, and the island has its timetable back."
PARAGRAPH = "<p>" + "People stood on the quay and waved at the captain, who waved back at them all. " * 3 + "</p>"
RUN = PARAGRAPH * 4


def _choose(body: str, description: str = "", selectors: tuple[str, ...] = ()) -> Choice:
    head = f'<meta property="og:description" content="{description}">'
    html = f"<html><head>{head}</head><body><article><h1>Ferry returns</h1>{body}</article></body></html>"
    document = read_document(html, "https://www.daily.example/1")
    return choose_dek(document, read_structured(document), "Ferry returns", selectors)


def test_the_layouts_selector_comes_first() -> None:
    choice = _choose(
        f'<p class="standfirst">Another line of some length.</p><p class="x">{DEK}</p>{RUN}', selectors=(".x",)
    )
    assert (choice.value, choice.rule) == (DEK, "layout")


@pytest.mark.parametrize(
    "mark",
    [
        'class="article-standfirst"',
        'class="sub-headline"',
        'class="lead"',
        'class="post__intro"',
        'class="a-header__subtitle"',
        'data-testid="dek"',
        'class="chapo"',
        'itemprop="description"',
    ],
)
def test_a_marked_line_is_the_dek(mark: str) -> None:
    assert _choose(f"<div><p {mark}>{DEK}</p></div>{RUN}").value == DEK
    assert _choose(f"<p {mark}>{DEK}</p>{RUN}").value == DEK


def test_a_stated_description_counts_when_it_is_printed_before_the_body() -> None:
    choice = _choose(f"<div><span>{DEK}</span></div><div>{RUN}</div>", DEK)
    assert (choice.value, choice.rule) == (DEK, "printed and stated")


def test_a_description_cut_short_is_recognised() -> None:
    assert _choose(f"<div><p>{DEK}</p></div><div>{RUN}</div>", DEK[:70] + "…").value == DEK


def test_a_description_that_is_not_printed_is_no_dek() -> None:
    assert _choose(RUN, DEK).value is None


def test_the_bodys_first_paragraph_is_no_dek() -> None:
    first = "People stood on the quay and waved at the captain, who waved back at them all. " * 3
    assert _choose(f"<div>{RUN}</div>", first.strip()).value is None


def test_the_line_directly_behind_the_heading_is_the_dek() -> None:
    choice = _choose(f"<h2>{DEK}</h2><div>{RUN}</div>")
    assert (choice.value, choice.rule) == (DEK, "directly behind the heading")


@pytest.mark.parametrize(
    "line",
    [
        "<p>By Ana Roe, Friday 3 May 2024, at ten in the morning</p>",
        '<p class="image-caption">The ferry at the quay on the first morning after the repairs.</p>',
        '<p class="lead-image">The ferry at the quay on the first morning after the repairs.</p>',
        "<ul><li><p>Read more: why the ferry stood still for two whole years.</p></li></ul>",
        '<a href="/x"><p class="lead">Another story that stands beside this one on the page.</p></a>',
        '<h2 class="subtitle">Ferry returns</h2>',
    ],
)
def test_bylines_captions_links_and_repetitions_are_no_dek(line: str) -> None:
    assert _choose(f"{line}<div>{RUN}</div>").value is None
