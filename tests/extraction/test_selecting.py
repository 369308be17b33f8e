"""Selectors find the same from an index as XPath finds, on whole trees and parts, while elements are cut and moved."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from scraper.extraction.css import chains
from scraper.extraction.document import Element, read_document
from scraper.extraction.index import TreeIndex
from scraper.extraction.selecting import compiled, drop, every, first, indexing, matches, move

SELECTORS = (
    "*",
    "p",
    ".a",
    ".a.b",
    "p.a",
    "[data-x]",
    '[data-x="1"]',
    "div[data-x='2'].b",
    "[class*=a]",
    "[class*=lead-]",
    "[class^=lead]",
    ".a .b",
    ".a > .b",
    ".a .b > p",
    ".a > .b .a p",
    "div, p.b, [data-x]",
    ".b, .a .b, div > p",
)
NEEDS_XPATH = ("p:not(.a)", ".a + .b", "#one", "[data-x$='1']", "[data-x~='1']", "p:first-child", '[class*=""]')

_names = st.sampled_from(["div", "p", "span", "section"])
_classes = st.lists(st.sampled_from(["a", "b", "ab", "lead-image", "\u00a0a", "b\ta"]), max_size=3).map(" ".join)
_attributes = st.fixed_dictionaries({}, optional={"class": _classes, "data-x": st.sampled_from(["", "1", "2", "12"])})


@st.composite
def trees(draw: st.DrawFn) -> Element:
    """Make a tree of some dozens of elements, deep or flat."""
    root = etree.Element("div", **draw(_attributes))
    held = [root]
    for name, attributes in draw(st.lists(st.tuples(_names, _attributes), max_size=40)):
        under = draw(st.sampled_from(held[-4:]))
        held.append(etree.SubElement(under, name, **attributes))
    return root


def _xpath(root: Element, selector: str) -> list[Element]:
    return list(compiled(selector)(root))


@settings(max_examples=60, deadline=None)
@given(tree=trees(), seed=st.integers(0, 10_000))
def test_an_index_finds_what_xpath_finds_while_elements_are_cut_and_moved(tree: Element, seed: int) -> None:
    chooser = random.Random(seed)
    with indexing():
        for _ in range(4):
            elements = list(tree.iter())
            for root in (tree, chooser.choice(elements)):
                for selector in SELECTORS:
                    assert list(matches([root], selector)) == _xpath(root, selector), selector
            drop(chooser.choice(elements))
        rest = list(tree)
        chosen = [element for element in rest if chooser.random() < 0.5]
        if chooser.random() < 0.3:
            chosen.reverse()
        page = etree.SubElement(etree.Element("html"), "body")
        move(chosen, page)
        for root in (tree, page, page.getparent(), *chosen):
            for selector in SELECTORS:
                assert list(matches([root], selector)) == _xpath(root, selector), selector


@pytest.mark.parametrize("selector", SELECTORS)
def test_a_simple_selector_needs_no_xpath(selector: str) -> None:
    assert chains(selector) is not None


@pytest.mark.parametrize("selector", NEEDS_XPATH)
def test_a_selector_that_chains_cannot_say_is_left_to_xpath(selector: str) -> None:
    tree = lxml_html.fromstring('<div><p id="one" class="a">1</p><p class="b" data-x="2 1">2</p></div>')
    assert chains(selector) is None
    with indexing():
        assert list(matches([tree], selector)) == _xpath(tree, selector)


def test_classes_are_parted_as_html_parts_them_not_at_every_unicode_space() -> None:
    tree = lxml_html.fromstring('<div><p class="a\u00a0b">1</p><p class="a b">2</p><p class="a\nb">3</p></div>')
    with indexing():
        assert [element.text for element in matches([tree], ".b")] == ["2", "3"]


def test_names_of_elements_and_attributes_are_found_in_either_case() -> None:
    tree = lxml_html.fromstring('<div><p data-x="1">1</p></div>')
    with indexing():
        assert [element.text for element in matches([tree], "P[DATA-X]")] == ["1"]
    assert [element.text for element in matches([tree], "P[DATA-X]")] == ["1"]


def test_several_selectors_give_page_order_and_each_element_once() -> None:
    tree = lxml_html.fromstring('<div><p class="b">1</p><p class="a b">2</p><p class="a">3</p></div>')
    with indexing():
        assert [element.text for element in every([tree], (".a", ".b"))] == ["1", "2", "3"]
        assert first([tree], (".none", ".a"))[1] == ".a"


def test_without_a_block_no_index_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Element] = []
    monkeypatch.setattr(TreeIndex, "__init__", lambda self, top: made.append(top))
    tree = lxml_html.fromstring("<div><p>1</p></div>")
    assert [element.text for element in matches([tree], "p")] == ["1"]
    assert made == []


def test_characters_that_no_xml_may_hold_are_left_out() -> None:
    document = read_document("<p>a\x00b\x0bc\ufffed\uffffe\tf</p>", "https://a.example/")
    assert document.tree.findtext(".//p") == "abcde\tf"
