"""robots.txt: what each kind of answer allows (RFC 9309, section 2.3.1)."""

from __future__ import annotations

import pytest

from scraper.robots import read_robots

TEXT = b"""\xef\xbb\xbfUser-agent: OtherBot
Disallow: /

User-agent: *
Disallow: /private/
Allow: /private/open$
Disallow: /*.pdf$
Crawl-delay: 3
Sitemap: https://r.example/sitemap.xml
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/a-truce/", True),
        ("/private/draft/", False),
        ("/private/open", True),
        ("/private/open/more", False),
        ("/report.pdf", False),
        ("/report.pdf?x=1", True),
        ("/robots.txt", True),
    ],
)
def test_the_longest_match_counts(path: str, allowed: bool) -> None:
    assert read_robots(200, TEXT).allows(f"https://r.example{path}") is allowed


def test_delay_and_sitemaps() -> None:
    robots = read_robots(200, TEXT)
    assert (robots.delay, robots.sitemaps) == (3.0, ("https://r.example/sitemap.xml",))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429])
def test_4xx_allows_everything(status: int) -> None:
    robots = read_robots(status, TEXT)
    assert robots.allows("https://r.example/private/draft/")
    assert robots.unavailable is None


@pytest.mark.parametrize("status", [None, 500, 503])
def test_no_answer_and_5xx_allow_nothing(status: int | None) -> None:
    robots = read_robots(status, b"")
    assert not robots.allows("https://r.example/a-truce/")
    assert robots.unavailable
