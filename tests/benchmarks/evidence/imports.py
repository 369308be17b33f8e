"""The same nights fetched by wget and by another crawler, imported in random order: the archive that crawls would give.

Must not know how an import goes.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from . import whole
from .checks import Checks
from .command import has_option, press
from .night import Night
from .nights import run_nights
from .plot import Plot, make_plot
from .record import Archive, Row
from .server import Served, serve

_FETCHER = """
import sys
from warcio.capture_http import capture_http
import requests
with capture_http(sys.argv[1]):
    for url in sys.stdin.read().split():
        requests.get(url, timeout=30)
"""
_ARTICLES = "SELECT url, headline, dek, byline, section, body_text, status, revision_count FROM articles ORDER BY url"
_REVISIONS = """
SELECT a.url, r.number, r.kind, r.silent, r.changed_fields, r.seen_at, r.fingerprint
FROM revisions r JOIN articles a ON a.id = r.article_id ORDER BY a.url, r.number
"""
_ALIASES = "SELECT x.url, a.url, a.id FROM aliases x JOIN articles a ON a.id = x.article_id ORDER BY x.url"
_TOMBSTONES = """
SELECT a.url, t.returned_at IS NOT NULL FROM tombstones t JOIN articles a ON a.id = t.article_id ORDER BY a.url
"""
_SEEN = "SELECT url, first_seen_at, last_changed_at FROM articles ORDER BY url"
_LEDGER = "SELECT url, state FROM ledger"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this examination's options."""
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=120)


def main(options: argparse.Namespace) -> int:
    """Crawl the nights, let two other tools fetch them, import and compare; return the exit status."""
    checks, plot = Checks(), make_plot(options.seed, options.pages)
    with tempfile.TemporaryDirectory() as scratch, serve(next(plot.nights())[1]) as served:
        own = Path(scratch) / "own"
        run_nights(served, plot, own, outages=False)
        for name, fetch in FETCHERS.items():
            files = fetch_nights(served, plot, Path(scratch) / name, fetch)
            random.Random(options.seed).shuffle(files)
            compare(checks, name, served.url, files, own, Path(scratch) / f"archive-{name}")
    return checks.status()


def fetch_nights(served: Served, plot: Plot, folder: Path, fetch: Callable[[list[str], Path], None]) -> list[Path]:
    """Fetch every night whole with another tool; return the WARCs, their dates set to the nights' times."""
    folder.mkdir()
    known: list[str] = []
    files = []
    for number, (_, night) in enumerate(plot.nights(outages=False)):
        served.night = night
        known += [path for path, _ in night.listed if path not in known]
        made = folder / f"made-{number}.warc.gz"
        fetch([served.url + path for path in ["/robots.txt", *source_paths(night), *known]], made)
        files.append(folder / f"night-{number}.warc.gz")
        redate(made, files[-1], night.at)
    return files


def source_paths(night: Night) -> list[str]:
    """Return the addresses of a night's lists."""
    return [path for path in night.sources if path != "/robots.txt"]


def wget(urls: list[str], file: Path) -> None:
    """Fetch addresses with wget; every other file with compressed answers."""
    listed = file.with_suffix(".txt")
    listed.write_text("\n".join(urls), "utf-8")
    gzip = ["--compression=auto"] if file.stem[5] in "13579" else []
    words = ["wget", "-q", "-i", listed, "-O", "/dev/null", f"--warc-file={str(file).removesuffix('.warc.gz')}", *gzip]
    subprocess.run(list(map(str, [*words, "--tries=1", "--no-warc-keep-log"])), check=False, cwd=file.parent)


def capture_http(urls: list[str], file: Path) -> None:
    """Fetch addresses with requests, recorded by warcio."""
    subprocess.run([sys.executable, "-c", _FETCHER, str(file)], input="\n".join(urls), text=True, check=True)


FETCHERS: dict[str, Callable[[list[str], Path], None]] = {"wget": wget, "capture_http": capture_http}


def redate(made: Path, written: Path, at: datetime) -> None:
    """Copy a WARC, every record dated at the night's time."""
    with made.open("rb") as source, written.open("wb") as target:
        writer = WARCWriter(target, gzip=True)
        for record in ArchiveIterator(source, no_record_parse=True):
            record.rec_headers.replace_header("WARC-Date", f"{at:%Y-%m-%dT%H:%M:%SZ}")
            writer.write_record(record)


def compare(checks: Checks, name: str, url: str, files: list[Path], own: Path, root: Path) -> None:
    """Import files into a new archive and compare it with the crawls' own."""
    checks.title(f"{len(files)} files of {name}")
    publication = has_option("import", "--publication", "--profile")
    base = has_option("import", "--base-url")
    words = [*([publication, "responsible-statecraft"] if publication else []), *([base, url] if base else [])]
    done = press("import", *words, *files, "--root", root)
    checks.true("import: exit status", done.status in (0, 3), (done.status, done.err[-300:]))
    if not (root / "archive.db").exists():
        checks.true("an archive was made", False)
        return
    questions = {
        "articles": _ARTICLES,
        "revisions": _REVISIONS,
        "aliases": _ALIASES,
        "tombstones": _TOMBSTONES,
        "first seen, last changed": _SEEN,
    }
    for what, query in questions.items():
        same_rows(checks, what, Archive(own).rows(query), Archive(root).rows(query))
    # A capture's own address is in the ledger too, whether or not a list named it.
    missing = set(Archive(own).rows(_LEDGER)) - set(Archive(root).rows(_LEDGER))
    checks.none("ledger rows missing or in another state", sorted(missing)[:3])
    whole.check_database(checks, root)
    whole.check_records(checks, root)
    whole.check_files(checks, root)
    before = Archive(root).hashes()
    press("import", *words, *files[:2], "--root", root)
    checks.same("importing files again changes nothing", Archive(root).hashes(), before)
    rebuilt = press("rebuild", "--root", root)
    checks.same("rebuild: exit status", rebuilt.status, 0)
    after = Archive(root).hashes()
    checks.none(
        "tables that a rebuild makes otherwise", [table for table in before if before[table] != after.get(table)]
    )


def same_rows(checks: Checks, what: str, expected: list[Row], got: list[Row]) -> None:
    """Compare rows; print the first that differ."""
    missing, more = sorted(set(expected) - set(got)), sorted(set(got) - set(expected))
    if not checks.true(f"{what}: {len(expected)} rows", expected == got, f"{len(missing)} missing, {len(more)} more"):
        for row in missing[:2]:
            print(f"       crawled  {str(row)[:300]}")
        for row in more[:2]:
            print(f"       imported {str(row)[:300]}")
