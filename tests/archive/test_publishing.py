"""What `publish` writes: all that may be public, nothing else, whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.errors import UsageError
from archive.publishing.contents import COUNTED, PRIVATE, TABLES, TextLevel
from archive.publishing.database import Choice
from archive.publishing.folder import is_published, publish
from archive.publishing.shortening import shortened
from archive.schema import migrate
from archive.takedown import take_down
from tests.archive_support import SITE, make_archive

CANARY = "qvorbexal"
LATE_WORD = "zygomorphic"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an archive in which whatever is not published says so, and one article is withdrawn."""
    root = make_archive(tmp_path_factory.mktemp("publishing") / "archive")
    with closing(sqlite3.connect(root / "archive.db")) as connection, connection:
        body = " ".join(f"word{number}" for number in range(200)) + f" {LATE_WORD}"
        slug = "2026/02/a-truce-holds"
        connection.execute(
            "UPDATE articles SET body_text = ?, body_html = ? WHERE slug = ?", [body, f"<p>{body}</p>", slug]
        )
        connection.execute("INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')")
        for table in ("fetches", "warc_files"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("INSERT INTO fetches (url, at, error) VALUES (?, ?, ?)", [CANARY, CANARY, CANARY])
        connection.execute("INSERT INTO warc_files VALUES (?, 1, ?, 1)", [CANARY, CANARY])
        connection.execute("UPDATE ledger SET sources = ?, reason = ?, lastmod = NULL", [f'["{CANARY}"]', CANARY])
        for table, public in TABLES.items():
            for column in public.private.split():
                if column not in ("snapshot_id", "hosts"):
                    connection.execute(f"UPDATE {table} SET {column} = ? || rowid", [CANARY])
    withdrawn = f"{SITE}/2023/09/zeppelin-ledger/"
    with closing(sqlite3.connect(root / "archive.db")) as connection:
        (article_id,) = connection.execute("SELECT id FROM articles WHERE url = ?", [withdrawn]).fetchone()
        text = "UPDATE articles SET body_html = body_html || ? WHERE slug = '2026/02/a-truce-holds'"
        connection.execute(text, [f'<p><a href="{withdrawn}">there</a></p>'])
        link = (
            "INSERT INTO links SELECT 1, article_id, ?, ?, 'there', 'see there', 9, host, NULL, 1, ? FROM links LIMIT 1"
        )
        connection.execute(link, [withdrawn, withdrawn, article_id])
        connection.commit()
    take_down(root, article_id, "a reason that names Zeppelin", purge=False)
    return root


@pytest.fixture(scope="module", params=["full", "excerpt", "none"])
def public(request: pytest.FixtureRequest, made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("public") / str(request.param)
    publish(made, folder, Choice(request.param, 50))
    yield folder


def texts(folder: Path) -> bytes:
    """Return every byte of a folder, names included."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return b"".join(str(path.relative_to(folder)).encode() + path.read_bytes() for path in files)


def test_every_table_and_column_is_decided() -> None:
    db = Database(memory=True)
    migrate(db)
    tables = {name for name in db.table_names() if not name.startswith("articles_fts")}
    assert tables == set(TABLES) | PRIVATE
    assert set(COUNTED) <= set(db.view_names())
    for name, public in TABLES.items():
        decided = [*public.columns, *public.private.split()]
        assert sorted(decided) == sorted(column.name for column in db[name].columns if column.name != "year"), name
    db.close()


def test_nothing_private_and_nothing_withdrawn_is_in_any_byte(public: Path) -> None:
    found = texts(public)
    assert CANARY.encode() not in found
    assert b"zeppelin-ledger" not in found and b"zeppelin ledger" not in found.lower()
    assert b"a reason that names" not in found
    assert b"somebody mentioned a" in found.lower() or public.name == "none"


def test_no_more_text_is_held_than_is_shown(public: Path) -> None:
    found = texts(public)
    assert (LATE_WORD.encode() in found) == (public.name == "full")
    assert (b"word49" in found) == (public.name != "none") and (b"word51 " in found) == (public.name == "full")
    with closing(sqlite3.connect(public / "archive.db")) as connection:
        search = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?"
        assert connection.execute(search, [LATE_WORD]).fetchone()[0] == (public.name == "full")
        assert connection.execute(search, ["truce"]).fetchone()[0] == 1
        sentences = "SELECT count(*) FROM links WHERE sentence != ''"
        assert (connection.execute(sentences).fetchone()[0] > 0) == (public.name == "full")
        words = "SELECT count(*) FROM revisions WHERE words IS NOT NULL"
        assert (connection.execute(words).fetchone()[0] > 0) == (public.name == "full")


def test_the_database_is_sound_and_says_what_it_is(public: Path) -> None:
    with closing(sqlite3.connect(public / "archive.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)
        connection.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
        assert not names & PRIVATE and {"article_list", "coverage_by_month", "sqlite_stat1"} <= names
        text, words = connection.execute("SELECT text, excerpt_words FROM release").fetchone()
        assert (text, words) == (public.name, 50 if public.name == "excerpt" else None)
        assert connection.execute("SELECT sum(announced) FROM coverage_by_month").fetchone()[0] > 30


def test_everything_has_its_checksum_and_exports_are_whole(public: Path) -> None:
    lines = (public / "SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    there = {path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    assert listed.keys() == there
    assert all(hashlib.sha256((public / name).read_bytes()).hexdigest() == digest for name, digest in listed.items())
    inspected = json.loads((public / "inspect-data.json").read_text())["archive"]
    assert inspected["hash"] == listed["archive.db"]
    with (public / "data" / "articles.jsonl").open() as lines_of:
        assert sum(1 for _ in lines_of) == inspected["tables"]["articles"]["count"] == 31


def test_a_decision_that_no_run_has_carried_out_counts(made: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(made, root)
    decision = {"takedown": {"url": f"{SITE}/2026/02/a-truce-holds/"}, "why": "by hand"}
    with (root / "decisions.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(decision) + "\n")
    publish(root, tmp_path / "public", Choice("full", 50))
    found = texts(tmp_path / "public").lower()
    assert b"truce" not in found and LATE_WORD.encode() not in found


def test_the_same_archive_is_the_same_release(made: Path, tmp_path: Path) -> None:
    first = publish(made, tmp_path / "one", Choice("excerpt", 50))
    again = publish(made, tmp_path / "one", Choice("excerpt", 50))
    other = publish(made, tmp_path / "one", Choice("excerpt", 20))
    assert first.release == again.release != other.release


def test_only_a_published_folder_is_replaced(made: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("ten years of work")
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "mine", tmp_path / "file", made, made.parent, made / "public"):
        with pytest.raises(UsageError):
            publish(made, folder, Choice("excerpt", 50))
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "ten years of work"
    publish(made, tmp_path / "new", Choice("none", 50))
    assert is_published(tmp_path / "new")


@pytest.mark.parametrize("stage", ["drafted", "swapped"])
def test_killed_at_any_instant_the_folder_is_whole(made: Path, tmp_path: Path, stage: str) -> None:
    folder = tmp_path / "public"
    publish(made, folder, Choice("none", 50))
    before = (folder / "SHA256SUMS").read_bytes()
    command = [sys.executable, "-c", "from archive.verbs.publish import publish; publish()", str(folder)]
    killed = subprocess.run(
        [*command, "--root", str(made)],
        env=os.environ | {"PRESS_ARCHIVE_CRASH_AT": f"{stage}:1"},
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL
    assert ((folder / "SHA256SUMS").read_bytes() == before) == (stage == "drafted")
    test_everything_has_its_checksum_and_exports_are_whole(folder)
    assert list(tmp_path.glob(".*draft*"))
    publish(made, folder, Choice("none", 50))
    assert not list(tmp_path.glob(".*draft*"))


@pytest.mark.parametrize(("text", "words", "short"), [
    ("one two three", 3, "one two three"),
    ("one  two three", 2, "one  two \u2026"),
    ("one two ", 2, "one two "),
    ("", 2, ""),
    (None, 2, None),
    ("x" * 99, 2, "x" * 20 + " \u2026"),
    ("\u6771\u4eac\u90fd\u77e5\u4e8b", 3, "\u6771\u4eac\u90fd \u2026"),
])  # fmt: skip
def test_an_excerpt_is_so_many_words(text: str | None, words: int, short: str | None) -> None:
    assert shortened(text, words) == short


def test_exports_are_what_the_tables_hold(public: Path) -> None:
    csv.field_size_limit(1 << 24)
    with closing(sqlite3.connect(public / "archive.db")) as connection:
        held = connection.execute("SELECT * FROM articles ORDER BY id").fetchall()
    with (public / "data" / "articles.csv").open(encoding="utf-8", newline="") as stream:
        written = list(csv.reader(stream))[1:]
    assert written == [["" if value is None else str(value) for value in row] for row in held]


def test_text_levels_are_told(public: Path) -> None:
    level: TextLevel = public.name  # type: ignore[assignment]
    said = json.loads((public / "metadata.json").read_text())
    assert {"full": "whole text", "excerpt": "first 50 words", "none": "no text"}[level] in said["description"]
    assert said["allow_sql"] is False
