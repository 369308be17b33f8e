"""The questions that researchers ask: each runs, empty and asked, and answers what its name says."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from archive.root import open_database
from archive.site.canned import QUERIES
from tests.site.conftest import Reader, opened, text_of

ARTICLE = "(SELECT id FROM articles WHERE slug = '2026/02/a-truce-holds')"
# What the test archive has nothing of: one row each, as the store writes them.
ROWS = (
    f"UPDATE revisions SET kind = 'substantive', silent = 1 WHERE article_id = {ARTICLE} AND number = 2",
    f"INSERT INTO notices VALUES (1, {ARTICLE}, 'correction', 'An earlier text misspelt Ostrava.', 1)",
    f"INSERT INTO tombstones VALUES (1, {ARTICLE}, 'https://review.example/x', 'HTTP 404', '[]',"
    " '2026-03-05T04:00:00+00:00', NULL)",
    "INSERT INTO series VALUES (1, 'Borders', 'borders')",
    f"UPDATE articles SET series_id = 1, series_part = 1 WHERE id = {ARTICLE}",
    f"INSERT INTO attributions SELECT 1, {ARTICLE}, id, 'The Courier', 'The Courier said so.', 1, 'OUTLET said'"
    " FROM outlets WHERE host = 'courier.example'",
)


@pytest.fixture(scope="module")
def full(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    copy = shutil.copytree(root, tmp_path_factory.mktemp("canned") / "archive")
    with closing(open_database(copy, write=True)) as db:
        for row in ROWS:
            db.execute(row)
    yield from opened(copy / "archive.db")


def asked(site: Reader, name: str, **params: str) -> list[dict[str, object]]:
    answer = site.get(f"/archive/{name}.json?{urlencode({'_shape': 'objects', **params})}").json()
    assert answer["ok"], answer
    return list(answer["rows"])


@pytest.mark.parametrize("name", list(QUERIES))
def test_a_question_left_empty_has_an_answer(full: Reader, name: str) -> None:
    assert asked(full, name)
    page = full.page(f"/archive/{name}")
    assert QUERIES[name].title in text_of(page) and QUERIES[name].description in text_of(page)
    fields = set(page.xpath("//form//input[@type='text']/@name"))
    assert fields == set(re.findall(r":(\w+)", QUERIES[name].sql))
    for field in fields:
        assert f"{field}:" in QUERIES[name].description, "what is left empty is said"


def test_the_questions_are_listed_under_the_tables(full: Reader) -> None:
    page = text_of(full.page("/archive"))
    assert all(query.title in page for query in QUERIES.values())


@pytest.mark.parametrize(
    ("name", "params", "column", "expected"),
    [
        ("most_cited_outlets_by_year", {"year": "2026"}, "host", {"courier.example"}),
        ("articles_by_author_that_mention", {"author": "mara ellingsen", "words": "ceasefire held"}, "slug",
         {"2026/02/a-truce-holds"}),
        ("articles_by_author_that_mention", {"author": "Ada Quill", "words": "ceasefire held"}, "slug", set()),
        ("articles_by_author_that_mention", {"words": '" OR NOT ('}, "slug", set()),
        ("silent_edits", {"kind": "substantive"}, "number", {2}),
        ("silent_edits", {"kind": "typo"}, "number", set()),
        ("who_photographs_for_us", {"kind": "agency"}, "name", {"Harbour Pictures"}),
        ("what_cites_an_outlet", {"outlet": "the courier"}, "sentence", {"The Courier reported it."}),
        ("how_often_is_it_mentioned", {"words": "zeppelin"}, "articles", {0, 2}),
        ("corrections", {"kind": "correction"}, "text", {"An earlier text misspelt Ostrava."}),
        ("taken_down", {}, "reason", {"HTTP 404"}),
        ("authors_by_year", {"year": "2026"}, "name", {"Mara Ellingsen", "Óscar Peña"}),
        ("series_in_order", {"series": "borders"}, "headline", {"A truce holds, signed"}),
        ("most_cited_own_articles", {"year": "2021"}, "slug", {"2021/02/matter-1"}),
        ("sources_named_without_a_link", {}, "name", {"The Courier"}),
        ("length_by_section_and_year", {"section": "Asia"}, "section", {"Asia"}),
        ("what_is_missing", {"state": "excluded"}, "reason", {"not an article: about page"}),
    ],
)  # fmt: skip
def test_a_question_is_answered(
    full: Reader, name: str, params: dict[str, str], column: str, expected: set[object]
) -> None:
    assert {row[column] for row in asked(full, name, **params)} == expected


def test_answers_lead_to_articles_and_come_as_whole_csv(full: Reader) -> None:
    assert "/article/2026/02/a-truce-holds" in full.page("/archive/silent_edits").xpath("//td//a/@href")
    answer = full.get("/archive/authors_by_year.csv?year=2026&_size=max")
    assert answer.headers["x-rows"] == "2"
    assert [row["name"] for row in csv.DictReader(io.StringIO(answer.text))] == ["Mara Ellingsen", "Óscar Peña"]


def test_no_question_writes(root: Path) -> None:
    with closing(sqlite3.connect(f"file:{root}/archive.db?mode=ro", uri=True)) as connection:
        for query in QUERIES.values():
            names = re.findall(r":(\w+)", query.sql)
            connection.execute(query.sql, dict.fromkeys(names, "x")).fetchall()
