"""`press-archive export`: selections, whole files, standard output, sums; nothing withdrawn, nothing written."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.errors import ArchiveError, UsageError
from archive.exports.output import whole_file
from archive.exports.reading import guarded
from archive.root import open_database
from archive.takedown import take_down
from archive.verbs.export import export
from tests.archive_support import make_archive


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("exports") / "archive")


@pytest.fixture(scope="module")
def connection(root: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(root / "archive.db")) as found:
        yield found


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(export, [str(word) for word in words])


def rows(root: Path, *words: str) -> list[dict[str, str]]:
    result = run("csv", "--root", root, "--output", "-", *words)
    assert result.exit_code == 0, result.exception or result.output
    return list(csv.DictReader(io.StringIO(result.stdout, newline="")))


def refused(root: Path, *words: str) -> str:
    result = run("csv", "--root", root, "--output", "-", *words)
    assert isinstance(result.exception, ArchiveError), result.output
    assert result.stdout == ""
    return str(result.exception)


def test_the_whole_view_is_written_counted_and_hashed(
    root: Path, connection: sqlite3.Connection, tmp_path: Path
) -> None:
    target = tmp_path / "out.csv"
    result = run("csv", "--root", root, "--output", target)
    assert result.exit_code == 0, result.output
    found = connection.execute("SELECT * FROM article_list")
    names = [column[0] for column in found.description]
    data = target.read_bytes()
    texts = [["" if cell is None else str(cell) for cell in row] for row in found]
    assert list(csv.reader(io.StringIO(data.decode(), newline=""))) == [names, *texts]
    sha256 = hashlib.sha256(data).hexdigest()
    assert f"{len(texts)} rows of article_list written to {target}, {len(data):,} bytes" in result.stderr
    assert f"SHA-256 {sha256}" in result.stderr and result.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    said = json.loads(run("csv", "--root", root, "--output", target, "--json").stdout)
    assert said == {
        "path": str(target), "view": "article_list", "rows": len(texts), "bytes": len(data), "sha256": sha256,
        "notes": {},
    }  # fmt: skip


def test_json_lines_keep_types_and_nulls(root: Path, connection: sqlite3.Connection) -> None:
    result = run("jsonl", "--root", root, "--output", "-", "--json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    found = connection.execute("SELECT * FROM article_list")
    names = [column[0] for column in found.description]
    assert lines == [dict(zip(names, row, strict=True)) for row in found]
    said = json.loads(result.stderr)
    assert (said["path"], said["rows"]) == ("-", len(lines))


@pytest.mark.parametrize("view", ["edits", "links", "ledger", "outlets_cited", "run_history", "publication"])
def test_any_table_and_view_is_exported(root: Path, connection: sqlite3.Connection, view: str) -> None:
    (count,) = connection.execute(f"SELECT count(*) FROM {view}").fetchone()
    assert len(rows(root, "--table", view)) == count
    assert refused(root, "--view", "article_lits").count("article_list") == 1


def test_a_search_is_the_sites_and_comes_best_first(root: Path) -> None:
    assert [row["headline"] for row in rows(root, "--search", "zeppelin")] == ["The zeppelin ledger", "In passing"]
    assert [row["slug"] for row in rows(root, "--search", "(headline:zeppelin OR headline:passing) NOT ledger")] == [
        "2023/10/in-passing"
    ]
    assert {row["url"] for row in rows(root, "--table", "links", "--search", "ceasefire")} >= {
        "https://courier.example/x?a=1"
    }
    assert "no word" in refused(root, "--search", "?!")
    assert "belong to no article" in refused(root, "--view", "outlets_cited", "--search", "zeppelin")


def test_a_condition_and_a_date_narrow_it(root: Path) -> None:
    found = rows(root, "--where", "section = 'Europe' OR type = ')--'", "--since", "2024-02")
    assert found and all(row["section"] == "Europe" for row in found)
    assert all((row["published_at"] or row["first_seen_at"]) >= "2024-02-01" for row in found)
    everything = rows(root)
    undated = [row["slug"] for row in rows(root, "--since", "2026-02-28")]
    assert "undated" in undated and 0 < len(undated) < len(everything), "what has no date counts as first seen"
    assert len(rows(root, "--view", "edits", "--since", "2026-03-02T04:00:00Z")) == 1
    assert rows(root, "--view", "edits", "--since", "2026-03-03") == []
    assert {row["article_id"] for row in rows(root, "--table", "links", "--since", "2026")} == {
        row["id"] for row in everything if row["slug"] == "2026/02/a-truce-holds"
    }
    assert "no date" in refused(root, "--since", "yesterday")


@pytest.mark.parametrize(
    "where",
    [
        "1) UNION SELECT * FROM fetches --", "1; DROP TABLE articles", "nothing = 1", "(", "/*", "'", "", "1 /* ) */)",
        "load_extension('x')", "id IN (SELECT id FROM pragma_table_info('articles') JOIN pragma_user_version)",
        ":x = 1",
    ],
)  # fmt: skip
def test_a_condition_can_be_nothing_but_a_condition(root: Path, where: str) -> None:
    assert "--where" in refused(root, "--where", where)


def test_a_guarded_connection_reads_and_does_nothing_else(root: Path, tmp_path: Path) -> None:
    with closing(open_database(root, write=True)) as db, guarded(db.conn, 5):
        statements = (
            f"ATTACH '{tmp_path}/x.db' AS x",
            "DELETE FROM articles",
            "CREATE TEMP TABLE t (a)",
            "PRAGMA user_version = 3",
            "INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')",
            "VACUUM",
            "COMMIT",
            "SELECT load_extension('x')",
        )
        for sql in statements:
            with pytest.raises(sqlite3.DatabaseError):
                db.conn.execute(sql)
        assert db.conn.execute("SELECT count(*) FROM articles").fetchone()[0] > 20
    assert not (tmp_path / "x.db").exists()


def test_a_condition_that_never_ends_is_ended(root: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with closing(open_database(root)) as db, guarded(db.conn, 0.2):
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            db.conn.execute(endless).fetchone()
        with pytest.raises(sqlite3.DatabaseError, match="too big"):
            db.conn.execute("SELECT length(zeroblob(900000000))").fetchone()


def test_withdrawn_articles_never_appear(root: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(root, tmp_path / "copy")
    article = next(row for row in rows(copy) if row["slug"] == "2026/02/a-truce-holds")
    assert rows(copy, "--table", "aliases")
    take_down(copy, int(article["id"]), "asked", purge=False)
    assert article["id"] not in {row["id"] for row in rows(copy)}
    assert rows(copy, "--search", "withdrawn") == []
    with closing(sqlite3.connect(copy / "archive.db")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        tables = [name for name in tables if not name.startswith(("articles_fts", "_", "sqlite_"))]
    for table in tables:
        assert not [
            row
            for row in rows(copy, "--table", table)
            if article["id"] in (row.get("article_id"), row["id"] if table == "articles" else None)
        ], table


def test_the_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("before")
    with pytest.raises(KeyboardInterrupt), whole_file(target) as draft:
        draft.write_text("half")
        raise KeyboardInterrupt
    assert target.read_text() == "before" and [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    with pytest.raises(UsageError), whole_file(tmp_path):
        pass
    with pytest.raises(ArchiveError, match="cannot be written"), whole_file(tmp_path / "no" / "folder"):
        pass


def test_whoever_reads_may_stop_reading(root: Path) -> None:
    program = "from archive.verbs.export import export; export()"
    words = ["csv", "--root", str(root), "--table", "ledger", "--where", "1", "--output", "-"]
    with subprocess.Popen(
        [sys.executable, "-c", program, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=20) == 141
