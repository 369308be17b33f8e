"""Backups of a living archive: consistent, restored, incremental, whole or not there."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import pytest

from archive.backup import back_up
from archive.drafts import drafting
from archive.errors import ArchiveBusy, DamagedArchive, DamagedRecord, UsageError
from archive.fixity import verify_root
from scraper.sample.articles import load_articles
from scraper.sample.server import SampleServer
from tests.command import one_sentence, press_archive, press_archive_here
from tests.nights import NEW_ADDRESSES, Archive, crawl_night

KILLED = """
import os, sys
from pathlib import Path
from archive.backup import back_up
def die(name, done, total):
    if name.startswith("warc"): os.kill(os.getpid(), 9)
back_up(Path(sys.argv[1]), Path(sys.argv[2]), folder=sys.argv[3] == "folder", watch=die)
"""


def unpack(file: Path, folder: Path) -> Path:
    """Restore a backup as README says, and check its sums by the tool that it names."""
    folder.mkdir()
    subprocess.run(["tar", "-xf", file, "-C", folder], check=True)
    (root,) = folder.iterdir()
    subprocess.run(["sha256sum", "--check", "--quiet", "backup.sha256"], cwd=root, check=True)
    return root


def listing(folder: Path) -> dict[str, str]:
    """Return every file below a folder, hidden ones too, with its digest."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def back_up_meanwhile(root: Path, work: Path, crawl: threading.Thread) -> list[tuple[Path, bool]]:
    """Back up and restore while a crawl runs; return the restored roots, and whether a file was not finished there."""
    restored: list[tuple[Path, bool]] = []
    while crawl.is_alive() and len(restored) < 8:
        time.sleep(0.3)
        unfinished = {path.name.removesuffix(".open") for path in root.glob("warc/*.open")}
        if not unfinished:
            continue
        target = work / f"{len(restored)}"
        is_folder = len(restored) % 2 == 1
        back_up(root, target, folder=is_folder)
        copied = target if is_folder else unpack(target, work / f"{target.name}-restored")
        assert crawl.is_alive()
        restored.append((copied, any(path.name in unfinished for path in copied.glob("warc/*"))))
    return restored


def test_a_backup_while_a_crawl_runs_is_whole_and_goes_on(copy: Archive, tmp_path: Path) -> None:
    work = tmp_path / "backups"
    work.mkdir()
    with SampleServer(articles=load_articles()[:24]) as server:
        crawl = threading.Thread(target=crawl_night, args=(copy.root, server, 9, "--delay", "0.1"))
        crawl.start()
        restored = back_up_meanwhile(copy.root, work, crawl)
        crawl.join()
        for root, _ in restored:
            found = verify_root(root)
            assert found.is_whole, found.damages
        assert sum(unfinished for _, unfinished in restored) >= 2
        last = Archive(restored[-1][0])
        addresses = "SELECT url FROM articles UNION SELECT url FROM aliases"
        held = {url for (url,) in last.rows(addresses)}
        crawl_night(last.root, server, 10)
        there = {article.url for article in server.site.by_path.values()}
    assert not held >= there, "nothing was left for the crawl that goes on"
    assert {url for (url,) in last.rows(addresses)} >= there
    assert verify_root(last.root).is_whole


