"""Writes articles with their parts, revisions and full-text index. The caller holds the transaction.

Rows of several articles are gathered and written together: FTS5 costs per statement. Must not know the ledger.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from sqlite3 import Connection
from typing import Any

from sqlite_utils import Database

from archive.models import Article, Filing, Outcome
from archive.revisions import Words, changed_fields, describe_edit, fingerprint, notices_of, words_of
from archive.rows import Row, Rows, add_parts, address_of, article_row, snapshot_id
from archive.urls import stable_id

# What an article consists of, in the order in which rows that are pointed to must go last.
PARTS = (
    "credits",
    "article_images",
    "article_authors",
    "article_sections",
    "article_tags",
    "links",
    "attributions",
    "notices",
    "related_stories",
)
_NAMES = ("images", "series", "authors", "sections", "tags", "outlets")
_INDEXED = ("headline", "dek", "body_text", "byline")
_INDEX_COLUMNS = ", ".join(_INDEXED)


@dataclass(frozen=True, slots=True)
class Text:
    """What is known of one revision: its words, the notices it printed and who read them."""

    id: int
    number: int
    words: Words
    notices: tuple[str, ...]
    extractor: str

    @property
    def fingerprint(self) -> str:
        """Return the hash of the words."""
        return fingerprint(self.words)


class Shelf:
    """Files articles. Nothing is in the database before `flush`, and nothing lasts before the caller commits."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._connection: Connection = db.conn
        self._rows = Rows()
        self._rewritten: dict[int, bool] = {}
        self._waiting: set[int] = set()

    def insert(self, table: str, rows: Iterable[Row], ignore: bool = False) -> None:
        """Write rows, all with the same columns, by one statement that is prepared once."""
        rows = iter(rows)
        if first := next(rows, None):
            verb = "INSERT OR IGNORE" if ignore else "INSERT"
            names, marks = ", ".join(first), ", ".join(f":{name}" for name in first)
            self._connection.executemany(f"{verb} INTO {table} ({names}) VALUES ({marks})", chain((first,), rows))

    def file(self, outcome: Outcome, article_id: int, afresh: bool = False, moved: bool = False) -> Filing:
        """File what was read; `afresh` writes all anew, though the words are the same; `moved` writes its address."""
        if article_id in self._waiting:
            self.flush()
        article = outcome.article
        assert article and outcome.snapshot
        held = self.last_text(article_id)
        if held is None:
            self._add_new(outcome, article, article_id)
            return "new"
        now = words_of(article)
        base = self._as_read_now(held, article, outcome.before)
        changed = base.fingerprint != fingerprint(now) and bool(changed_fields(base.words, now))
        if changed:
            self._add_revision(outcome, article, article_id, base)
        if changed or afresh or self._record(article_id) != record_of(article):
            present: Row = address_of(article) if moved else {}
            present |= {"revision_count": base.number + changed}
            if changed:
                present |= {"last_changed_at": outcome.at}
            self._rewrite(outcome, article, article_id, present)
        else:
            self._rows.add("seen", {"id": article_id, "at": outcome.at})
        return "changed" if changed else "unchanged"

    def last_text(self, article_id: int) -> Text | None:
        """Return the newest revision of an article."""
        row = self._connection.execute(
            "SELECT id, number, words, notices, extractor FROM revisions WHERE article_id = ?"
            " ORDER BY number DESC LIMIT 1",
            [article_id],
        ).fetchone()
        if row is None:
            return None
        return Text(row[0], row[1], json.loads(row[2] or "{}"), tuple(json.loads(row[3] or "[]")), row[4])

    def _as_read_now(self, held: Text, article: Article, before: Article | None) -> Text:
        """Return the held revision as the present reader reads it; another reader never looks like an edit.

        Where its page can no longer be read, what is read now stands in for it.
        """
        if held.extractor == article.extractor:
            return held
        again = before or article
        text = replace(held, words=words_of(again), notices=notices_of(again), extractor=article.extractor)
        self._connection.execute(
            "UPDATE revisions SET words = ?, notices = ?, fingerprint = ?, extractor = ? WHERE id = ?",
            [_json(text.words), _json(text.notices), text.fingerprint, text.extractor, text.id],
        )
        return text

    def _record(self, article_id: int) -> str | None:
        row = self._connection.execute("SELECT record FROM articles WHERE id = ?", [article_id]).fetchone()
        return str(row[0]) if row and row[0] else None

    def _add_new(self, outcome: Outcome, article: Article, article_id: int) -> None:
        self._waiting.add(article_id)
        first = _revision_row(outcome, article, article_id, 1)
        self._rows.add("revisions", first)
        row = article_row(article, article_id) | address_of(article) | self._seen(outcome, article)
        first_times = {"first_seen_at": outcome.at, "last_changed_at": outcome.at, "revision_count": 1}
        self._rows.add("articles", row | first_times)
        add_parts(self._rows, article, article_id)

    def _add_revision(self, outcome: Outcome, article: Article, article_id: int, base: Text) -> None:
        row = _revision_row(outcome, article, article_id, base.number + 1)
        self._rows.add(
            "revisions", row | edit_columns(base.words, words_of(article), base.notices, notices_of(article))
        )

    def _rewrite(self, outcome: Outcome, article: Article, article_id: int, present: Row) -> None:
        self._waiting.add(article_id)
        row = article_row(article, article_id) | self._seen(outcome, article) | present
        held = self._connection.execute(f"SELECT {_INDEX_COLUMNS} FROM articles WHERE id = ?", [article_id]).fetchone()
        self._rewritten[article_id] = list(held) != [row[name] for name in _INDEXED]
        self._rows.add("changed", row)
        add_parts(self._rows, article, article_id)

    def _seen(self, outcome: Outcome, article: Article) -> Row:
        assert outcome.snapshot
        return {
            "last_seen_at": outcome.at,
            "status": "live",
            "snapshot_id": snapshot_id(outcome.snapshot),
            "record": record_of(article),
        }

    def flush(self) -> None:
        """Write what was gathered."""
        rewritten = list(self._rewritten)
        indexed = [article_id for article_id, again in self._rewritten.items() if again]
        self.forget_words(indexed)
        self.drop_parts(rewritten)
        tables = self._rows.tables
        self._connection.executemany(
            "UPDATE articles SET last_seen_at = max(last_seen_at, :at), status = 'live' WHERE id = :id",
            tables.pop("seen", []),
        )
        for table in _NAMES:
            self.insert(table, tables.pop(table, []), ignore=True)
        new = tables.pop("articles", [])
        self.insert("articles", new)
        for row in tables.pop("changed", []):
            self._db.table("articles").update(row["id"], row)
        for table in ("revisions", *reversed(PARTS)):
            self.insert(table, tables.pop(table, []))
        assert not tables, f"no place for rows of {sorted(tables)}"
        self._index([row["id"] for row in new] + indexed)
        self._rows, self._rewritten, self._waiting = Rows(), {}, set()

    def forget_words(self, article_ids: list[int]) -> None:
        """Take articles out of the full-text index, which needs their old words to forget them."""
        if article_ids:
            self._connection.execute(
                f"INSERT INTO articles_fts(articles_fts, rowid, {_INDEX_COLUMNS})"
                f" SELECT 'delete', id, {_INDEX_COLUMNS} FROM articles WHERE id IN ({_marks(article_ids)})",
                article_ids,
            )

    def _index(self, article_ids: list[int]) -> None:
        if article_ids:
            self._connection.execute(
                f"INSERT INTO articles_fts(rowid, {_INDEX_COLUMNS})"
                f" SELECT id, {_INDEX_COLUMNS} FROM articles WHERE id IN ({_marks(article_ids)})",
                article_ids,
            )

    def drop_parts(self, article_ids: list[int]) -> None:
        """Take away what articles consisted of."""
        if not article_ids:
            return
        marks = _marks(article_ids)
        self._connection.execute(
            "DELETE FROM credits WHERE article_image_id IN"
            f" (SELECT id FROM article_images WHERE article_id IN ({marks}))",
            article_ids,
        )
        for table in PARTS[1:]:
            self._connection.execute(f"DELETE FROM {table} WHERE article_id IN ({marks})", article_ids)


