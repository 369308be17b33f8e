"""Other people's tools read our files: warcio, cdxj-indexer, pywb and wacz, in an environment of their own.

    python -m tests.benchmarks.replay [--environment DIR] [--screenshot FILE]

They are installed into DIR (default: a folder that is thrown away); pywb is GPL and surt AGPL, so none is in ours.
With --screenshot, headless Chromium shows one replayed article, to be looked at.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from archive.coding import decode_body
from archive.warc import read_response
from tests.nights import NEW_ADDRESSES, crawl_nights
from tests.warcio_check import passes

# pywb imports pkg_resources, which later releases of setuptools lack.
_PACKAGES = ("pywb>=2.8", "cdxj-indexer>=1.4", "wacz>=0.5", "warcio>=1.7.5", "setuptools<81")
_PATIENCE = 40.0
_LARGEST = 10**8
_FILE_NAME = 8
"""The flag of a gzip member's file name (RFC 1952, section 2.3.1)."""
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_BROWSER_WORDS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--hide-scrollbars", "--window-size=1100,1400"),
    "--virtual-time-budget=8000",
)
Agreed = tuple[int, int]
"""How many agree, of how many."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A row of `snapshots`."""

    id: int
    url: str
    fetched_at: str
    file: str
    offset: int
    length: int
    status: int
    revisit_of: int | None

    @property
    def kind(self) -> str:
        return f"{'revisits' if self.revisit_of else 'answers'} {self.status}"

    @property
    def moment(self) -> str:
        """Return the time as replay tools write it: fourteen digits."""
        return "".join(letter for letter in self.fetched_at[:19] if letter.isdigit())


def main() -> None:
    """Install the tools, crawl some nights, and print what each tool says of the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment", type=Path)
    parser.add_argument("--screenshot", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tools = _tools(asked.environment or Path(folder) / "environment")
        if tools is None:
            print("skipped: the tools cannot be installed here")
            return
        root = Path(folder) / "sample"
        crawl_nights(root)
        wrong = _examine(root, tools, Path(folder) / "pywb", "as crawled", asked.screenshot)
        words = ("takedown", NEW_ADDRESSES[1], "--reason", "a test", "--purge", "--root", str(root))
        _press_archive(*words)
        wrong += _examine(root, tools, Path(folder) / "pywb-purged", "after a purge", None)
    sys.exit(bool(wrong))


def _press_archive(*words: str, **environment: str) -> bytes:
    command = [sys.executable, "-m", "scraper.cli", *words]
    return subprocess.run(command, check=True, capture_output=True, env=os.environ | environment).stdout


def _tools(folder: Path) -> Path | None:
    """Return the folder of the tools' commands, installing them if need be."""
    commands = folder / "bin"
    if not (commands / "wb-manager").exists():
        venv.create(folder, with_pip=True)
        install = [commands / "python", "-m", "pip", "install", "--quiet", *_PACKAGES]
        if subprocess.run(install, capture_output=True, check=False).returncode:
            return None
    return commands


def _examine(root: Path, tools: Path, folder: Path, when: str, screenshot: Path | None) -> int:
    folder.mkdir()
    rows = {
        "warcio check, files": _warcio(root, tools),
        "warcio check, files with a flipped bit refused": _warcio_flipped(root, tools, folder),
        **_index(root, tools),
        "wacz validate": _wacz(root, tools, folder),
        **_pywb(root, tools, folder, screenshot),
    }
    for name, (agree, total) in rows.items():
        print(f"{when:<14} {name:<45} {agree:>5} of {total:>5} agree")
    return sum(agree != total for agree, total in rows.values())


def _warcio(root: Path, tools: Path) -> Agreed:
    files = sorted((root / "warc").iterdir())
    return sum(passes([tools / "warcio"], file, _offsets(root, file)) for file in files), len(files)


