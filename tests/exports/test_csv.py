"""CSV: whole, exact, atomic."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.errors import ArchiveError, UsageError
from archive.exports.csv import write_csv
from archive.verbs.export import export, whole_file
from tests.archive_support import make_archive


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("exports") / "archive")


def read_back(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_every_value_comes_back_as_it_was() -> None:
    values = [
        (1, "plain", None, 1.5),
        (2, 'quo"ted, with comma', "two\r\nlines\nthree", -3),
        (3, "", "naïve “text” ‮rtl", 2**60),
        (4, "=1+1", "\ttab", 0),
    ]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute('CREATE TABLE t (id, a, "odd ""name""", n)')
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", values)
        stream = io.StringIO(newline="")
        assert write_csv(connection, "t", stream) == len(values)
    rows = read_back(stream.getvalue())
    assert rows[0] == ["id", "a", 'odd "name"', "n"]
    assert rows[1:] == [["" if value is None else str(value) for value in row] for row in values]
    assert stream.getvalue().splitlines()[1] == '1,"plain",,1.5'
    assert '3,"",' in stream.getvalue(), "an empty text and NULL look different"


def test_more_rows_than_are_read_at_once_are_all_written() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (i)")
        connection.executemany("INSERT INTO t VALUES (?)", [(number,) for number in range(1, 1778)])
        stream = io.StringIO(newline="")
        assert write_csv(connection, "t", stream) == 1777
    assert [row[0] for row in read_back(stream.getvalue())[1:]] == [str(number) for number in range(1, 1778)]


def test_the_verb_writes_the_whole_view(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    result = CliRunner().invoke(export, ["csv", "--root", str(root), "--output", str(target)])
    assert result.exit_code == 0, result.output
    with closing(sqlite3.connect(root / "archive.db")) as connection:
        expected = connection.execute("SELECT * FROM article_list")
        names = [column[0] for column in expected.description]
        texts = [["" if value is None else str(value) for value in row] for row in expected]
    assert read_back(target.read_bytes().decode()) == [names, *texts]
    assert result.stderr == f"{len(texts)} rows of article_list written to {target}\n"
    assert result.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_the_verb_writes_to_standard_output_and_counts_as_json(root: Path) -> None:
    result = CliRunner().invoke(export, ["csv", "--root", str(root), "--output", "-", "--json"])
    assert result.exit_code == 0
    summary = json.loads(result.stderr)
    assert summary == {"path": "-", "view": "article_list", "rows": len(read_back(result.stdout)) - 1}


def test_the_file_is_named_for_the_view_by_default(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(export, ["csv", "--root", str(root), "--json"])
    assert json.loads(result.stdout)["path"] == "article_list.csv"
    assert (tmp_path / "article_list.csv").is_file()


def test_an_unfinished_file_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt), whole_file(target) as stream:
        stream.write("new")
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_what_cannot_be_written_is_said(root: Path, tmp_path: Path) -> None:
    for target, error in ((tmp_path, UsageError), (tmp_path / "none" / "x.csv", ArchiveError)):
        result = CliRunner().invoke(export, ["csv", "--root", str(root), "--output", str(target)])
        assert type(result.exception) is error, target
    assert list(tmp_path.iterdir()) == []


def test_a_view_that_is_not_there_is_named_with_those_that_are(root: Path) -> None:
    with closing(sqlite3.connect(root / "archive.db")) as connection, pytest.raises(UsageError, match="article_list"):
        write_csv(connection, "nothing", io.StringIO())
