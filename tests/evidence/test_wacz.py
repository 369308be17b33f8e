"""A WACZ is packed by a command that is not ours; the check with the validator is the benchmark `replay`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.coding import decode_body
from archive.exports.withheld import finished_files
from archive.root import open_database
from tests.command import one_sentence, press_archive, press_archive_here
from tests.nights import GONE, MOVED_AND_EDITED, NEW_ADDRESSES, NIGHTS, Archive


def test_without_the_command_a_sentence_says_how_to_get_it(nights: Archive, tmp_path: Path) -> None:
    if Path(shutil.which("wacz") or "/usr").is_file():
        pytest.skip("the command wacz is here")
    result = press_archive("export", "wacz", "--root", nights.root, "--output", tmp_path / "x.wacz")
    assert result.returncode == 1
    assert "pip install press-archive[wacz]" in one_sentence(result.stderr, result.stdout)
    assert list(tmp_path.iterdir()) == []


def test_a_wacz_lists_the_pages_of_all_articles(nights: Archive, tmp_path: Path) -> None:
    if shutil.which("wacz") is None:
        pytest.skip("pip install press-archive[wacz] brings the command wacz")
    target = tmp_path / "x.wacz"
    assert press_archive("export", "wacz", "--root", nights.root, "--output", target).returncode == 0
    with zipfile.ZipFile(target) as packed:
        lines = packed.read("pages/pages.jsonl").decode().splitlines()
        assert len([name for name in packed.namelist() if name.endswith(".warc.gz")]) == len(nights.warcs)
    assert all(json.loads(line)["text"] for line in lines[1:])
    titles = [json.loads(line)["title"] for line in lines[1:]]
    assert sorted(titles) == sorted(headline for (headline,) in nights.rows("SELECT headline FROM articles"))
    assert GONE.headline in titles
    assert [path.name for path in tmp_path.iterdir()] == ["x.wacz"]


@pytest.mark.parametrize(("output", "status"), [(".", 2), ("no/such/folder/x.wacz", 1)])
def test_what_cannot_be_written_is_one_sentence(nights: Archive, tmp_path: Path, output: str, status: int) -> None:
    if shutil.which("wacz") is None:
        pytest.skip("pip install press-archive[wacz] brings the command wacz")
    result = press_archive_here("export", "wacz", "--root", nights.root, "--output", tmp_path / output)
    assert result.exit_code == status
    assert "--output" in one_sentence(result.stderr, result.stdout)
    assert list(tmp_path.iterdir()) == []


def own_pages(files: Iterable[Path]) -> Iterator[bytes]:
    """Read with warcio what the moved article's addresses answered."""
    own = {MOVED_AND_EDITED.path.strip("/"), NEW_ADDRESSES[1].strip("/")}
    for file in files:
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream):
                path = urlsplit(record.rec_headers.get("WARC-Target-URI") or "").path.strip("/")
                if path in own and record.rec_type == "response":
                    yield decode_body(record.raw_stream.read(), record.http_headers.headers, 10**7)


def test_what_was_withdrawn_is_not_handed_out(copy: Archive, tmp_path: Path) -> None:
    headline = MOVED_AND_EDITED.headline.encode()
    held = {path.name: path.read_bytes() for path in copy.warcs}
    assert any(headline in page for page in own_pages(copy.warcs))
    with closing(open_database(copy.root)) as db:
        assert finished_files(db, copy.root, tmp_path).paths == tuple(copy.warcs)
    withdrawn = press_archive_here("takedown", NEW_ADDRESSES[1], "--reason", "a letter", "--root", copy.root)
    assert withdrawn.exit_code == 0, withdrawn.stderr
    with closing(open_database(copy.root)) as db:
        files = finished_files(db, copy.root, tmp_path)
    assert files.blanked > NIGHTS
    assert [path.name for path in files.paths] == sorted(held)
    assert set(own_pages(files.paths)) == {b""}
    assert {path.name: path.read_bytes() for path in copy.warcs} == held
    check = [sys.executable, "-m", "warcio.cli", "check", *map(str, files.paths)]
    assert subprocess.run(check, capture_output=True, check=False).returncode == 0


def test_what_was_purged_is_handed_out_as_it_is(copy: Archive, tmp_path: Path) -> None:
    words = ("takedown", NEW_ADDRESSES[1], "--reason", "a letter", "--purge", "--root", str(copy.root))
    assert press_archive_here(*words).exit_code == 0
    with closing(open_database(copy.root)) as db:
        files = finished_files(db, copy.root, tmp_path)
    assert (files.paths, files.blanked) == (tuple(copy.warcs), 0)
