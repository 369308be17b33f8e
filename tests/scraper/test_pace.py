"""The pace of a crawl, measured where it arrives: crawl-delay, Retry-After, retries, and what waits for nothing."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path

from tests.outing import PROFILE, article, outing, sitemap
from tests.probe import probe
from tests.rawsite import RawSite, Script, answer

ROBOTS = answer(b"User-agent: *\nDisallow:\n", kind="text/plain")


def gaps(site: RawSite) -> list[float]:
    """List the seconds between one request and the next."""
    return [later.at - earlier.at for earlier, later in pairwise(site.arrivals)]


def test_crawl_delay_holds_between_all_requests_above_a_smaller_wish(tmp_path: Path) -> None:
    delay = 0.4
    slow = {
        "/a-slow-story": [answer(b"", "500 x"), answer(article(3))],
        "/old": answer(b"", "301 x", Location="/new-quay"),
    }
    with RawSite({"/a-good-story": answer(article(1)), "/new-quay": answer(article(2)), **slow}) as site:
        site.answers["/robots.txt"] = answer(f"User-agent: *\nCrawl-delay: {delay}\n".encode())
        site.answers["/sitemap.xml"] = sitemap(site.base_url, ["/a-good-story", "/old", "/a-slow-story"])
        came = outing(tmp_path / "quay", site.base_url, delay=0.1)
    assert came.counts["new"] == 3
    assert sorted(site.paths) == sorted(
        ["/robots.txt", "/sitemap.xml", "/a-good-story", "/old", "/new-quay", "/a-slow-story", "/a-slow-story"]
    )
    assert min(gaps(site)) >= delay
    assert max(gaps(site)) < delay + 1.5


def test_the_delay_is_kept_though_a_first_connection_is_slow() -> None:
    """The request reaches the site later than it was begun: the next one must not come too soon after it."""

    def slow_head(connection: object) -> None:
        time.sleep(0.35)
        connection.sendall(answer(b"x"))  # type: ignore[attr-defined]

    with RawSite({"/robots.txt": ROBOTS, "/a": slow_head, "/b": answer(b"x"), "/c": answer(b"x")}) as site:
        probe([f"{site.base_url}{path}" for path in ("/a", "/b", "/c")], site.base_url, delay=0.3)
    assert min(gaps(site)) >= 0.3


def test_images_of_another_host_have_a_pace_of_their_own() -> None:
    pages = {f"/{n}": answer(b"x") for n in range(4)}
    with RawSite({"/robots.txt": ROBOTS, **pages}) as site, RawSite(pages) as images:
        images.answers["/robots.txt"] = answer(b"User-agent: *\nCrawl-delay: 0.3\n")
        urls = [f"{place.base_url}{path}" for path in pages for place in (site, images)]
        came = probe(urls, site.base_url, replace(PROFILE, image_hosts=(images.base_url,)))
    assert [it.status for it in came] == [200] * 8
    assert min(gaps(images)) >= 0.3
    assert site.arrivals[-1].at < images.arrivals[2].at


def test_a_429_closes_the_whole_host_for_its_time() -> None:
    """The time is told in seconds, as a date, and as a date by a clock that is two hours ahead."""
    wait = 2
    told: dict[str, float] = {}

    def refuse(form: str) -> Script:
        def script(connection: socket.socket) -> None:
            told[form] = time.monotonic()
            now = time.time() + (7200 if form == "other clock" else 0)
            value = str(wait) if form == "seconds" else formatdate(now + wait, usegmt=True)
            sent = answer(b"", "429 Too Many", Retry_After=value, Date=formatdate(now, usegmt=True))
            connection.sendall(sent)

        return script

    pages = {f"/{n}": answer(b"x") for n in range(12)}
    forms = ("seconds", "date", "other clock")
    with ExitStack() as held:
        sites = {
            form: held.enter_context(RawSite({"/robots.txt": ROBOTS, **pages, "/first": [refuse(form), answer(b"x")]}))
            for form in forms
        }
        base = held.enter_context(RawSite({}))
        profile = replace(PROFILE, image_hosts=tuple(site.base_url for site in sites.values()))
        urls = [f"{site.base_url}{path}" for site in sites.values() for path in ("/first", *pages)]
        came = probe(urls, base.base_url, profile, delay=0.05)
    assert [it.status for it in came] == [200] * 39
    for form, site in sites.items():
        late = [arrival.at - told[form] for arrival in site.arrivals if arrival.at > told[form]]
        assert len(late) == 13
        assert wait <= min(late) < wait + 1, form


def test_a_503_closes_its_address_only(tmp_path: Path) -> None:
    busy = answer(b"", "503 Busy", Retry_After="2")
    pages = {f"/story-{n}-of-the-quay": answer(article(n)) for n in range(20)}
    with RawSite({"/robots.txt": ROBOTS, **pages, "/busy-story": [busy, answer(article(99))]}) as site:
        site.answers["/sitemap.xml"] = sitemap(site.base_url, ["/busy-story", *pages])
        came = outing(tmp_path / "quay", site.base_url)
    assert came.counts["new"] == 21
    first, second = site.times("/busy-story")
    assert 2 <= second - first < 3
    assert all(site.times(path)[0] < second for path in pages)


def test_many_that_wait_hold_up_nobody(tmp_path: Path) -> None:
    """More addresses wait than requests may run at once."""
    busy = answer(b"", "503 Busy", Retry_After="2")
    waiting = {f"/busy-{n}-at-the-quay": [busy, answer(article(100 + n))] for n in range(40)}
    pages = {f"/story-{n}-of-the-quay": answer(article(n)) for n in range(20)}
    with RawSite({"/robots.txt": ROBOTS, **pages, **waiting}) as site:
        site.answers["/sitemap.xml"] = sitemap(site.base_url, [*waiting, *pages])
        came = outing(tmp_path / "quay", site.base_url)
    assert came.counts["new"] == 60
    assert max(site.times(path)[0] for path in pages) < min(site.times(path)[1] for path in waiting)


def test_a_long_wait_is_put_off_to_the_next_night(tmp_path: Path) -> None:
    away = answer(b"", "429 Too Many", Retry_After="7200")
    pages = {f"/story-{n}-of-the-quay": away for n in range(20)}
    with RawSite({"/robots.txt": ROBOTS, **pages}) as site:
        site.answers["/sitemap.xml"] = sitemap(site.base_url, pages)
        began = time.monotonic()
        came = outing(tmp_path / "quay", site.base_url)
        first = [path for path in site.paths if path in pages]
        assert time.monotonic() - began < 30
        # One was answered; those that were on their way with it are no more than may run at once.
        assert 1 <= len(first) <= PROFILE.concurrency
        states = sorted(came.ledger().values(), key=str)
        assert states == [("failed", "HTTP 429")] * len(first) + [("pending", "put off: HTTP 429")] * (20 - len(first))


def test_a_long_503_puts_off_its_address_only(tmp_path: Path) -> None:
    busy = answer(b"", "503 Busy", Retry_After="86400")
    with RawSite({"/robots.txt": ROBOTS, "/busy-story": busy, "/good-story": answer(article(1))}) as site:
        site.answers["/sitemap.xml"] = sitemap(site.base_url, ["/busy-story", "/good-story"])
        came = outing(tmp_path / "quay", site.base_url)
    assert came.ledger() == {"/busy-story": ("failed", "HTTP 503"), "/good-story": ("stored", None)}
    assert len(site.times("/busy-story")) == 1


def test_a_run_that_is_ended_waits_for_nobodys_turn(tmp_path: Path) -> None:
    pages = {f"/story-{n}-of-the-quay": answer(article(n)) for n in range(20)}
    with RawSite({"/robots.txt": answer(b"User-agent: *\nCrawl-delay: 60\n"), **pages}) as site:
        command = [sys.executable, "-m", "scraper.cli", "crawl", "sample", "--base-url", site.base_url]
        process = subprocess.Popen([*command, "--root", str(tmp_path / "quay")], stderr=subprocess.PIPE, text=True)
        while not site.arrivals and process.poll() is None:
            time.sleep(0.05)
        time.sleep(1)
        process.terminate()
        began = time.monotonic()
        assert process.wait(timeout=20) == 143
        assert time.monotonic() - began < 10
        assert process.communicate()[1] == ""
    assert site.paths == ["/robots.txt"]


def test_a_run_makes_no_more_requests_than_it_may_and_the_next_goes_on(tmp_path: Path) -> None:
    pages = {f"/story-{n}-of-the-quay": answer(article(n)) for n in range(20)}
    with RawSite({"/robots.txt": ROBOTS, **pages}) as site:
        site.answers["/sitemap.xml"] = sitemap(site.base_url, pages)
        first = outing(tmp_path / "quay", site.base_url, replace(PROFILE, max_requests=12))
        assert len(site.paths) == 12
        spent = ("pending", "put off: the run's 12 requests are spent")
        assert sorted(first.ledger().values(), key=str) == [spent] * 10 + [("stored", None)] * 10
        second = outing(tmp_path / "quay", site.base_url)
    assert set(second.ledger().values()) == {("stored", None)}
