"""List, name and chart pages: sorted, searched, taken away whole, and always the same as the views."""

from __future__ import annotations

import csv
import io
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archive.site import plots
from archive.site.chart_data import CHARTS, chart
from archive.site.listings import LISTINGS
from archive.site.lists import whole
from archive.site.standing import standing
from tests.site.conftest import Reader, text_of


@pytest.mark.parametrize("name", LISTINGS)
def test_a_list_is_its_view_as_csv_and_json(site: Reader, connection: sqlite3.Connection, name: str) -> None:
    cursor = connection.execute(f"SELECT * FROM {LISTINGS[name].view}")
    columns = [column[0] for column in cursor.description]
    expected = sorted(str(dict(zip(columns, row, strict=True))) for row in cursor)
    assert sorted(map(str, site.get(f"/{name}.json").json())) == expected
    assert len(list(csv.DictReader(io.StringIO(site.get(f"/{name}.csv").text)))) == len(expected)


def test_a_list_is_sorted_and_searched_as_asked(site: Reader) -> None:
    def names(query: str) -> list[str]:
        return [text_of(cell) for cell in site.page(f"/authors?{query}").xpath("//tbody/tr/td[1]")]

    rising = names("sort=name&order=asc")
    assert rising == names("sort=name&order=desc")[::-1]
    assert rising.index("Mara Ellingsen") < rising.index("Óscar Peña") < rising.index("Ada Quill")
    assert names("q=oscar") == ["Óscar Peña"] and names("letter=Q") == ["Ada Quill"]
    assert names("sort=nothing&order=up&page=x") == names("")


def test_an_outlet_shows_who_cites_it_and_how(site: Reader) -> None:
    page = site.page("/outlet/courier.example")
    assert "1 article cites it" in text_of(page)
    assert "The Courier reported it." in text_of(page.xpath("//li[@class='quotes']")[0])


def test_each_chart_is_drawn_and_said(site: Reader) -> None:
    page = site.page("/charts")
    for name in CHARTS:
        section = page.xpath(f"//section[@aria-labelledby='{name}']")[0]
        assert section.xpath(".//*[local-name()='svg'][@role='img'][@aria-label]") and section.xpath(".//tbody/tr")
        assert ElementTree.fromstring(site.get(f"/charts/{name}.svg").content).tag == "{http://www.w3.org/2000/svg}svg"
    assert site.get("/charts/nothing.svg").status_code == 404


def test_a_charts_floor_ends_where_its_places_do(site: Reader, connection: sqlite3.Connection) -> None:
    """Beyond the last year a floor would say that nothing was cited in years that have not come yet."""
    years = chart(connection, "outlets")
    assert years and len(years.places) < plots.FEWEST
    section = site.page("/charts").xpath("//section[@aria-labelledby='outlets']")[0]
    floors = section.xpath(".//*[local-name()='line'][@class='floor']/@x2")
    assert floors and {int(x) for x in floors} == {plots.BAR * len(years.places)}


def test_the_data_page_finds_tables_by_word(site: Reader) -> None:
    found = site.page("/data?q=silent").xpath("//details/@id")
    assert "edits" in found and "authors" not in found


def test_what_was_written_is_counted_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (n)")

        def count(counted: sqlite3.Connection) -> int:
            time.sleep(pause)
            return int(counted.execute("SELECT count(*) FROM t").fetchone()[0])

        pause = 0.0
        assert standing(connection, "quick", count) == 0
        connection.execute("INSERT INTO t VALUES (1)")
        connection.commit()
        assert standing(connection, "quick", count) == 1
        pause = 0.16
        assert standing(connection, "slow", count) == 1
        connection.execute("INSERT INTO t VALUES (2)")
        connection.commit()
        # What takes long is shown as it was, and never waited for.
        assert standing(connection, "slow", count) == 1


def test_nobody_reads_a_list_twice(connection: sqlite3.Connection) -> None:
    assert whole(connection, LISTINGS["authors"]) is whole(connection, LISTINGS["authors"])
