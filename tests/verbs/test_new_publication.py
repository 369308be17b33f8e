"""`press-archive new-publication`, through the command and over real HTTP."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner

from scraper.cli import main
from scraper.cms import REBELMOUSE, WORDPRESS
from scraper.discovery.front import System
from scraper.profile import Feed, Profile, Section, Sitemap
from scraper.publications.quarterdeck import PROFILE as QUARTERDECK
from scraper.sample.server import SampleServer
from scraper.stub import write_stub
from scraper.survey import Found, Survey
from tests.loopback import LoopbackSite, Served
from tests.wordpress_site import answers, quarterdeck

ROOT = Path(__file__).parents[2]


def profile_in(path: Path) -> Profile:
    profile = runpy.run_path(str(path))["PROFILE"]
    assert isinstance(profile, Profile)
    return profile


def assert_clean(*paths: Path) -> None:
    for words in (("check",), ("format", "--check")):
        command = [sys.executable, "-m", "ruff", *words, "--config", str(ROOT / "pyproject.toml"), *map(str, paths)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout


def test_the_stub_of_a_wordpress_site_says_what_the_built_in_profile_says(tmp_path: Path) -> None:
    stub = tmp_path / "stub.py"
    with quarterdeck() as site:
        words = ["new-publication", "two-decks", site.base_url, "--output", str(stub)]
        result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.stderr
    profile = profile_in(stub)
    assert profile.name == "two-decks"
    for field in ("title", "url", "hosts", "language", "cards", "layouts", "delay"):
        assert getattr(profile, field) == getattr(QUARTERDECK, field), field
    assert set(profile.sources) == set(QUARTERDECK.sources)
    reasons = {exclusion.reason for exclusion in profile.exclusions}
    assert {"section page", "about page", "machine page"} <= reasons
    assert site.paths[0] == "/robots.txt"
    assert [path for path in site.paths if path in answers()] == [site.paths[-1]], "one article is looked at"
    assert "made with   WordPress" in result.stdout and "in a layout that we know" in result.stdout
    assert "by hand" in result.stdout and "press-archive doctor two-decks" in result.stdout


def test_the_stub_of_a_rebelmouse_site(tmp_path: Path) -> None:
    stub = tmp_path / "stub.py"
    with SampleServer() as server:
        words = ["new-publication", "other-meridian", server.base_url, "--output", str(stub), "--json"]
        result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert (found["system"]["name"], found["layout"], found["remarks"]) == ("RebelMouse", True, [])
    profile = profile_in(stub)
    assert profile.layouts == (REBELMOUSE,)
    assert {Section("/"), Section("/analysis/"), Sitemap("/sitemap.xml"), Feed("/feeds/feed.rss")} <= set(
        profile.sources
    )
    assert not [source for source in profile.sources if source.path.startswith("/r/")], "robots.txt forbids them"


def test_a_bare_site_gives_a_stub_with_remarks(tmp_path: Path) -> None:
    stub = tmp_path / "stub.py"
    pages = {
        "/robots.txt": Served(b"User-agent: *\nCrawl-delay: 0.02\n", "text/plain"),
        "/": Served(b"<html><title>Logbook</title><nav><a href=/voyages/>v</a></nav><main><p>Hello"),
    }
    with LoopbackSite(pages) as site:
        result = CliRunner().invoke(main, ["new-publication", "logbook", site.base_url, "--output", str(stub)])
    assert result.exit_code == 0, result.stderr
    profile = profile_in(stub)
    assert (profile.title, profile.layouts, profile.sources) == ("Logbook", (), (Section("/"), Section("/voyages/")))
    for missing in ("neither RebelMouse nor WordPress", "no sitemap", "no feed", "no article"):
        assert missing in result.stdout


def test_stubs_are_clean_whatever_a_site_calls_itself(tmp_path: Path) -> None:
    usual = Survey(
        url="https://a.example",
        hosts=("a.example", "www.a.example"),
        title="A",
        language="en",
        system=System("WordPress", ("generator",)),
        delay=0.0,
        sections=("/one/", "/two-parts/b/"),
        beside=("/about/",),
        sitemaps=(Found("/sitemap.xml", 3),),
        feeds=(Found("/feed/", 2), Found("/?feed=rss2", 2)),
        article=None,
        layout=True,
    )
    hostile = '""" + __import__("os").system("touch owned") # \\ \u202e\n'
    surveys = (
        usual,
        replace(usual, system=None, title=hostile, sections=('/a"b/', "/ü'/", "/x\\"), delay=9.5),
        replace(usual, sections=(), beside=(), sitemaps=(), feeds=(), title='It\'s "so"'),
        replace(usual, system=System("RebelMouse", ()), language=None, title="’", feeds=()),
    )
    paths = []
    for number, survey in enumerate(surveys):
        path = tmp_path / f"stub_{number}.py"
        path.write_text(write_stub("a-name", survey), "utf-8")
        profile = profile_in(path)
        assert profile.title == survey.title[:60].strip()
        assert {source.path for source in profile.sources if isinstance(source, Section)} == {"/", *survey.sections}
        assert profile.delay == max(2.0, survey.delay)
        paths.append(path)
    assert profile_in(paths[0]).layouts == (WORDPRESS,)
    assert_clean(*paths)


def test_bad_input_is_one_sentence_and_writes_nothing(tmp_path: Path) -> None:
    stub = tmp_path / "stub.py"
    with LoopbackSite({"/": Served(status=302, headers={"Location": "https://moved.example/"})}) as site:
        for words, status, said in (
            (("Bad Name", site.base_url, "--output", str(stub)), 2, "names no publication"),
            (("class", site.base_url, "--output", str(stub)), 2, "names no publication"),
            (("sample", site.base_url), 2, "is there already"),
            (("new", "nowhere", "--output", str(stub)), 2, "web address"),
            (("new", "https://a.example", "--output", str(stub)), 2, "--contact"),
            (("new", site.base_url, "--output", str(stub)), 1, "https://moved.example/"),
        ):
            result = CliRunner().invoke(main, ["new-publication", *words], env={"PRESS_ARCHIVE_CONTACT": None})
            assert (result.exit_code, said in result.stderr, result.stderr.count("\n")) == (status, True, 1), words
    assert not stub.exists()
