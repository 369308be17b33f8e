"""Writes a table or view as CSV, whole and row by row. Must not choose where the file goes."""

from __future__ import annotations

from itertools import islice
from sqlite3 import Connection
from typing import TextIO

from archive.errors import UsageError

END = "\r\n"
_ROWS_AT_ONCE = 500


def write_csv(connection: Connection, view: str, stream: TextIO, order: str = "") -> int:
    """Write every row of a table or view to `stream` and return how many there were; `order` is an ORDER BY clause.

    CSV as RFC 4180 has it: a first row of column names, CRLF, text in quotation marks. NULL is nothing at all, numbers
    are bare. `stream` must not translate line ends (`newline=""`). Raises UsageError when there is no such view.
    """
    columns = _columns(connection, view)
    stream.write(",".join(map(_name, columns)) + END)
    # SQLite quotes several times faster than Python's csv module; one column comes back, a finished line.
    line = " || ',' || ".join(map(_cell, columns))
    cursor = connection.execute(f"SELECT {line} FROM {_name(view)} {order}")
    count = 0
    while lines := [text for (text,) in islice(cursor, _ROWS_AT_ONCE)]:
        stream.write(END.join(lines) + END)
        count += len(lines)
    return count


def _columns(connection: Connection, view: str) -> list[str]:
    known = connection.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name")
    names = [name for (name,) in known]
    if view not in names:
        views = ", ".join(name for name in names if not name.startswith(("_", "articles_fts", "sqlite_")))
        raise UsageError(f"there is no view {view!r}: take one of {views}")
    return [column[0] for column in connection.execute(f"SELECT * FROM {_name(view)} LIMIT 0").description]


def _cell(column: str) -> str:
    name = _name(column)
    text = f"""'"' || replace({name}, '"', '""') || '"'"""
    return f"CASE typeof({name}) WHEN 'text' THEN {text} WHEN 'null' THEN '' ELSE CAST({name} AS TEXT) END"


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
