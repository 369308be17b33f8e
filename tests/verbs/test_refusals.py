"""A disk that is full, limited or read-only, a database that is locked or gone, a clock that is wrong: real ones."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from archive.errors import ArchiveBusy, Replaced
from archive.ledger import Entry
from archive.models import Fetch
from archive.root import DATABASE, open_database
from archive.storage import explained
from archive.store import Batch, Store
from scraper.sample.articles import load_articles
from scraper.sample.server import SampleServer
from tests.command import one_sentence, press_archive_forked

SITE = load_articles()[:3]


def crawl(
    root: Path, server: SampleServer, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    words = ("crawl", "sample", "--root", root, "--base-url", server.base_url, "--json")
    if before is None:
        return press_archive_forked(*words)
    return subprocess.run(
        [sys.executable, "-m", "scraper.cli", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=before,
    )


@contextmanager
def disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a small file system in memory, where that is allowed."""
    folder.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("a file system can be mounted only as root: run the tests as root on Linux to include this one")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def held(root: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(root / DATABASE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return connection.execute("SELECT url, headline, body_text FROM articles ORDER BY url").fetchall()


def test_a_file_size_limit_ends_the_crawl_and_the_next_goes_on(tmp_path: Path) -> None:
    root, size = tmp_path / "limited", 420_000
    with SampleServer(articles=SITE) as server:
        ended = crawl(root, server, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
        assert ended.returncode == 1
        assert "ulimit -f" in one_sentence(ended.stderr, ended.stdout)
        assert crawl(root, server).returncode == 0
    assert len(held(root)) == len(SITE)


def test_a_full_disk_ends_the_crawl_and_a_read_only_one_can_be_read(tmp_path: Path) -> None:
    with SampleServer(articles=SITE) as server, disk(tmp_path / "disk", "520k") as folder:
        ended = crawl(folder / "archive", server)
        assert ended.returncode == 1
        assert "no space left" in one_sentence(ended.stderr, ended.stdout)
        subprocess.run(["mount", "-o", "remount,size=40m", str(folder)], check=True)
        assert crawl(folder / "archive", server).returncode == 0
        assert len(held(folder / "archive")) == len(SITE)
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        refused = crawl(folder / "archive", server)
        assert refused.returncode == 1
        assert "Read-only file system" in one_sentence(refused.stderr, refused.stdout)


def test_a_locked_database_is_waited_for_and_then_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.storage.HURRIED", 0.2)
    with closing(open_database(tmp_path, write=True)) as db, closing(sqlite3.connect(tmp_path / DATABASE)) as other:
        store = Store(db, ())
        store.is_hurried = lambda: True
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as raised:
            store.commit(Batch(fetches=[Fetch("https://a.example/", "2026-01-01T00:00:00+00:00")]))
        assert isinstance(explained(raised.value, tmp_path), ArchiveBusy)
        other.execute("ROLLBACK")
        store.commit(Batch(fetches=[Fetch("https://a.example/", "2026-01-01T00:00:00+00:00")]))


def test_a_database_that_was_taken_away_is_not_written_any_more(tmp_path: Path) -> None:
    with closing(open_database(tmp_path, write=True)) as db:
        store = Store(db, ())
        (tmp_path / DATABASE).rename(tmp_path / "elsewhere.db")
        with pytest.raises(Replaced, match="put it back"):
            store.commit(Batch(fetches=[Fetch("https://a.example/", "2026-01-01T00:00:00+00:00")]))


def test_an_address_that_was_checked_in_the_future_is_due() -> None:
    ahead = Entry("https://a.example/", "stored", None, "2036-01-01T00:00:00+00:00", "2036-01-02T00:00:00+00:00")
    assert ahead.is_due("2026-01-01T00:00:00+00:00")
    assert not ahead.is_due("2036-01-01T06:00:00+00:00")
