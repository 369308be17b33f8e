"""robots.txt: the matrix of rules, and what each kind of answer allows (RFC 9309)."""

from __future__ import annotations

import time

import pytest

from scraper.robots import MAX_BYTES, read_robots
from tests.scraper.robots_matrix import CASES, Case

TEXT = b"User-agent: *\nDisallow: /private/\nCrawl-delay: 3\nSitemap: https://r.example/sitemap.xml\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.shows)
def test_the_matrix(case: Case) -> None:
    robots = read_robots(200, case.file)
    assert robots.allows(f"https://r.example{case.path}") is case.allowed
    assert robots.allows(case.path) is case.allowed


def test_the_matrix_is_large_and_says_both() -> None:
    assert len(CASES) == len({case.shows for case in CASES}) >= 60
    assert min(sum(case.allowed for case in CASES), sum(not case.allowed for case in CASES)) >= 25


def test_the_cut_case_is_cut_inside_its_rule() -> None:
    (case,) = [case for case in CASES if case.shows == "a rule cut at the limit is none"]
    assert case.file[:MAX_BYTES].endswith(b"\nDisallow: /articles")


def test_delay_and_sitemaps() -> None:
    robots = read_robots(200, TEXT)
    assert (robots.delay, robots.sitemaps) == (3.0, ("https://r.example/sitemap.xml",))


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        (b"User-agent: *\nCrawl-delay: 2.5\n", 2.5),
        (b"User-agent: *\nCrawl-delay: 1\nUser-agent: *\nCrawl-delay: 4\n", 4.0),
        (b"User-agent: other\nCrawl-delay: 9\nUser-agent: *\nDisallow: /a\n", 0.0),
        (b"User-agent: *\nCrawl-delay: 9\nDisallow: /a\nUser-agent: press-archive\nCrawl-delay: 2\n", 2.0),
        (b"User-agent: *\nCrawl-delay: 10s\n", 10.0),
        (b"User-agent: *\nCrawl-delay: soon\n", 0.0),
        (b"User-agent: *\nCrawl-delay: -3\n", 0.0),
        (b"User-agent: *\nCrawl-delay: inf\n", 0.0),
        (b"Crawl-delay: 3\n", 0.0),
    ],
)
def test_the_delay_is_the_one_of_our_group(text: bytes, delay: float) -> None:
    assert read_robots(200, text).delay == delay


def test_sitemaps_are_those_of_the_whole_file() -> None:
    text = b"sitemap: https://r.example/a\nUser-agent: other\nDisallow: /\nSITEMAP:https://r.example/b\nSitemap:\n"
    assert read_robots(200, text).sitemaps == ("https://r.example/a", "https://r.example/b")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 451, 499])
def test_4xx_allows_everything(status: int) -> None:
    robots = read_robots(status, TEXT)
    assert robots.allows("https://r.example/private/draft/")
    assert robots.unavailable is None


@pytest.mark.parametrize("status", [None, 101, 206, 301, 304, 500, 502, 503, 599, 700])
def test_no_answer_5xx_and_what_is_no_whole_file_allow_nothing(status: int | None) -> None:
    robots = read_robots(status, b"User-agent: *\nAllow: /\n")
    assert not robots.allows("https://r.example/a-truce/")
    assert robots.allows("https://r.example/robots.txt")
    assert robots.unavailable


@pytest.mark.parametrize("status", [200, 203, 299])
def test_any_success_is_read(status: int) -> None:
    assert not read_robots(status, TEXT).allows("https://r.example/private/draft/")


def test_a_file_made_to_be_slow_is_not() -> None:
    stars = b"User-agent: *\n" + b"".join(b"Disallow: /%s%d\n" % (b"*a" * 50, n) for n in range(2000))
    plain = b"".join(b"Disallow: /%d/%s\n" % (n, b"x" * (n % 900)) for n in range(20_000))
    began = time.monotonic()
    robots = read_robots(200, stars + plain)
    for number in range(20):
        assert robots.allows(f"https://r.example/{'a' * (300 + number)}b")
    assert time.monotonic() - began < 5
