"""Writes a query's rows as JSON lines, whole and row by row. Must not choose where the file goes."""

from __future__ import annotations

import json
from itertools import islice
from sqlite3 import Connection
from typing import TextIO

_ROWS_AT_ONCE = 500


def write_jsonl(connection: Connection, sql: str, stream: TextIO) -> int:
    """Write every row of a query as one JSON object a line; return how many there were.

    UTF-8 text as it is, keys in the order of the columns, NULL as `null`.
    """
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    count = 0
    while rows := list(islice(cursor, _ROWS_AT_ONCE)):
        stream.writelines(
            json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, separators=(",", ":")) + "\n"
            for row in rows
        )
        count += len(rows)
    return count
