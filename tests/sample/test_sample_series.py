"""The sample publication's two series, its correction and its editor's note, from its pages to the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.decisions import DECISIONS, read_decisions
from archive.root import open_database
from archive.store import Store
from scraper.extraction.article import extract_article
from scraper.publications.sample import PROFILE
from scraper.sample.articles import load_articles
from scraper.sample.site import SampleSite
from tests.archive_support import file_articles

SITE = SampleSite(load_articles())
CHOSEN = [
    article
    for article in SITE.articles
    if ":" in article.headline or any(word in article.body_text for word in ("Correction:", "Editor’s note:"))
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sample")


@pytest.fixture(scope="module")
def store(root: Path) -> Iterator[Store]:
    pages = [(SITE.respond(article.path, "", {}, PROFILE.url).body, article.url) for article in CHOSEN]
    db = open_database(root, write=True)
    store = Store(db, set(PROFILE.hosts))
    file_articles(store, [extract_article(body, url, PROFILE) for body, url in pages], "2026-03-01T04:00:00+00:00")
    yield store
    db.close()


def series(store: Store) -> dict[str, list[int | None]]:
    """Return the parts of every series' articles."""
    found: dict[str, list[int | None]] = {}
    rows = store.connection.execute("SELECT series, series_part FROM article_list WHERE series NOT NULL ORDER BY 1, 2")
    for name, part in rows:
        found.setdefault(name, []).append(part)
    return found


def test_the_series_are_found_with_their_parts(store: Store) -> None:
    store.assign_series()
    assert series(store) == {"Basing Rights": [1, 2, 3], "Sanctions Watch": [None] * 4}


def test_a_decision_renames_one_and_undoes_the_other(store: Store, root: Path) -> None:
    (root / DECISIONS).write_text(
        '{"series": {"prefix": "Sanctions Watch", "name": "On sanctions"}}\n'
        '{"series": {"prefix": "Basing Rights", "name": null}}\n',
        encoding="utf-8",
    )
    store.assign_series(read_decisions(root, "series"))
    assert series(store) == {"On sanctions": [None] * 4}


def test_the_notices_are_found_and_stay_in_the_body(store: Store) -> None:
    rows = store.connection.execute(
        "SELECT a.url, n.kind, n.text, instr(a.body_text, n.text) > 0"
        " FROM notices n JOIN articles a ON a.id = n.article_id ORDER BY n.kind"
    ).fetchall()
    wanted = {
        article.url: line
        for article in CHOSEN
        for line in article.body_text.split("\n")
        if line.startswith(("Correction:", "Editor’s note:"))
    }
    assert {url: text for url, _, text, _ in rows} == wanted
    assert [kind for _, kind, _, _ in rows] == ["correction", "editor's note"]
    assert all(inside for *_, inside in rows)
