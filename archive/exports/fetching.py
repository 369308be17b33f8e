"""Reads a query's rows in batches of bounded size, texts as the bytes that the database holds. Must not write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from sqlite3 import Connection
from typing import Any, BinaryIO

Cell = bytes | int | float | None
Row = tuple[Cell, ...]

_FIRST = 16
_MOST = 500
_SAMPLE = 16
_BYTES_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Query:
    """One statement and its parameters; `name` is the table or view that people know its rows by."""

    name: str
    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)


def columns_of(connection: Connection, query: Query) -> list[str]:
    """Return the names of a query's columns without reading a row."""
    cursor = connection.execute(f"SELECT * FROM ({query.sql}) LIMIT 0", query.params)
    return [column[0] for column in cursor.description]


def batches(connection: Connection, query: Query) -> Iterator[list[Row]]:
    """Read a query's rows, about a megabyte of them at once: memory stays flat however long the cells are.

    Texts come as bytes, which need not be valid UTF-8: Python's own decoding would end the export at such a cell.
    """
    size = _FIRST
    with texts_as(connection, bytes):
        cursor = connection.execute(query.sql, query.params)
        while rows := cursor.fetchmany(size):
            yield rows
            size = _next_size(rows)


def _next_size(rows: Sequence[Row]) -> int:
    """Choose how many rows to read next by the heaviest of some of these."""
    heaviest = max(sum(len(cell) for cell in row if isinstance(cell, bytes)) for row in rows[::_SAMPLE])
    return max(1, min(_MOST, _BYTES_AT_ONCE // (heaviest + 1)))


def write_pieces(pieces: Iterator[tuple[bytes, int]], stream: BinaryIO) -> int:
    """Write pieces, each with how many rows are in it, to a stream; return how many rows there were. Raises OSError."""
    count = 0
    for data, rows in pieces:
        stream.write(data)
        count += rows
    return count


@contextmanager
def texts_as(connection: Connection, factory: Callable[[bytes], Any]) -> Iterator[None]:
    """Make of a connection's texts what `factory` makes of their bytes, for a while."""
    before = connection.text_factory
    connection.text_factory = factory
    try:
        yield
    finally:
        connection.text_factory = before


def text(cell: bytes) -> str:
    """Decode a cell; a lone surrogate stays one, other bytes that are no UTF-8 become U+FFFD."""
    try:
        return cell.decode()
    except UnicodeDecodeError:
        pass
    try:
        return cell.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return cell.decode("utf-8", "replace")


def sound_text(cell: bytes) -> str:
    """Decode a cell for formats that hold nothing but UTF-8; other bytes become U+FFFD."""
    return cell.decode("utf-8", "replace")


def quoted_name(identifier: str) -> str:
    """Write a name of a table or column as SQL does (https://sqlite.org/lang_keywords.html)."""
    return '"' + identifier.replace('"', '""') + '"'
