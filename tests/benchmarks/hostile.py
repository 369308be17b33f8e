"""Reads pages made to hang or fill a reader: through the workers alone, then in a crawl with good articles among them.

    python -m tests.benchmarks.hostile [--workers-only | --crawl-only] [NAME …]

Prints seconds, peak memory and the outcome of each. Each must end within 15 s and 1 GB with an article or a reason, the
WARC must hold its bytes, and every good article must be stored. Needs Linux's process table. Must not be part of the
test run: it is a benchmark.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from archive.models import Article
from archive.warc import read_response
from scraper.profile import GENERIC
from scraper.reading import Page
from scraper.settings import DOWNLOAD_MAXSIZE
from scraper.workers import Workers

SECONDS, MEMORY = 15.0, 1024**3
GOOD = 20
COMMAND = Path(sys.executable).with_name("press-archive")
SENTENCE = "The harbour board will hear the pilots on Thursday before it decides about the second quay. "
PROSE = f"<p>{SENTENCE * 4}</p>" * 6


def page(extra: str = "", head: str = "", title: str = "Pilots ask the board for a second quay") -> bytes:
    """Write an article with something hostile below its text or in its head."""
    published = '<meta property="article:published_time" content="2024-05-02T09:00:00Z">'
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>{published}{head}</head>"
        f"<body><article><h1>{title}</h1>{PROSE}{extra}</article></body></html>"
    ).encode()


def _json_ld(size: int) -> str:
    things = ",".join(f'{{"@type":"Thing","name":"{n}","x":{{"y":[1,2,3]}}}}' for n in range(size // 48))
    return f'<script type="application/ld+json">[{things}]</script>'


HOSTILE: dict[str, Callable[[], bytes]] = {
    "attributes-40000": lambda: page("<div " + " ".join(f'data-a{n}="x"' for n in range(40_000)) + ">x</div>"),
    "links-40000": lambda: page(
        "".join(f'<li><a href="/x/{n}-some-words">An article named {n}</a></li>' for n in range(40_000))
    ),
    "table-400000": lambda: page("<table>" + "<tr><td>1</td><td>2</td></tr>" * 400_000 + "</table>"),
    "paragraphs-30mb": lambda: page(f"<p>{SENTENCE * 3}</p>" * 110_000),
    "paragraphs-8mb": lambda: page(f"<p>{SENTENCE * 3}</p>" * 28_000),
    "paragraphs-2mb": lambda: page(f"<p>{SENTENCE * 3}</p>" * 9_000),
    "json-ld-10mb": lambda: page(head=_json_ld(10_000_000)),
    "json-ld-broken": lambda: page(head='<script type="application/ld+json">' + '{"a":[' * 200_000 + "</script>"),
    "depth-300": lambda: page("<div>" * 300 + PROSE + "</div>" * 300),
    "depth-3000": lambda: page("<div>" * 3_000 + PROSE + "</div>" * 3_000),
    "depth-100000": lambda: page("<div>" * 100_000 + PROSE),
    "spans-unclosed": lambda: page("<b><i>x" * 20_000),
    "text-node-11mb": lambda: page("<p>" + "word and another " * 650_000 + "</p>"),
    "text-node-2mb": lambda: page("<p>" + "word and another " * 130_000 + "</p>"),
    "one-word-2mb": lambda: page("<p>" + "a" * 2_000_000 + "</p>"),
    "entities": lambda: page("<p>" + "&amp;" * 1_000_000 + "</p>"),
    "breaks": lambda: page("line<br>" * 90_000),
    "comments": lambda: page("<!-- x -->" * 90_000),
    "less-than": lambda: page("<" * 90_000),
    "spaces": lambda: page("<p>" + " \n\t" * 1_000_000 + "</p>"),
    "commas": lambda: page(f'<p class="byline">By {"Ann Lee, " * 100_000}</p>'),
    "class-names": lambda: page(f'<div class="{"share ad promo " * 100_000}">x</div>'),
    "metas": lambda: page(head='<meta property="article:author" content="Ann Lee">' * 30_000),
    "style-4mb": lambda: page(head="<style>" + ".a{color:red}" * 300_000 + "</style>"),
    "nulls": lambda: page("\0" * 3_000_000),
    "bomb-90mb": lambda: page("<p>" + "0" * 90_000_000 + "</p>"),
    "wide-letters": lambda: page(f"<script>{'x' * 11_000_000}\N{GRINNING FACE}</script>"),
}


def main() -> int:
    """Run the benchmark; the exit status is 1 when a page broke a limit or a good article is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.hostile", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="pages to take [all]")
    parser.add_argument("--workers-only", action="store_true")
    parser.add_argument("--crawl-only", action="store_true")
    options = parser.parse_args()
    pages = {name: HOSTILE[name]() for name in options.names or HOSTILE}
    fine = True
    if not options.crawl_only:
        fine &= asyncio.run(read_all(pages))
    if not options.workers_only:
        fine &= crawl(pages)
    return int(not fine)


