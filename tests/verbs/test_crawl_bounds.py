"""How far a crawl of the real sample publication goes: modes, since when, which sections, how long and how often."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from scraper.sample.articles import load_articles
from scraper.sample.server import SampleServer
from tests.command import one_sentence, press_archive_forked, press_archive_here

ARTICLES = load_articles()[::2]
FIRST_NIGHT, SECOND_NIGHT, NEXT_WEEK = (f"2026-12-{day:02d}T04:00:00+00:00" for day in (1, 2, 9))


def crawl(root: Path, server: SampleServer, *words: str, now: str = FIRST_NIGHT) -> dict[str, Any]:
    """Crawl, and return the closing counts; the server's log holds this run's requests only."""
    server.requests.clear()
    words = ("--root", str(root), "--base-url", server.base_url, "--json", *words)
    result = press_archive_forked("crawl", "sample", *words, PRESS_ARCHIVE_NOW=now)
    assert result.returncode == 0, result.stdout + result.stderr
    counts: dict[str, Any] = json.loads(result.stdout)
    return counts


def rows(root: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(root / "archive.db")) as connection:
        return connection.execute(sql).fetchall()


def asked(server: SampleServer) -> set[str]:
    """Return the paths of articles that were asked for."""
    paths = {article.path.rstrip("/"): article.path for article in ARTICLES}
    return {paths[path] for request in server.requests if (path := request.path.rstrip("/")) in paths}


def lists_of_more(server: SampleServer) -> list[str]:
    return [request.path for request in server.requests if "load_more" in request.path or "page=" in request.path]


@pytest.fixture(scope="module")
def server() -> Iterator[SampleServer]:
    with SampleServer(articles=ARTICLES) as running:
        yield running


@pytest.fixture(scope="module")
def whole(server: SampleServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive of one finished night; to be copied, not changed."""
    root = tmp_path_factory.mktemp("bounds") / "sample"
    crawl(root, server)
    return root


@pytest.fixture
def archive(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "sample")
    return tmp_path / "sample"


def test_sources_are_read_to_what_is_known_and_to_their_end_once_a_week(archive: Path, server: SampleServer) -> None:
    crawl(archive, server, now=SECOND_NIGHT)
    assert not lists_of_more(server)
    paths = {article.path.rstrip("/") for article in ARTICLES}
    answered = [request for request in server.requests if request.path.rstrip("/") in paths]
    assert sum(request.status != 304 for request in answered) <= 0.05 * len(ARTICLES)
    crawl(archive, server, now=NEXT_WEEK)
    assert lists_of_more(server)
    assert [swept for (swept,) in rows(archive, "SELECT swept FROM crawls ORDER BY id")] == [1, 0, 1]


def test_an_old_article_is_looked_at_again_later_than_a_young_one(whole: Path) -> None:
    found = rows(
        whole,
        "SELECT a.published_at, l.next_check_at FROM ledger l JOIN articles a ON a.id = l.article_id"
        " WHERE a.published_at IS NOT NULL ORDER BY 1",
    )
    (oldest, last), (youngest, first) = found[0], found[-1]
    assert oldest < youngest
    assert FIRST_NIGHT < first < last <= "2027-03-01T05"


def test_backfill_asks_for_what_is_unknown_and_recheck_for_what_is_stored(archive: Path, server: SampleServer) -> None:
    with closing(sqlite3.connect(archive / "archive.db", isolation_level=None)) as connection:
        unknown = connection.execute(
            "UPDATE ledger SET state = 'failed', article_id = NULL, next_check_at = '2030-01-01T00:00:00+00:00'"
            " WHERE key IN (SELECT key FROM ledger WHERE state = 'stored' LIMIT 2) RETURNING url"
        ).fetchall()
    crawl(archive, server, "--mode", "backfill", now=NEXT_WEEK)
    assert asked(server) == {"/" + url.split("/", 3)[3] for (url,) in unknown}
    assert lists_of_more(server)
    crawl(archive, server, "--mode", "recheck", now="2026-12-09T05:00:00+00:00")
    assert asked(server) == {article.path for article in ARTICLES}


def test_since_leaves_out_what_is_older(tmp_path: Path, server: SampleServer) -> None:
    dates = sorted(article.modified_at or article.published_at for article in ARTICLES)
    since = dates[len(dates) // 2][:10]
    crawl(tmp_path / "sample", server, "--since", since)
    stored = rows(tmp_path / "sample", "SELECT url FROM articles")
    recent = {article.url for article in ARTICLES if (article.modified_at or article.published_at) >= since}
    assert recent <= {url for (url,) in stored}
    unsaid = {article.url for article in ARTICLES if "sitemap" not in article.listed_in}
    assert {url for (url,) in stored} - recent <= unsaid
    assert rows(tmp_path / "sample", "SELECT count(*) FROM ledger WHERE state = 'pending'") != [(0,)]


def test_a_section_alone_is_read_with_what_it_names(tmp_path: Path, server: SampleServer) -> None:
    path, section = next((path, each) for path, each in server.site.listings.sections.items() if each.has_more)
    name = path.strip("/").rpartition("/")[2] if path != "/" else "/"
    crawl(tmp_path / "sample", server, "--section", name)
    assert asked(server) == {article.path for article in section.articles}
    assert not any("sitemap" in request.path or "rss" in request.path for request in server.requests)


def test_a_run_makes_no_more_requests_than_it_may_and_the_next_goes_on(tmp_path: Path, server: SampleServer) -> None:
    ended = crawl(tmp_path / "sample", server, "--max-requests", "30")
    assert len(server.requests) <= 30
    assert "30 requests" in ended["ended_why"]
    crawl(tmp_path / "sample", server, now=SECOND_NIGHT)
    assert rows(tmp_path / "sample", "SELECT count(*) FROM articles") == [(len(ARTICLES),)]


def test_a_run_ends_when_its_time_is_over_and_the_next_goes_on(tmp_path: Path, server: SampleServer) -> None:
    ended = crawl(tmp_path / "sample", server, "--max-seconds", "2", "--delay", "0.2")
    assert "2 seconds" in ended["ended_why"]
    assert len(server.requests) < 20
    crawl(tmp_path / "sample", server, now=SECOND_NIGHT)
    assert rows(tmp_path / "sample", "SELECT count(*) FROM articles") == [(len(ARTICLES),)]


@pytest.mark.parametrize("words", [("--since", "yesterday"), ("--section", "gardening")])
def test_what_cannot_be_meant_is_one_sentence(words: tuple[str, str], tmp_path: Path) -> None:
    result = press_archive_here("crawl", "sample", "--root", tmp_path / "sample", *words)
    assert result.exit_code == 2
    assert words[1] in one_sentence(result.stderr, result.stdout)
    assert not (tmp_path / "sample").exists()
