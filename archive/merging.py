"""Which article a page is: two addresses that turn out to be one article become one. Must not know tables of parts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from sqlite3 import Connection, Row

from archive.ledger import Ledger
from archive.models import Outcome
from archive.revisions import Words, words_of
from archive.shelf import Shelf, edit_columns, revision_id
from archive.urls import stable_id

_ALIKE = 0.5
"""The share of the shorter text's words that two texts of one article have in common."""
_REFERENCES = (
    ("aliases", "article_id"),
    ("ledger", "article_id"),
    ("tombstones", "article_id"),
    ("links", "target_article_id"),
    ("related_stories", "related_article_id"),
)


@dataclass(frozen=True, slots=True)
class Identity:
    """The article that a page is; `moved`: it has a new address.

    `dropped` is the article that has just become part of it; `grew` says that it has more texts since.
    """

    article_id: int
    moved: bool = False
    dropped: int | None = None
    grew: bool = False

    @property
    def merged(self) -> bool:
        """Say whether two articles have just become this one."""
        return self.dropped is not None


class Merger:
    """Finds the article of a page, and makes one of two; the caller holds the transaction."""

    def __init__(self, connection: Connection, shelf: Shelf, ledger: Ledger) -> None:
        self._connection = connection
        self._shelf = shelf
        self._ledger = ledger

    def identify(self, outcome: Outcome) -> Identity | None:
        """Return which article a page is, None when an address now leads to quite another one than it did."""
        article = outcome.article
        assert article
        asked, canonical = self._ledger.key(outcome.url), self._ledger.key(article.url)
        there, here = self._ledger.article_at(asked), self._at(canonical, article.url)
        if asked == canonical or there is None or there == here:
            found = here if here is not None else there
            return (
                Identity(found, moved=self._has_moved(found, article.url))
                if found
                else Identity(stable_id(article.url))
            )
        self._shelf.flush()
        if not self._is_alike(there, words_of(article)):
            return None
        if here is None:
            return Identity(there, moved=self._has_moved(there, article.url))
        merged = self._merge(there, here)
        return replace(merged, moved=self._has_moved(merged.article_id, article.url))

    def _has_moved(self, article_id: int, url: str) -> bool:
        """Say whether an article's canonical address is one that it never had: going back and forth is no move."""
        row = self._connection.execute("SELECT url FROM articles WHERE id = ?", [article_id]).fetchone()
        if row is None or self._ledger.key(row[0]) == self._ledger.key(url):
            return False
        known = self._connection.execute("SELECT url FROM aliases WHERE article_id = ?", [article_id])
        return self._ledger.key(url) not in {self._ledger.key(alias) for (alias,) in known}

    def _at(self, key: str, url: str) -> int | None:
        """Return the article whose canonical address this is."""
        found = self._ledger.article_at(key)
        if found is not None:
            return found
        row = self._connection.execute(
            "SELECT id FROM articles WHERE url = ? UNION ALL SELECT article_id FROM aliases WHERE url = ?", [url, url]
        ).fetchone()
        return int(row[0]) if row else None

    def _is_alike(self, article_id: int, words: Words) -> bool:
        held = self._shelf.last_text(article_id)
        if held is None or held.words.get("headline") == words.get("headline"):
            return True
        before, after = _counted(held.words), _counted(words)
        shared = sum((before & after).values())
        return shared >= _ALIKE * min(sum(before.values()), sum(after.values()))

    def _merge(self, one: int, other: int) -> Identity:
        """Make one article of two, under the id of the one that was seen first; return it."""
        first = "SELECT id FROM articles WHERE id IN (?, ?) ORDER BY first_seen_at, id"
        rows = self._connection.execute(first, [one, other]).fetchall()
        kept, dropped = (rows[0][0], rows[1][0])
        had, has = self._join_revisions(kept, dropped)
        for table, column in _REFERENCES:
            self._connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", [kept, dropped])
        self._connection.execute(
            "UPDATE articles SET last_changed_at = max(last_changed_at, (SELECT max(seen_at) FROM revisions"
            " WHERE article_id = :kept)) WHERE id = :kept",
            {"kept": kept},
        )
        self._shelf.forget_words([dropped])
        self._shelf.drop_parts([dropped])
        self._connection.execute("DELETE FROM articles WHERE id = ?", [dropped])
        return Identity(int(kept), dropped=int(dropped), grew=has > had)

    def _join_revisions(self, kept: int, dropped: int) -> tuple[int, int]:
        """Give the one article the texts of both; return how many it had and has."""
        cursor = self._connection.cursor()
        cursor.row_factory = Row
        rows = cursor.execute(
            "SELECT * FROM revisions WHERE article_id IN (?, ?) ORDER BY seen_at, article_id = ?, number",
            [kept, dropped, dropped],
        ).fetchall()
        texts = _distinct(dict(row) for row in rows)
        self._connection.execute("DELETE FROM revisions WHERE article_id IN (?, ?)", [kept, dropped])
        for number, text in enumerate(texts, start=1):
            text |= {"id": revision_id(kept, number), "article_id": kept, "number": number}
        for before, after in pairwise(texts):
            after |= edit_columns(_words(before), _words(after), _notices(before), _notices(after))
        self._shelf.insert("revisions", texts)
        self._connection.execute("UPDATE articles SET revision_count = ? WHERE id = ?", [len(texts), kept])
        return sum(row["article_id"] == kept for row in rows), len(texts)


def _distinct(texts: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """Leave out a text that is the same as the one before."""
    found: list[dict[str, object]] = []
    for text in texts:
        if not found or found[-1]["fingerprint"] != text["fingerprint"]:
            found.append(text)
    return found


def _words(text: dict[str, object]) -> Words:
    return dict(json.loads(str(text["words"])))


def _notices(text: dict[str, object]) -> list[str]:
    return list(json.loads(str(text["notices"] or "[]")))


def _counted(words: Words) -> Counter[str]:
    return Counter((words.get("body") or "").casefold().split())
