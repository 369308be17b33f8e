"""The only writer of archive.db: files what was fetched and read, a batch a transaction. Must not read pages."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlite_utils import Database

from archive.decisions import Decision
from archive.ledger import Ledger
from archive.models import Announcement, Fetch, Filing, Outcome, Snapshot
from archive.revisions import changed_fields, fingerprint, words_of
from archive.rows import Row, Rows, add_parts, address_of, article_row, fetch_row, snapshot_id, snapshot_row
from archive.series import find_series
from archive.urls import name_slug, stable_id

# What an article consists of, in the order in which rows that point to others must go.
_PARTS = (
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
_INDEXED = "headline, dek, body_text, byline"


@dataclass(slots=True)
class Batch:
    """What belongs together in one transaction: all of it is on the disk afterwards, or none."""

    at: str = ""
    announcements: list[Announcement] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    fetches: list[Fetch] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.announcements or self.snapshots or self.outcomes or self.fetches)


@dataclass(frozen=True, slots=True)
class _Held:
    """What the database holds of one article before it is filed again."""

    revision: int
    fingerprint: str
    words: Mapping[str, str | None]


class Store:
    """Files batches into the database. The WARC that a batch points to must be synced before."""

    def __init__(self, db: Database, own_hosts: Collection[str]) -> None:
        self.db = db
        self.connection: sqlite3.Connection = db.conn
        self.ledger = Ledger(self.connection, own_hosts)

    def commit(self, batch: Batch, crawl_id: int | None = None) -> dict[str, Filing]:
        """File a batch in one transaction; return what each article read turned out to be, by the outcome's URL."""
        with self.db.atomic():
            self._insert("snapshots", map(snapshot_row, batch.snapshots), ignore=True)
            self.ledger.announce(batch.announcements, batch.at)
            filings, article_ids = self._file_articles(batch.outcomes)
            unchanged = {url for url, filing in filings.items() if filing == "unchanged"}
            unchanged |= self._seen_again(batch.outcomes)
            self.ledger.settle(batch.outcomes, article_ids, unchanged)
            self._insert("fetches", (fetch_row(fetch, crawl_id) for fetch in batch.fetches))
        return filings

    def _insert(self, table: str, rows: Iterable[Row], ignore: bool = False) -> None:
        self.db.table(table).insert_all(rows, ignore=ignore)

    def _seen_again(self, outcomes: Iterable[Outcome]) -> set[str]:
        """Note stored articles whose page answered 304: seen, not read."""
        again = [outcome for outcome in outcomes if outcome.state == "stored" and outcome.article is None]
        self.connection.executemany(
            "UPDATE articles SET last_seen_at = max(last_seen_at, ?), status = 'live'"
            " WHERE id = (SELECT article_id FROM ledger WHERE key = ?)",
            [(outcome.at, self.ledger.key(outcome.url)) for outcome in again],
        )
        return {outcome.url for outcome in again}

    def _file_articles(self, outcomes: Iterable[Outcome]) -> tuple[dict[str, Filing], dict[str, int]]:
        filings: dict[str, Filing] = {}
        article_ids: dict[str, int] = {}
        rows = Rows()
        rewritten: list[int] = []
        filed: dict[int, Outcome] = {}
        for outcome in outcomes:
            if outcome.article is None or outcome.snapshot is None:
                continue
            article_id = self._article_id(outcome)
            article_ids[outcome.url] = article_id
            if article_id in filed:
                filings[outcome.url] = "unchanged"
            else:
                filed[article_id] = outcome
                filings[outcome.url] = self._prepare(rows, outcome, article_id, rewritten)
            self._add_aliases(rows, outcome, article_id)
        self._drop_parts(rewritten)
        self._write(rows, rewritten)
        return filings, article_ids

    def _article_id(self, outcome: Outcome) -> int:
        assert outcome.article
        keys = (self.ledger.key(outcome.article.url), self.ledger.key(outcome.url))
        for key in dict.fromkeys(keys):
            row = self.connection.execute("SELECT article_id FROM ledger WHERE key = ?", [key]).fetchone()
            if row and row[0]:
                return int(row[0])
        held = self.connection.execute("SELECT id FROM articles WHERE url = ?", [outcome.article.url]).fetchone()
        alias = "SELECT article_id FROM aliases WHERE url = ?"
        held = held or self.connection.execute(alias, [outcome.article.url]).fetchone()
        return int(held[0]) if held else stable_id(outcome.article.url)

    def _held(self, article_id: int) -> _Held | None:
        row = self.connection.execute(
            "SELECT number, fingerprint, words FROM revisions WHERE article_id = ? ORDER BY number DESC LIMIT 1",
            [article_id],
        ).fetchone()
        return _Held(row[0], row[1], json.loads(row[2])) if row else None

    def _prepare(self, rows: Rows, outcome: Outcome, article_id: int, rewritten: list[int]) -> Filing:
        article, snapshot = outcome.article, outcome.snapshot
        assert article and snapshot
        words, held = words_of(article), self._held(article_id)
        seen: Row = {"last_seen_at": outcome.at, "status": "live"}
        if held and held.fingerprint == fingerprint(words):
            rows.add("seen", {"id": article_id, "at": outcome.at})
            return "unchanged"
        revision: Row = {
            "id": stable_id(f"{article_id}:revision:{held.revision + 1 if held else 1}"),
            "article_id": article_id,
            "number": held.revision + 1 if held else 1,
            "snapshot_id": snapshot_id(snapshot),
            "seen_at": outcome.at,
            "fingerprint": fingerprint(words),
            "changed_fields": json.dumps(changed_fields(held.words, words)) if held else None,
            "extractor": article.extractor,
            "words": json.dumps(words, ensure_ascii=False),
        }
        rows.add("revisions", revision)
        seen |= {"last_changed_at": outcome.at, "revision_count": revision["number"]}
        seen |= {"snapshot_id": snapshot_id(snapshot)}
        row = article_row(article, article_id) | seen
        if held:
            rewritten.append(article_id)
            rows.add("changed", row)
        else:
            rows.add("articles", row | address_of(article) | {"first_seen_at": outcome.at})
        add_parts(rows, article, article_id)
        return "changed" if held else "new"

    def _add_aliases(self, rows: Rows, outcome: Outcome, article_id: int) -> None:
        assert outcome.article
        first = self.connection.execute("SELECT url FROM articles WHERE id = ?", [article_id]).fetchone()
        own = self.ledger.key(first[0] if first else outcome.article.url)
        for url in (outcome.url, outcome.article.url):
            if self.ledger.key(url) != own:
                rows.add("aliases", {"url": url, "article_id": article_id})

    def _drop_parts(self, article_ids: list[int]) -> None:
        """Take away what changed articles consisted of; FTS5 needs the old words to forget them."""
        marks = ",".join("?" * len(article_ids))
        if not article_ids:
            return
        self.connection.execute(
            f"INSERT INTO articles_fts(articles_fts, rowid, {_INDEXED})"
            f" SELECT 'delete', id, {_INDEXED} FROM articles WHERE id IN ({marks})",
            article_ids,
        )
        self.connection.execute(
            "DELETE FROM credits WHERE article_image_id IN"
            f" (SELECT id FROM article_images WHERE article_id IN ({marks}))",
            article_ids,
        )
        for table in _PARTS[1:]:
            self.connection.execute(f"DELETE FROM {table} WHERE article_id IN ({marks})", article_ids)

    def _write(self, rows: Rows, rewritten: list[int]) -> None:
        tables = rows.tables
        self.connection.executemany(
            "UPDATE articles SET last_seen_at = max(last_seen_at, :at), status = 'live' WHERE id = :id",
            tables.pop("seen", []),
        )
        changed = tables.pop("changed", [])
        for table in _NAMES:
            self._insert(table, tables.pop(table, []), ignore=True)
        new = tables.get("articles", [])
        self._insert("articles", tables.pop("articles", []))
        for row in changed:
            self.db.table("articles").update(row["id"], row)
        for table in ("revisions", *reversed(_PARTS)):
            self._insert(table, tables.pop(table, []))
        self._insert("aliases", tables.pop("aliases", []), ignore=True)
        assert not tables, f"no place for rows of {sorted(tables)}"
        self._index([row["id"] for row in new] + rewritten)

    def _index(self, article_ids: list[int]) -> None:
        if article_ids:
            marks = ",".join("?" * len(article_ids))
            self.connection.execute(
                f"INSERT INTO articles_fts(rowid, {_INDEXED})"
                f" SELECT id, {_INDEXED} FROM articles WHERE id IN ({marks})",
                article_ids,
            )

    def name_publication(self, row: Row) -> None:
        """Write down whose archive this is: `name`, `title`, `url` and `language`."""
        with self.db.atomic():
            self.connection.execute(
                "INSERT INTO publication (id, name, title, url, language) VALUES (1, :name, :title, :url, :language)"
                " ON CONFLICT (id) DO UPDATE SET title = excluded.title, language = excluded.language",
                row,
            )

    def begin_crawl(self, row: Row) -> int:
        """Write down that a run began; return its id."""
        with self.db.atomic():
            return int(
                self.connection.execute(
                    "INSERT INTO crawls (mode, started_at, program) VALUES (:mode, :started_at, :program)", row
                ).lastrowid
                or 0
            )

    def end_crawl(self, crawl_id: int, row: Row) -> None:
        """Write down how a run ended."""
        self.db.table("crawls").update(crawl_id, row)

    def assign_series(self, decisions: Iterable[Decision] = ()) -> None:
        """Write down which series each article belongs to, from all headlines and what people decided."""
        held = self.connection.execute("SELECT id, headline, status, series_id, series_part FROM articles").fetchall()
        found = find_series({row[0]: row[1] for row in held if row[2] != "withdrawn"}, decisions)
        ids = {name: stable_id(name) for name in {membership.name for membership in found.values()}}
        moved = []
        for article_id, _, _, *present in held:
            membership = found.get(article_id)
            now = [ids[membership.name], membership.part] if membership else [None, None]
            if now != present:
                moved.append([*now, article_id])
        with self.db.atomic():
            series = ({"id": ids[name], "name": name, "slug": name_slug(name)} for name in sorted(ids))
            self._insert("series", series, ignore=True)
            self.connection.executemany("UPDATE articles SET series_id = ?, series_part = ? WHERE id = ?", moved)
            self.connection.execute(
                "DELETE FROM series WHERE id NOT IN (SELECT series_id FROM articles WHERE series_id IS NOT NULL)"
            )

    def resolve_references(self) -> None:
        """Point links and related stories to the articles that are held."""
        articles = {
            self.ledger.key(url): article_id
            for url, article_id in self.connection.execute(
                "SELECT url, id FROM articles UNION ALL SELECT url, article_id FROM aliases"
            )
        }
        with self.db.atomic():
            for table, column, where in (
                ("links", "target_article_id", "internal = 1 AND"),
                ("related_stories", "related_article_id", ""),
            ):
                open_rows = self.connection.execute(f"SELECT id, url FROM {table} WHERE {where} {column} IS NULL")
                found = [(articles.get(self.ledger.key(url)), row_id) for row_id, url in open_rows.fetchall()]
                self.connection.executemany(
                    f"UPDATE {table} SET {column} = ? WHERE id = ?", [pair for pair in found if pair[0]]
                )
