"""Attributions without a link, on sentences written for it: what names a source, what only seems to.

`attributions.jsonl` holds the sentences, links as `[words](address)`, with the outlets that each names as a source.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from scraper.extraction.article import extract_article
from scraper.extraction.attributions import read_attributions
from scraper.extraction.blocks import Block, read_blocks
from scraper.extraction.document import read_document
from scraper.extraction.links import outlet_of
from scraper.extraction.mentions import host_of_outlet

LABELLED = [json.loads(line) for line in Path(__file__).with_name("attributions.jsonl").read_text("utf-8").splitlines()]
_LINK, _ANCHOR = re.compile(r"\[([^]]+)\]\(([^)]+)\)"), r'<a href="\2">\1</a>'
OWN_HOSTS, OWN_NAMES = {"responsiblestatecraft.org"}, {"The Quarterdeck"}


def blocks_of(*lines: str) -> list[Block]:
    html = "".join(f"<p>{_LINK.sub(_ANCHOR, line)}</p>" for line in lines)
    document = read_document(f"<body>{html}</body>", "https://review.example/a/")
    return read_blocks(document.tree, document.url)


def outlets_in(*lines: str) -> list[str]:
    return [found.outlet for found in read_attributions(blocks_of(*lines), OWN_HOSTS, OWN_NAMES)]


def test_the_labelled_set_is_large_and_has_both_kinds() -> None:
    assert len(LABELLED) >= 60
    assert min(Counter(bool(case["outlets"]) for case in LABELLED).values()) >= 30


def test_nothing_is_invented_and_little_is_missed() -> None:
    invented, missed, found = [], [], 0
    for case in LABELLED:
        here, wanted = Counter(outlets_in(case["text"])), Counter(case["outlets"])
        found += (here & wanted).total()
        invented += [(outlet, case["text"]) for outlet in here - wanted]
        missed += [(outlet, case["text"]) for outlet in (wanted - here).elements()]
    assert invented == []
    assert found / (found + len(missed)) >= 0.9, missed


def test_an_attribution_has_its_sentence_place_and_rule() -> None:
    first, second = read_attributions(
        blocks_of("It rained. “We left,” he told the FT. It rained.", "According to the Guardian, it rained.")
    )
    assert (first.outlet, first.host, first.position, first.rule) == ("Financial Times", "ft.com", 1, "told OUTLET")
    assert first.sentence == "“We left,” he told the FT."
    assert (second.outlet, second.position, second.rule) == ("The Guardian", 2, "according to OUTLET")


def test_an_outlet_stands_once_a_sentence() -> None:
    assert outlets_in("Reuters reported a fire; the fire, a fireman told Reuters, was small.") == ["Reuters"]


def test_a_short_name_is_read_from_the_full_one_before_it() -> None:
    full, short = "He told the New York Times one thing.", "He told the Times another."
    assert outlets_in(full, short) == ["The New York Times"] * 2
    assert outlets_in(short, full) == ["The New York Times"]


@pytest.mark.parametrize("other", ["He told the Financial Times a third.", "The Argus Times is closed."])
def test_a_short_name_of_two_outlets_is_neither(other: str) -> None:
    found = outlets_in("He told the New York Times one thing.", other, "He told the Times another.")
    assert found.count("The New York Times") == 1


def test_a_link_elsewhere_in_the_sentence_leaves_the_attribution() -> None:
    assert outlets_in("He [resigned](https://gov.example/x), he told Reuters.") == ["Reuters"]
    assert outlets_in("He [resigned](https://www.reuters.com/x). He told Reuters so.") == ["Reuters"]


@pytest.mark.parametrize("name", ["The Times", "Financial Times", "+972 Magazine", "Time"])
def test_every_named_outlet_has_its_host(name: str) -> None:
    assert outlet_of(host_of_outlet(name)) == name


def test_headings_are_no_sentences() -> None:
    document = read_document("<body><h2>Reuters reported a fire</h2></body>", "https://review.example/a/")
    assert read_attributions(read_blocks(document.tree, document.url)) == ()


def test_an_article_carries_its_attributions_and_notices() -> None:
    lines = [
        f"The ferry made its crossing number {number}, and nobody in the harbour wrote it down." for number in range(9)
    ]
    told, note = "“It was old,” the captain told Reuters.", "Correction: It sank in May, not in June."
    body = "".join(f"<p>{line}</p>" for line in (*lines, told, note))
    html = f"<html><head><meta property='og:type' content='article'></head><body><article><h1>A ferry</h1>{body}"
    article = extract_article(html, "https://review.example/2026/05/a-ferry/")
    assert [(found.outlet, found.sentence) for found in article.attributions] == [("Reuters", told)]
    assert [(notice.kind, notice.text) for notice in article.notices] == [("correction", note)]
    assert note in article.body_text
