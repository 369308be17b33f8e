"""The command: makes the site of a seed, judges the reader on its pages, crawls it served, judges the archive.

Must not be part of the test run: it is a benchmark.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .generator import make_site
from .judge import Figures
from .model import BASE, Site
from .score import score_archive, score_pages
from .server import serve

COMMAND = Path(sys.executable).with_name("press-archive")


def main() -> int:
    """Run the benchmark as the arguments say; the exit status is 1 when a figure is short."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.heldback", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="so many seeds, from --seed on")
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--examples", type=int, default=4, help="misses shown a field")
    parser.add_argument("--pages-only", action="store_true", help="read the pages, crawl nothing")
    parser.add_argument("--crawl-only", action="store_true", help="crawl, do not read the pages alone")
    parser.add_argument("--again", action="store_true", help="crawl twice: the second time must change nothing")
    parser.add_argument("--root", type=Path, help="keep the archives in this folder, one a seed")
    parser.add_argument("--dump", type=Path, help="write the pages as files into this folder, read and crawl nothing")
    options = parser.parse_args()
    short = False
    for seed in range(options.seed, options.seed + options.seeds):
        site = make_site(seed, options.articles)
        print(f"\n=== seed {seed}: {site.style} links, {dict(site.traits)}")
        if options.dump:
            dump(site, options.dump / str(seed))
            continue
        if not options.crawl_only:
            short |= report("pages", score_pages(site), options.examples)
        if not options.pages_only:
            short |= crawl(site, options.root, options.examples, options.again)
    return int(short)


def report(what: str, figures: Figures, examples: int) -> bool:
    """Print figures; say whether one is short."""
    print(f"\n--- {what}\n{figures.show(examples)}")
    return figures.failed()


def dump(site: Site, folder: Path) -> None:
    """Write the site's HTML pages as files, to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    for key, page in site.pages.items():
        name = key.strip("/").replace("/", "__").replace("?", "@") or "index"
        (folder / f"{name}.html").write_text(page.body.replace(BASE, "http://127.0.0.1:8000"), encoding="utf-8")


def crawl(site: Site, root: Path | None, examples: int, again: bool) -> bool:
    """Crawl the served site with the command and judge the archive; say whether a figure is short."""
    with tempfile.TemporaryDirectory() as scratch, serve(site) as served:
        folder = (root or Path(scratch)) / f"seed-{site.seed}"
        first = run(served.url, folder)
        if not (folder / "archive.db").is_file():
            print("no archive was made")
            return True
        figures = score_archive(site, folder / "archive.db", served.log, served.url)
        figures.add("exit status 0 or 3", int(first in (0, 3)), 1)
        short = report("archive", figures, examples)
        if again:
            served.log.clear()
            run(served.url, folder)
            short |= report(
                "archive after a second crawl",
                score_archive(site, folder / "archive.db", served.log, served.url),
                examples,
            )
        return short


def run(url: str, folder: Path) -> int:
    """Run one crawl; return its exit status."""
    started = time.monotonic()
    arguments = [
        str(COMMAND),
        "crawl",
        "responsible-statecraft",
        "--base-url",
        url,
        "--root",
        str(folder),
        "--delay",
        "0",
    ]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=600, check=False)
    print(f"\n--- crawl: exit status {done.returncode}, {time.monotonic() - started:.1f} s")
    print(done.stdout[-2500:] + done.stderr[-2500:])
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
