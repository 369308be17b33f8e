"""In-body links: where they lead, the sentence around them, whom they cite."""

from __future__ import annotations

import pytest

from scraper.extraction.blocks import read_blocks
from scraper.extraction.document import read_document
from scraper.extraction.links import clean_link, outlet_of, read_links
from scraper.extraction.sentences import sentence_at


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://x.org/a?utm_source=rs&id=4&fbclid=zz", "https://x.org/a?id=4"),
        ("https://www.google.com/url?q=https%3A%2F%2Fx.org%2Fa%3Futm_medium%3Dm&sa=D", "https://x.org/a"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fx.org%2Fa&h=AT0", "https://x.org/a"),
        ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.org%2Fa&data=05", "https://x.org/a"),
        ("https://www.google.com/search?q=https://x.org", "https://www.google.com/search?q=https://x.org"),
        ("https://x.org/report.pdf#page=16", "https://x.org/report.pdf#page=16"),
        ("https://www.google.com/url?q=http%3A%2F%2F%5B", "https://www.google.com/url?q=http%3A%2F%2F%5B"),
    ],
)
def test_a_link_is_cleaned_and_its_wrapper_opened(url: str, clean: str) -> None:
    assert clean_link(url) == clean


@pytest.mark.parametrize(
    ("host", "outlet"),
    [
        ("edition.cnn.com", "CNN"),
        ("asia.nikkei.com", "Nikkei Asia"),
        ("news.example.co.uk", "example.co.uk"),
        ("127.0.0.1:8000", "127.0.0.1"),
    ],
)
def test_an_outlet_is_named_by_the_table_else_by_its_domain(host: str, outlet: str) -> None:
    assert outlet_of(host) == outlet


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("Smith", "He met Mr. Smith in the U.S. on Friday."),
        ("good", "“It was good,” he said."),
        ("Doe", "Then J. R. Doe left!"),
        ("percent", "Sales rose 4.5 percent."),
        ("last", "The last one has no stop"),
    ],
)
def test_the_sentence_around_a_word(word: str, sentence: str) -> None:
    text = (
        "He met Mr. Smith in the U.S. on Friday. “It was good,” he said. Then J. R. Doe left! Sales rose 4.5 percent. "
        "The last one has no stop"
    )
    start = text.index(word)
    assert sentence_at(text, start, start + len(word)) == sentence


def test_links_are_numbered_and_know_their_own_site() -> None:
    page = read_document("<p>See <a href='/b'>ours</a> and <a href='//www.bbc.com/n?x=1'>theirs</a>.</p>", "")
    ours, theirs = read_links(read_blocks(page.tree, "https://example.org/a"), {"example.org"})
    assert (ours.position, ours.internal, ours.outlet, ours.href) == (1, True, None, "/b")
    assert (theirs.position, theirs.internal, theirs.outlet) == (2, False, "BBC")
    assert (theirs.url, theirs.host) == ("https://www.bbc.com/n?x=1", "bbc.com")
    assert theirs.sentence == "See ours and theirs."
