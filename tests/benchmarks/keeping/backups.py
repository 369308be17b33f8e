"""Backups of an archive that is being crawled, of a large one, and backups that are killed. Must not mend anything."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

from archive.backup import back_up
from archive.fixity import verify_root
from archive.warc import FOLDER
from scraper.sample.server import SampleServer
from tests.command import press_archive
from tests.nights import Archive, crawl_night

BACKUPS, KILLS = 20, 40
LARGE = 1_500_000_000
MEMORY = 150_000_000
"""Bytes of a whole process with Python and what it imports; the large archive has ten times that."""


def back_up_while_crawling(folder: Path) -> bool:
    """Take backups while crawls run, restore and verify each; let a crawl go on in one; return whether all held."""
    root, bad, partial, taken = folder / "sample", 0, 0, 0
    with SampleServer() as server:
        day = 1
        crawl_night(root, server, day, "--limit", "10")
        while taken < BACKUPS:
            day += 1
            crawl = threading.Thread(target=crawl_night, args=(root, server, day, "--delay", "0.1"))
            crawl.start()
            while crawl.is_alive() and taken < BACKUPS:
                time.sleep(random.uniform(0.2, 1.2))
                unfinished = {path.name.removesuffix(".open") for path in (root / FOLDER).glob("*.open")}
                if not unfinished:
                    continue
                is_folder = taken % 2 == 1
                target = folder / f"backup-{taken}"
                back_up(root, target, folder=is_folder)
                restored = target if is_folder else _unpacked(target, folder / f"restored-{taken}")
                found = verify_root(restored)
                partial += any(path.name in unfinished for path in (restored / FOLDER).glob("*"))
                bad += not found.is_whole
                for damage in found.damages:
                    print(damage)
                taken += 1
            crawl.join()
        crawl_night(restored, server, day + 1)
        crawl_night(root, server, day + 1)
    sql = "SELECT url, headline, body_text FROM articles ORDER BY url"
    same = Archive(restored).rows(sql) == Archive(root).rows(sql)
    whole = press_archive("verify", restored).returncode == 0
    print(f"{taken} backups in {day - 1} crawls, {partial} with an unfinished WARC file: {bad} not whole")
    print(f"the crawl went on in the last one: same articles {same}, whole {whole}")
    return not bad and same and whole and partial >= BACKUPS // 2


def _unpacked(file: Path, folder: Path) -> Path:
    folder.mkdir()
    subprocess.run(["tar", "-xf", file, "-C", folder], check=True)
    (root,) = folder.iterdir()
    subprocess.run(["sha256sum", "--check", "--quiet", "backup.sha256"], cwd=root, check=True)
    return root


def kill_backups(folder: Path) -> bool:
    """Kill backups at random instants; what stands at their names is always an earlier one, or a whole new one."""
    root = folder / "sample"
    with SampleServer() as server:
        crawl_night(root, server, 1)
    _enlarge(root, 100_000_000)
    targets = (folder / "kept" / "x.tar", folder / "kept" / "x")
    targets[1].mkdir(parents=True)
    bad = killed = 0
    for target in targets:
        began = time.monotonic()
        press_archive("backup", target, "--root", root)
        usual = time.monotonic() - began
        for number in range(KILLS // 2):
            command = [sys.executable, "-m", "scraper.cli", "backup", str(target), "--root", str(root)]
            with closing(sqlite3.connect(root / "archive.db")) as db, db:
                db.execute("UPDATE publication SET title = ?", [f"night {number}"])
            run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(random.uniform(0.3, 1.0) * usual)
            run.send_signal(signal.SIGKILL)
            killed += run.wait() == -signal.SIGKILL
            if target.is_dir():
                bad += press_archive("verify", target).returncode != 0
            else:
                bad += press_archive("verify", _unpacked(target, folder / "u")).returncode != 0
                shutil.rmtree(folder / "u")
        bad += press_archive("backup", target, "--root", root).returncode != 0
    left = list((folder / "kept").rglob(".*"))
    print(
        f"{killed} backups killed: {bad} times no whole backup stood there; left over at the end: {left or 'nothing'}"
    )
    return not bad and not left


def measure_memory(folder: Path) -> bool:
    """Back up an archive of 1.5 GB into a file and a folder; return whether memory stays flat and it is the same."""
    root, held = folder / "sample", True
    with SampleServer() as server:
        crawl_night(root, server, 1, "--limit", "5")
    _enlarge(root, LARGE)
    for target in (folder / "x.tar", f"{folder}/x/", f"{folder}/x/"):
        began = time.monotonic()
        command = [sys.executable, "-m", "scraper.cli", "backup", str(target), "--root", str(root), "--json"]
        run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert run.stdout
        said = json.loads(run.stdout.read())
        _, status, usage = os.wait4(run.pid, 0)
        run.returncode = status
        memory = usage.ru_maxrss * 1024
        good = not status and memory < MEMORY
        print(
            f"{'folder' if str(target).endswith('/') else 'file':<8}{said['bytes'] / 1e6:>8,.0f} MB,"
            f" {said['copied'] / 1e6:>8,.0f} MB copied in {time.monotonic() - began:5.1f} s,"
            f" peak {memory / 1e6:,.0f} MB{'' if good else '   MISSED'}"
        )
        held = held and good
    return held


def _enlarge(root: Path, size: int) -> None:
    """Add one large WARC file that the database knows: bytes alone, since nothing reads it here but the copier."""
    path = root / FOLDER / "large-00000.warc.gz"
    (whole,) = (each for each in (root / FOLDER).glob("sample-*.warc.gz"))
    record = whole.read_bytes()
    digest = hashlib.sha256()
    with path.open("wb") as stream:
        while stream.tell() < size:
            stream.write(record)
            digest.update(record)
    with closing(sqlite3.connect(root / "archive.db")) as db, db:
        row = (f"{FOLDER}/{path.name}", path.stat().st_size, digest.hexdigest(), path.stat().st_size)
        db.execute("INSERT INTO warc_files (name, bytes, sha256, filed_to) VALUES (?, ?, ?, ?)", row)
