"""What is to be exported: a table or view, narrowed by a search, a condition and a date. Must not read rows."""

from __future__ import annotations

import difflib
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Any

from archive import clock
from archive.errors import UsageError
from archive.exports.fetching import Query, columns_of, quoted_name
from archive.exports.reading import readable

VIEW = "article_list"
_OF_ARTICLES = ("article_list", "articles")
_TIMES = ("seen_at", "fetched_at", "started_at", "at", "last_announced_at", "gone_at", "last_cited_at")
_LATER_TIMES = (*_TIMES, "last_credited_at", "month")
# What has no date of publication counts from when it was first seen: it is not lost silently.
_PUBLISHED = "coalesce(published_at, first_seen_at) >= :since"
_TOKEN = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/|(?P<mark>['"`\[();]|/\*)""",
    re.DOTALL,
)
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows of a table or view. `search` is in the language of the site's search, `where` SQL over the columns, `since`
    a date: of publication for articles and their parts, else of the row's own time.
    """

    view: str = VIEW
    search: str | None = None
    where: str | None = None
    since: str | None = None

    def query(self, connection: Connection) -> Query:
        """Return the statement that reads the rows; those of a search come best first. Raises UsageError."""
        columns = self._columns(connection)
        source, params = f"{quoted_name(self.view)} AS v", dict[str, Any]()
        conditions = []
        if self.search is not None:
            source, params["search"] = self._found(columns), _expression(self.search)
        if self.where is not None:
            conditions.append(f"(\n{_one_condition(self.where)}\n)")
        if self.since is not None:
            condition, params["since"] = self._since(columns)
            conditions.append(condition)
        narrowed = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        query = Query(self.view, f"SELECT v.* FROM {source}{narrowed}", params)
        _try(connection, query)
        return query

    def _columns(self, connection: Connection) -> list[str]:
        names = readable(connection)
        if self.view not in names:
            near = difflib.get_close_matches(self.view, names, n=3, cutoff=0.5) or names
            raise UsageError(f"there is no table or view {self.view!r}: take {' or '.join(near)}")
        return columns_of(connection, Query(self.view, f"SELECT * FROM {quoted_name(self.view)}"))

    def _found(self, columns: list[str]) -> str:
        from archive.site.asked import RANK

        own = "id" if self.view in _OF_ARTICLES else "article_id"
        if own not in columns:
            raise UsageError(f"the rows of {self.view} belong to no article: --search works on article_list")
        hits = f"SELECT rowid AS _hit FROM articles_fts WHERE articles_fts MATCH :search ORDER BY {RANK} LIMIT -1"
        # CROSS JOIN keeps the order of the hits, and no long text has to be sorted; without a limit SQLite leaves out
        # the order of a subquery (https://sqlite.org/optoverview.html).
        return f"({hits}) CROSS JOIN {quoted_name(self.view)} AS v ON v.{own} = _hit"

    def _since(self, columns: list[str]) -> tuple[str, str]:
        moment = _moment(self.since or "")
        if {"published_at", "first_seen_at"} <= set(columns):
            return _PUBLISHED, moment
        for name in _LATER_TIMES:
            if name in columns:
                return f"{name} >= :since", moment[:7] if name == "month" else moment
        if "article_id" in columns:
            return f"article_id IN (SELECT id FROM articles WHERE {_PUBLISHED})", moment
        raise UsageError(f"the rows of {self.view} have no date: leave --since out")


def _expression(typed: str) -> str:
    from archive.site.search import match_expression

    expression = match_expression(typed)
    if expression is None:
        raise UsageError("--search holds no word to search for")
    return expression


def _moment(typed: str) -> str:
    """Read a date, or a time with or without its offset, as the archive writes times."""
    try:
        whole = typed + "0000-01-01"[len(typed) :] if _DATE.fullmatch(typed) else typed
        moment = datetime.fromisoformat(whole)
    except ValueError as error:
        raise UsageError(f"--since {typed} is no date: write it as 2026-02-11") from error
    return clock.stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _one_condition(where: str) -> str:
    """Return a condition that stands inside parentheses and cannot end them. Raises UsageError."""
    depth = 0
    for mark in _marks(where):
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if depth < 0 or mark not in "()":
            depth = -1
            break
    if depth or not where.strip():
        raise UsageError("--where takes one condition of SQL, such as \"section = 'Europe' AND word_count > 800\"")
    return where


def _marks(where: str) -> Iterator[str]:
    return (token["mark"] for token in _TOKEN.finditer(where) if token["mark"])


def _try(connection: Connection, query: Query) -> None:
    """Let SQLite read the statement, so that what is wrong in it is said before a file is made."""
    try:
        connection.execute(f"EXPLAIN {query.sql}", query.params).fetchone()
    except sqlite3.Error as error:
        raise UsageError(f"--where cannot be read as SQL ({error}): it takes a condition over the columns") from error
