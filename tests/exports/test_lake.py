"""A lake holds what archives hold, writes only what changed, survives kills, and answers its document's questions."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.dictionary import TABLES
from archive.errors import UsageError
from archive.takedown import take_down
from archive.verbs.export import export
from tests.archive_support import make_archive

parquet = pytest.importorskip("pyarrow.parquet", reason="pip install press-archive[parquet]")
DOCUMENT = Path(__file__).parents[2] / "docs" / "lake.md"
NAME = "articles.parquet"
UNDATED = "__HIVE_DEFAULT_PARTITION__"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return publication(tmp_path / "archive", "review", "https://review.example", "review.example")


def publication(root: Path, name: str, site: str, host: str) -> Path:
    make_archive(root)
    with closing(sqlite3.connect(root / "archive.db")) as connection, connection:
        words = "INSERT INTO publication (id, name, title, url, language, hosts) VALUES (1, ?, ?, ?, 'en', ?)"
        connection.execute(words, [name, name.title(), site, json.dumps([host])])
    return root


def run(root: Path, lake: Path, *words: str) -> Result:
    return CliRunner().invoke(export, ["parquet", "--lake", str(lake), "--root", str(root), "--json", *words])


def filled(root: Path, lake: Path) -> dict[str, Any]:
    result = run(root, lake)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def command(root: Path, lake: Path) -> list[str]:
    return [sys.executable, "-m", "scraper.cli", "export", "parquet", "--lake", str(lake), "--root", str(root)]


def refusal(result: Result) -> str:
    assert isinstance(result.exception, UsageError)
    return str(result.exception)


def ask(root: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(root / "archive.db")) as connection:
        return connection.execute(sql).fetchall()


def change(root: Path, sql: str) -> None:
    with closing(sqlite3.connect(root / "archive.db")) as connection, connection:
        connection.execute(sql)


def rows(lake: Path, table: str) -> Iterator[dict[str, Any]]:
    for path in sorted(lake.glob(f"{table}/**/*.parquet")):
        year = path.parent.name.removeprefix("year=")
        for row in parquet.ParquetFile(path).read().to_pylist():
            yield row | {"year": year}


def files(lake: Path) -> dict[str, int]:
    return {str(path.relative_to(lake)): path.stat().st_mtime_ns for path in lake.rglob("*.parquet")}


def test_it_holds_what_the_archive_holds(root: Path, tmp_path: Path) -> None:
    said = filled(root, tmp_path / "lake")
    found = {row["id"]: row for row in rows(tmp_path / "lake", "articles")}
    sql = (
        "SELECT id, url, headline, body_text, published_at, coalesce(year, '__HIVE_DEFAULT_PARTITION__') FROM articles"
    )
    for number, url, headline, body, at, year in ask(root, sql):
        row = found.pop(number)
        assert (row["url"], row["headline"], row["body_text"], row["year"]) == (url, headline, body, year)
        assert (row["published_at"].isoformat() if row["published_at"] else None) == at
    assert found == {}
    names = "SELECT article_id, p.name FROM article_authors x JOIN authors p ON p.id = author_id ORDER BY 1, position"
    wanted: dict[int, list[str]] = {}
    for number, name in ask(root, names):
        wanted.setdefault(number, []).append(name)
    assert {row["id"]: row["authors"] for row in rows(tmp_path / "lake", "articles") if row["authors"]} == wanted
    for table in ("links", "credits", "revisions"):
        ((count,),) = ask(root, f"SELECT count(*) FROM {table}")
        assert len(list(rows(tmp_path / "lake", table))) == count > 0
    assert said["removed"] == said["kept"] == 0
    assert said["written"] == len(files(tmp_path / "lake"))
    internal = {row["url"]: row["internal"] for row in rows(tmp_path / "lake", "links")}
    assert internal == {url: bool(value) for url, value in ask(root, "SELECT url, internal FROM links")}


def test_every_partition_of_a_data_set_has_the_same_columns(root: Path, tmp_path: Path) -> None:
    filled(root, tmp_path / "lake")
    for table in ("articles", "links", "credits", "revisions"):
        found = {
            str(parquet.read_schema(path).remove_metadata()) for path in tmp_path.glob(f"lake/{table}/**/*.parquet")
        }
        assert len(found) == 1


def test_only_what_changed_is_written_again(root: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    filled(root, lake)
    before = files(lake)
    change(root, "UPDATE articles SET last_seen_at = '2027-01-01T00:00:00+00:00'")
    assert filled(root, lake)["written"] == 0
    assert files(lake) == before
    change(
        root, "UPDATE articles SET dek = 'Another line' WHERE id = (SELECT min(id) FROM articles WHERE year = '2026')"
    )
    assert filled(root, lake)["written"] == 1
    (changed,) = {name for name, at in files(lake).items() if before[name] != at}
    assert changed == f"articles/publication=review/year=2026/{NAME}"
    assert "Another line" in [row["dek"] for row in rows(lake, "articles")]


def test_another_release_of_the_writer_is_no_reason_to_write(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(root, tmp_path / "lake")
    monkeypatch.setattr("pyarrow.__version__", "0.0.1")
    assert filled(root, tmp_path / "lake")["written"] == 0


def test_every_column_says_what_it_means(root: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    filled(root, lake)
    said = {
        (path.parts[len(lake.parts)], field.name): field.metadata[b"description"].decode()
        for path in lake.rglob("*.parquet")
        for field in parquet.read_schema(path)
    }
    assert said["articles", "dek"] == TABLES["articles"].columns["dek"]
    assert said["links", "sentence"] == TABLES["links"].columns["sentence"]
    assert said["credits", "basis"] == TABLES["credits"].columns["basis"]
    assert not [where for where, words in said.items() if "JSON" in words and where[0] == "articles"]


@pytest.mark.parametrize("impossible", ["2026-02-30T10:00:00+00:00", "0000-01-01T00:00:00+00:00", "2026-13-01", "soon"])
def test_a_date_that_no_calendar_has_is_none(root: Path, tmp_path: Path, impossible: str) -> None:
    ((number,),) = ask(root, "SELECT min(article_id) FROM links JOIN articles a ON a.id = article_id WHERE a.year > ''")
    change(root, f"UPDATE articles SET published_at = '{impossible}', modified_at = published_at WHERE id = {number}")
    filled(root, tmp_path / "lake")
    (found,) = [row for row in rows(tmp_path / "lake", "articles") if row["id"] == number]
    assert (found["published_at"], found["year"]) == (None, UNDATED)
    links = [row for row in rows(tmp_path / "lake", "links") if row["article_id"] == number]
    assert links and {(row["published_at"], row["year"]) for row in links} == {(None, UNDATED)}
    assert len(list(rows(tmp_path / "lake", "articles"))) == ask(root, "SELECT count(*) FROM articles")[0][0]
    change(root, f"UPDATE articles SET modified_at = '{impossible}' WHERE id = {number}")
    filled(root, tmp_path / "lake")
    (found,) = [row for row in rows(tmp_path / "lake", "articles") if row["id"] == number]
    assert found["modified_at"] is None


def rename(root: Path) -> None:
    change(root, "UPDATE publication SET name = 'digest'")


def test_a_renamed_publication_leaves_nothing_under_its_old_name(root: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    before = filled(root, lake)
    notes = lake / "articles" / "publication=review" / "articles.parquet.txt"
    notes.write_text("mine")
    held = {name.replace("=review", "=digest"): at for name, at in files(lake).items()}
    rename(root)
    said = filled(root, lake)
    assert (said["moved"], said["written"], said["removed"]) == (before["written"], 1, 0)
    assert {name for name, at in files(lake).items() if held.pop(name) != at} == {
        "publications/publication=digest/publications.parquet"
    }
    assert held == {}
    assert [*lake.glob("*/publication=review")] == [notes.parent] and notes.read_text() == "mine"


def test_a_rename_that_is_killed_loses_and_doubles_nothing(root: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    filled(root, lake)
    held = sorted(row["id"] for row in rows(lake, "articles"))
    rename(root)
    environment = {**os.environ, "PRESS_ARCHIVE_CRASH_AT": "partitioned:3"}
    killed = subprocess.run(command(root, lake), env=environment, cwd=DOCUMENT.parents[1], check=False)
    assert killed.returncode == -9
    assert len({path.parts[-3] for path in lake.glob("articles/*/*/*.parquet")}) == 2
    assert sorted(row["id"] for row in rows(lake, "articles")) == held
    filled(root, lake)
    assert list(lake.glob("*/publication=review")) == []
    assert sorted(row["id"] for row in rows(lake, "articles")) == held


def test_what_an_earlier_release_left_under_an_old_name_goes(root: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    filled(root, lake)
    held = files(lake)
    for table in ("publications", "articles", "links", "credits", "revisions"):
        shutil.copytree(lake / table / "publication=review", lake / table / "publication=gazette")
    assert filled(root, lake)["removed"] == len(held)
    assert files(lake) == held
    assert list(lake.glob("*/publication=gazette")) == []


def test_what_was_taken_down_is_in_no_partition(root: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    filled(root, lake)
    undated = ask(root, "SELECT id FROM articles WHERE year IS NULL")
    for (number,) in undated:
        take_down(root, number, "asked for", purge=False)
    assert filled(root, lake)["removed"] >= 1
    assert list(lake.glob("articles/*/year=__HIVE*")) == []
    assert {number for (number,) in undated}.isdisjoint(row["id"] for row in rows(lake, "articles"))


def test_a_killed_export_leaves_whole_partitions_and_the_next_does_the_rest(root: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    words = command(root, lake)
    environment = {**os.environ, "PRESS_ARCHIVE_CRASH_AT": "partitioned:3"}
    killed = subprocess.run(words, env=environment, cwd=DOCUMENT.parents[1], capture_output=True, check=False)
    assert killed.returncode == -9
    assert len(files(lake)) == 3 and all(parquet.read_table(lake / name).num_columns for name in files(lake))
    (lake / min(files(lake))).with_name(f".{NAME}.draft").write_bytes(b"half")
    said = filled(root, lake)
    assert said["kept"] == 3 and said["written"] > 0
    assert list(lake.rglob("*.draft")) == []


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwrite(path: Path) -> None:
    """Damage some bytes of the rows; the file's end, which describes them, stays as it was."""
    with path.open("r+b") as stream:
        stream.seek(100)
        stream.write(bytes(byte ^ 0xFF for byte in path.read_bytes()[100:200]))