def record_of(article: Article) -> str:
    """Return a hash of all that was read of a page, by which an unchanged one is known."""
    return hashlib.sha256(repr(replace(article, evidence={})).encode("utf-8", "surrogatepass")).hexdigest()


def edit_columns(before: Words, after: Words, notices_before: Iterable[str], notices_after: Iterable[str]) -> Row:
    """Describe the edit between two revisions as the columns of the later one."""
    edit = describe_edit(before, after, tuple(notices_before), tuple(notices_after))
    return {
        "kind": edit.kind,
        "silent": int(bool(edit.silent)),
        "changed_fields": json.dumps(edit.changed_fields),
        "diff": _json(edit.diff),
    }


def revision_id(article_id: int, number: int) -> int:
    """Return a revision's id."""
    return stable_id(f"{article_id}:revision:{number}")


def _revision_row(outcome: Outcome, article: Article, article_id: int, number: int) -> Row:
    assert outcome.snapshot
    words = words_of(article)
    return {
        "id": revision_id(article_id, number),
        "article_id": article_id,
        "number": number,
        "snapshot_id": snapshot_id(outcome.snapshot),
        "seen_at": outcome.at,
        "fingerprint": fingerprint(words),
        "kind": None,
        "silent": None,
        "changed_fields": None,
        "diff": None,
        "extractor": article.extractor,
        "words": _json(words),
        "notices": _json(notices_of(article)),
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _marks(values: list[int]) -> str:
    return ",".join("?" * len(values))
