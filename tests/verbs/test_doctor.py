"""`press-archive doctor`, through the command and over real HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scraper.cli import main
from tests.loopback import LoopbackSite, Served
from tests.wordpress_site import answers, quarterdeck


def report(site: LoopbackSite, *words: str, status: int) -> dict[str, Any]:
    result = CliRunner().invoke(main, ["doctor", "quarterdeck", "--base-url", site.base_url, "--json", *words])
    assert result.exit_code == status, result.output
    found = json.loads(result.stdout)
    assert found["exit_status"] == status
    return dict(found)


def test_a_healthy_site_is_reported_whole_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with quarterdeck("User-agent: *\nDisallow: /2025/02/\nCrawl-delay: 0.03\n") as site:
        found = report(site, status=0)
    assert list(tmp_path.iterdir()) == []
    assert (found["robots"]["crawl_delay"], found["robots"]["delay"]) == (0.03, 0.03)
    assert "Disallow: /2025/02/" in found["robots"]["rules"]
    paths = list(answers())
    allowed = [path for path in paths if not path.startswith("/2025/02/")]
    assert (found["announced"], found["excluded"], found["forbidden"]) == (len(paths) + 1, 1, 1)
    assert found["layouts"] == {"wordpress": len(allowed)}
    expected = [answers()[path] for path in allowed]
    for field in ("headline", "dek", "type", "section", "published_at", "related", "tags"):
        assert found["fields"][field] == sum(bool(answer[field]) for answer in expected), field
    lines = sum(image["credit_line"] is not None for answer in expected for image in answer["images"])
    assert len(found["credits"]) == lines
    assert {"line": "AP Photo/Lena Marsh", "photographers": ["Lena Marsh"], "agencies": ["AP"], "licence": None} in (
        found["credits"]
    )
    sizes = {source["path"]: source["size"] for source in found["sources"]}
    assert (sizes["/sitemap_index.xml"], sizes["/feed/"]) == (len(paths), 3)
    estimate = found["estimate"]
    assert estimate["articles"] == len(allowed)
    assert estimate["seconds"] == pytest.approx(estimate["requests"] * 0.03, abs=0.1)
    assert site.paths[0] == "/robots.txt" and len(site.paths) == estimate["requests"]
    assert not [path for path in site.paths if path.startswith("/2025/02/")]


def test_pages_are_chosen_over_the_whole_list() -> None:
    with quarterdeck() as site:
        found = report(site, "--pages", "2", status=0)
    assert len(found["pages"]) == 2
    asked = [path for path in site.paths if path in answers()]
    paths = list(answers())
    assert asked == [paths[0], paths[len(paths) // 2]]


def test_what_needs_a_person_is_named() -> None:
    with quarterdeck() as site:
        first, second, *_ = answers()
        site.pages["/category/crews/"] = Served(status=404)
        site.pages["/category/salvage/"] = Served(b"<html><body><h1>Salvage</h1>")
        site.pages["/page-sitemap.xml"] = Served(b"<html>")
        site.pages["/feed/"] = Served(b"no feed")
        site.pages[first] = Served(status=500)
        site.pages[second] = Served(b"<html><title>Index</title><body><p>Come in.")
        said = report(site, status=3)["look"]
    for sentence in (
        "source /category/crews/ answers 404",
        "source /category/salvage/ names no address: look at the profile's cards",
        "source /sitemap_index.xml names a sitemap that is no sitemap",
        "source /feed/ is no feed",
        f"https://quarterdeck.example{first} answers 500",
        f"https://quarterdeck.example{second} is not an article",
    ):
        assert [line for line in said if line.startswith(sentence)], (sentence, said)


def test_a_new_design_shows_as_an_unknown_layout_and_a_lost_field() -> None:
    with quarterdeck() as site:
        for path in answers():
            body = site.pages[path].body
            site.pages[path] = Served(body.replace(b"single-post", b"entry").replace(b" single ", b" "))
        unknown = report(site, status=3)
        assert set(unknown["layouts"]) == {"generic"}
        assert [line for line in unknown["look"] if line.startswith("no layout was recognised on 7 of 7 pages")]
    with quarterdeck() as site:
        for path in answers():
            body = site.pages[path].body
            site.pages[path] = Served(body.replace(b"taxonomy-post_tag", b"topics").replace(b"tags-links", b"topics"))
            site.pages[path] = Served(site.pages[path].body.replace(b'"keywords"', b'"about"'))
        lost = report(site, status=3)
    assert lost["look"] == ["tags was found on none of 7 pages: look at the layout's selectors"]


def test_a_publication_that_we_serve_ourselves_is_well_and_the_card_says_so() -> None:
    result = CliRunner().invoke(main, ["doctor", "sample"])
    assert result.exit_code == 0, result.output
    for word in ("robots.txt of http://127.0.0.1", "/feeds/feed.rss", "rebelmouse:", "credit_line", "A full crawl:"):
        assert word in result.output
    assert result.output.rstrip().endswith("All is well.")


def test_bad_input_is_one_sentence() -> None:
    for words, status, said in (
        (("quarterdek",), 2, "quarterdeck"),
        (("quarterdeck",), 2, "--contact"),
        (("quarterdeck", "--base-url", "nowhere"), 2, "web address"),
        (("quarterdeck", "--base-url", "http://127.0.0.1:9"), 1, "try again later"),
    ):
        result = CliRunner().invoke(main, ["doctor", *words], env={"PRESS_ARCHIVE_CONTACT": None})
        assert (result.exit_code, said in result.stderr, result.stderr.count("\n")) == (status, True, 1), words


@pytest.mark.parametrize("verb", ["capture", "new-publication", "doctor"])
def test_help_has_an_example(verb: str) -> None:
    result = CliRunner().invoke(main, [verb, "--help"], prog_name="press-archive")
    assert result.exit_code == 0
    assert "Example" in result.output and f"press-archive {verb} " in result.output
