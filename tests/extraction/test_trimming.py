"""What stands among a body's lines and is not its text is taken, and nothing else."""

from __future__ import annotations

import pytest

from scraper.extraction.blocks import read_blocks
from scraper.extraction.document import read_document
from scraper.extraction.trimming import Trimmed, is_credit, trim

NEVER = (
    "Follow us on social",
    "keep reading",
    "Show less",
    "More from",
    "Newsletter",
    "Subscribe now to our weekly round-up",
)
TEXT = "<p>The first line of the text.</p><p>The second line of the text.</p>"


def trimmed(markup: str, **fields: object) -> Trimmed:
    blocks = read_blocks(read_document(markup, "https://example.org/").tree, "https://example.org/")
    return trim(blocks, never=NEVER, **fields)  # type: ignore[arg-type]


def lines(markup: str, **fields: object) -> list[str]:
    return [block.text for block in trimmed(markup, **fields).blocks]


PLAIN = ["The first line of the text.", "The second line of the text."]


def test_notices_go_and_sentences_that_begin_like_them_stay() -> None:
    assert lines(f"<p>Follow us on social</p>{TEXT}<p>keep readingShow less</p>") == PLAIN
    assert lines(f"{TEXT}<p>Newsletters were the first to say so.</p>") == [
        *PLAIN,
        "Newsletters were the first to say so.",
    ]
    heading = "<h3>More from the front</h3><p>Shells fell on Monday.</p>"
    assert lines(TEXT + heading) == [*PLAIN, "More from the front", "Shells fell on Monday."]


def test_a_list_of_links_behind_a_notice_goes_with_it() -> None:
    assert lines(f"{TEXT}<h3>More from Ada Byron</h3><ul><li><a href='/x'>One</a></li></ul>") == PLAIN


def test_a_repeated_headline_and_dek_go() -> None:
    assert lines(f"<h2>The Headline</h2><p>The dek</p>{TEXT}", headline="The headline", dek="The dek") == PLAIN


def test_a_list_item_that_reads_like_the_headline_stays() -> None:
    markup = "<p>The first line of the text.</p><ul><li>The headline</li></ul>"
    assert lines(markup, headline="The headline") == ["The first line of the text.", "The headline"]


def test_a_caption_before_the_headline_goes_to_the_lead_image() -> None:
    markup = f"<p>A bridge. REUTERS/Ana Ruiz</p><p>The headline</p>{TEXT}"
    found = trimmed(markup, headline="The headline")
    assert [block.text for block in found.blocks] == PLAIN
    assert found.credits == ("A bridge. REUTERS/Ana Ruiz",)


def test_a_biography_goes_only_when_it_names_an_author_first() -> None:
    bio = "<p><em>Ada Byron is a fellow at the Engine Institute.</em></p>"
    assert lines(TEXT + bio, authors=("Ada Byron",)) == PLAIN
    assert lines(TEXT + bio, authors=("Grace Hopper",))[-1].startswith("Ada Byron is")


@pytest.mark.parametrize(
    "line",
    [
        "Top Photo: Leaders with graphic. Credit, Khody Akhavi",
        "Top image credit: Lucky-photographer via shutterstock.com",
        "A statue falls, April 9, 2003. REUTERS/Goran Tomasevic",
        "Two jets bank. (U.S. Air Force photo/Master Sgt. Ben Mota)",
        "The destroyer (DDG 151) transits the strait. REUTERS/Ilse Brandt/Pool",
        "Joshua Roberts/Pool/Getty Images hide caption",
    ],
)
def test_a_closing_credit_goes_to_the_lead_image(line: str) -> None:
    found = trimmed(f"{TEXT}<p>{line}</p>")
    assert ([block.text for block in found.blocks], found.credits) == (PLAIN, (line,))


def test_a_credit_behind_a_line_break_leaves_the_text_before_it() -> None:
    found = trimmed("<p>The first line of the text.</p><p>The end.<br>Top photo credit: Ana Ruiz</p>")
    assert [block.text for block in found.blocks] == ["The first line of the text.", "The end."]
    assert found.credits == ("Top photo credit: Ana Ruiz",)


@pytest.mark.parametrize(
    "line",
    [
        "Credit, such as it is, belongs to the monitors.",
        "The envoy told Reuters that nothing was agreed.",
        "Photographs of the site show nothing new.",
        "The law expands the earned income benefit (the Child Tax Credit).",
        "Images of the bridge were shown to the court.",
    ],
)
def test_a_sentence_is_no_credit(line: str) -> None:
    assert not is_credit(line)
