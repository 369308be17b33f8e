"""Every fixture page is read as its answer says: one test a field. `--update-golden` writes the answers anew.

A fixture is a folder `PUBLICATION/WHAT-IT-SHOWS` with `page.html`, `meta.json` (publication, url) and `expected.json`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scraper import publications
from scraper.extraction.article import extract_article
from scraper.extraction.errors import NotAnArticle
from scraper.extraction.record import record_of

FIXTURES = Path(__file__).parents[1] / "fixtures"
FOLDERS = {str(path.parent.relative_to(FIXTURES)): path.parent for path in sorted(FIXTURES.glob("*/*/page.html"))}


@cache
def expected(name: str) -> dict[str, Any]:
    """Return a fixture's answer."""
    return dict(json.loads((FOLDERS[name] / "expected.json").read_text("utf-8")))


@cache
def read(name: str) -> dict[str, Any]:
    """Read a fixture's page as the crawl does."""
    folder = FOLDERS[name]
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    try:
        article = extract_article(
            (folder / "page.html").read_bytes(), meta["url"], publications.load(meta["publication"])
        )
    except NotAnArticle as error:
        return {"error": error.reason}
    return record_of(article)


@pytest.fixture(scope="module", autouse=True)
def updated(request: pytest.FixtureRequest) -> None:
    """Write the answers anew when asked to: read the diff before keeping it."""
    if request.config.getoption("--update-golden"):
        for name, folder in FOLDERS.items():
            text = json.dumps(read(name), ensure_ascii=False, indent=2)
            (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
        expected.cache_clear()


@pytest.mark.parametrize(("name", "field"), [(name, field) for name in FOLDERS for field in expected(name)])
def test_field(name: str, field: str) -> None:
    """The field is read as the answer says."""
    assert read(name).get(field) == expected(name)[field]


@pytest.mark.parametrize("name", FOLDERS)
def test_no_other_field(name: str) -> None:
    """The answer speaks of every field, so that a new one cannot go unseen."""
    assert set(read(name)) == set(expected(name))
