"""A teaser of an article that is not free is set aside, and what it shows is said with the reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scraper.extraction.article import extract_article
from scraper.extraction.errors import NotAnArticle
from tests.command import press_archive_here

LEAD = "The harbour board met behind closed doors on Tuesday to decide who pays for the new breakwater."
PAGE = f"""<html lang="en"><head><title>Who pays for the breakwater</title>
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Who pays for the breakwater",
"isAccessibleForFree": false, "datePublished": "2026-03-01T10:00:00Z"}}</script></head>
<body><article><h1>Who pays for the breakwater</h1><p class="dek">A wall, and a bill.</p><p>{LEAD}</p>
<p>It was the third meeting this month, and the first to which nobody had brought a calculator of any kind.</p>
<div class="paywall"><p>Subscribe to continue reading.</p></div></article></body></html>"""


def test_a_teaser_is_set_aside_with_what_it_shows(tmp_path: Path) -> None:
    with pytest.raises(NotAnArticle, match="paywall teaser") as set_aside:
        extract_article(PAGE, "https://news.example/breakwater")
    assert set_aside.value.shown is not None
    assert LEAD in set_aside.value.shown.body_text
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    line = {"id": "1", "file": "page.html", "url": "https://news.example/breakwater"}
    (tmp_path / "manifest.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    result = press_archive_here("extract", "--batch", tmp_path / "manifest.jsonl")
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert (said["error"], said["headline"]) == ("paywall teaser", "Who pays for the breakwater")
