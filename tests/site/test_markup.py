"""Cleaning bodies, marking hits, laying out charts."""

from __future__ import annotations

import re

import pytest

from archive.site.charts import BAR, LONGEST, gaps, month_chart
from archive.site.markup import clean_body, marked, web_address
from archive.site.results import MARK, UNMARK

BASE = "https://review.example/2026/a/"


TRACES = (
    *("<script", "<img", "<iframe", "<style", "<form", "<input", "<template", "<meta", "<base", "<svg", "<math"),
    *("onclick", "onerror", "onload", "style=", "id=", "class=", "javascript:", "data:"),
)


def cleaned(body: str, paths: dict[str, str] | None = None) -> str:
    return str(clean_body(body, BASE, paths or {}, lambda slug: f"/article/{slug}"))


@pytest.mark.parametrize(
    "body",
    [
        "<script>x</script>",
        "<p onclick=x>y</p>",
        "<img src=x onerror=y>",
        "<svg onload=x><a href=javascript:y>z</a></svg>",
        "<iframe src=//x></iframe>",
        "<style>p{}</style>",
        "<p style='color:red'>x</p>",
        "<a href='&#106;avascript:x'>y</a>",
        "<a href=' javascript:x'>y</a>",
        "<a href='data:text/html,x'>y</a>",
        "<form action=//x><input name=q></form>",
        "<math><mtext><table><mglyph><style><img src=x onerror=y>",
        "<template><p>x</p></template>",
        "<meta http-equiv=refresh content=0>",
        "<base href=//x>",
        "<p id=main class=skip>x</p>",
    ],
)
def test_nothing_that_runs_loads_or_dresses_is_left(body: str) -> None:
    text = cleaned(body).lower()
    for trace in TRACES:
        assert trace not in text, text


def test_the_text_of_an_article_stays() -> None:
    body = "<h2>Head</h2><p>One <em>two</em><br>three</p><ul><li>four</li></ul><blockquote><p>five</p></blockquote>"
    assert cleaned(body) == body


def test_links_are_resolved_kept_apart_and_turned_inwards() -> None:
    body = '<p><a href="/b/">b</a> <a href="../c">c</a> <a href="https://x.example/?a=1&amp;b=2">x</a></p>'
    rel = ' rel="noopener noreferrer nofollow"'
    assert cleaned(body, {"https://review.example/b/": "b"}) == (
        f'<p><a href="/article/b"{rel}>b</a> <a href="https://review.example/2026/c"{rel}>c</a>'
        f' <a href="https://x.example/?a=1&amp;b=2"{rel}>x</a></p>'
    )


def test_marks_in_the_text_itself_do_no_harm() -> None:
    assert marked(f"{MARK}<b>{UNMARK} & {UNMARK}{MARK}x") == "<mark>&lt;b&gt;</mark> &amp; x"
    assert marked(None) == ""


@pytest.mark.parametrize(
    "url", ["javascript:x", "data:x", "/path", "//host", "ftp://x/", "", None, "http://", "http://["]
)
def test_only_web_addresses_are_linked(url: str | None) -> None:
    assert web_address(url) is None


def test_a_chart_shows_gaps() -> None:
    counts = {"2023-11": 2, "2024-02": 4}
    chart = month_chart(counts)
    assert chart
    assert re.findall(r"M(\d+) 100v-(\d+)", chart.bars) == [("1", "50"), ("31", "100")]
    assert re.findall(r"M(\d+) ", chart.gaps) == ["10", "20"]
    assert [(year.name, year.x, year.width, year.count) for year in chart.years] == [
        ("2023", 0, 20, 2),
        ("2024", 20, 20, 4),
    ]
    assert gaps(counts) == ["2023-12", "2024-01"]


def test_a_date_that_cannot_be_does_not_stretch_a_chart() -> None:
    chart = month_chart({"0001-01": 1, "2024-02": 4, "garbage": 9, "2024-13": 1})
    assert chart and chart.width == LONGEST * BAR and chart.last == "2024-02"
