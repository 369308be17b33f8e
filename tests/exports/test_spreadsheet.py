"""Excel workbooks, read back by another library: cells as they were, or said to be otherwise."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.exports.fetching import Query
from archive.verbs.export import export
from tests.archive_support import make_archive

HOW = "pip install press-archive[test]"
pytest.importorskip("xlsxwriter", reason=HOW)
openpyxl = pytest.importorskip("openpyxl", reason=HOW)

# After the two checks: it needs the first.
from archive.exports import spreadsheet  # noqa: E402

NUMBER = 2**52 - 1


def written(path: Path, columns: str, rows: list[tuple[object, ...]]) -> tuple[Any, int, dict[str, int]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE TABLE t ({columns})")
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(columns.split(',')))})", rows)
        query = Query("t", "SELECT * FROM t")
        count, notes = spreadsheet.write_xlsx(connection, query, path, lambda rows, size: None)
    return openpyxl.load_workbook(path), count, notes


def cells(book: Any) -> list[tuple[object, ...]]:
    return list(book.active.iter_rows(values_only=True))


def test_numbers_times_and_texts_are_what_they_are(tmp_path: Path) -> None:
    rows = [
        (NUMBER, "2026-02-11T15:30:05+00:00", "=1+1", 812, -1.5),
        (7, "1850-01-01T00:00:00+00:00", "https://x.example", 2**60, None),
        (8, "soon", "  spaced\nlines ", 0, 0.1),
        (9, None, "2026-02-11T15:30:05+00:00", None, 5),
    ]
    book, count, notes = written(tmp_path / "t.xlsx", "id, published_at, headline, word_count, seconds", rows)
    assert count == 4 and notes == {}
    assert cells(book) == [
        ("id", "published_at", "headline", "word_count", "seconds"),
        (str(NUMBER), datetime(2026, 2, 11, 15, 30, 5), "=1+1", 812, -1.5),
        ("7", "1850-01-01T00:00:00+00:00", "https://x.example", str(2**60), None),
        ("8", "soon", "  spaced\nlines ", 0, 0.1),
        ("9", None, "2026-02-11T15:30:05+00:00", None, 5),
    ]
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} == {"s", "n", "d"}, "no formula"
    assert book.active.freeze_panes == "A2" and book.active.auto_filter.ref
    assert not list(book.active._hyperlinks)


def test_what_is_too_long_is_cut_with_a_mark_and_told(tmp_path: Path) -> None:
    rows = [("x" * 32_767,), ("y" * 32_768,), ("😀" * 20_000,)]
    book, count, notes = written(tmp_path / "t.xlsx", "text", rows)
    (fits,), (cut,), (faces,) = cells(book)[1:]
    assert count == 3 and notes == {spreadsheet.CUT: 2}
    assert fits == rows[0][0]
    assert cut.startswith("yyy") and cut.endswith(" [cut: 32,768 characters]") and len(cut) == 32_767
    assert faces.endswith("😀 [cut: 40,000 characters]") and len(faces.encode("utf-16-le")) // 2 <= 32_767


def test_more_rows_than_a_sheet_holds_go_on_on_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 11)
    book, count, _ = written(tmp_path / "t.xlsx", "number", [(number,) for number in range(25)])
    assert count == 25 and book.sheetnames == ["t", "t 2", "t 3"]
    assert [row[0] for sheet in book for row in list(sheet.iter_rows(values_only=True))[1:]] == list(range(25))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20), min_size=1, max_size=20))
def test_every_character_makes_a_workbook_that_opens(tmp_path: Path, texts: list[str]) -> None:
    from openpyxl.utils.escape import unescape

    book, _, notes = written(tmp_path / "t.xlsx", "text", [(text,) for text in texts])
    # Excel's own way of writing what XML cannot hold is _xHHHH_ (ECMA-376, ST_Xstring).
    read = [unescape(row[0].replace("_xFFFE_", "\ufffe").replace("_xFFFF_", "\uffff")) for row in cells(book)[1:]]
    assert [text.replace("\r", "\n") for text in read] == [text.replace("\r", "\n") for text in texts]
    assert notes == {}


def test_lone_surrogates_are_replaced_and_told(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with closing(sqlite3.connect(":memory:")) as connection:
        query = Query("t", "SELECT CAST(x'61EDA08062' AS TEXT) AS a")
        count, notes = spreadsheet.write_xlsx(connection, query, path, lambda rows, size: None)
    assert cells(openpyxl.load_workbook(path))[1] == ("a\ufffdb",)
    assert (count, notes) == (1, {spreadsheet.ODD: 1})


def test_the_verb_writes_a_workbook(tmp_path: Path) -> None:
    root = make_archive(tmp_path / "archive")
    target = tmp_path / "out.xlsx"
    result = CliRunner().invoke(export, ["xlsx", "--root", str(root), "--output", str(target)])
    assert result.exit_code == 0 and "32 rows of article_list" in result.stderr, result.output
    rows = cells(openpyxl.load_workbook(target))
    place = {name: number for number, name in enumerate(rows[0])}
    truce = next(row for row in rows if row[place["slug"]] == "2026/02/a-truce-holds")
    assert truce[place["published_at"]] == datetime(2026, 2, 11, 15, 30, 5)
    assert isinstance(truce[place["word_count"]], int)
