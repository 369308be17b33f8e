"""What readers ask of a large archive: addresses of every kind of page, drawn from what it holds. Must not ask them."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from urllib.parse import quote, urlencode

from archive.urls import name_slug

_COMMON = ("the", "of", "and", "to", "in", "that", "was", "it", "is", "for", "said", "not")
_TABLES = ("articles", "article_list", "revisions", "links", "credits", "ledger", "attributions")


def addresses(root: Path, count: int, seed: str) -> Mapping[str, list[str]]:
    """Draw `count` addresses of each kind of page."""
    with closing(sqlite3.connect(f"{(root / 'archive.db').resolve().as_uri()}?mode=ro", uri=True)) as connection:
        drawn = _Asker(connection, random.Random(seed))
        return {kind: list(islice(_repeated(draw), count)) for kind, draw in drawn.kinds().items()}


def _repeated(draw: Callable[[], str]) -> Iterator[str]:
    while True:
        yield draw()


class _Asker:
    """Draws addresses."""

    def __init__(self, connection: sqlite3.Connection, chance: random.Random) -> None:
        self._connection = connection
        self._chance = chance
        self._ids = [one for (one,) in connection.execute("SELECT id FROM articles")]
        self._authors = [one for (one,) in connection.execute("SELECT name FROM authors ORDER BY name")]
        self._sections = [one for (one,) in connection.execute("SELECT name FROM sections ORDER BY name")]
        self._outlets = [one for (one,) in connection.execute("SELECT name FROM outlets ORDER BY name")]
        self._busy = self._busiest("article_authors", "author_id", "authors")

    def _busiest(self, table: str, column: str, names: str) -> list[str]:
        sql = f"SELECT n.name FROM {table} x JOIN {names} n ON n.id = x.{column} GROUP BY n.id ORDER BY count(*) DESC"
        return [one for (one,) in self._connection.execute(f"{sql} LIMIT 10")]

    def kinds(self) -> dict[str, Callable[[], str]]:
        """Name the kinds of page with what draws an address of each."""
        draw = self._chance.choice
        return {
            "landing": lambda: "/",
            "article": lambda: f"/article/{quote(str(self._field('slug')))}",
            "author": lambda: f"/author/{quote(name_slug(draw(self._authors)))}",
            "busiest authors": lambda: f"/author/{quote(name_slug(draw(self._busy)))}",
            "section": lambda: f"/section/{quote(name_slug(draw(self._sections)))}",
            "articles by date": lambda: _search(page=self._chance.randint(1, 200)),
            "rare word": lambda: _search(q=self._words()[-1]),
            "any word": lambda: _search(q=draw(self._words())),
            "most common word": lambda: _search(q=draw(_COMMON)),
            "common words": lambda: _search(q=" ".join(self._chance.sample(_COMMON, 2))),
            "phrase": lambda: _search(q=self._phrase()),
            "boolean": lambda: _search(q=f"{draw(self._words())} OR ({draw(_COMMON)} NOT {draw(self._words())})"),
            "column": lambda: _search(q=f"headline:{draw(_COMMON)}"),
            "common, by date": lambda: _search(q=draw(_COMMON), sort="date"),
            "common, deep": lambda: _search(q=draw(_COMMON), page=self._chance.randint(50, 150)),
            "any word, by date, deep": lambda: _search(q=draw(self._words()), sort="date", page=draw((5, 20, 50))),
            "common in a section": lambda: _search(q=draw(_COMMON), section=draw(self._sections)),
            "common in a year": lambda: _search(q=draw(_COMMON), year=draw(("2008", "2015", "2023"))),
            "any word by an author": lambda: _search(q=draw(self._words()), author=draw(self._authors)),
            "any word citing": lambda: _search(q=draw(self._words()), outlet=draw(self._outlets)),
            "section and type": lambda: _search(section=draw(self._sections), type=draw(("Analysis", "Opinion"))),
            "citing an outlet": lambda: _search(outlet=draw(self._outlets)),
            "table": lambda: f"/archive/{draw(_TABLES)}?_nofacet=1",
            "table, its facets": lambda: f"/archive/{draw(_TABLES)}",
            "row": lambda: f"/archive/articles/{draw(self._ids)}",
        }

    def _field(self, column: str) -> object:
        sql = f"SELECT {column} FROM articles WHERE id = ?"
        return self._connection.execute(sql, [self._chance.choice(self._ids)]).fetchone()[0]

    def _words(self) -> list[str]:
        """Return the words of some article, the longest last: those are mostly rare."""
        return sorted({word for word in str(self._field("body_text")).split() if word.isalnum()}, key=len)

    def _phrase(self) -> str:
        words = str(self._field("body_text")).replace('"', " ").split()
        at = self._chance.randrange(len(words) - 2)
        return f'"{" ".join(words[at : at + self._chance.randint(2, 3)])}"'


def _search(**query: object) -> str:
    return f"/search?{urlencode(query)}"
