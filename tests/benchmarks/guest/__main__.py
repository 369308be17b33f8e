"""A good guest, safe from its host: robots.txt, pace, places, bombs, traps and broken servers, over real HTTP.

Prints a line for each figure and ends with status 1 when one falls short. Everything is on loopback; it takes about two
minutes. Needs no arguments; the names of parts (`robots`, `pace`, `places`, `bombs`, `traps`, `broken`) choose.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from scraper.robots import read_robots
from tests.benchmarks.guest.bombs import MB, blast
from tests.benchmarks.guest.endless import ENDLESS, PATHS, EndlessSite
from tests.outing import PROFILE, article, outing, sitemap
from tests.probe import probe
from tests.rawsite import RawSite, answer
from tests.scraper.robots_matrix import CASES
from tests.scraper.targets import RESOLVED, URLS
from tests.scraper.test_failures import BROKEN, GOOD
from tests.scraper.test_robots_answers import KINDS

_ROBOTS = answer(b"User-agent: *\nDisallow:\n", kind="text/plain")
_BUDGETS = (2_000, 10_000, 100_000)


class Figure(NamedTuple):
    """What was measured, how it came out, and whether that is good enough."""

    name: str
    result: str
    good: bool


def robots(folder: Path) -> Iterator[Figure]:
    """Ask the reader every case, and every kind of answer over HTTP."""
    right = sum(read_robots(200, case.file).allows(case.path) is case.allowed for case in CASES)
    yield Figure("robots.txt, rules", f"{right} of {len(CASES)} cases as written down", right == len(CASES))
    with ExitStack() as held:
        pages = {"/closed/a": answer(b"closed"), "/open/a": answer(b"open")}
        sites = [held.enter_context(RawSite({**pages, **answers})) for answers, _, _ in KINDS.values()]
        base = held.enter_context(RawSite(pages))
        urls = [f"{site.base_url}{path}" for site in sites for path in pages]
        profile = replace(PROFILE, image_hosts=tuple(site.base_url for site in sites))
        came = iter(probe(urls, base.base_url, profile, settings={"DOWNLOAD_TIMEOUT": 1}))
        seen = [(next(came).status == 200, next(came).status == 200) for _ in sites]
    right = sum(pair == kind[1:] for pair, kind in zip(seen, KINDS.values(), strict=True))
    yield Figure("robots.txt, answers", f"{right} of {len(KINDS)} kinds as written down", right == len(KINDS))


def pace(folder: Path) -> Iterator[Figure]:
    """Measure delays and windows where the requests arrive."""
    delay, again = 0.25, [answer(b"", "500 x"), answer(article(99))]
    pages = {f"/story-{n}-of-the-quay": answer(article(n)) for n in range(20)}
    with RawSite({"/robots.txt": answer(f"User-agent: *\nCrawl-delay: {delay}\n".encode()), **pages}) as site:
        site.answers |= {"/moved": answer(b"", "301 x", Location="/story-0-of-the-quay"), "/twice": again}
        site.answers["/sitemap.xml"] = sitemap(site.base_url, [*pages, "/moved", "/twice"])
        outing(folder / "pace", site.base_url, delay=0.01)
        gaps = [later.at - earlier.at for earlier, later in pairwise(site.arrivals)]
    least = min(gaps)
    yield Figure("crawl-delay", f"{len(gaps)} gaps, the least {least:.3f} s for {delay} s asked", least >= delay)
    late = list(_windows())
    good = all(0 <= seconds < 1 for seconds in late)
    yield Figure("Retry-After", f"{len(late)} windows, {min(late):.3f} to {max(late):.3f} s behind their end", good)


def _windows() -> Iterator[float]:
    """Yield how long after each window the address was asked again, in seconds; negative: within it."""
    forms = [(status, wait, form) for status in ("429 x", "503 x") for wait in (1, 2, 4) for form in range(3)]
    told: dict[int, tuple[float, float]] = {}

    def refuse(number: int, status: str, wait: int, form: int) -> Callable[[object], None]:
        def script(connection: object) -> None:
            # The second form is a date, the third one by a clock that is two hours ahead.
            now = time.time() + (7200 if form == 2 else 0)
            told[number] = (time.monotonic(), wait if form == 0 else int(now + wait) - now)
            value = str(wait) if form == 0 else formatdate(int(now + wait), usegmt=True)
            sent = answer(b"", status, Retry_After=value, Date=formatdate(now, usegmt=True))
            connection.sendall(sent)  # type: ignore[attr-defined]

        return script

    with ExitStack() as held:
        sites = []
        for number, (status, wait, form) in enumerate(forms):
            busy = [refuse(number, status, wait, form), answer(b"x")]
            sites.append(held.enter_context(RawSite({"/robots.txt": _ROBOTS, "/a": busy})))
        base = held.enter_context(RawSite({"/robots.txt": _ROBOTS}))
        profile = replace(PROFILE, image_hosts=tuple(site.base_url for site in sites))
        probe([f"{site.base_url}/a" for site in sites], base.base_url, profile)
        for number, site in enumerate(sites):
            at, window = told[number]
            yield site.times("/a")[1] - at - window


def places(folder: Path) -> Iterator[Figure]:
    """Ask for what must not be asked for, by address and by names that lead there."""
    with RawSite({}) as listener, RawSite({}, host="::1", port=listener.port) as six, RawSite({}) as site:
        named = {f"t{n}.example": address for n, address in enumerate(RESOLVED)}
        hosts = tuple(f"{name}:{listener.port}" for name in named)
        secret = folder / "secret.html"
        secret.write_bytes(article("secret"))
        urls = [url.replace("{port}", str(listener.port)).replace("{file}", str(secret)) for url in URLS]
        came = probe([url for url in urls if "://" in url], site.base_url)
        profile = replace(PROFILE, url=f"http://{hosts[0]}", hosts=hosts)
        came += probe([f"http://{host}/a" for host in hosts], None, profile, names=named)
        moved = {f"/moved-{n}-of-the-quay": answer(b"", "302 x", Location=url) for n, url in enumerate(urls)}
        site.answers |= {"/robots.txt": _ROBOTS, **moved, "/sitemap.xml": sitemap(site.base_url, moved)}
        read = outing(folder / "places", site.base_url).rows("SELECT count(*) FROM articles")[0][0]
        connections = listener.connections + six.connections
    answered = sum(it.status is not None for it in came) + read
    total = len(came) + len(moved)
    result = f"{total} targets, {connections} connections, {answered} answers or files read"
    yield Figure("places", result, connections == answered == 0)


def bombs(folder: Path) -> Iterator[Figure]:
    """Weigh a crawl of sixteen bombs, alone and with lists that are bombs as well."""
    for name, sources in (("pages", False), ("pages and lists", True)):
        blown = blast(folder / name, sources=sources)
        states = blown.came.ledger()
        stored = sum(state == "stored" for state, _ in states.values())
        given_up = sum(reason is not None for _, reason in states.values())
        result = f"{blown.peak / MB:.0f} MB at the most, {stored} good pages stored, {given_up} given up with a reason"
        yield Figure(f"16 bombs, {name}", result, blown.peak < 600 * MB and (stored, given_up) == (20, 16))


def traps(folder: Path) -> Iterator[Figure]:
    """Crawl the site without end on several budgets."""
    for budget in _BUDGETS:
        with EndlessSite() as site:
            came = outing(folder / str(budget), site.base_url, replace(ENDLESS, max_requests=budget), mode="backfill")
            stored = {path for path, (state, _) in came.ledger().items() if state == "stored"}
            share, found = site.trapped / budget, len(stored & PATHS)
        result = f"{site.trapped} requests, {share:.2%} of {budget:,}; {found} of {len(PATHS)} articles found"
        yield Figure("traps", result, share <= 0.02 and found == len(PATHS))


def broken(folder: Path) -> Iterator[Figure]:
    """Crawl broken answers among good ones."""
    pages = {f"/{name}-of-the-quay": given[0] for name, given in BROKEN.items()}
    with RawSite({"/robots.txt": _ROBOTS, **pages, **GOOD}) as site:
        site.answers["/sitemap.xml"] = sitemap(site.base_url, [*pages, *GOOD])
        came = outing(folder / "broken", site.base_url, settings={"DOWNLOAD_TIMEOUT": 2})
        last = max(site.times(path)[-1] for path in GOOD) - site.arrivals[0].at
    ledger = came.ledger()
    right = sum(ledger[f"/{name}-of-the-quay"] == given[1:3] for name, given in BROKEN.items())
    stored = sum(ledger[path][0] == "stored" for path in GOOD)
    result = (
        f"{right} of {len(BROKEN)} end in their state; {stored} of {len(GOOD)} good pages, the last after {last:.1f} s"
    )
    yield Figure("broken servers", result, right == len(BROKEN) and stored == len(GOOD))


_PARTS: dict[str, Callable[[Path], Iterator[Figure]]] = {
    "robots": robots,
    "pace": pace,
    "places": places,
    "bombs": bombs,
    "traps": traps,
    "broken": broken,
}


def main() -> int:
    """Measure the parts that the arguments name, or all; return the exit status."""
    chosen = [part for part in _PARTS if part in sys.argv[1:]] or list(_PARTS)
    good = True
    for part in chosen:
        with tempfile.TemporaryDirectory() as folder:
            for figure in _PARTS[part](Path(folder)):
                print(f"{figure.name:24} {figure.result}{'' if figure.good else '  FALLS SHORT'}", flush=True)
                good &= figure.good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
