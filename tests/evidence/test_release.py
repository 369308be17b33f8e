"""A release is the same for the same archive, says what it holds, and can be checked by anybody."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from archive.dictionary import TABLES
from tests.command import one_sentence, press_archive
from tests.nights import Archive


def release(archive: Archive, folder: Path) -> Path:
    result = press_archive("release", folder, "--root", archive.root)
    assert result.returncode == 0, result.stderr
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_archive_gives_the_same_bytes(nights: Archive, copy: Archive, tmp_path: Path) -> None:
    with closing(sqlite3.connect(copy.root / "archive.db", isolation_level=None)) as connection:
        connection.execute("VACUUM")
    assert press_archive("rebuild", "--root", copy.root).returncode == 0
    assert files(release(nights, tmp_path / "one")) == files(release(copy, tmp_path / "two"))


def test_every_column_is_described_and_every_row_is_there(nights: Archive, tmp_path: Path) -> None:
    folder = release(nights, tmp_path / "corpus")
    package = json.loads((folder / "datapackage.json").read_text())
    assert package["versions"]["press-archive"]
    for resource in package["resources"]:
        name = resource["path"].removeprefix("data/").partition(".")[0]
        assert resource["type"] == "table" or not resource["path"].endswith(".csv")
        if resource["type"] != "table":
            continue
        for field in resource["schema"]["fields"]:
            assert field["description"] == TABLES[name].columns[field["name"]]
        (count,) = nights.rows(f"SELECT count(*) FROM {name}")[0]
        assert resource["rows"] == count
    csv.field_size_limit(10**7)
    with (folder / "data" / "articles.csv").open(encoding="utf-8", newline="") as stream:
        read = {row["url"]: row["body_text"] for row in csv.DictReader(stream)}
    assert read == dict(nights.rows("SELECT url, body_text FROM articles"))
    lines = (folder / "data" / "links.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["url"] for line in lines] == [
        url for (url,) in nights.rows("SELECT url FROM links ORDER BY id")
    ]
    queries = (folder / "queries.sql").read_text(encoding="utf-8")
    assert nights.rows(queries.partition("-- links\n")[2].partition(";")[0])


def test_sha256sum_and_verify_find_it_whole_and_find_what_is_wrong(nights: Archive, tmp_path: Path) -> None:
    folder = release(nights, tmp_path / "corpus")
    check = ["sha256sum", "--check", "--quiet", "manifest-sha256.txt"]
    assert shutil.which("sha256sum")
    assert subprocess.run(check, cwd=folder, check=False).returncode == 0
    assert press_archive("verify", folder).returncode == 0
    changed = folder / "data" / "authors.csv"
    changed.write_bytes(changed.read_bytes().replace(b"a", b"e", 1))
    (folder / "data" / "tags.csv").unlink()
    (folder / "more.txt").write_text("x")
    result = press_archive("verify", folder)
    assert result.returncode == 1
    for name in ("data/authors.csv at 0", "data/tags.csv at 0", "more.txt at 0"):
        assert name in result.stdout


def test_a_release_is_never_overwritten(nights: Archive, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "mine.txt").write_text("x")
    result = press_archive("release", tmp_path / "corpus", "--root", nights.root)
    assert result.returncode == 2
    assert "never overwritten" in one_sentence(result.stderr, result.stdout)
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]
