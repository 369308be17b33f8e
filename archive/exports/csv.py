"""Writes a query's rows as CSV, whole and batch by batch. Must not choose where the file goes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from sqlite3 import Connection
from typing import BinaryIO, cast

from archive.exports.fetching import Cell, Query, Row, batches, columns_of, write_pieces

BOM = b"\xef\xbb\xbf"
_END = b"\r\n"
# What spreadsheets skip before they look for a formula: white space, quotation marks, invisible characters.
_SKIPPED = rb"(?:[\x00-\x20\"'`]|\xc2\xa0|\xe2\x80[\x80-\x9f\xa8-\xaf]|\xe2\x81\xa0|\xe3\x80\x80|\xef\xbb\xbf)*"
_FORMULA = re.compile(rb"[\t\r\n]|" + _SKIPPED + rb"(?:[=+\-@]|\xef\xbc[\x8b\x8d\x9d\xa0])")


def write_csv(connection: Connection, query: Query, stream: BinaryIO) -> int:
    """Write all of a query's rows to a stream, exact; return how many there were. Raises OSError."""
    return write_pieces(csv_lines(connection, query), stream)


def csv_lines(connection: Connection, query: Query, excel: bool = False) -> Iterator[tuple[bytes, int]]:
    """Give a query's rows as CSV, piece by piece: the bytes, and how many rows are in them; first the column names.

    The bytes are what Python's csv module writes by default (RFC 4180: CRLF, quotation marks where they are needed,
    NULL as an empty cell), at several times its speed: a column is searched at once for what must be quoted. `excel`
    puts UTF-8's byte order mark first and an apostrophe before every text that a spreadsheet would take for a formula
    (OWASP, CSV Injection: = + - @, tab, CR, LF, their full-width forms, also after white space and quotation marks).
    """
    names = [name.encode() for name in columns_of(connection, query)]
    head = [_cells([name], excel)[0] for name in names]
    yield (BOM if excel else b"") + b",".join(head) + _END, 0
    for rows in batches(connection, query):
        yield _lines(rows, excel), len(rows)


def _lines(rows: Sequence[Row], excel: bool) -> bytes:
    columns = [_cells(column, excel) for column in zip(*rows, strict=True)]
    if len(columns) == 1:
        # A line with nothing in it would be no row.
        columns = [[cell or b'""' for cell in columns[0]]]
    return _END.join(map(b",".join, zip(*columns, strict=True))) + _END


def _cells(column: Sequence[Cell], excel: bool) -> Sequence[bytes]:
    """Write one column's cells; what is rare is asked of all at once, for a call a cell costs more than the rest."""
    if excel:
        column = [_harmless(cell) if isinstance(cell, bytes) else cell for cell in column]
    written, together = _joined(column)
    if b'"' in together:
        return [_quoted(cell) for cell in written]
    if b"," in together or b"\n" in together or b"\r" in together:
        return [b'"%b"' % cell if b"," in cell or b"\n" in cell or b"\r" in cell else cell for cell in written]
    return written


def _joined(column: Sequence[Cell]) -> tuple[Sequence[bytes], bytes]:
    """Return a column's cells as bytes, and all of them together."""
    try:
        texts = cast(Sequence[bytes], column)
        return texts, b"".join(texts)
    except TypeError:
        texts = [cell if type(cell) is bytes else b"" if cell is None else str(cell).encode() for cell in column]
        return texts, b"".join(texts)


def _quoted(cell: bytes) -> bytes:
    if b'"' in cell:
        return b'"%b"' % cell.replace(b'"', b'""')
    return b'"%b"' % cell if b"," in cell or b"\n" in cell or b"\r" in cell else cell


def _harmless(cell: bytes) -> bytes:
    return b"'" + cell if _FORMULA.match(cell) else cell
