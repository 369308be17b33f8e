"""Writes a query's rows as Parquet; pyarrow is an extra. Must not be imported without it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from sqlite3 import Connection

import pyarrow
from pyarrow import parquet

_GROUP = 1_000
_TYPES = {"integer": pyarrow.int64(), "number": pyarrow.float64(), "string": pyarrow.string()}


def write_parquet(connection: Connection, sql: str, columns: Mapping[str, str], path: Path) -> int:
    """Write every row of a query to a file, some thousand to a row group; return how many there were.

    `columns` maps names to `integer`, `number` or `string`. Compressed with zstd.
    """
    schema = pyarrow.schema([(name, _TYPES[kind]) for name, kind in columns.items()])
    cursor = connection.execute(sql)
    count = 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while rows := list(islice(cursor, _GROUP)):
            found = {name: [row[place] for row in rows] for place, name in enumerate(columns)}
            writer.write_table(pyarrow.table(found, schema=schema))
            count += len(rows)
    return count
