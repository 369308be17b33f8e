"""Section pages: cards in order, blocks with more, and the answers to load more."""

from __future__ import annotations

import json

import pytest

from scraper.cms import REBELMOUSE_CARDS
from scraper.discovery.sections import MoreBlock, read_more, read_section

PAGE = """
<link rel="canonical" href="https://r.example/europe/">
<link rel="alternate" type="application/rss+xml" href="/feeds/europe.rss">
<nav><a href="/about/">About</a></nav>
<div class="widget"><article elid="1"><a class="widget__image" href="/first/"></a>
  <h2 class="widget__headline"><a class="widget__headline-text" href="/first/">First</a></h2>
  <a class="widget__section" href="/africa/">Africa</a><p>See <a href="/not-announced/">that</a></p></article></div>
<div class="widget"><article elid="2"><h2 class="widget__headline"><a href="https://r.example/second/">2</a></h2></article></div>
<div data-has-more="true" data-attr-resource_id="77" data-attr-site_id="5" data-source="europe"></div>
<div data-has-more="false" data-attr-resource_id="78"></div>
"""


def test_cards_announce_and_links_in_prose_do_not() -> None:
    page = read_section(PAGE, REBELMOUSE_CARDS)
    assert page.canonical == "https://r.example/europe/"
    assert page.links == ("/first/", "https://r.example/second/")
    assert page.sections == ("/africa/",)
    assert page.feeds == ("/feeds/europe.rss",)


def test_cards_in_a_design_that_is_not_quite_known_are_still_found() -> None:
    page = read_section('<main><article><h2><a href="/third/">Third</a></h2></article></main>', REBELMOUSE_CARDS)
    assert page.links == ("/third/",)


def test_only_blocks_that_have_more_are_asked_with_their_settings() -> None:
    (block,) = read_section(PAGE, REBELMOUSE_CARDS).more
    assert block == MoreBlock((("resource_id", "77"), ("site_id", "5")))
    assert block.address("/res/load_more_posts/data.js", 3) == (
        "/res/load_more_posts/data.js?resource_id=77&site_id=5&pn=3"
    )


@pytest.mark.parametrize("wrap", ["{}", "callback({});", "\n {} \n"])
def test_more_lists_posts_of_every_source(wrap: str) -> None:
    posts = {"europe": [{"post_url": "/third/", "headline": "x"}, {"headline": "no address"}], "other": [], "n": None}
    answer = wrap.replace("{}", json.dumps({"posts_by_source": posts}))
    if wrap.startswith("callback"):
        answer = answer.removesuffix(");")
    assert read_more(answer) == ("/third/",)


@pytest.mark.parametrize("answer", ["", "<html>", "{}", "[]", '{"posts": []}', "{"])
def test_other_answers_are_refused(answer: str) -> None:
    with pytest.raises(ValueError):
        read_more(answer)
