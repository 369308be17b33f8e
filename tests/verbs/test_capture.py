"""`press-archive capture`, through the command and over real HTTP."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from click.testing import CliRunner

from scraper.cli import main
from tests.wordpress_site import FIXTURES, answers, quarterdeck

PAGE = FIXTURES / "several-authors" / "page.html"
PATH = "/2025/04/three-flags-one-hull/"


def read(folder: Path, name: str) -> dict[str, object]:
    return dict(json.loads((folder / name).read_text("utf-8")))


def test_a_page_on_the_web_becomes_a_fixture_that_the_golden_test_can_read(tmp_path: Path) -> None:
    with quarterdeck() as site:
        words = ["capture", "quarterdeck", site.base_url + PATH, "--as", "three-names", "--fixtures", str(tmp_path)]
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.stderr
        assert site.paths == ["/robots.txt", PATH]
    folder = tmp_path / "quarterdeck" / "three-names"
    assert sorted(path.name for path in folder.iterdir()) == ["expected.json", "meta.json", "page.html"]
    assert (folder / "page.html").read_bytes() == PAGE.read_bytes()
    assert read(folder, "expected.json") == answers()[PATH]
    meta = read(folder, "meta.json")
    assert (meta["publication"], meta["shows"]) == ("quarterdeck", "three names")
    assert meta["url"] == answers()[PATH]["url"], "the address on this machine is not the page's own"
    assert "by hand" in result.stdout


def test_a_file_needs_an_address_and_is_not_overwritten_unasked(tmp_path: Path) -> None:
    page = tmp_path / "saved.html.gz"
    page.write_bytes(gzip.compress(b"<html><title>Gone</title><p>Nothing here."))
    words = ["capture", "quarterdeck", str(page), "--as", "nothing", "--fixtures", str(tmp_path)]
    run = CliRunner()
    unnamed = run.invoke(main, words)
    assert (unnamed.exit_code, "--url" in unnamed.stderr) == (2, True)
    words += ["--url", "https://quarterdeck.example/gone/", "--json"]
    written = run.invoke(main, words)
    assert written.exit_code == 0, written.stderr
    folder = Path(json.loads(written.stdout)["folder"])
    assert (folder / "page.html").read_bytes().startswith(b"<html>")
    assert "error" in read(folder, "expected.json")
    (folder / "expected.json").write_text("corrected by hand")
    again = run.invoke(main, words)
    assert (again.exit_code, "--force" in again.stderr) == (2, True)
    assert (folder / "expected.json").read_text() == "corrected by hand"
    assert run.invoke(main, [*words, "--force"]).exit_code == 0
    assert "error" in read(folder, "expected.json")


def test_bad_input_is_one_sentence_and_writes_nothing(tmp_path: Path) -> None:
    with quarterdeck("User-agent: *\nDisallow: /2025/") as site:
        cases = (
            (("quarterdek", str(PAGE), "--as", "x"), 2, "quarterdeck"),
            (("quarterdeck", "none.html", "--as", "x"), 2, "no file none.html"),
            (("quarterdeck", str(PAGE), "--as", "../x"), 2, "--as"),
            (("quarterdeck", str(PAGE), "--as", "x", "--url", "nowhere"), 2, "web address"),
            (("quarterdeck", "https://quarterdeck.example/a/", "--as", "x"), 2, "--contact"),
            (("quarterdeck", f"{site.base_url}/none/", "--as", "x"), 1, "answers 404"),
            (("quarterdeck", site.base_url + PATH, "--as", "x"), 1, "forbidden by robots.txt"),
        )
        for words, status, said in cases:
            result = CliRunner().invoke(
                main, ["capture", *words, "--fixtures", str(tmp_path / "f")], env={"PRESS_ARCHIVE_CONTACT": None}
            )
            assert (result.exit_code, said in result.stderr, result.stderr.count("\n")) == (status, True, 1), words
        assert site.paths == ["/robots.txt", "/none/", "/robots.txt"]
    assert not (tmp_path / "f").exists()
    blocked = tmp_path / "file"
    blocked.write_text("x")
    words = ["capture", "quarterdeck", str(PAGE), "--as", "x", "--fixtures", str(blocked / "below")]
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, "cannot be written" in result.stderr) == (1, True)
