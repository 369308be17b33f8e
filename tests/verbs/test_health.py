"""What a crawl says of itself: a redesign over loopback ends with 3, good rows stay, and the report tells why."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.command import one_sentence, press_archive_forked, press_archive_here
from tests.loopback import LoopbackSite, Served
from tests.wordpress_site import pages, quarterdeck

LATE = next(iter(pages()))
"""An article whose page comes only when a wall stands before it."""
LOST = "lost most of its words, on a night when pages were not as usual"


def crawl(root: Path, site: LoopbackSite, day: int, *words: str | Path) -> tuple[int, dict[str, Any]]:
    command = ("crawl", "quarterdeck", "--root", root, "--base-url", site.base_url, "--mode", "recheck", "--json")
    done = press_archive_forked(*command, *words, PRESS_ARCHIVE_NOW=f"2026-03-{day:02d}T04:00:00+00:00")
    return done.returncode, json.loads(done.stdout)


def rows(root: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(root / "archive.db")) as connection:
        return connection.execute(sql).fetchall()


ARTICLES = "SELECT url, headline, body_text, revision_count FROM articles ORDER BY url"


def shortened(page: bytes) -> bytes:
    """Leave nothing but the first paragraph of the body."""
    text = page.decode()
    body = re.search(r'<div class="entry-content.*?</main>', text, re.DOTALL)
    assert body
    first = re.search(r"<p>.*?</p>", body[0], re.DOTALL)
    assert first
    return text.replace(body[0], f'<div class="entry-content wp-block-post-content">{first[0]}</div></main>').encode()


@pytest.fixture(scope="module")
def redesigned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path, dict[str, Any], list[Any]]]:
    """Crawl a usual night, and one on which every body is but its first paragraph."""
    root, report = tmp_path_factory.mktemp("health") / "a", tmp_path_factory.mktemp("report") / "r"
    with quarterdeck() as site:
        site.pages.pop(LATE)
        status, said = crawl(root, site, 1)
        assert (status, said["alarms"]) == (0, [])
        before = rows(root, ARTICLES)
        site.pages |= {path: Served(shortened(page)) for path, page in pages().items() if path != LATE}
        status, said = crawl(root, site, 2, "--report", report)
        assert status == 3
    yield root, report, said, before


def test_a_redesign_names_the_field_the_selector_and_the_addresses(redesigned: Any) -> None:
    root, _, said, _ = redesigned
    (alarm,) = [each for each in said["alarms"] if each["kind"] == "text"]
    assert (alarm["name"], alarm["layout"]) == ("body_text", "wordpress")
    assert ".entry-content" in alarm["where"]
    assert alarm["first_bad"] in dict(rows(root, "SELECT url, id FROM articles"))
    assert alarm["sentence"] and alarm["chance"] < 0.001
    ((alarms, status),) = rows(root, "SELECT alarms, exit_status FROM crawls ORDER BY id DESC LIMIT 1")
    assert (json.loads(alarms), status) == (said["alarms"], 3)


def test_what_lost_its_body_keeps_its_last_good_revision_and_the_ledger_says_why(redesigned: Any) -> None:
    root, _, _, before = redesigned
    assert rows(root, ARTICLES) == before
    lost = rows(root, "SELECT state, count(*) FROM ledger WHERE reason = '" + LOST + "' GROUP BY 1")
    assert lost and lost[0][0] == "stored" and lost[0][1] >= 3


def test_a_rebuild_gives_the_same_and_keeps_the_log(redesigned: Any) -> None:
    root, _, _, before = redesigned
    ledger = "SELECT url, state, reason, next_check_at FROM ledger ORDER BY url"
    crawls = "SELECT id, exit_status, facts, alarms FROM crawls ORDER BY id"
    held = rows(root, ledger), rows(root, crawls)
    assert press_archive_here("rebuild", "--root", root).exit_code == 0
    assert rows(root, ARTICLES) == before
    assert (rows(root, ledger), rows(root, crawls)) == held


def test_the_report_is_whole_in_itself_and_compares(redesigned: Any) -> None:
    _, folder, said, _ = redesigned
    report = json.loads((folder / "report.json").read_text("utf-8"))
    page = (folder / "report.html").read_text("utf-8")
    assert report["alarms"] == said["alarms"] and len(report["compared_with"]) == 1
    counts = {figure["name"]: figure for figure in report["counts"]}
    assert counts["announced"]["now"] == said["announced"] and counts["announced"]["usual"] is not None
    assert {figure["name"] for figure in report["cost"]} == {"seconds", "bytes", "requests"}
    assert any(figure["name"] == LOST and figure["examples"] for figure in report["reasons"])
    assert {figure["layout"] for figure in report["fields"]} == {"wordpress"}
    assert said["alarms"][0]["first_bad"] in page
    assert "<script" not in page and "<svg" in page
    assert not re.search(r"""(?:src|srcset)=|url\(|@import|<link""", page)
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "report.json"]


def test_walls_overwrite_nothing_and_what_a_person_calls_normal_raises_no_alarm(redesigned: Any) -> None:
    root, before = redesigned[0], redesigned[3]
    wall = Served(
        b"<html><title>Your privacy</title><body><h1>Your privacy</h1><p>We and our partners store and access"
        b" cookies. Accept all or manage your choices.</p></body></html>"
    )
    with quarterdeck() as site:
        site.pages |= dict.fromkeys(pages(), wall)
        status, said = crawl(root, site, 5)
        assert status == 3 and "non-articles" in {alarm["kind"] for alarm in said["alarms"]}
        assert rows(root, ARTICLES) == before
        assert rows(root, f"SELECT state FROM ledger WHERE url LIKE '%{LATE}'") == [("failed",)]
        assert press_archive_here("status", "--root", root, "--accept").exit_code in (0, 3)
        site.pages |= {path: Served(shortened(page)) for path, page in pages().items()}
        status, said = crawl(root, site, 6)
    assert (status, said["alarms"]) == (0, [])
    assert len(rows(root, ARTICLES)) == len(before) + 1
    assert rows(root, "SELECT count(*) FROM articles WHERE revision_count > 1")[0][0] >= 3


def test_a_folder_that_takes_no_report_is_told_before_the_crawl(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with quarterdeck() as site:
        words = ("crawl", "quarterdeck", "--root", tmp_path / "a", "--base-url", site.base_url)
        done = press_archive_here(*words, "--report", tmp_path / "file" / "r")
        assert done.exit_code == 2
        assert "cannot take the report" in one_sentence(done.stderr, done.stdout)
        assert site.asked == [] and not (tmp_path / "a").exists()
