"""Other people's tools read our files: warcio, cdxj-indexer, pywb and wacz, in an environment of their own.

    python -m tests.benchmarks.replay [--environment DIR]

They are installed into DIR (default: a folder that is thrown away); pywb is GPL and surt AGPL, so none is in ours.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from contextlib import closing, suppress
from pathlib import Path

from archive.coding import decode_body
from archive.warc import read_response
from tests.nights import NEW_ADDRESSES, crawl_nights

# pywb imports pkg_resources, which later releases of setuptools lack.
_PACKAGES = ("pywb>=2.8", "cdxj-indexer>=1.4", "wacz>=0.5", "warcio>=1.7.5", "setuptools<81")
_PATIENCE = 40.0


def main() -> None:
    """Install the tools, crawl some nights, and print what each tool says of the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tools = _tools(asked.environment or Path(folder) / "environment")
        if tools is None:
            print("skipped: the tools cannot be installed here")
            return
        root = Path(folder) / "sample"
        crawl_nights(root)
        wrong = _examine(root, tools, Path(folder) / "pywb", "as crawled")
        words = ("takedown", NEW_ADDRESSES[1], "--reason", "a test", "--purge", "--root", str(root))
        subprocess.run([sys.executable, "-m", "scraper.cli", *words], check=True, capture_output=True)
        wrong += _examine(root, tools, Path(folder) / "pywb-purged", "after a purge")
    sys.exit(bool(wrong))


def _tools(folder: Path) -> Path | None:
    """Return the folder of the tools' commands, installing them if need be."""
    commands = folder / "bin"
    if not (commands / "wb-manager").exists():
        venv.create(folder, with_pip=True)
        install = [commands / "python", "-m", "pip", "install", "--quiet", *_PACKAGES]
        if subprocess.run(install, capture_output=True, check=False).returncode:
            return None
    return commands


def _examine(root: Path, tools: Path, folder: Path, when: str) -> int:
    folder.mkdir()
    rows = {
        "warcio check": _warcio(root, tools),
        "cdxj-indexer": _index(root, tools),
        "wacz validate": _wacz(root, tools, folder),
        "pywb": _pywb(root, tools, folder),
    }
    for name, (agree, total) in rows.items():
        print(f"{when:<14} {name:<14} {agree:>5} of {total:>5} agree")
    return sum(agree != total for agree, total in rows.values())


def _warcio(root: Path, tools: Path) -> tuple[int, int]:
    files = sorted((root / "warc").iterdir())
    passed = [subprocess.run([tools / "warcio", "check", file], capture_output=True, check=False) for file in files]
    return sum(done.returncode == 0 for done in passed), len(files)


def _index(root: Path, tools: Path) -> tuple[int, int]:
    """Compare cdxj-indexer's records with `snapshots`: address, time, status, digest, file, offset, length."""
    files = sorted((root / "warc").iterdir())
    done = subprocess.run([tools / "cdxj-indexer", *files], capture_output=True, check=True, text=True)
    theirs = set()
    for line in done.stdout.splitlines():
        _, moment, record = line.split(" ", 2)
        found = json.loads(record)
        where = (found["filename"], int(found["offset"]), int(found["length"]))
        # The index of a revisit may leave out its status.
        theirs.add((found["url"], moment, found["digest"].removeprefix("sha1:"), *where))
    ours = set()
    for url, at, digest, file, offset, length in _rows(
        root, "SELECT url, fetched_at, digest, warc_file, warc_offset, warc_length FROM snapshots"
    ):
        moment = "".join(letter for letter in at[:19] if letter.isdigit())
        ours.add((url, moment, digest.removeprefix("sha1:"), file.removeprefix("warc/"), offset, length))
    return len(ours & theirs), len(ours | theirs)


def _wacz(root: Path, tools: Path, folder: Path) -> tuple[int, int]:
    path = folder / "sample.wacz"
    export = [sys.executable, "-m", "scraper.cli", "export", "wacz", "--root", root, "--output", path]
    environment = os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    packed = subprocess.run(export, capture_output=True, check=False, env=environment)
    valid = subprocess.run([tools / "wacz", "validate", "-f", path], capture_output=True, check=False)
    return int(packed.returncode == 0 and valid.returncode == 0), 1


def _pywb(root: Path, tools: Path, folder: Path) -> tuple[int, int]:
    """Replay every article's page, and compare with the bytes that our row leads to."""
    manager = tools / "wb-manager"
    subprocess.run([manager, "init", "press"], cwd=folder, check=True, capture_output=True)
    files = sorted((root / "warc").iterdir())
    subprocess.run([manager, "add", "press", *files], cwd=folder, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [tools / "wayback", "-p", str(port), "-b", "127.0.0.1"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _await(f"http://127.0.0.1:{port}/")
            return _replayed(root, f"http://127.0.0.1:{port}/press")
        finally:
            server.terminate()


def _replayed(root: Path, collection: str) -> tuple[int, int]:
    rows = _rows(
        root,
        "SELECT s.url, s.fetched_at, s.warc_file, s.warc_offset, s.warc_length FROM articles a"
        " JOIN snapshots s ON s.id = a.snapshot_id WHERE a.status != 'withdrawn'",
    )
    agree = 0
    for url, at, file, offset, length in rows:
        stored = read_response(root, file, offset, length)
        moment = "".join(letter for letter in at[:19] if letter.isdigit())
        agree += _get(f"{collection}/{moment}id_/{url}") == decode_body(stored.body, stored.headers, 10**8)
        agree += b"wombat" in _get(f"{collection}/{moment}mp_/{url}")
    return agree, 2 * len(rows)


def _get(url: str) -> bytes:
    with suppress(urllib.error.HTTPError), urllib.request.urlopen(url, timeout=_PATIENCE) as answer:
        headers = [(name, value) for name, value in answer.headers.items()]
        return decode_body(answer.read(), headers, 10**8)
    return b""


def _await(url: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.2)


def _rows(root: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"{(root / 'archive.db').as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


if __name__ == "__main__":
    main()
