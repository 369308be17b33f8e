"""Hostile texts in every column, in a real browser: nothing runs, and nothing is asked of another host.

`python -m tests.benchmarks.hostile_site` visits every kind of page.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.archive_support import make_archive
from tests.browser import CHROMIUM, MISSING, Browser
from tests.hostile import payloads, poison

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)
PAGES = (
    "/", "/search?q=matter", "/outlets", "/edits", "/tags", "/data", "/archive/article_list?_size=40",
    "/archive/articles", "/archive/links", "/archive/articles.json?_size=max", "/archive/revisions",
    "/archive/related_stories",
    f"/search?q={quote(payloads()[1])}", f"/article/{quote(payloads()[3])}",
    f"/archive?sql={quote('select headline, body_html, url, byline from articles')}",
    f"/archive?sql={quote(payloads()[1])}",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = make_archive(tmp_path_factory.mktemp("hostile") / "archive")
    assert poison(root) > len(payloads()) > 100
    command = [
        sys.executable,
        "-c",
        "from archive.verbs.serve import serve; serve()",
        "--root",
        str(root),
        "--port",
        "0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process.stdout.readline().strip().rstrip("/")
        process.terminate()


def test_the_browser_notices_what_runs_and_what_is_asked_for(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "control.html"
    page.write_text(f"<!DOCTYPE html>{''.join(payloads()[:110])}", encoding="utf-8")
    visit = browser.visit(page.as_uri(), settle_s=0.3)
    assert visit.ran and any("evil.example" in url for url in visit.outside)
    browser.visit("about:blank")


def test_nothing_runs_and_nothing_is_asked_of_others(browser: Browser, address: str) -> None:
    for path in PAGES:
        visit = browser.visit(address + path)
        assert (visit.ran, visit.outside) == ([], []), path
        assert "'self'" in visit.policy.partition("script-src")[2], path


def test_datasettes_own_scripts_still_run(browser: Browser, address: str) -> None:
    browser.visit(f"{address}/archive?sql=select+1")
    assert browser.run("document.querySelectorAll('.CodeMirror').length") == 1
    browser.visit(f"{address}/archive/sections")
    assert browser.run("typeof DATASETTE_ALLOW_FACET") == "boolean"
