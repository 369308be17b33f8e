"""Feeds: addresses with the time they changed, and older pages."""

from __future__ import annotations

import pytest

from scraper.discovery.feeds import feed_page, read_feed

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>R</title>
<item><link>https://r.example/a/</link><pubDate>Fri, 05 Sep 2025 14:30:12 -0400</pubDate></item>
<item><title>no link</title></item><item><link> /b/ </link></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="https://r.example/c/"/>
<updated>2026-01-02T03:04:05Z</updated></entry></feed>"""


def test_rss_and_atom() -> None:
    assert read_feed(RSS) == (("https://r.example/a/", "2025-09-05T18:30:12+00:00"), ("/b/", None))
    assert read_feed(ATOM) == (("https://r.example/c/", "2026-01-02T03:04:05+00:00"),)


def test_an_empty_channel_is_a_feed_without_addresses() -> None:
    assert read_feed(b'<rss version="2.0"><channel><title>R</title></channel></rss>') == ()


@pytest.mark.parametrize("body", [b"", b"<html><body>Not found</body></html>", b"{}"])
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        read_feed(body)


def test_older_pages_are_asked_by_number() -> None:
    assert feed_page("https://r.example/feed.rss", "page", 1) == "https://r.example/feed.rss"
    second = feed_page("https://r.example/feed.rss", "page", 2)
    assert second == "https://r.example/feed.rss?page=2"
    assert feed_page(second, "page", 3) == "https://r.example/feed.rss?page=3"