def flip(path: Path) -> None:
    """Change one bit in the middle of the values of a column, where whoever reads without checking sees no error."""
    column = parquet.ParquetFile(path).metadata.row_group(0).column(0)
    with path.open("r+b") as stream:
        stream.seek(column.data_page_offset + column.total_compressed_size - 1)
        (byte,) = stream.read(1)
        stream.seek(-1, os.SEEK_CUR)
        stream.write(bytes([byte ^ 1]))


@pytest.mark.parametrize("damage", [cut, overwrite, flip])
def test_a_damaged_partition_is_written_anew(root: Path, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    lake = tmp_path / "lake"
    filled(root, lake)
    path = lake / min(files(lake))
    whole = parquet.read_table(path)
    damage(path)
    assert filled(root, lake)["written"] == 1
    assert parquet.read_table(path).equals(whole)


def test_what_is_gone_goes_before_anything_is_written(root: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    filled(root, lake)
    for (number,) in ask(root, "SELECT id FROM articles WHERE year IS NULL"):
        take_down(root, number, "asked for", purge=False)
    change(root, "UPDATE articles SET dek = 'Another line' WHERE year = '2020'")
    # A folder where the draft would be cannot be written, as a full disk cannot.
    (lake / "articles" / "publication=review" / "year=2020" / f".{NAME}.draft").mkdir()
    before = files(lake)
    assert "cannot be written" in str(run(root, lake).exception)
    assert list(lake.glob("*/*/year=__HIVE*")) == []
    assert files(lake).items() <= before.items()


@pytest.mark.parametrize("name", ["NOTES.txt", "mine.parquet"])
def test_files_of_others_in_a_lake_stay(root: Path, tmp_path: Path, name: str) -> None:
    filled(root, tmp_path / "lake")
    notes = tmp_path / "lake" / "articles" / "publication=review" / name
    notes.write_text("mine")
    filled(root, tmp_path / "lake")
    assert notes.read_text() == "mine"


def second(root: Path) -> Path:
    """Make another publication's archive, which the first one cites."""
    ((host,),) = ask(root, "SELECT host FROM links WHERE NOT internal ORDER BY id LIMIT 1")
    return publication(root.with_name("other"), "other", f"https://{host}", host)


def test_archives_do_not_touch_each_other(root: Path, tmp_path: Path) -> None:
    lake, other = tmp_path / "lake", second(root)
    filled(root, lake)
    before = files(lake)
    filled(other, lake)
    assert len(files(lake)) == 2 * len(before)
    assert before.items() <= files(lake).items()
    change(other, "UPDATE publication SET name = 'review'")
    assert "another publication's rows" in refusal(run(other, lake))


def test_archives_are_written_at_the_same_time(root: Path, tmp_path: Path) -> None:
    lake, roots = tmp_path / "lake", (root, second(root))
    running = [subprocess.Popen(command(each, lake), cwd=DOCUMENT.parents[1]) for each in roots]
    assert [process.wait(timeout=60) for process in running] == [0, 0]
    said = [filled(each, lake) for each in roots]
    assert [each["written"] for each in said] == [0, 0]
    assert sum(each["kept"] for each in said) == len(files(lake))


@pytest.mark.parametrize("words", [("--search", "truce"), ("--view", "links"), ("--output", "x"), ("--since", "2026")])
def test_a_lake_takes_whole_archives(root: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    assert "--lake takes whole archives" in refusal(run(root, tmp_path / "lake", *words))
    assert not (tmp_path / "lake").exists()


def test_a_file_is_no_lake(root: Path, tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("words")
    assert "is a file: --lake takes a folder" in refusal(run(root, tmp_path / "lake"))


def test_the_documents_questions_have_answers(root: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="pip install duckdb")
    other = second(root)
    for archive in (root, other):
        filled(archive, tmp_path / "lake")
    citing, outlets, edits = re.findall(r"```sql\n(.+?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    with chdir(tmp_path):
        found = duckdb.sql(citing).fetchall()
        assert len(duckdb.sql(outlets).fetchall()) == ask(root, "SELECT count(DISTINCT name) FROM outlets")[0][0]
        counted = duckdb.sql(edits).fetchall()
    ((host,),) = ask(other, "SELECT json_extract(hosts, '$[0]') FROM publication")
    wanted = (
        "SELECT count(*), count(DISTINCT substr(published_at, 1, 7)) FROM links l JOIN articles a ON a.id = article_id"
    )
    links, months = ask(root, f"{wanted} WHERE host IN ('{host}', 'www.{host}')")[0]
    of_first = [row for row in found if row[1] == "review"]
    assert {row[2] for row in of_first} == {"other"}
    assert (sum(row[3] for row in of_first), len(of_first)) == (links, months)
    assert sum(row[2] for row in counted) == 2 * ask(root, "SELECT count(*) FROM articles")[0][0]
