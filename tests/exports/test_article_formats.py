"""The formats of articles: Markdown, a SQLite subset, Atom, citations, Parquet; each read back."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import feedparser
import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.dictionary import TABLES
from archive.errors import UsageError
from archive.exports.items import Item, items_of
from archive.exports.manifest import verify_release
from archive.exports.markdown import document, markdown_files
from archive.root import open_database
from archive.verbs.export import export
from tests.archive_support import HOSTILE, RTL_HEADLINE, make_archive

TRUCE = "2026/02/a-truce-holds"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("formats") / "archive")


@pytest.fixture(scope="module")
def connection(root: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(root / "archive.db")) as found:
        yield found


@pytest.fixture(scope="module")
def item(connection: sqlite3.Connection) -> Item:
    (number,) = connection.execute("SELECT id FROM articles WHERE slug = ?", [TRUCE]).fetchone()
    return items_of(connection, [number])[0]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(export, [str(word) for word in words])


def front(text: str) -> dict[str, object]:
    _, said, _ = text.split("---\n", 2)
    return dict(yaml.safe_load(said))


def test_markdown_is_one_file_an_article_with_its_front_matter(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "md"
    result = run("markdown", "--root", root, "--output", folder)
    assert result.exit_code == 0, result.exception
    files = sorted(folder.rglob("*.md"))
    assert len(files) == 32 and "32 articles written" in result.stderr
    assert verify_release(folder).damages == []
    text = (folder / "2026" / "2026-02-11-a-truce-holds.md").read_text(encoding="utf-8")
    said = front(text)
    assert said["title"] == "A truce holds, signed" and said["authors"] == ["Mara Ellingsen", "Óscar Peña"]
    assert said["date"] == "2026-02-11T15:30:05+00:00" and said["words"] == 16
    assert "The ceasefire held *overnight*.\n\n## What the maps say\n\n" in text
    assert "[reported](<https://courier.example/x?a=1>)" in text
    assert "[older matter](<https://review.example/2021/02/matter-1/>)" in text, "links are whole"
    assert any(front(path.read_text(encoding="utf-8"))["title"] == RTL_HEADLINE for path in files)
    assert all("<script" not in path.read_text(encoding="utf-8").partition("\n---\n")[2] for path in files)
    assert isinstance(run("markdown", "--root", root, "--output", folder).exception, UsageError)
    assert isinstance(run("markdown", "--root", root, "--output", "-").exception, UsageError)


@settings(max_examples=40, deadline=None)
@given(
    st.text(max_size=60) | st.sampled_from(["../../etc/passwd", "..", "a/../../b", "CON", "x" * 500, "/abs", "a\x00b"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
)
def test_no_name_leads_out_of_the_folder_and_no_text_out_of_its_place(item: Item, slug: str, headline: str) -> None:
    odd = replace(item, slug=slug, headline=headline, body_html=f"<p>{headline}</p>", dek=headline or None)
    assert front(document(odd))["title"] == headline
    with TemporaryDirectory() as name:
        folder = Path(name)
        assert markdown_files([odd, odd], folder / "out") == 2
        files = [path.relative_to(folder / "out").as_posix() for path in (folder / "out").rglob("*") if path.is_file()]
        assert len(files) == 2 and [path.name for path in folder.iterdir()] == ["out"]
        assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-/.") and len(name) < 150 for name in files)


def test_a_subset_is_an_archive_of_its_own(root: Path, connection: sqlite3.Connection, tmp_path: Path) -> None:
    target = tmp_path / "sub" / "archive.db"
    target.parent.mkdir()
    result = run("sqlite", "--root", root, "--output", target, "--where", f"slug IN ('{TRUCE}', 'undated')", "--json")
    assert result.exit_code == 0, result.exception
    assert json.loads(result.stdout)["rows"] == 2
    with closing(open_database(tmp_path / "sub")) as db:
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        db.execute("SELECT * FROM articles_fts WHERE articles_fts MATCH 'x'").fetchall()
        found = db.execute(
            "SELECT a.slug FROM articles_fts JOIN articles a ON a.id = articles_fts.rowid WHERE articles_fts MATCH"
            " 'ceasefire'"
        )
        assert found.fetchall() == [(TRUCE,)]
        for table in ("articles", "revisions", "links", "aliases", "ledger", "article_images", "article_authors"):
            column = "id" if table == "articles" else "article_id"
            mine = f"SELECT * FROM {table} WHERE {column} IN (SELECT id FROM articles WHERE slug IN (?, 'undated'))"
            own = db.execute(f"SELECT * FROM {table}").fetchall()
            names = [row[1] for row in db.execute(f"PRAGMA table_xinfo({table})")]
            blank = {"target_article_id", "related_article_id"}
            kept = [place for place, name in enumerate(names) if name not in blank]
            there = connection.execute(mine, [TRUCE]).fetchall()
            assert own and sorted([[row[p] for p in kept] for row in own], key=repr) == sorted(
                [[row[p] for p in kept] for row in there], key=repr
            ), table
        assert db.execute("SELECT count(*) FROM credits").fetchone() == (3,)
        assert db.execute("SELECT name FROM authors ORDER BY 1").fetchall() == [("Mara Ellingsen",), ("Óscar Peña",)]
        assert db.execute("SELECT count(*) FROM links WHERE target_article_id IS NOT NULL").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM article_list").fetchone() == (2,)
        assert db.execute("SELECT count(*) FROM crawls").fetchone() == (0,)
    assert sorted(path.name for path in target.parent.iterdir()) == ["archive.db"]


def test_an_atom_file_holds_what_was_chosen(root: Path) -> None:
    result = run("atom", "--root", root, "--output", "-", "--search", "zeppelin")
    parsed = feedparser.parse(result.stdout)
    assert not parsed.bozo and [entry.title for entry in parsed.entries] == ["The zeppelin ledger", "In passing"]
    assert parsed.entries[0].link == "https://review.example/2023/09/zeppelin-ledger/"
    assert result.stderr.startswith("2 articles written")


def test_citations_come_one_an_article(root: Path) -> None:
    bibtex = run("bibtex", "--root", root, "--output", "-").stdout
    assert bibtex.count("@article{") == 32 and "Ellingsen, Mara and Peña, Óscar" in bibtex
    ris = run("ris", "--root", root, "--output", "-").stdout
    assert ris.count("TY  - ") == ris.count("ER  - ") == 32
    csl = json.loads(run("csl", "--root", root, "--output", "-", "--where", f"slug = '{TRUCE}'").stdout)
    assert [(each["title"], each["URL"]) for each in csl] == [
        ("A truce holds, signed", "https://review.example/2026/02/a-truce-holds/")
    ]
    assert json.loads(run("csl", "--root", root, "--output", "-", "--where", "0").stdout) == []


def test_parquet_keeps_numbers_and_times(root: Path, connection: sqlite3.Connection, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pip install press-archive[parquet]")
    target = tmp_path / "out.parquet"
    assert run("parquet", "--root", root, "--output", target).exit_code == 0
    table = parquet.read_table(target)
    types = {field.name: str(field.type) for field in table.schema}
    assert types["id"] == types["word_count"] == "int64" and types["headline"] == "string"
    assert types["published_at"] == "timestamp[s, tz=UTC]" or types["published_at"] == "timestamp[ms, tz=UTC]"
    rows = table.to_pylist()
    assert len(rows) == 32
    for row, (number, text, at) in zip(
        rows, connection.execute("SELECT id, body_text, published_at FROM article_list"), strict=True
    ):
        assert (row["id"], row["body_text"]) == (number, text)
        assert (row["published_at"].isoformat() if row["published_at"] else None) == at
    assert HOSTILE in str(rows)
    said = table.schema.field("dek").metadata[b"description"].decode()
    assert said == TABLES["article_list"].columns["dek"]


def test_times_that_no_calendar_has_are_texts_in_parquet(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pip install press-archive[parquet]")
    root, target = make_archive(tmp_path / "archive"), tmp_path / "out.parquet"
    with closing(sqlite3.connect(root / "archive.db")) as db, db:
        db.execute(
            "UPDATE articles SET published_at = '2026-02-30T10:00:00+00:00' WHERE id = (SELECT min(id) FROM articles)"
        )
    assert run("parquet", "--root", root, "--output", target).exit_code == 0
    assert "2026-02-30T10:00:00+00:00" in parquet.read_table(target)["published_at"].to_pylist()


@pytest.mark.parametrize("name", ["xlsx", "parquet"])
def test_a_missing_library_is_one_sentence(root: Path, tmp_path: Path, name: str) -> None:
    module = {"xlsx": "xlsxwriter", "parquet": "pyarrow"}[name]
    program = (
        "import importlib.util as u; find = u.find_spec;"
        f"u.find_spec = lambda name, *rest: None if name == '{module}' else find(name, *rest);"
        "from scraper.cli import main; main()"
    )
    words = ["export", name, "--root", str(root), "--output", str(tmp_path / "x")]
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr == (
        f"Error: this format needs {module}, which is not here: pip install press-archive[{name}]\n"
    )
