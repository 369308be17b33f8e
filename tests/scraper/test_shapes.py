"""What addresses have in common, and which of them grow."""

from __future__ import annotations

import pytest

from scraper.shapes import Shape, growth, shape_of

SITE = "https://quay.example"


@pytest.mark.parametrize(
    ("path", "how"),
    [
        ("/a/more/more/more/", "a path that repeats itself"),
        ("/news/port/news/port/", "a path that repeats itself"),
        ("/a/news/port/x/news/port/news/port", "a path that repeats itself"),
        ("/" + "/".join(f"part{n}x" for n in range(13)), "a growing path"),
        ("/a?x=1&y=1&x=2&x=3&x=4", "a growing query"),
        ("/login?back=%252525252Flogin", "a growing query"),
        ("/a?" + "b" * 2000, "an address of more than 2,000 characters"),
    ],
)
def test_what_grows(path: str, how: str) -> None:
    assert growth(SITE + path) == how


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/news/news/a-story/",
        "/2024/01/01/01/a-story",
        "/regions/asia-pacific/a-story-2670859937",
        "/a?tag=x&tag=y&tag=z",
        "/a%20b%2Fc",
        "/one/two/three/four/five/six/seven/eight",
    ],
)
def test_what_does_not(path: str) -> None:
    assert growth(SITE + path) is None


@pytest.mark.parametrize(
    ("path", "pattern", "counted"),
    [
        ("/calendar/2031/05/", "/calendar/#", True),
        ("/calendar/2031/06/12/", "/calendar/#", True),
        ("/events/month/2031-05", "/events/~/#", True),
        ("/news/2670859937", "/news/#", True),
        ("/story.php?id=12", "/story.php&id=#", True),
        ("/feed.xml?page=3", "/feed.xml&page=#", True),
        ("/map-12.xml", "/map-#.xml", False),
        ("/2021/03/04/media-and-war/", "/#/#/~", False),
        ("/a-truce-2670859937/", "/a-truce-#", False),
        ("/regions/europe/a-truce", "/regions/~", False),
        ("/regions/3f9a7c1e2b4d5f60", "/regions/@", True),
        ("/", "/", False),
    ],
)
def test_patterns(path: str, pattern: str, counted: bool) -> None:
    shape = shape_of(SITE + path)
    assert (shape.pattern.removeprefix("quay.example"), shape.counted) == (pattern, counted)


def test_what_stays_of_an_address_without_its_numbers_and_tokens() -> None:
    shape = shape_of(f"{SITE}/a-truce?visit=3f9a7c1e2b4d5f60&tag=war&t=17")
    assert (shape.bare, shape.names) == (f"{SITE}/a-truce?tag=war", "t&visit")
    assert shape_of(f"{SITE}/a-truce?tag=war") == Shape("quay.example/a-truce&tag=~", False)
