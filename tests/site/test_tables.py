"""Datasette's own pages on an archive: described, faceted, linked, whole."""

from __future__ import annotations

import csv
import html
import io
import json
import sqlite3

import lxml.html
import pytest

from archive.dictionary import TABLES
from archive.site.metadata import metadata
from archive.site.tables import SHOWN
from tests.archive_support import HOSTILE
from tests.site.conftest import Reader, text_of

INTERNAL = ("articles_fts_", "_sqlite_migrations", "sqlite_")


def test_every_table_and_column_is_described_and_no_other(connection: sqlite3.Connection) -> None:
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
    made = {}
    for (name,) in names.fetchall():
        if not name.startswith(INTERNAL):
            # hidden = 1: a virtual table's own column.
            columns = connection.execute("SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 1", [name])
            made[name] = {column for (column,) in columns}
    assert {name: set(table.columns) for name, table in TABLES.items()} == made


def test_descriptions_are_one_line() -> None:
    for name, table in TABLES.items():
        for text in (table.text, *table.columns.values()):
            assert text and "\n" not in text and len(text) <= 120 and text.endswith("."), f"{name}: {text}"


@pytest.mark.parametrize("table", [name for name in TABLES if name != "articles_fts"])
def test_every_table_has_its_page(site: Reader, table: str) -> None:
    response = site.get(f"/archive/{table}")
    assert response.status_code == 200
    assert TABLES[table].text in html.unescape(response.text)
    assert HOSTILE not in response.text


@pytest.mark.parametrize("query", ["_sort=nosuch", "_sort_desc=nosuch", "_sort=slug&_sort_desc=slug"])
@pytest.mark.parametrize("table", ["articles", "article_list", "tags"])
def test_an_order_that_cannot_be_is_the_addresss_fault(site: Reader, table: str, query: str) -> None:
    said = site.get(f"/archive/{table}.json?{query}")
    assert (said.status_code, said.json()["error"][:12]) == (
        400,
        "Cannot sort " if "&" not in query else "Cannot use _",
    )
    assert said.json()["error"] in text_of(site.page(f"/archive/{table}?{query}", 400))


@pytest.mark.parametrize(("table", "more"), [("articles", {"authors"}), ("article_list", set())])
def test_articles_have_facets_on_what_people_ask_for(
    site: Reader, connection: sqlite3.Connection, table: str, more: set[str]
) -> None:
    facets = site.get(f"/archive/{table}.json").json()["facet_results"]
    assert set(facets) == {"section", "type", "year"} | more
    counted = {value["value"]: value["count"] for value in facets["year"]["results"]}
    years = connection.execute("SELECT year, count(*) FROM articles WHERE year IS NOT NULL GROUP BY year")
    assert counted == dict(years.fetchall())


def test_the_author_facet_takes_joint_bylines_apart(site: Reader, connection: sqlite3.Connection) -> None:
    facets = site.get("/archive/articles.json").json()["facet_results"]
    counted = {value["value"]: value["count"] for value in facets["authors"]["results"]}
    names = connection.execute(
        "SELECT p.name, count(*) FROM article_authors x JOIN authors p ON p.id = x.author_id GROUP BY p.id"
    )
    assert counted == dict(names.fetchall())


def test_nothing_is_suggested_and_long_text_is_cut(site: Reader) -> None:
    page = site.page("/archive/articles")
    assert not page.xpath("//*[contains(@class, 'suggested-facets')]")
    assert all(len(text_of(cell)) <= 201 for cell in page.xpath("//td[contains(@class, 'col-body_text')]"))


def test_a_table_page_leads_to_its_csv(site: Reader, connection: sqlite3.Connection) -> None:
    link = site.page("/archive/article_list").xpath("//p[@class='export-links']/a[text()='CSV']/@href")[0]
    rows = list(csv.DictReader(io.StringIO(site.get(link).text)))
    assert len(rows) == connection.execute("SELECT count(*) FROM articles").fetchone()[0]
    assert rows[0]["headline"] == "A truce holds, signed"