def _warcio_flipped(root: Path, tools: Path, folder: Path) -> Agreed:
    """Flip a bit in the middle of each file's largest records: none of these may pass."""
    flipped, refused, tried = folder / "flipped.warc.gz", 0, 0
    for file in sorted((root / "warc").iterdir()):
        sql = "SELECT warc_offset, warc_length FROM snapshots WHERE warc_file = ? ORDER BY warc_length DESC LIMIT 5"
        for offset, length in _rows(root, sql, f"warc/{file.name}"):
            data = bytearray(file.read_bytes())
            if data[offset + 3] & _FILE_NAME:
                # A blanked record is filled up with a file name, which no reader reads.
                continue
            data[offset + length // 2] ^= 4
            flipped.write_bytes(data)
            refused += not passes([tools / "warcio"], flipped, _offsets(root, file))
            tried += 1
    flipped.unlink(missing_ok=True)
    return refused, tried


def _offsets(root: Path, file: Path) -> list[int]:
    sql = "SELECT warc_offset FROM snapshots WHERE warc_file = ?"
    return [offset for (offset,) in _rows(root, sql, f"warc/{file.name}")]


def _index(root: Path, tools: Path) -> dict[str, Agreed]:
    """Compare cdxj-indexer's records with `snapshots`: address, time, status, digest, file, offset, length.

    Both list answers and revisits; warcinfo, request and metadata records are in neither.
    """
    files = sorted((root / "warc").iterdir())
    done = subprocess.run([tools / "cdxj-indexer", *files], capture_output=True, check=True, text=True)
    theirs = Counter(map(_their_entry, done.stdout.splitlines()))
    ours: dict[str, Counter[tuple[object, ...]]] = {}
    sql = "SELECT id, url, fetched_at, warc_file, warc_offset, warc_length, status, revisit_of, digest FROM snapshots"
    for *columns, digest in _rows(root, sql):
        held = _Held(*columns)
        entry = (held.url, held.moment, held.file.removeprefix("warc/"), held.offset, held.length)
        ours.setdefault(held.kind, Counter())[*entry, digest.removeprefix("sha1:"), held.status] += 1
    agreed = {f"cdxj-indexer, {kind}": ((found & theirs).total(), found.total()) for kind, found in ours.items()}
    both = sum(agree for agree, _ in agreed.values())
    return dict(sorted(agreed.items())) | {"cdxj-indexer, all that it lists": (both, theirs.total())}


def _their_entry(line: str) -> tuple[object, ...]:
    _, moment, record = line.split(" ", 2)
    found = json.loads(record)
    place = (found["filename"], int(found["offset"]), int(found["length"]))
    return (found["url"], moment, *place, found["digest"].removeprefix("sha1:"), int(found["status"]))


def _wacz(root: Path, tools: Path, folder: Path) -> Agreed:
    path = folder / "sample.wacz"
    search = f"{tools}{os.pathsep}{os.environ['PATH']}"
    _press_archive("export", "wacz", "--root", str(root), "--output", str(path), PATH=search)
    valid = subprocess.run([tools / "wacz", "validate", "-f", path], capture_output=True, check=False)
    return int(valid.returncode == 0), 1


def _pywb(root: Path, tools: Path, folder: Path, screenshot: Path | None) -> dict[str, Agreed]:
    """Replay every article over HTTP."""
    manager = tools / "wb-manager"
    subprocess.run([manager, "init", "press"], cwd=folder, check=True, capture_output=True)
    files = sorted((root / "warc").iterdir())
    subprocess.run([manager, "add", "press", *files], cwd=folder, check=True, capture_output=True)
    with _serving(tools / "wayback", folder) as address:
        collection = f"{address}/press"
        if screenshot:
            _photograph(root, collection, screenshot)
        return _replayed(root, collection)


@contextmanager
def _serving(command: Path, folder: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [command, "-p", str(port), "-b", "127.0.0.1"]
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _await(f"http://127.0.0.1:{port}/")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _replayed(root: Path, collection: str) -> dict[str, Agreed]:
    """Compare every fetch with what pywb plays back for its moment, and every article's page with `show`."""
    kinds: dict[str, list[bool]] = {}
    sql = "SELECT id, url, fetched_at, warc_file, warc_offset, warc_length, status, revisit_of FROM snapshots"
    held = {row[0]: _Held(*row) for row in _rows(root, sql)}
    for each in held.values():
        full = held[each.revisit_of] if each.revisit_of else each
        kinds.setdefault(f"pywb, {each.kind}", []).append(_plays(root, collection, each, full))
    articles = "SELECT id, snapshot_id FROM articles WHERE status != 'withdrawn'"
    for article_id, snapshot_id in _rows(root, articles):
        read = held[snapshot_id]
        shown = _press_archive("show", str(article_id), "--html", "--root", str(root))
        page = _get(f"{collection}/{read.moment}id_/{read.url}")[1]
        rewritten = _get(f"{collection}/{read.moment}mp_/{read.url}")[1]
        kinds.setdefault("pywb, articles as press-archive show --html", []).append(page == shown)
        kinds.setdefault("pywb, articles rewritten for browsers", []).append(b"wombat" in rewritten)
    return {kind: (sum(found), len(found)) for kind, found in sorted(kinds.items())}


def _plays(root: Path, collection: str, fetched: _Held, full: _Held) -> bool:
    """Say whether pywb answers for a fetch as the site did; where it sent the same page again, with that.

    A 304 it plays as it was: without the page that a browser would have had.
    """
    status, body = _get(f"{collection}/{fetched.moment}id_/{fetched.url}")
    if fetched.status == HTTPStatus.NOT_MODIFIED:
        return (status, body) == (fetched.status, b"")
    stored = read_response(root, full.file, full.offset, full.length)
    return (status, body) == (stored.status, decode_body(stored.body, stored.headers, _LARGEST))


def _photograph(root: Path, collection: str, target: Path) -> None:
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        print("no screenshot: there is no Chromium here")
        return
    sql = (
        "SELECT s.url, strftime('%Y%m%d%H%M%S', s.fetched_at) FROM articles a JOIN snapshots s ON s.id = a.snapshot_id"
        " ORDER BY a.id LIMIT 1"
    )
    url, moment = _rows(root, sql)[0]
    with tempfile.TemporaryDirectory() as profile:
        words = [*_BROWSER_WORDS, f"--user-data-dir={profile}", f"--screenshot={target.resolve()}"]
        page = f"{collection}/{moment}/{url}"
        subprocess.run([browser, *words, page], capture_output=True, check=False, timeout=3 * _PATIENCE)
    print(f"{page} as Chromium shows it: {target}" if target.exists() else "no screenshot: Chromium made none")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Hands redirects to us: they are what is compared."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        """Follow nothing."""


def _get(url: str) -> tuple[int, bytes]:
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        answer = opener.open(url, timeout=_PATIENCE)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, decode_body(answer.read(), answer.headers.items(), _LARGEST)


def _await(url: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.2)


def _rows(root: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"{(root / 'archive.db').as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(sql, values).fetchall()


if __name__ == "__main__":
    main()
