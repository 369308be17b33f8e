"""Writes a query's rows as Parquet; pyarrow is an extra. Must not be imported without it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import pyarrow
from pyarrow import parquet

from archive.exports.fetching import Query, batches, columns_of, quoted_name, text
from archive.exports.moments import is_moment

_GROUP = 8 << 20
"""Bytes of texts in a row group, about: few enough to hold, enough to compress well."""
_TYPES = {
    "integer": pyarrow.int64(),
    "number": pyarrow.float64(),
    "string": pyarrow.string(),
    "moment": pyarrow.timestamp("s", tz="UTC"),
    "boolean": pyarrow.bool_(),
    "list": pyarrow.list_(pyarrow.string()),
}


def column_types(connection: Connection, query: Query) -> dict[str, str]:
    """Return what each column of a query holds throughout: `integer`, `number`, `moment` (a time in UTC) or `string`.

    Reads all rows once: what SQLite says of a view's columns depends on its version. A column without any value is one
    of texts.
    """
    names = columns_of(connection, query)
    counts = ", ".join(
        f"count({name}), total(typeof({name}) = 'integer'), total(typeof({name}) IN ('integer', 'real')),"
        f" total({is_moment(name)})"
        for name in map(quoted_name, names)
    )
    found = connection.execute(f"SELECT {counts} FROM ({query.sql})", query.params).fetchone()
    return {name: _type(*found[4 * place : 4 * place + 4]) for place, name in enumerate(names)}


def _type(values: int, integers: int, numbers: int, moments: int) -> str:
    for kind, count in (("integer", integers), ("number", numbers), ("moment", moments)):
        if values and count == values:
            return kind
    return "string"


def write_parquet(
    connection: Connection,
    query: Query,
    types: Mapping[str, str],
    descriptions: Mapping[str, str],
    path: Path,
    watch: Callable[[int], None],
    metadata: Mapping[bytes, bytes] | None = None,
) -> int:
    """Write every row of a query to a file, some megabytes to a row group; return how many there were.

    `types` are those of `column_types`, `boolean` for 0 and 1, or `list` for JSON lists of texts. Compressed with zstd,
    each page with its checksum. `metadata` is what the file says of itself, `descriptions` what it says of its columns.
    Raises OSError.
    """
    fields = [_field(name, kind, descriptions.get(name)) for name, kind in types.items()]
    schema = pyarrow.schema(fields, metadata)
    count = 0
    with parquet.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True) as writer:
        for rows in _groups(connection, query):
            columns = zip(types.items(), zip(*rows, strict=True), strict=True)
            found = {name: [_value(kind, cell) for cell in cells] for (name, kind), cells in columns}
            writer.write_table(pyarrow.table(found, schema=schema))
            count += len(rows)
            watch(count)
    return count


def _field(name: str, kind: str, description: str | None) -> pyarrow.Field:
    return pyarrow.field(name, _TYPES[kind], metadata={b"description": description.encode()} if description else None)


def _groups(connection: Connection, query: Query) -> Any:
    held: list[Any] = []
    size = 0
    for rows in batches(connection, query):
        held += rows
        size += sum(len(cell) for row in rows for cell in row if isinstance(cell, bytes))
        if size > _GROUP:
            yield held
            held, size = [], 0
    if held:
        yield held


def _value(kind: str, cell: bytes | int | float | None) -> Any:
    if kind == "boolean" and isinstance(cell, int):
        return bool(cell)
    if not isinstance(cell, bytes):
        return str(cell) if kind == "string" and cell is not None else cell
    # Parquet's texts are UTF-8: a lone surrogate has no place in it.
    value = text(cell).encode("utf-8", "replace").decode()
    if kind == "list":
        return json.loads(value)
    return datetime.fromisoformat(value) if kind == "moment" else value
