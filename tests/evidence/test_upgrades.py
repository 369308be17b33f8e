"""What released versions left behind is opened, migrated and rebuilt by the present one."""

from __future__ import annotations

import gzip
import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.root import open_database
from scraper.sample.articles import load_articles
from scraper.sample.server import SampleServer
from tests.command import press_archive, press_archive_here
from tests.nights import Archive, crawl_night

RELEASES = Path(__file__).parents[1] / "fixtures" / "releases"
VERSIONS = sorted(path.parent.name for path in RELEASES.glob("*/archive.db.gz"))


@pytest.fixture(params=VERSIONS)
def left(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Archive, dict[str, Any]]:
    folder = RELEASES / request.param
    root = tmp_path / "left"
    shutil.copytree(folder / "warc", root / "warc")
    (root / "archive.db").write_bytes(gzip.decompress((folder / "archive.db.gz").read_bytes()))
    return Archive(root), json.loads((folder / "expected.json").read_text(encoding="utf-8"))


def check(archive: Archive, answers: dict[str, Any]) -> None:
    assert dict(archive.rows("SELECT url, id FROM articles")) == answers["ids"]
    assert dict(archive.rows("SELECT url, headline FROM articles")) == answers["headlines"]
    assert dict(archive.rows("SELECT url, revision_count FROM articles")) == answers["revision_counts"]
    assert archive.rows("SELECT count(*) FROM revisions") == [(answers["revisions"],)]
    assert dict(archive.rows("SELECT state, count(*) FROM ledger GROUP BY state")) == answers["ledger_states"]
    assert archive.rows("SELECT count(*) FROM snapshots") == [(answers["snapshots"],)]
    assert archive.rows("SELECT number FROM revisions WHERE number > 1 AND (kind IS NULL OR diff IS NULL)") == []


def test_it_is_read_before_it_is_migrated(left: tuple[Archive, dict[str, Any]]) -> None:
    archive, answers = left
    assert press_archive_here("verify", archive.root).exit_code == 0
    exported = press_archive_here("export", "csv", "--root", archive.root, "--output", archive.root / "x.csv", "--json")
    assert json.loads(exported.stdout)["rows"] == answers["articles"]
    slug = archive.rows("SELECT slug FROM articles ORDER BY id LIMIT 1")[0][0]
    assert press_archive("show", slug, "--root", archive.root).returncode == 0


def test_it_is_migrated(left: tuple[Archive, dict[str, Any]]) -> None:
    archive, answers = left
    with closing(open_database(archive.root, write=True)):
        pass
    check(archive, answers)


def test_it_is_rebuilt(left: tuple[Archive, dict[str, Any]]) -> None:
    archive, answers = left
    result = press_archive_here("rebuild", "--root", archive.root, "--json")
    assert result.exit_code == 0, result.stderr
    said = json.loads(result.stdout)
    assert (said["differs"]["gained"], said["differs"]["lost"]) == ([], [])
    assert not any(said["differs"]["changed"].values()), said["differs"]["examples"]
    check(archive, answers)
    assert press_archive_here("verify", archive.root).exit_code == 0


def test_the_next_night_goes_on_from_it_and_a_new_reader_looks_like_no_edit(
    left: tuple[Archive, dict[str, Any]],
) -> None:
    archive, answers = left
    held = [article for article in load_articles() if article.url in answers["ids"]]
    with SampleServer(articles=tuple(held)) as server:
        for url in answers["removed"]:
            server.remove(next(article.path for article in held if article.url == url))
        edited = next(article for article in held if answers["revision_counts"][article.url] == 1)
        server.edit(edited.path, headline="Edited after the upgrade")
        crawl_night(archive.root, server, 20)
    changed = {url for url, count in archive.rows("SELECT url, revision_count FROM articles") if count > 1}
    assert edited.url in changed
    edits = archive.rows("SELECT count(*) FROM revisions WHERE seen_at >= '2026-12'")
    # The fixture's own edit is not on this server: its article reads as it did at first.
    assert edits == [(1 + sum(count > 1 for count in answers["revision_counts"].values()),)]
