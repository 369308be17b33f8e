"""The polite visitor, against real answers on loopback."""

from __future__ import annotations

import gzip
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from archive.errors import Unreachable, UsageError
from scraper import visit as module
from scraper.profile import GENERIC
from scraper.visit import Visit
from tests.certificates import self_signed
from tests.loopback import LoopbackSite, Served
from tests.outing import lead
from tests.rawsite import RawSite, answer

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


def test_a_name_that_leads_to_a_private_address_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    lead({"ferry.example": "127.0.0.1", "mirror.example": "127.0.0.1"}, monkeypatch.setattr)
    with RawSite({"/a": answer(b"x")}) as site:
        profile = replace(PROFILE, url=f"http://ferry.example:{site.port}", hosts=(f"ferry.example:{site.port}",))
        with pytest.raises(Unreachable):
            Visit(profile, contact="x@ferry.example").get(f"{profile.url}/a")
        assert site.connections == 0
        base = f"http://mirror.example:{site.port}"
        assert Visit(PROFILE, base, contact="x@ferry.example").get(f"{base}/a").content == b"x"


def test_certificates_are_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawSite({"/a": answer(b"x")}, tls=self_signed(tmp_path)) as site:
        base = f"https://localhost:{site.port}"
        with pytest.raises(Unreachable):
            Visit(PROFILE, base).get(f"{base}/a")
        assert site.arrivals == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "both.pem"))
        assert Visit(PROFILE, base).get(f"{base}/a").content == b"x"


def test_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawSite({}) as proxy, RawSite({"/a": answer(b"x")}) as site:
        monkeypatch.setenv("http_proxy", proxy.base_url)
        assert Visit(PROFILE, site.base_url).get(f"{site.base_url}/a").content == b"x"
        assert proxy.connections == 0


@pytest.mark.parametrize(
    "cut",
    [
        answer(b"hello", close=True, Content_Length="50"),
        answer(gzip.compress(b"hello" * 50)[:-9], Content_Encoding="gzip"),
    ],
)
def test_what_is_cut_short_is_no_page(cut: bytes) -> None:
    with RawSite({"/a": cut}) as site:
        came = Visit(PROFILE, site.base_url).get(f"{site.base_url}/a")
    assert (came.content, came.problem) == (b"", "is cut short")


def test_robots_behind_more_than_five_redirects_is_as_if_there_were_none() -> None:
    with RawSite({"/robots.txt": answer(b"", "301 x", Location="/robots.txt"), "/a": answer(b"x")}) as site:
        assert Visit(PROFILE, site.base_url).get(f"{site.base_url}/a").content == b"x"
    assert site.paths == ["/robots.txt"] * 6 + ["/a"]
