"""The polite visitor, against real answers on loopback."""

from __future__ import annotations

import gzip
from dataclasses import replace
from itertools import pairwise

import pytest

from archive.errors import Unreachable, UsageError
from scraper import visit as module
from scraper.profile import GENERIC
from scraper.visit import Visit
from tests.loopback import LoopbackSite, Served

PROFILE = replace(GENERIC, url="https://ferry.example", hosts=("ferry.example",))
ROBOTS = Served(b"User-agent: *\nDisallow: /closed/\n", "text/plain")


def page(text: str = "open") -> Served:
    return Served(text.encode())


def test_robots_comes_first_and_what_it_forbids_is_not_asked_for() -> None:
    with LoopbackSite({"/robots.txt": ROBOTS, "/closed/a": page(), "/b": page()}) as site:
        visit = Visit(PROFILE, site.base_url)
        assert visit.get("https://ferry.example/closed/a").problem == "is forbidden by robots.txt"
        assert visit.get("https://ferry.example/b").content == b"open"
    assert site.paths == ["/robots.txt", "/b"]


def test_a_site_whose_robots_fails_is_not_visited() -> None:
    pages = {"/robots.txt": Served(status=503), "/b": page()}
    with LoopbackSite(pages) as site, pytest.raises(Unreachable, match=r"robots\.txt answers 503"):
        Visit(PROFILE, site.base_url).get("https://ferry.example/b")
    assert site.paths == ["/robots.txt"]


def test_redirects_are_followed_on_the_site_and_nowhere_else() -> None:
    away = "https://elsewhere.example/"
    moved = {
        "/own": Served(status=301, headers={"Location": "https://ferry.example/new"}),
        "/near": Served(status=302, headers={"Location": "/new"}),
        "/away": Served(status=302, headers={"Location": away}),
        "/closing": Served(status=302, headers={"Location": "/closed/a"}),
        "/circle": Served(status=302, headers={"Location": "/circle"}),
    }
    with LoopbackSite({"/robots.txt": ROBOTS, "/new": page("new"), **moved}) as site:
        visit = Visit(PROFILE, site.base_url)
        for path in ("/own", "/near"):
            answer = visit.get(f"https://ferry.example{path}")
            assert (answer.url, answer.content, answer.problem) == (f"{site.base_url}/new", b"new", None)
        assert away in (visit.get("https://ferry.example/away").problem or "")
        assert visit.get("https://ferry.example/closing").problem == "is forbidden by robots.txt"
        assert visit.get("https://ferry.example/circle").problem == "redirects in a circle"
        assert visit.get(away).problem == "is not on the site"
    assert "/closed/a" not in site.paths


def test_the_delay_that_robots_asks_for_is_kept() -> None:
    robots = Served(b"User-agent: *\nCrawl-delay: 0.1\n", "text/plain")
    with LoopbackSite({"/robots.txt": robots, "/a": page(), "/b": page()}) as site:
        visit = Visit(PROFILE, site.base_url)
        for path in ("/a", "/b"):
            visit.get(f"https://ferry.example{path}")
        times = [asked.at for asked in site.asked]
    assert [after - before >= 0.1 for before, after in pairwise(times)] == [True, True]


def test_the_site_learns_whom_to_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRESS_ARCHIVE_CONTACT", raising=False)
    with pytest.raises(UsageError, match="--contact"):
        Visit(PROFILE)
    with LoopbackSite({"/a": page()}) as site:
        Visit(PROFILE, site.base_url).get(f"{site.base_url}/a")
        Visit(PROFILE, site.base_url, contact="me@ferry.example").get(f"{site.base_url}/a")
    agents = [asked.agent for asked in site.asked if asked.path == "/a"]
    assert agents[0].startswith("press-archive/") and agents[0].endswith("(+local)")
    assert agents[1].endswith("(+me@ferry.example)")


def test_large_answers_are_left_unread_packed_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DOWNLOAD_MAXSIZE", 100_000)
    large = b"a" * 100_001
    packed = Served(gzip.compress(large), headers={"Content-Encoding": "gzip"})
    small = Served(gzip.compress(b"small"), headers={"Content-Encoding": "gzip"})
    with LoopbackSite({"/large": Served(large), "/packed": packed, "/small": small}) as site:
        visit = Visit(PROFILE, site.base_url)
        assert visit.get(f"{site.base_url}/small").content == b"small"
        for path in ("/large", "/packed"):
            answer = visit.get(site.base_url + path)
            assert (answer.content, answer.problem) == (b"", "is larger than 100000 bytes")


def test_no_answer_is_a_problem_and_no_error() -> None:
    with LoopbackSite({"/robots.txt": ROBOTS}) as site:
        visit = Visit(PROFILE, site.base_url)
        assert visit.get("https://ferry.example/none").problem == "answers 404"
    assert (visit.get("https://ferry.example/none").problem or "").startswith("gives no answer")
