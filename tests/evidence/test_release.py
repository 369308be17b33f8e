"""A release is the same for the same archive, says what it holds, and can be checked by anybody."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from archive.dictionary import TABLES
from archive.exports.citations import long_date
from archive.exports.manifest import verify_release, write_manifest
from tests.command import one_sentence, press_archive, press_archive_here
from tests.nights import EDITED, Archive


def release(archive: Archive, folder: Path) -> Path:
    result = press_archive_here("release", folder, "--root", archive.root)
    assert result.exit_code == 0, result.stderr
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_archive_gives_the_same_bytes(nights: Archive, copy: Archive, tmp_path: Path) -> None:
    with closing(sqlite3.connect(copy.root / "archive.db", isolation_level=None)) as connection:
        connection.execute("VACUUM")
    assert press_archive_here("rebuild", "--root", copy.root).exit_code == 0
    assert files(release(nights, tmp_path / "one")) == files(release(copy, tmp_path / "two"))


def test_every_column_is_described_and_every_row_is_there(nights: Archive, tmp_path: Path) -> None:
    folder = release(nights, tmp_path / "corpus")
    package = json.loads((folder / "datapackage.json").read_text())
    assert package["versions"]["press-archive"]
    described = {resource["path"]: resource for resource in package["resources"]}
    assert described.keys() == {name for name in files(folder) if name.startswith("data/")}
    for path, resource in described.items():
        assert resource["bytes"] == (folder / path).stat().st_size
        name = path.removeprefix("data/").partition(".")[0]
        found = nights.rows(resource["query"])
        if resource["type"] == "table":
            assert resource["rows"] == len(found) == nights.rows(f"SELECT count(*) FROM {name}")[0][0]
            columns = {field["name"]: field["description"] for field in resource["schema"]["fields"]}
            assert columns == dict(TABLES[name].columns)
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
    assert press_archive_here("verify", folder).exit_code == 0
    changed = folder / "data" / "authors.csv"
    changed.write_bytes(changed.read_bytes().replace(b"a", b"e", 1))
    (folder / "data" / "tags.csv").unlink()
    (folder / "more.txt").write_text("x")
    result = press_archive_here("verify", folder)
    assert result.exit_code == 1
    for name in ("data/authors.csv at 0", "data/tags.csv at 0", "more.txt at 0"):
        assert name in result.stdout


def test_a_cut_table_and_a_lost_manifest_are_told(nights: Archive, tmp_path: Path) -> None:
    folder = release(nights, tmp_path / "corpus")
    table = folder / "data" / "links.jsonl"
    table.write_bytes(table.read_bytes()[:1000])
    (damage,) = verify_release(folder).damages
    assert (damage.file, damage.offset) == ("data/links.jsonl", 1000)
    (folder / "manifest-sha256.txt").unlink()
    result = press_archive_here("verify", folder)
    assert result.exit_code == 1
    assert "manifest-sha256.txt at 0: the file is missing" in result.stdout


def test_rows_that_the_package_does_not_count_are_told(nights: Archive, tmp_path: Path) -> None:
    folder = release(nights, tmp_path / "corpus")
    package = folder / "datapackage.json"
    said = json.loads(package.read_text(encoding="utf-8"))
    said["resources"][0]["rows"] += 1
    package.write_text(json.dumps(said), encoding="utf-8")
    write_manifest(folder)
    (damage,) = verify_release(folder).damages
    assert damage.file == said["resources"][0]["path"]
    assert "rows" in damage.what


def test_nothing_of_a_withdrawn_article_is_released(copy: Archive, tmp_path: Path) -> None:
    before = b"".join(files(release(copy, tmp_path / "before")).values())
    words = [EDITED.headline, *EDITED.body_text.split("\n")[:3]]
    assert all(word.encode() in before for word in words)
    slug = copy.rows("SELECT slug FROM articles WHERE id = ?", copy.article_id(EDITED))[0][0]
    assert press_archive_here("takedown", slug, "--reason", "a letter", "--root", copy.root).exit_code == 0
    after = files(release(copy, tmp_path / "after"))
    assert not [name for name, content in after.items() for word in words if word.encode() in content]
    rows = csv.DictReader(after["data/article_list.csv"].decode().splitlines())
    assert [row["status"] for row in rows if row["url"] == EDITED.url] == ["withdrawn"]


def test_what_is_released_can_be_cited(nights: Archive, tmp_path: Path) -> None:
    result = press_archive("release", tmp_path / "corpus", "--root", nights.root, "--json")
    said = json.loads(result.stdout)
    manifest = (tmp_path / "corpus" / "manifest-sha256.txt").read_bytes()
    assert said["sha256"] == hashlib.sha256(manifest).hexdigest()
    citation = (tmp_path / "corpus" / "CITATION.txt").read_text(encoding="utf-8")
    (newest,) = nights.rows("SELECT max(fetched_at) FROM snapshots")[0]
    assert newest[:10] in citation and long_date(newest) in citation
    cff = (tmp_path / "corpus" / "CITATION.cff").read_text(encoding="utf-8")
    assert {line.partition(": ")[0] for line in cff.splitlines()} >= {"cff-version", "message", "title", "authors"}


def test_parquet_holds_the_same_rows(nights: Archive, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    folder = release(nights, tmp_path / "corpus")
    for path in sorted((folder / "data").glob("*.parquet")):
        lines = path.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
        assert parquet.read_table(path).to_pylist() == [json.loads(line) for line in lines], path


def test_a_release_is_never_overwritten(nights: Archive, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "mine.txt").write_text("x")
    result = press_archive_here("release", tmp_path / "corpus", "--root", nights.root)
    assert result.exit_code == 2
    assert "never overwritten" in one_sentence(result.stderr, result.stdout)
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]