async def read_all(pages: dict[str, bytes]) -> bool:
    """Read each page by a worker and print how it went; say whether all kept to the limits."""
    fine = True
    workers = Workers(GENERIC, count=1)
    await workers.open()
    await workers.read(Page(page(), "https://news.example/warm", "text/html"))
    for name, content in pages.items():
        began = time.monotonic()
        with watched(os.getpid()) as peak:
            reading = await workers.read(Page(content, f"https://news.example/{name}", "text/html; charset=utf-8"))
        took = time.monotonic() - began
        said = f"article, {reading.word_count} words" if isinstance(reading, Article) else reading.reason
        ok = took < SECONDS and peak[0] < MEMORY
        fine &= ok
        size = f"{len(content) / 1e6:6.2f} MB {took:6.2f} s {peak[0] / 2**20:5.0f} MB"
        print(f"{name:18} {size}  {said}{'' if ok else '  TOO MUCH'}")
    await workers.close()
    return fine


@contextmanager
def watched(parent: int) -> Iterator[list[int]]:
    """Watch the memory of a process's children until the block ends: the largest seen of any one, in bytes."""
    peak, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            peak[0] = max([peak[0], *map(resident, children(parent))])

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def children(parent: int) -> list[int]:
    """List the processes that another has started."""
    found: list[int] = []
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:
            continue
    return found


def resident(process: int) -> int:
    """Return the memory that a process holds, in bytes; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def crawl(hostile: dict[str, bytes]) -> bool:
    """Crawl a site of the hostile pages with good ones among them, and print what the archive says."""
    site = {f"/{name}": content for name, content in hostile.items()}
    places = len(site) / GOOD
    listed = list(site)
    for number in range(GOOD):
        site[f"/good-{number}"] = page(title=f"Board meets for the {number}th time about the quay")
        listed.insert(int(number * (places + 1)), f"/good-{number}")
    with tempfile.TemporaryDirectory() as folder, served(site, listed) as (url, asked):
        root = Path(folder) / "archive"
        command = [
            COMMAND,
            "crawl",
            "responsible-statecraft",
            "--base-url",
            url,
            "--root",
            root,
            "--delay",
            "0",
            "--json",
        ]
        began = time.monotonic()
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
        with watched(process.pid) as workers, watched(os.getpid()) as crawler:
            output = process.communicate(timeout=900)[0]
        print(f"\ncrawl: exit status {process.returncode}, {time.monotonic() - began:.0f} s, ", end="")
        print(f"crawl at most {crawler[0] / 2**20:.0f} MB, a worker {workers[0] / 2**20:.0f} MB; {len(asked)} requests")
        print({key: value for key, value in json.loads(output).items() if isinstance(value, int)})
        return judge(root, site) and workers[0] < MEMORY


def judge(root: Path, site: dict[str, bytes]) -> bool:
    """Compare an archive with the site it was made from."""
    database = sqlite3.connect(root / "archive.db")
    rows = {
        url.rpartition("/")[2]: (state, reason)
        for url, state, reason in database.execute("SELECT url, state, reason FROM ledger")
    }
    kept = {
        url.rpartition("/")[2]: len(read_response(root, file, offset, length).body)
        for url, file, offset, length in database.execute(
            "SELECT url, warc_file, warc_offset, warc_length FROM snapshots WHERE status = 200"
        )
    }
    database.close()
    fine = True
    for path, content in site.items():
        name = path[1:]
        state, reason = rows.get(name, ("absent", None))
        # What is larger than an answer may be is not kept at all.
        is_kept = kept.get(name) == len(content) or (name in kept and "bomb" in name)
        is_right = is_kept or (len(content) > DOWNLOAD_MAXSIZE and reason == "too_big")
        ok = is_right and (state == "stored" if name.startswith("good-") else bool(reason) or state == "stored")
        fine &= ok
        if not ok or not name.startswith("good-"):
            print(f"{name:18} {state:9} {reason or '':24} WARC holds {kept.get(name, 0):9}{'' if ok else '  WRONG'}")
    stored = sum(rows.get(path[1:], ("",))[0] == "stored" for path in site if path.startswith("/good-"))
    print(f"good articles stored: {stored} of {GOOD}")
    return fine


@contextmanager
def served(site: dict[str, bytes], listed: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Serve pages, their sitemap and robots.txt on loopback; gives the address and the log of requests."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(self.path)
            kind, body = "text/html; charset=utf-8", site.get(self.path)
            if self.path == "/robots.txt":
                kind, body = "text/plain", b"User-agent: *\nAllow: /\n"
            elif self.path == "/sitemap.xml":
                urls = "".join(f"<url><loc>{url}{path}</loc></url>" for path in listed)
                kind, body = (
                    "application/xml",
                    f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode(),
                )
            self.send_response(200 if body is not None else 404)
            if body and "bomb" in self.path:
                self.send_header("Content-Encoding", "gzip")
                body = gzip.compress(body)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of a client that hangs up on a page that is too big."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield url, asked
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())
