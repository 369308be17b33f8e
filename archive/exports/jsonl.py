"""Writes a query's rows as JSON lines, whole and batch by batch. Must not choose where the file goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from sqlite3 import Connection
from typing import BinaryIO

from archive.exports.fetching import Query, Row, batches, columns_of, text, write_pieces


def write_jsonl(connection: Connection, query: Query, stream: BinaryIO) -> int:
    """Write every row of a query as one JSON object a line; return how many there were. Raises OSError."""
    return write_pieces(json_lines(connection, query), stream)


def json_lines(connection: Connection, query: Query) -> Iterator[tuple[bytes, int]]:
    """Give a query's rows as JSON lines, piece by piece: the bytes, and how many rows are in them.

    UTF-8 text as it is, keys in the order of the columns, NULL as `null`.
    """
    names = columns_of(connection, query)
    for rows in batches(connection, query):
        yield b"".join(_line(names, row) for row in rows), len(rows)


def _line(names: list[str], row: Row) -> bytes:
    cells = {name: text(cell) if isinstance(cell, bytes) else cell for name, cell in zip(names, row, strict=True)}
    try:
        return json.dumps(cells, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    except UnicodeEncodeError:
        # A lone surrogate has no place in UTF-8, but a name in JSON (RFC 8259, section 8.2).
        return json.dumps(cells, separators=(",", ":")).encode() + b"\n"
