"""robots.txt over real HTTP: what each kind of answer lets the crawl do with its host (RFC 9309, section 2.3.1)."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.outing import PROFILE, article, outing, sitemap
from tests.probe import Came, probe
from tests.rawsite import Answer, RawSite, answer

OPEN = b"User-agent: *\nDisallow: /closed/\n"
_ELSEWHERE = "http://127.0.0.1:9/robots.txt"


def _hang(connection: socket.socket) -> None:
    time.sleep(20)


def _drop(connection: socket.socket) -> None:
    connection.close()


def _endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + OPEN)
    while True:
        connection.sendall(b"# more\n" * 9000)


def _hops(count: int) -> dict[str, Answer]:
    """Let robots.txt lead through `count` redirects to a file that forbids `/closed/`."""
    ways = ["/robots.txt", *(f"/hop{n}" for n in range(1, count)), "/rules.txt"]
    hops = {way: answer(b"", "302 Found", Location=to) for way, to in pairwise(ways)}
    return hops | {"/rules.txt": answer(OPEN, kind="text/plain")}


# For each kind of answer: the answers of the host, and whether /closed/a and /open/a may be asked for.
KINDS: dict[str, tuple[dict[str, Answer], bool, bool]] = {
    "rules": ({"/robots.txt": answer(OPEN, kind="text/plain")}, False, True),
    "rules as a page": ({"/robots.txt": answer(OPEN)}, False, True),
    "rules without a type": ({"/robots.txt": answer(OPEN, kind="")}, False, True),
    "a page: not found, status 200": ({"/robots.txt": answer(b"<h1>Not found</h1>")}, True, True),
    "byte order mark": ({"/robots.txt": answer(b"\xef\xbb\xbf" + OPEN)}, False, True),
    "600 kibibytes": ({"/robots.txt": answer(b"# filler\n" * 70_000 + OPEN)}, False, True),
    "without end": ({"/robots.txt": _endless}, False, True),
    "empty": ({"/robots.txt": answer(b"")}, True, True),
    "204": ({"/robots.txt": answer(b"", "204 No Content", Content_Length="")}, True, True),
    "203": ({"/robots.txt": answer(OPEN, "203 Non-Authoritative")}, False, True),
    "206": ({"/robots.txt": answer(OPEN, "206 Partial Content")}, False, False),
    **{str(n): ({"/robots.txt": answer(OPEN, f"{n} x")}, True, True) for n in (400, 401, 403, 404, 410, 451)},
    **{str(n): ({"/robots.txt": answer(OPEN, f"{n} x")}, False, False) for n in (500, 502, 503, 504, 599)},
    "500, then rules": ({"/robots.txt": [answer(b"", "500 x"), answer(OPEN)]}, False, True),
    "dropped": ({"/robots.txt": _drop}, False, False),
    "time-out": ({"/robots.txt": _hang}, False, False),
    "cut short": ({"/robots.txt": answer(OPEN, close=True, Content_Length="500")}, False, False),
    "more than announced": ({"/robots.txt": answer(OPEN, Content_Length="10")}, False, False),
    "one hop": (_hops(1), False, True),
    "five hops": (_hops(5), False, True),
    "six hops": (_hops(6), True, True),
    "in a circle": ({"/robots.txt": answer(b"", "301 x", Location="/robots.txt")}, True, True),
    "off the site": ({"/robots.txt": answer(b"", "301 x", Location=_ELSEWHERE)}, False, False),
    "nowhere": ({"/robots.txt": answer(b"", "302 x")}, False, False),
    "304": ({"/robots.txt": answer(b"", "304 Not Modified", Content_Length="")}, False, False),
}


@pytest.fixture(scope="module")
def seen() -> Iterator[dict[str, tuple[RawSite, Came, Came]]]:
    with ExitStack() as held:
        pages = {"/closed/a": answer(b"closed"), "/open/a": answer(b"open")}
        sites = {kind: held.enter_context(RawSite({**pages, **answers})) for kind, (answers, _, _) in KINDS.items()}
        base = held.enter_context(RawSite(pages))
        profile = replace(PROFILE, image_hosts=tuple(site.base_url for site in sites.values()))
        urls = [f"{site.base_url}{path}" for site in sites.values() for path in ("/closed/a", "/open/a")]
        came = iter(probe(urls, base.base_url, profile, settings={"DOWNLOAD_TIMEOUT": 1}))
        yield {kind: (site, next(came), next(came)) for kind, site in sites.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_answer_allows(seen: dict[str, tuple[RawSite, Came, Came]], kind: str) -> None:
    site, *came = seen[kind]
    expected = dict(zip(("/closed/a", "/open/a"), KINDS[kind][1:], strict=True))
    for path, it in zip(expected, came, strict=True):
        assert (it.status == 200) is expected[path], it
        assert (path in site.paths) is expected[path]


@pytest.mark.parametrize("kind", KINDS)
def test_robots_comes_first_and_from_its_own_host(seen: dict[str, tuple[RawSite, Came, Came]], kind: str) -> None:
    paths = seen[kind][0].paths
    assert paths[0] == "/robots.txt"
    pages = [n for n, path in enumerate(paths) if path.endswith("/a")]
    assert pages == list(range(len(paths) - len(pages), len(paths)))


def test_what_cannot_be_had_now_is_put_off_and_what_is_forbidden_is_excluded(
    seen: dict[str, tuple[RawSite, Came, Came]],
) -> None:
    assert (seen["500"][1].state, seen["500"][1].reason) == ("pending", "put off: robots.txt answers 500")
    assert (seen["rules"][1].state, seen["rules"][1].reason) == ("excluded", "robots.txt forbids it")
    off = seen["off the site"][2]
    assert (off.state, off.reason) == ("pending", "put off: robots.txt redirects off the site")


def test_everybody_who_waits_for_the_same_robots_is_told_its_rules() -> None:
    def slow(connection: socket.socket) -> None:
        time.sleep(0.5)
        connection.sendall(answer(OPEN))

    with RawSite({"/robots.txt": slow, "/open/a": answer(b"x")}) as site:
        urls = [f"{site.base_url}/closed/{n}" for n in range(40)] + [f"{site.base_url}/open/a"]
        came = probe(urls, site.base_url)
    assert site.paths == ["/robots.txt", "/open/a"]
    assert {it.reason for it in came[:-1]} == {"robots.txt forbids it"}


def test_sitemaps_are_named_by_robots_and_bound_by_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    with RawSite({"/a-quay-story": answer(article(1)), "/closed/story": answer(article(2))}) as site:
        lines = f"Sitemap: {site.base_url}/named.xml\nSitemap: {site.base_url}/closed/map.xml\n"
        site.answers["/robots.txt"] = answer(OPEN + lines.encode())
        site.answers["/named.xml"] = sitemap(site.base_url, ["/a-quay-story", "/closed/story"])
        site.answers["/closed/map.xml"] = sitemap(site.base_url, ["/another"])
        came = outing(tmp_path_factory.mktemp("named") / "quay", site.base_url)
    assert "/closed/map.xml" not in site.paths
    assert came.ledger() == {
        "/a-quay-story": ("stored", None),
        "/closed/story": ("excluded", "robots.txt forbids it"),
    }
