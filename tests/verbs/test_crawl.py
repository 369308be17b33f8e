"""Whole crawls of the real sample publication, over real HTTP, through the command."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.root import locked
from archive.warc import payload_digest, read_response
from scraper.cli import main
from scraper.sample.articles import SampleArticle, load_articles
from scraper.sample.server import SampleServer
from tests.command import one_sentence, press_archive, press_archive_forked

ARTICLES = load_articles()


@dataclass(frozen=True)
class Crawled:
    """A finished crawl of the sample site."""

    root: Path
    summary: dict[str, object]
    requests: list[str]

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.root / "archive.db")
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()


def crawl(root: Path, server: SampleServer, *words: str, **environment: str) -> Crawled:
    server.requests.clear()
    result = press_archive_forked(
        "crawl", "sample", "--root", root, "--base-url", server.base_url, "--json", *words, **environment
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return Crawled(root, json.loads(result.stdout), [request.path for request in server.requests])


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with SampleServer() as server:
        yield crawl(tmp_path_factory.mktemp("first") / "sample", server)


def per_article(check: Callable[[Crawled, SampleArticle], None]) -> Callable[[Crawled, SampleArticle], None]:
    return pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.path)(check)


def test_every_article_is_stored_once(first: Crawled) -> None:
    stored = [url for (url,) in first.rows("SELECT url FROM articles")]
    assert sorted(stored) == sorted(article.url for article in ARTICLES)
    assert first.summary["new"] == len(ARTICLES)
    assert first.summary["failed"] == 0


@per_article
def test_what_is_stored_is_what_the_article_says(first: Crawled, article: SampleArticle) -> None:
    (row,) = first.rows(
        "SELECT headline, dek, type, section, published_at, modified_at, body_text FROM articles WHERE url = ?",
        article.url,
    )
    says = (
        article.headline,
        article.dek,
        article.type,
        article.section,
        article.published_at,
        # A page whose article never changed says that it changed when it was published.
        article.modified_at or article.published_at,
        article.body_text,
    )
    assert row == says
    authors = first.rows(
        "SELECT p.name FROM article_authors x JOIN authors p ON p.id = x.author_id"
        " JOIN articles a ON a.id = x.article_id WHERE a.url = ? ORDER BY x.position",
        article.url,
    )
    assert tuple(name for (name,) in authors) == article.authors
    links = first.rows(
        "SELECT href, anchor_text FROM links l JOIN articles a ON a.id = l.article_id"
        " WHERE a.url = ? ORDER BY position",
        article.url,
    )
    assert links == [(anchor.url, anchor.text) for anchor in article.links]


@per_article
def test_lead_credits_are_read_as_a_person_reads_them(first: Crawled, article: SampleArticle) -> None:
    credits = first.rows(
        "SELECT c.kind, c.name FROM credits c JOIN article_images i ON i.id = c.article_image_id"
        " JOIN articles a ON a.id = i.article_id WHERE a.url = ? AND i.role = 'lead'",
        article.url,
    )
    assert {name for kind, name in credits if kind == "photographer"} == set(article.lead.photographers)
    assert {name for kind, name in credits if kind == "agency"} == set(article.lead.agencies)


def test_every_row_leads_to_the_bytes_it_was_read_from(first: Crawled) -> None:
    rows = first.rows(
        "SELECT a.headline, s.warc_file, s.warc_offset, s.warc_length, s.digest FROM articles a"
        " JOIN snapshots s ON s.id = a.snapshot_id"
    )
    assert len(rows) == len(ARTICLES)
    for _, file, offset, length, digest in rows:
        stored = read_response(first.root, str(file), int(str(offset)), int(str(length)))
        assert payload_digest(stored.body) == digest


def test_warcio_passes_the_file(first: Crawled) -> None:
    files = [str(path) for path in (first.root / "warc").iterdir()]
    assert files and all(file.endswith(".warc.gz") for file in files)
    check = subprocess.run([sys.executable, "-m", "warcio.cli", "check", *files], capture_output=True, check=False)
    assert check.returncode == 0, check.stdout


def test_the_ledger_holds_every_announced_address_with_state_and_reason(first: Crawled) -> None:
    states = dict(first.rows("SELECT state, count(*) FROM ledger GROUP BY state"))
    assert states["stored"] == len(ARTICLES)
    assert sum(int(str(count)) for count in states.values()) == first.summary["announced"]
    assert first.rows("SELECT url FROM ledger WHERE state != 'stored' AND reason IS NULL") == []
    for article in ARTICLES:
        ((sources,),) = first.rows("SELECT sources FROM ledger WHERE url = ?", article.url)
        kinds = {
            "feed"
            if source.startswith("/feeds/") and source.endswith(".rss")
            else "sitemap"
            if "sitemap" in source
            else "section"
            for source in json.loads(str(sources))
        }
        assert kinds == set(article.listed_in), article.path


def test_nothing_forbidden_is_asked_for_and_robots_comes_first(first: Crawled) -> None:
    assert first.requests[0] == "/robots.txt"
    assert [path for path in first.requests if path.startswith(("/private/", "/search", "/r/", "/api/"))] == []
    assert first.rows("SELECT state, reason FROM ledger WHERE url LIKE '%/private/draft/'") == [
        ("excluded", "robots.txt forbids it")
    ]


def test_links_and_related_stories_point_to_held_articles(first: Crawled) -> None:
    internal = first.rows("SELECT count(*), count(target_article_id) FROM links WHERE internal")
    assert internal[0][0] == internal[0][1] and internal[0][0]
    related = first.rows(
        "SELECT count(*), count(related_article_id) FROM related_stories WHERE url LIKE 'https://meridianreview.example/%'"
    )
    assert related[0][0] == related[0][1] and related[0][0]


def test_a_second_crawl_finds_nothing_new_and_a_third_asks_only_for_changes(first: Crawled, tmp_path: Path) -> None:
    shutil.copytree(first.root, tmp_path / "a")
    with SampleServer() as server:
        second = crawl(tmp_path / "a", server)
        assert (second.summary["new"], second.summary["changed"]) == (0, 0)
        assert second.rows("SELECT count(*) FROM revisions") == [(len(ARTICLES),)]
        paths = {article.path for article in ARTICLES}
        assert paths & set(second.requests) == set()
        edited = ARTICLES[-1]
        server.edit(edited.path, headline="Another headline")
        third = crawl(tmp_path / "a", server, PRESS_ARCHIVE_NOW="2099-01-01T00:00:00+00:00")
        assert (third.summary["new"], third.summary["changed"]) == (0, 1)
        assert third.rows("SELECT a.url, e.changed_fields FROM edits e JOIN articles a ON a.id = e.article_id") == [
            (edited.url, '["headline"]')
        ]
        not_modified = [request for request in server.requests if request.status == 304 and request.path in paths]
        # Pages that show the edited headline beside their own article have other bytes, and are read again.
        assert len(not_modified) > len(ARTICLES) / 2


def test_scrapy_crawls_it_too_and_starts_the_server_itself(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "scrapy",
        "crawl",
        "publication",
        "-a",
        "profile=sample",
        "-a",
        f"root={tmp_path / 's'}",
        "-a",
        "limit=5",
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert result.returncode == 0, result.stderr
    assert "ERROR" not in result.stderr
    crawled = Crawled(tmp_path / "s", {}, [])
    assert crawled.rows("SELECT count(*) FROM articles") == [(5,)]
    assert crawled.rows("SELECT ended_why FROM crawls") == [("finished",)]


def test_a_dry_run_counts_leaves_nothing_and_names_a_missing_source(tmp_path: Path) -> None:
    with SampleServer() as server:
        words = ("crawl", "responsible-statecraft", "--root", tmp_path / "x", "--base-url", server.base_url)
        result = press_archive_forked(*words, "--dry-run", "--json")
        asked = {request.path for request in server.requests}
    assert result.returncode == 3
    said = json.loads(result.stdout)
    assert "source /north-america/ answered 404" in said["remarks"]
    assert said["announced"] > 20 and said["sources"]["/analysis/"] > 0
    assert {article.path for article in ARTICLES} & asked == set()
    assert not (tmp_path / "x").exists()


def test_a_limit_bounds_the_articles_and_the_table_names_the_next_command(tmp_path: Path) -> None:
    result = press_archive("crawl", "sample", "--root", tmp_path / "l", "--limit", "3")
    assert result.returncode == 0
    for word in ("announced", "fetched", "new", "changed", "unchanged", "excluded", "failed", "seconds"):
        assert word in result.stdout
    assert result.stdout.rstrip().endswith(f"Next: press-archive serve --root {tmp_path / 'l'}")
    limited = Crawled(tmp_path / "l", {}, [])
    assert limited.rows("SELECT count(*) FROM articles") == [(3,)]
    assert limited.rows("SELECT count(*) FROM ledger WHERE state = 'pending'") == [(len(ARTICLES) - 3,)]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_crawl_keeps_what_it_has_and_the_next_goes_on(tmp_path: Path, number: int, status: int) -> None:
    root = tmp_path / "i"
    command = [sys.executable, "-m", "scraper.cli", "crawl", "sample", "--root", str(root), "--delay", "0.06"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 45
    while time.monotonic() < deadline and not _stored(root):
        time.sleep(0.05)
    process.send_signal(number)
    process.communicate(timeout=40)
    assert process.returncode == status
    kept = _stored(root)
    assert 0 < kept < len(ARTICLES)
    if number == signal.SIGTERM:
        result = press_archive_forked("crawl", "sample", "--root", root, "--json")
        assert result.returncode == 0, result.stderr
        assert json.loads(result.stdout)["new"] == len(ARTICLES) - kept


def _stored(root: Path) -> int:
    if not (root / "archive.db").exists():
        return 0
    connection = sqlite3.connect(root / "archive.db")
    try:
        return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def test_an_unreachable_host_makes_no_archive_and_is_noted_in_an_existing_one(first: Crawled, tmp_path: Path) -> None:
    words = ("crawl", "responsible-statecraft", "--base-url", "http://127.0.0.1:9")
    root = shutil.copytree(first.root, tmp_path / "old")
    before = Crawled(root, {}, []).rows("SELECT * FROM articles")
    (tmp_path / "empty").mkdir()
    # Both spend their time in the pauses between their attempts.
    with ThreadPoolExecutor() as pool:
        new = pool.submit(press_archive, *words, "--root", tmp_path / "empty" / "new")
        assert press_archive_forked(*words, "--root", root).returncode == 1
    result = new.result()
    assert result.returncode == 1
    assert "try again later" in one_sentence(result.stderr, result.stdout)
    assert list((tmp_path / "empty").iterdir()) == []
    after = Crawled(root, {}, [])
    assert after.rows("SELECT exit_status FROM crawls ORDER BY id") == [(0,), (1,)]
    assert after.rows("SELECT * FROM articles") == before


def test_bad_input_is_one_sentence_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("x")
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "archive.db").write_bytes(b"SQLite format 3\0" + b"\x10\x00\x01\x01" + b"\0" * 80)
    before = _tree(tmp_path)
    for words, status, said in (
        (("crawl", "responsible-statecraf"), 2, "responsible-statecraft"),
        (("crwal", "sample"), 2, "crawl"),
        (("crawl", "sample", "--root", "file"), 2, "is a file"),
        (("crawl", "sample", "--root", "other"), 2, "no archive"),
        (("crawl", "sample", "--root", "cut"), 1, "put back a backup"),
        (("crawl", "responsible-statecraft", "--root", "new"), 2, "--contact"),
        (("crawl", "responsible-statecraft", "--base-url", "nowhere"), 2, "web address"),
        (("crawl", "sample", "--root", "/proc/none"), 1, "cannot be written"),
        (("crawl", "sample", "--root", "file/below"), 1, "cannot be written"),
        (("crawl", "sample", "--limit", "many"), 2, "--limit"),
        (("crawl",), 2, "PUBLICATION"),
    ):
        result = CliRunner().invoke(main, words)
        assert result.exit_code == status, (words, result.output)
        assert said in one_sentence(result.stderr, result.stdout), words
        assert _tree(tmp_path) == before, words


def _tree(folder: Path) -> dict[str, bytes | None]:
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in sorted(folder.rglob("*"))}


def test_a_second_run_exits_at_once(tmp_path: Path) -> None:
    with locked(tmp_path):
        result = CliRunner().invoke(main, ["crawl", "sample", "--root", str(tmp_path)])
    assert result.exit_code == 75
    assert "in use by another run" in one_sentence(result.stderr, result.stdout)


def test_help_has_an_example() -> None:
    for words in ((), ("crawl",)):
        result = CliRunner().invoke(main, [*words, "--help"])
        assert result.exit_code == 0
        assert "Example" in result.stdout and "press-archive crawl sample" in result.stdout


def test_the_statistics_say_where_the_time_went(tmp_path: Path) -> None:
    with SampleServer() as server:
        words = ("--base-url", server.base_url, "--limit", "3", "--delay", "0.2")
        shown = press_archive("crawl", "sample", "--root", tmp_path / "shown", *words, "--stats")
        told = press_archive("crawl", "sample", "--root", tmp_path / "told", *words, "--json")
    assert all(name in shown.stdout for name in ("waiting, by politeness", "fetching", "reading pages", "storing"))
    summary = json.loads(told.stdout)
    assert summary["stats"].keys() == {"waiting", "fetch", "extraction", "store"}
    assert summary["stats"]["waiting"] > 0.2 * 3
    assert all(0 < seconds <= summary["seconds"] for seconds in summary["stats"].values())