def test_slugs_lead_to_our_pages(site: Reader) -> None:
    for path, expected in (
        ("/archive/article_list?slug=2026/02/a-truce-holds", "/article/2026/02/a-truce-holds"),
        ("/archive/authors?slug=oscar-pena", "/author/oscar-pena"),
        ("/archive?sql=select+slug+from+articles+where+slug+=+'undated'", "/article/undated"),
    ):
        links = site.page(path).xpath("//td//a/@href")
        assert expected in links, path
        assert site.get(expected).status_code == 200


def test_a_row_leads_to_its_article_and_names_what_it_points_to(site: Reader, connection: sqlite3.Connection) -> None:
    number = connection.execute("SELECT id FROM articles WHERE slug = 'undated'").fetchone()[0]
    assert "/article/undated" in site.page(f"/archive/articles/{number}").xpath("//td//a/@href")
    assert "A truce holds, signed" in text_of(site.page("/archive/links"))


@pytest.mark.parametrize("table", list(SHOWN))
def test_a_table_shows_what_is_read_first_and_all_when_asked(site: Reader, table: str) -> None:
    page = site.page(f"/archive/{table}")
    assert set(SHOWN[table].split()) <= _columns(page) < set(TABLES[table].columns)
    (more,) = page.xpath("//a[text()='All columns']/@href")
    assert set(TABLES[table].columns) <= _columns(site.page(f"/archive/{table}{more}"))
    every = site.get(f"/archive/{table}.json?_shape=objects").json()["rows"]
    assert not every or set(every[0]) >= set(TABLES[table].columns), "data for programs is always whole"


def _columns(page: lxml.html.HtmlElement) -> set[str]:
    return set(page.xpath("//th/@data-column")) | {"id"} & set(page.xpath("//th//text()"))


def test_every_facet_is_on_an_indexed_column(site: Reader, connection: sqlite3.Connection) -> None:
    for name, said in metadata("archive")["databases"]["archive"]["tables"].items():
        for facet in said.get("facets", []):
            column = facet if isinstance(facet, str) else facet["array"]
            plan = connection.execute(
                f"EXPLAIN QUERY PLAN SELECT {column}, count(*) FROM {name} WHERE {column} IS NOT NULL GROUP BY {column}"
            )
            text = " ".join(row[3] for row in plan)
            assert "INDEX" in text or name in _views(), f"{name}.{column}: {text}"


def test_every_table_has_a_label_or_is_read_by_its_number(site: Reader) -> None:
    tables = metadata("archive")["databases"]["archive"]["tables"]
    labelled = {name for name, said in tables.items() if "label_column" in said}
    for name in labelled:
        assert tables[name]["label_column"] in TABLES[name].columns
    assert {"articles", "authors", "outlets", "images", "snapshots", "links", "notices", "tombstones"} <= labelled
    for name, said in tables.items():
        for order in ("sort", "sort_desc"):
            assert said.get(order) is None or said[order] in TABLES[name].columns


def test_tables_can_be_searched(site: Reader) -> None:
    for table in ("articles", "article_list"):
        found = site.get(f"/archive/{table}.json?_search=zeppelin&_shape=array").json()
        assert {row["headline"] for row in found} == {"The zeppelin ledger", "In passing"}


def test_helper_tables_are_hidden(site: Reader) -> None:
    tables = {table["name"]: table["hidden"] for table in site.get("/archive.json").json()["tables"]}
    hidden = {name for name, is_hidden in tables.items() if is_hidden}
    assert "_sqlite_migrations" in hidden and "articles_fts_data" in hidden
    assert {name for name in TABLES if name in tables} - hidden == set(TABLES) - _views() - {"articles_fts"}


def _views() -> set[str]:
    return {name for name, table in TABLES.items() if table.kind == "reading"}


def test_metadata_is_not_worn_by_use(site: Reader) -> None:
    before = json.dumps(site.datasette.metadata())
    for _ in range(3):
        site.get("/archive/articles")
    assert json.dumps(site.datasette.metadata()) == before
