"""Hostile texts in every column on every kind of page in a real browser: `python -m tests.benchmarks.hostile_site`.

The archive is served as it is (with queries of one's own) and as it is published (with its whole text). No script may
run and nothing may be asked of another host; a page without protection shows that both would be noticed.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote, urlencode

import httpx
import lxml.html

from tests.archive_support import make_archive
from tests.benchmarks.abuse import served
from tests.browser import CHROMIUM, MISSING, Browser
from tests.hostile import payloads, poison

_FORMATS = ("json", "csv", "atom")


@contextlib.contextmanager
def served_at_home(root: Path) -> Iterator[str]:
    """Serve the archive itself."""
    command = [sys.executable, "-m", "scraper.cli", "serve", "--root", str(root), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        yield process.stdout.readline().strip().rstrip("/")
        process.terminate()


@contextlib.contextmanager
def unprotected(folder: Path) -> Iterator[str]:
    """Serve a page of all payloads as they are."""
    (folder / "index.html").write_text("<!DOCTYPE html>" + "\n".join(payloads()), encoding="utf-8")
    handler = partial(_Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def addresses(client: httpx.Client, most: int) -> Iterator[str]:
    """Walk the site: everything linked from its pages, at most so many of a kind; then what nothing links to."""
    kinds: Counter[str] = Counter()
    known, waiting = {"/"}, ["/"]
    while waiting:
        path = waiting.pop(0)
        yield path
        answer = client.get(path)
        if "html" not in answer.headers.get("content-type", "") or not answer.text.strip():
            continue
        for href in lxml.html.document_fromstring(answer.content).xpath("//a/@href"):
            local = href.removeprefix(str(client.base_url).rstrip("/")).partition("#")[0]
            if not local.startswith("/") or local.startswith("//") or local in known:
                continue
            known.add(local)
            kind = (
                "/".join(local.partition("?")[0].split("/")[:3])
                if local.startswith("/archive")
                else local.split("/")[1]
            )
            kinds[kind.partition("?")[0]] += 1
            if kinds[kind.partition("?")[0]] <= most:
                waiting.append(local)


def kind_of(path: str) -> str:
    """Say what kind of page a path is: the table of one of Datasette's, the first part of one of ours."""
    plain = path.partition("?")[0].split("/")
    return "/".join(plain[:3]) if plain[1].startswith("archive") else plain[1]


def direct(most: int) -> Iterator[str]:
    """Put payloads into addresses: into every parameter and into paths."""
    for text in payloads()[:: max(1, len(payloads()) // most)]:
        plain = quote(text, safe="")
        yield f"/search?{urlencode({'q': text})}"
        yield f"/search?{urlencode({'q': 'matter', 'section': text, 'author': text, 'year': text, 'sort': text})}"
        yield f"/archive?{urlencode({'sql': f'select {sql_text(text)} as x, :p as y', 'p': text})}"
        yield f"/archive?{urlencode({'sql': text})}"
        yield f"/archive/articles?{urlencode({'_search': text, 'headline__contains': text, '_sort': text})}"
        yield f"/archive/articles?{urlencode({'_facet': text, '_next': text, '_size': text})}"
        yield f"/archive/article_list.json?{urlencode({'_shape': text})}"
        for place in ("/article/", "/author/", "/section/", "/tag/", "/archive/", "/archive/articles/", "/", "/-/"):
            yield f"{place}{plain}"
    for ending in _FORMATS:
        yield f"/search.{ending}?q=matter"
        yield f"/archive/articles.{ending}?_size=max"
        yield f"/archive/links.{ending}"


def sql_text(text: str) -> str:
    """Write a text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def look(browsers: Sequence[Browser], address: str, paths: Sequence[str]) -> tuple[Counter[int], list[str]]:
    """Visit pages with several browsers; return their statuses, and what should not have happened at which of them."""
    shares = [paths[at :: len(browsers)] for at in range(len(browsers))]
    with ThreadPoolExecutor(len(browsers)) as pool:
        found = list(pool.map(look_at, browsers, [address] * len(browsers), shares))
    return sum((statuses for statuses, _ in found), Counter()), [line for _, wrong in found for line in wrong]


def look_at(browser: Browser, address: str, paths: Sequence[str]) -> tuple[Counter[int], list[str]]:
    """Visit pages with one browser."""
    statuses: Counter[int] = Counter()
    wrong: list[str] = []
    for path in paths:
        visit = browser.visit(address + path)
        statuses[visit.status] += 1
        if visit.ran or visit.outside:
            wrong.append(f"{path[:100]}: ran {visit.ran[:5]}, asked for {visit.outside[:5]}")
        scripts = visit.policy.partition("script-src")[2].partition(";")[0]
        if visit.status and (not scripts or "unsafe" in scripts):
            wrong.append(f"{path[:100]}: no policy for scripts")
        if visit.status >= 500:
            wrong.append(f"{path[:100]}: status {visit.status}")
    return statuses, wrong


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=40, help="pages of a kind")
    parser.add_argument("--browsers", type=int, default=4, help="how many look at the pages at once")
    parser.add_argument("--public-only", action="store_true", help="leave out the archive as it is")
    wanted = parser.parse_args()
    if not CHROMIUM:
        print(MISSING)
        return 2
    began, failed = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as opened:
        browser, *_ = browsers = [opened.enter_context(Browser()) for _ in range(wanted.browsers)]
        root, public = make_archive(Path(place) / "root"), Path(place) / "public"
        print(f"{'payloads, times written':28} {len(payloads())}, {poison(root)}")
        publish = ["-m", "scraper.cli", "publish", str(public), "--root", str(root), "--text", "full"]
        subprocess.run([sys.executable, *publish], check=True, stdout=subprocess.DEVNULL)
        (Path(place) / "control").mkdir()
        with unprotected(Path(place) / "control") as address:
            control = browser.visit(address + "/", settle_s=1)
            print(f"{'control page':28} {len(set(control.ran))} ran, {len(set(control.outside))} asked for outside")
            failed += not control.ran or not control.outside
            browser.visit("about:blank", settle_s=1)
        with served_at_home(root) as home, served(public) as (site, _), served(public, "--allow-sql") as (queried, _):
            sites = (("at home", home), ("public", site), ("public, with queries", queried))
            for name, address in sites[wanted.public_only :]:
                with httpx.Client(base_url=address, timeout=60) as client:
                    paths = [*addresses(client, wanted.most), *direct(wanted.most)]
                statuses, wrong = look(browsers, address, paths)
                print(f"{name:28} {sum(statuses.values())} pages, {dict(statuses)}, {len(wrong)} wrong")
                print(*(f"   {line}" for line in wrong[:20]), sep="\n")
                failed += bool(wrong)
    print(f"{'seconds':28} {time.monotonic() - began:.0f}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