def test_the_verb_says_what_it_did_and_how_to_restore(nights: Archive, tmp_path: Path) -> None:
    file = tmp_path / "sample.tar"
    result = press_archive("backup", file, "--root", nights.root, "--json")
    said = json.loads(result.stdout)
    assert result.returncode == 0
    with tarfile.open(file) as tar:
        members = tar.getmembers()
    assert said["files"] == len(members) - 1
    assert said["bytes"] == said["copied"] == sum(member.size for member in members[:-1])
    assert said["articles"] == nights.rows("SELECT count(*) FROM articles")[0][0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sample.tar"]
    root = unpack(file, tmp_path / "restored")
    assert {path.name for path in root.glob("warc/*")} == {path.name for path in nights.warcs}


def test_a_folder_takes_new_files_only_and_blanked_ones_again(copy: Archive, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    first = back_up(copy.root, target, folder=True)
    again = back_up(copy.root, target, folder=True)
    assert first.copied == first.bytes == again.bytes
    assert again.copied == (target / "archive.db").stat().st_size
    words = ("takedown", NEW_ADDRESSES[1].strip("/"), "--reason", "asked", "--purge", "--root", copy.root)
    assert press_archive_here(*words).exit_code == 0
    (target / "archive.db-wal").write_bytes(b"left by a killed reader")
    back_up(copy.root, target, folder=True)
    held = listing(copy.root)
    kept = listing(target)
    assert {name: kept[name] for name in held if name.startswith(("warc", "dec"))} == {
        name: held[name] for name in held if name.startswith(("warc", "dec"))
    }
    assert not (target / "archive.db-wal").exists()
    assert verify_root(target).is_whole


@pytest.mark.parametrize("form", ["file", "folder"])
def test_a_killed_backup_leaves_a_draft_that_the_next_clears(nights: Archive, tmp_path: Path, form: str) -> None:
    target = tmp_path / "backup"
    words = [sys.executable, "-c", KILLED, str(nights.root), str(target), form]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    drafts = [name for name in listing(tmp_path) if ".draft" in name]
    assert drafts and not (target.is_file() or (target / "archive.db").exists())
    back_up(nights.root, target, folder=form == "folder")
    assert not [name for name in listing(tmp_path) if ".draft" in name]
    assert not list(tmp_path.rglob(".*"))


def test_a_full_disk_is_one_sentence_and_no_half_file(nights: Archive, tmp_path: Path) -> None:
    file = tmp_path / "sample.tar"
    back_up(nights.root, file, folder=False)
    before = listing(tmp_path)
    size = (nights.root / "archive.db").stat().st_size

    for limit in (size // 2, size + 1000):

        def limited(limit: int = limit) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        command = [sys.executable, "-m", "scraper.cli", "backup", str(file), "--root", str(nights.root)]
        result = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limited)
        assert result.returncode == 1
        assert "make room" in one_sentence(result.stderr, result.stdout)
        assert listing(tmp_path) == before


def test_what_is_damaged_takes_no_earlier_backups_place(copy: Archive, tmp_path: Path) -> None:
    folder, file = tmp_path / "folder", tmp_path / "file.tar"
    back_up(copy.root, folder, folder=True)
    back_up(copy.root, file, folder=False)
    before = listing(folder), file.read_bytes()
    path = copy.warcs[0]
    whole = path.read_bytes()
    path.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    with pytest.raises(DamagedArchive, match=f"{path.name} is not as it was written"):
        back_up(copy.root, file, folder=False)
    # A finished file that is held already is not read again, so that damage never reaches the copy.
    back_up(copy.root, folder, folder=True)
    path.write_bytes(whole[:5000])
    for target in (folder, file):
        with pytest.raises(DamagedRecord, match=f"{path.name} is missing or cut"):
            back_up(copy.root, target, folder=target == folder)
    assert file.read_bytes() == before[1]
    assert set(before[0]) == set(listing(folder))
    assert listing(folder)[f"warc/{path.name}"] == before[0][f"warc/{path.name}"]


def test_where_a_backup_does_not_go(nights: Archive, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x")
    (tmp_path / "other").mkdir()
    shutil.copy(tmp_path / "letter.txt", tmp_path / "other")
    with tarfile.open(tmp_path / "another.tar", "w") as tar:
        tar.add(tmp_path / "letter.txt", "letter.txt")
    before = listing(tmp_path)
    for target, folder, said in (
        ("letter.txt", False, "no backup"),
        ("another.tar", False, "no backup"),
        ("none/x.tar", False, "no folder"),
        ("none/x", True, "no folder"),
        ("letter.txt", True, "is a file"),
        ("other", True, "other files"),
        (os.path.relpath(nights.root, tmp_path), True, "in use"),
    ):
        with pytest.raises(UsageError, match=said):
            back_up(nights.root, tmp_path / target, folder=folder)
    assert listing(tmp_path) == before
    with drafting(tmp_path / "x.tar"), pytest.raises(ArchiveBusy, match="another run"):
        back_up(nights.root, tmp_path / "x.tar", folder=False)
