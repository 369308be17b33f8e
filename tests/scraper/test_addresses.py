"""The publication's addresses: own or foreign, where fetched, and which are excluded by rule."""

from __future__ import annotations

import pytest

from scraper.addresses import Addresses, is_loopback
from scraper.publications import ProfileError, load, names

PROFILE = load("responsible-statecraft")
MIRROR = Addresses(PROFILE, "http://127.0.0.1:8000/mirror/")


def test_addresses_of_the_site_are_fetched_at_the_base() -> None:
    for url in ("https://responsiblestatecraft.org/a/?x=1", "http://www.responsiblestatecraft.org/a/?x=1"):
        assert MIRROR.is_own(url)
        assert MIRROR.fetchable(url) == "http://127.0.0.1:8000/mirror/a/?x=1"


def test_links_keep_the_form_in_which_pages_write_them() -> None:
    page = "http://127.0.0.1:8000/europe/"
    assert MIRROR.resolve("https://responsiblestatecraft.org/a/?utm_source=x", page) == (
        "https://responsiblestatecraft.org/a/"
    )
    assert MIRROR.resolve("/a/#top", page) == "http://127.0.0.1:8000/a/"


@pytest.mark.parametrize(
    "href",
    ["https://elsewhere.example/a/", "http://127.0.0.1:8001/a/", "mailto:x@responsiblestatecraft.org", "http://[bad"],
)
def test_foreign_addresses_are_none_of_ours(href: str) -> None:
    assert MIRROR.resolve(href, "http://127.0.0.1:8000/") is None


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/about/", "about page"),
        ("/author/someone/", "author page"),
        ("/tag/nato/", "tag page"),
        ("/europe", "section page"),
        ("/regions/europe/", "section page"),
        ("/feeds/feed.rss", "machine page"),
        ("/", "home page"),
        ("/europe-at-war/", None),
        ("/about-that-treaty/", None),
        ("/2021/03/04/media-and-war/", None),
        ("/gaza-ceasefire-2670859937", None),
    ],
)
def test_exclusions_by_rule(path: str, reason: str | None) -> None:
    assert MIRROR.exclusion(f"https://responsiblestatecraft.org{path}") == reason


@pytest.mark.parametrize(
    ("url", "expected"),
    [("http://127.0.0.1:1/", True), ("http://[::1]/", True), ("http://localhost/", True), ("http://10.0.0.1/", False)],
)
def test_loopback(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


def test_a_wrong_name_gets_the_nearest() -> None:
    assert {"sample", "responsible-statecraft"} <= set(names())
    with pytest.raises(ProfileError, match="responsible-statecraft"):
        load("responsible-statecraf")
