"""Writes a query's rows as an Excel workbook; XlsxWriter is an extra. Must not be imported without it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from archive import clock
from archive.exports.fetching import Query, batches, columns_of, text

LONGEST_CELL = 32_767
"""UTF-16 units (Microsoft, Excel specifications and limits)."""
MOST_ROWS = 1_048_576
_MOST_DIGITS = 15
_WIDTHS = {"id": 18, "number": 11, "moment": 19, "text": 24}
_MOMENT = re.compile(r"(?:19|[2-9]\d)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")
_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
CUT = "cells were longer than the 32,767 characters that Excel holds, and are cut with a mark; csv has them whole"
ODD = "cells held characters that Unicode has no place for, written as U+FFFD"


@dataclass(slots=True)
class Sheets:
    """A workbook being written: one sheet after the other, each to its last row."""

    book: Workbook
    name: str
    columns: list[str]
    notes: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    _sheet: Worksheet | None = None
    _line: int = MOST_ROWS
    _count: int = 0
    _head: Format | None = None
    _moment: Format | None = None

    def write(self, row: tuple[bytes | int | float | None, ...]) -> None:
        """Write one row, on a new sheet when the last one is full."""
        if self._line >= MOST_ROWS:
            self.begin_sheet()
        for place, (column, cell) in enumerate(zip(self.columns, row, strict=True)):
            self._write(place, column, cell)
        self._line += 1
        self.rows += 1

    def begin_sheet(self) -> None:
        """Begin a sheet with the names of the columns, which stay in sight and can be filtered."""
        self._count += 1
        self._head = self._head or self.book.add_format({"bold": True, "bottom": 1})
        self._moment = self._moment or self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        name = _FORBIDDEN_IN_NAMES.sub("_", self.name)[:26] + (f" {self._count}" if self._count > 1 else "")
        self._sheet = self.book.add_worksheet(name)
        for place, column in enumerate(self.columns):
            self._sheet.set_column(place, place, _WIDTHS[_kind(column)])
            self._sheet.write_string(0, place, column, self._head)
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(0, 0, MOST_ROWS - 1, len(self.columns) - 1)
        self._line = 1

    def _write(self, place: int, column: str, cell: bytes | int | float | None) -> None:
        assert self._sheet is not None
        if cell is None:
            return
        if isinstance(cell, bytes):
            self._write_text(place, column, text(cell))
        elif _kind(column) == "id" or abs(cell) >= 10**_MOST_DIGITS:
            # Excel keeps 15 digits of a number, and shows other digits after them.
            self._sheet.write_string(self._line, place, str(cell))
        else:
            self._sheet.write_number(self._line, place, cell)

    def _write_text(self, place: int, column: str, value: str) -> None:
        assert self._sheet is not None
        if _kind(column) == "moment" and _MOMENT.fullmatch(value):
            moment = datetime.fromisoformat(value).replace(tzinfo=None)
            self._sheet.write_datetime(self._line, place, moment, self._moment)
            return
        fitting = self._fitting(value)
        # An empty text is nothing to XlsxWriter; write_string takes what begins with = as text.
        self._sheet.write_string(self._line, place, fitting)

    def _fitting(self, value: str) -> str:
        encoded = value.encode("utf-16-le", "surrogatepass")
        sound = encoded.decode("utf-16-le", "replace")
        if sound != value:
            self.notes[ODD] = self.notes.get(ODD, 0) + 1
        if len(encoded) <= 2 * LONGEST_CELL:
            return sound
        self.notes[CUT] = self.notes.get(CUT, 0) + 1
        mark = f" [cut: {len(encoded) // 2:,} characters]"
        return encoded[: 2 * (LONGEST_CELL - len(mark))].decode("utf-16-le", "ignore") + mark


def _kind(column: str) -> str:
    if column == "id" or column.endswith("_id"):
        return "id"
    if column == "at" or column.endswith("_at"):
        return "moment"
    return "number" if column.endswith(("count", "number", "part")) else "text"


def write_xlsx(
    connection: Connection, query: Query, path: Path, watch: Callable[[int, int], None]
) -> tuple[int, dict[str, int]]:
    """Write every row of a query to a workbook; return how many there were, and how often which cell had to be changed.

    Numbers are numbers and times are dates, in UTC; identifiers, which have more digits than Excel keeps, are text, and
    so is whatever begins like a formula. More rows than a sheet holds go on on the next. Memory stays flat: XlsxWriter
    writes each row away (constant_memory). Raises OSError.
    """
    options = {"constant_memory": True, "tmpdir": str(path.parent), "use_zip64": True, "nan_inf_to_errors": True}
    with Workbook(str(path), options) as book:
        book.set_properties({"title": query.name, "created": clock.now().replace(tzinfo=None)})
        sheets = Sheets(book, query.name, columns_of(connection, query))
        sheets.begin_sheet()
        for rows in batches(connection, query):
            for row in rows:
                sheets.write(row)
            watch(sheets.rows, 0)
    return sheets.rows, sheets.notes
