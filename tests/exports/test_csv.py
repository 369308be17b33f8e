"""CSV: what Python's csv module would write, whole, and harmless to spreadsheets when asked."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.exports.csv import csv_lines, write_csv
from archive.exports.fetching import Query

TABLE = Query("t", "SELECT * FROM t")
# Everything but lone surrogates, which Python cannot bind: they have a test of their own.
TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\x00\",\r\n'=+-@\t; "), max_size=30)
CELLS = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | TEXT


def written(columns: list[str], rows: list[tuple[object, ...]], excel: bool = False) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        names = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
        connection.execute(f"CREATE TABLE t ({names})")
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})", rows)
        return b"".join(data for data, _ in csv_lines(connection, TABLE, excel))


def by_the_csv_module(columns: list[str], rows: list[tuple[object, ...]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([columns, *rows])
    return stream.getvalue().encode()


def read_back(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@given(st.lists(st.tuples(CELLS, CELLS, TEXT), max_size=20))
@example([(None, "", "\r"), ('"', "a\x00b", "x" * 100_000)])
def test_the_bytes_are_the_csv_modules(rows: list[tuple[object, ...]]) -> None:
    columns = ["a", 'odd, "name"', "c"]
    data = written(columns, rows)
    assert data == by_the_csv_module(columns, rows)
    assert read_back(data)[1:] == [["" if cell is None else str(cell) for cell in row] for row in rows]


@given(st.lists(st.tuples(st.none() | TEXT), max_size=5))
def test_rows_of_one_column_are_never_lost(rows: list[tuple[object, ...]]) -> None:
    assert written(["only"], rows) == by_the_csv_module(["only"], rows)


def test_more_rows_than_are_read_at_once_are_all_written() -> None:
    rows = [(number, "x" * (number % 97)) for number in range(1777)]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (i, x)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
        stream = io.BytesIO()
        assert write_csv(connection, TABLE, stream) == len(rows)
    assert stream.getvalue() == by_the_csv_module(["i", "x"], rows)


def test_bytes_that_are_no_utf8_stay_as_they_are() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        # A lone surrogate, as a careless program writes it.
        connection.execute("CREATE TABLE t AS SELECT CAST(x'61EDA08062' AS TEXT) AS a, CAST(x'FF2C' AS TEXT) AS b")
        data = b"".join(data for data, _ in csv_lines(connection, TABLE))
    assert data == b'a,b\r\na\xed\xa0\x80b,"\xff,"\r\n'


DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", '"=1', "'=1", "\u00a0=1", "＝1", "\ufeff@x")
HARMLESS = ("a=1", "1-2", "mail@host", "", "naïve", " spaced", '"quoted"', "5")


def test_no_cell_for_spreadsheets_begins_as_a_formula() -> None:
    rows = read_back(written(["a", "n"], [(text, -3) for text in DANGEROUS + HARMLESS], excel=True))
    assert [row[0] for row in rows[1:]] == ["'" + text for text in DANGEROUS] + list(HARMLESS)
    assert {row[1] for row in rows[1:]} == {"-3"}, "a number is no formula"


@given(st.lists(st.tuples(TEXT, TEXT), max_size=10))
def test_for_spreadsheets_only_apostrophes_are_added(rows: list[tuple[str, str]]) -> None:
    data = written(["=a", "b"], list(rows), excel=True)
    assert data.startswith(b"\xef\xbb\xbf'=a,b\r\n")
    for before, after in zip(rows, read_back(data)[1:], strict=True):
        for cell, shown in zip(before, after, strict=True):
            assert shown in (cell, "'" + cell)
            assert shown[:1] not in tuple("=+-@\t\r\n")


def test_a_query_that_fails_midway_does_not_end_as_if_it_were_whole() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (i)")
        connection.executemany("INSERT INTO t VALUES (?)", [(number,) for number in range(2000)])
        query = Query("t", "SELECT i, CASE i WHEN 1500 THEN abs(-9223372036854775807 - 1) END AS x FROM t")
        with pytest.raises(sqlite3.OperationalError):
            list(csv_lines(connection, query))
