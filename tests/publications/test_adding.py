"""Adding a publication changes no other file: shown on a copy of the program that has never heard of one."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.command import press_archive
from tests.wordpress_site import FIXTURES, FOLDERS, SITE, answers, quarterdeck

ROOT = Path(__file__).parents[2]
MODULE = Path("scraper/publications/quarterdeck.py")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Copy the program without The Quarterdeck."""
    for package in ("scraper", "archive"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns(f"{MODULE.stem}.*"))
    return tmp_path


def files(program: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(program)): path.read_bytes()
        for package in ("scraper", "archive")
        for path in sorted((program / package).rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def names(program: Path) -> list[str]:
    code = "import json, scraper.publications as p; print(json.dumps([p.__file__, p.names()]))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=program)
    place, found = json.loads(result.stdout)
    assert Path(place).is_relative_to(program), "the copy is what runs"
    return list(found)


def test_a_module_and_fixtures_are_all_that_a_publication_needs(program: Path) -> None:
    before = files(program)
    assert [name for name, content in before.items() if b"quarterdeck" in content.lower()] == []
    assert not (program / MODULE).exists()

    shutil.copy(ROOT / MODULE, program / MODULE)
    shutil.copytree(FIXTURES, program / "tests" / "fixtures" / "quarterdeck")
    assert "quarterdeck" in names(program)
    assert_fixtures_are_read(program)
    assert_site_is_crawled(program)
    assert set(files(program).items()) - set(before.items()) == {(str(MODULE), (ROOT / MODULE).read_bytes())}


def assert_fixtures_are_read(program: Path) -> None:
    fixtures = program / "tests" / "fixtures" / "quarterdeck"
    rows = [
        {
            "id": folder.name,
            "file": f"{folder.name}/page.html",
            "url": json.loads((folder / "meta.json").read_text())["url"],
        }
        for folder in FOLDERS
    ]
    (fixtures / "manifest.jsonl").write_text("\n".join(map(json.dumps, rows)))
    result = press_archive(
        "extract", "--publication", "quarterdeck", "--batch", fixtures / "manifest.jsonl", cwd=program
    )
    assert result.returncode == 0, result.stderr
    for line in result.stdout.splitlines():
        read = json.loads(line)
        expected = json.loads((fixtures / read.pop("id") / "expected.json").read_text("utf-8"))
        assert ("error" in read) == ("error" in expected)
        assert "error" in expected or read == expected


def assert_site_is_crawled(program: Path) -> None:
    with quarterdeck() as site:
        words = ("crawl", "quarterdeck", "--base-url", site.base_url, "--root", "archive-of-it", "--json")
        result = press_archive(*words, cwd=program)
    assert result.returncode == 0, result.stdout + result.stderr
    connection = sqlite3.connect(program / "archive-of-it" / "archive.db")
    try:
        rows = connection.execute("SELECT url, headline, section, byline, layout FROM articles").fetchall()
        reasons = connection.execute("SELECT url, reason FROM ledger WHERE state != 'stored'").fetchall()
    finally:
        connection.close()
    assert {urlsplit(url).path: tuple(fields) for url, *fields in rows} == {
        path: (answer["headline"], answer["section"], answer["byline"], "wordpress")
        for path, answer in answers().items()
    }
    assert reasons == [(f"{SITE}/about/", "about page")]
