"""A small full-text index of a few articles, in memory, that reads words as the archive's does. Must not know searches.

What costs the large index a way past all texts (excluded words, words begun, phrases of common words) costs this one
what its few articles are long.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from sqlite3 import Connection

from archive.site.search import COLUMNS

_TOKENIZER = re.compile(r"tokenize\s*=\s*(?:'[^']*'|\"[^\"]*\")")


@contextmanager
def excerpt(connection: Connection, ids: Sequence[int], columns: Sequence[str] = COLUMNS) -> Iterator[Connection]:
    """Hold an index `few` of some articles, of those columns only that are named."""
    (made,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'articles_fts'").fetchone()
    tokenizer = _TOKENIZER.search(made)
    said = ", ".join([*COLUMNS, *([tokenizer.group()] if tokenizer else [])])
    named = ", ".join(columns)
    texts = f"SELECT id, {named} FROM articles WHERE id IN (SELECT value FROM json_each(?))"
    with closing(sqlite3.connect(":memory:")) as few:
        few.execute(f"CREATE VIRTUAL TABLE few USING fts5({said})")
        few.executemany(
            f"INSERT INTO few (rowid, {named}) VALUES (?{', ?' * len(columns)})",
            connection.execute(texts, [json.dumps(list(ids))]),
        )
        yield few
