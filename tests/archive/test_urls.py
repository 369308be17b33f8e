"""When two addresses are one article."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.urls import absolute_url, address_key, clean_url, host_of, name_slug, slug_of, stable_id

OWN = {"review.example", "127.0.0.1:8000"}


@pytest.mark.parametrize(
    "spelling",
    [
        "https://review.example/a-truce/",
        "http://review.example/a-truce",
        "https://www.review.example/a-truce/#notes",
        "https://review.example//a-truce/?utm_source=feed&utm_medium=rss",
        "http://127.0.0.1:8000/a-truce/",
        "https://review.example/a%2Dtruce/",
    ],
)
def test_spellings_of_one_address_share_a_key(spelling: str) -> None:
    assert address_key(spelling, OWN) == "/a-truce"


@pytest.mark.parametrize(
    "other",
    ["https://review.example/a-truce-2/", "https://else.example/a-truce/", "https://review.example/a-truce/?page=2"],
)
def test_other_addresses_have_other_keys(other: str) -> None:
    assert address_key(other, OWN) != "/a-truce"


def test_the_order_of_a_query_makes_no_difference() -> None:
    assert address_key("https://review.example/?b=2&a=1", OWN) == address_key("https://review.example/?a=1&b=2", OWN)


def test_cleaning_drops_only_tracking() -> None:
    url = "https://review.example/x/?id=7&fbclid=abc&q=a%20b#top"
    assert clean_url(url) == "https://review.example/x/?id=7&q=a%20b"


def test_a_port_is_part_of_the_host_unless_it_is_the_scheme_s_own() -> None:
    assert host_of("http://www.Review.example:80/") == "review.example"
    assert host_of("http://review.example:8080/") == "review.example:8080"
    assert host_of("http://review.example:port/") == ""


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/b/", "http://127.0.0.1:8000/b/"),
        ("b?x=1", "http://127.0.0.1:8000/a/b?x=1"),
        ("//else.example/b", "https://else.example/b"),
        ("//127.0.0.1:8000/b", "http://127.0.0.1:8000/b"),
        ("http://else.example/b", "http://else.example/b"),
    ],
)
def test_a_link_without_a_scheme_means_https_elsewhere(href: str, expected: str) -> None:
    assert absolute_url(href, "http://127.0.0.1:8000/a/") == expected


def test_slugs() -> None:
    assert slug_of("https://review.example/2021/03/04/a-b/") == "2021/03/04/a-b"
    assert slug_of("https://review.example/?p=12") == "?p=12"
    assert name_slug("Anne-Sophie Lefèvre") == "anne-sophie-lefevre"
    assert name_slug("Мария Иванова") == "мария-иванова"


def test_an_id_is_the_first_52_bits_of_the_digest() -> None:
    digest = hashlib.sha256(b"https://review.example/a/").hexdigest()
    assert stable_id("https://review.example/a/") == int(digest[:13], 16)


@given(st.text(max_size=80))
def test_ids_are_exact_in_a_javascript_number(text: str) -> None:
    assert 0 <= stable_id(text.encode("utf-8", "replace").decode()) < 2**53


@pytest.mark.parametrize(
    "url",
    [
        "https://review.example/a-truce/?PHPSESSID=8f1c3d9a7be0&id=7",
        "https://review.example/a-truce/;jsessionid=8F1C3D9A7BE0.node1?id=7",
        "https://review.example/(S(lit3py55t21z5v55vlm25s55))/a-truce/?id=7",
        "https://review.example/a-truce/?id=7&session_id=1&CFTOKEN=2",
    ],
)
def test_session_ids_are_dropped(url: str) -> None:
    assert clean_url(url) == "https://review.example/a-truce/?id=7"
