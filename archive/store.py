"""The only writer of archive.db: files what happened, in its order, a batch a transaction. Must not read pages."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlite_utils import Database

from archive.decisions import Decision
from archive.disk import note_sizes
from archive.doubts import leave_open
from archive.faults import reach
from archive.found import Found
from archive.ledger import LEADS, Ledger, Rhythm
from archive.merging import Identity, Merger
from archive.models import Announced, Article, Event, Fetch, Filing, ImageKept, Outcome, RunEnd, Snapshot
from archive.revisions import fingerprint, words_of
from archive.rows import Row, fetch_row, snapshot_id, snapshot_row
from archive.series import find_series
from archive.shelf import Shelf
from archive.storage import DatabaseFile, writing
from archive.tombstones import Tombstones
from archive.urls import name_slug, stable_id
from archive.withdrawals import Withdrawals

_TWINS = 3
ELSEWHERE = "leads to another article: "


@dataclass(slots=True)
class Batch:
    """What belongs together in one transaction: all of it is on the disk afterwards, or none.

    `filed` says up to which byte of which WARC file the events were made; `finished` what finished files weigh.
    """

    events: list[Event] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    fetches: list[Fetch] = field(default_factory=list)
    filed: dict[str, int] = field(default_factory=dict)
    finished: dict[str, tuple[int, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.events or self.snapshots or self.fetches or self.filed or self.finished)

    @property
    def articles(self) -> int:
        """Count the articles that were read."""
        return sum(isinstance(event, Outcome) and event.article is not None for event in self.events)


class Store:
    """Files batches into the database. The WARC that a batch points to must be synced before.

    What is in the database does not depend on where one batch ends and the next begins.
    """

    def __init__(
        self,
        db: Database,
        own_hosts: Collection[str],
        rhythm: Rhythm | None = None,
        decisions: Iterable[Decision] = (),
    ) -> None:
        self.db = db
        self.connection: sqlite3.Connection = db.conn
        self.ledger = Ledger(self.connection, {*own_hosts, *self._known_hosts()}, rhythm)
        self.withdrawals = Withdrawals(self.connection, self.ledger, decisions)
        self.found = Found()
        """What each article was found to be since the store was opened."""
        self.is_hurried: Callable[[], bool] = lambda: False
        """Says whether somebody waits for us to end, so that other programs are not waited for long."""
        self._database = DatabaseFile(self.connection)
        # SQLite's own waiting hears no signal; ours does.
        self.connection.execute("PRAGMA busy_timeout = 1000")
        self._decisions = tuple(decisions)
        self._shelf = Shelf(db)
        self._merger = Merger(self.connection, self._shelf, self.ledger)
        self._tombstones = Tombstones(self.connection)

    def _known_hosts(self) -> list[str]:
        row = self.connection.execute("SELECT hosts FROM publication").fetchone()
        return json.loads(row[0]) if row and row[0] else []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the block one transaction on the file that was opened. Raises Replaced, sqlite3.Error."""
        self._database.check()
        with writing(self.connection, self.is_hurried):
            yield
        self._database.check()

    def commit(self, batch: Batch, crawl_id: int | None = None) -> dict[str, Filing]:
        """File a batch in one transaction; return what each article read turned out to be, by the outcome's URL."""
        filings: dict[str, Filing] = {}
        with self.transaction():
            # The ledger points to articles whose rows are written with the rest of the batch.
            self.connection.execute("PRAGMA defer_foreign_keys = ON")
            self._shelf.insert("snapshots", map(snapshot_row, batch.snapshots), ignore=True)
            for event in batch.events:
                filing = self._file(event)
                if filing and isinstance(event, Outcome):
                    filings[event.url] = filing
            self._shelf.flush()
            self._shelf.insert("fetches", (fetch_row(fetch, crawl_id) for fetch in batch.fetches))
            self._note_files(batch)
            reach("filed")
        reach("committed")
        return filings

    def _file(self, event: Event) -> Filing | None:
        match event:
            case Announced():
                self.ledger.announce(event)
            case Outcome():
                return self._file_outcome(event)
            case ImageKept():
                self._shelf.flush()
                self.connection.execute(
                    "UPDATE images SET snapshot_id = ? WHERE identity = ? AND snapshot_id IS NULL",
                    [snapshot_id(event.snapshot), event.identity],
                )
            case RunEnd():
                self._end_run(event)
        return None

    def _end_run(self, end: RunEnd) -> None:
        self._shelf.flush()
        if end.doubtful:
            leave_open(self.connection, end)
        for missing in self.ledger.count_missing(end) if end.healthy else ():
            self._tombstones.set_up(missing)

    def _file_outcome(self, outcome: Outcome) -> Filing | None:
        if outcome.state != "stored" or outcome.reason == LEADS:
            self.ledger.settle(outcome)
            return None
        if self.withdrawals.concerns(outcome):
            self._shelf.flush()
            self.ledger.settle(*self.withdrawals.file(outcome))
            return "unchanged"
        if outcome.article is None or outcome.snapshot is None:
            return self._see_again(outcome)
        return self._file_article(outcome)

    def _see_again(self, outcome: Outcome) -> Filing:
        """Note a stored article whose page is the same as before: seen, not read."""
        article_id = self.ledger.article_at(self.ledger.key(outcome.url))
        if article_id is not None:
            self.found.note(article_id, "unchanged")
            self._shelf.flush()
            self._tombstones.take_down(article_id, outcome.at)
            self.connection.execute(
                "UPDATE articles SET last_seen_at = max(last_seen_at, ?), status = 'live' WHERE id = ?",
                [outcome.at, article_id],
            )
        self.ledger.settle(outcome, unchanged=True)
        return "unchanged"

    def _file_article(self, outcome: Outcome) -> Filing | None:
        article = outcome.article
        assert article
        found = self._merger.identify(outcome)
        if found is None:
            stays = Outcome(outcome.url, "failed", outcome.at, ELSEWHERE + article.url, snapshot=outcome.snapshot)
            self.ledger.settle(stays)
            return None
        self._tombstones.take_down(found.article_id, outcome.at)
        filing = self._shelf.file(outcome, found.article_id, afresh=found.merged, moved=found.moved)
        if found.moved:
            # Whoever is asked for at the new address, in the same batch, must find it there.
            self._shelf.flush()
        self._count(found, filing)
        self._add_aliases(outcome, found)
        self.ledger.settle(outcome, found.article_id, unchanged=filing == "unchanged")
        return filing

    def _count(self, found: Identity, filing: Filing) -> None:
        part = self.found.drop(found.dropped) if found.dropped is not None else None
        if part is not None and part != "unchanged" and found.grew:
            filing = "changed"
        self.found.note(found.article_id, filing)

    def _add_aliases(self, outcome: Outcome, found: Identity) -> None:
        """Keep every address but the canonical one; where the article has moved, its old one is among them."""
        article_id = found.article_id
        assert outcome.article
        first = self.connection.execute("SELECT url FROM articles WHERE id = ?", [article_id]).fetchone()
        held = self.connection.execute("SELECT url FROM aliases WHERE article_id = ?", [article_id]).fetchall()
        before = first[0] if first else outcome.article.url
        own = outcome.article.url if found.moved else before
        known = {self.ledger.key(url) for url in (own, *(url for (url,) in held))}
        for url in (before, outcome.article.url, outcome.url):
            if self.ledger.key(url) not in known:
                known.add(self.ledger.key(url))
                self._shelf.insert("aliases", [{"url": url, "article_id": article_id}], ignore=True)

    def _note_files(self, batch: Batch) -> None:
        self.connection.executemany(
            "INSERT INTO warc_files (name, filed_to) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET filed_to = max(filed_to, excluded.filed_to)",
            batch.filed.items(),
        )
        self.connection.executemany(
            "INSERT INTO warc_files (name, bytes, sha256, filed_to) VALUES (?, ?, ?, 0)"
            " ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes, sha256 = excluded.sha256",
            [(name, *finished) for name, finished in batch.finished.items()],
        )

    def last_reading(self, url: str) -> tuple[str, str, Snapshot] | None:
        """Return of the article that an address led to: who read it last, its own address, and from which fetch."""
        row = self.connection.execute(
            "SELECT a.extractor, a.url, a.snapshot_id FROM ledger l JOIN articles a ON a.id = l.article_id"
            " WHERE l.key = ?",
            [self.ledger.key(url)],
        ).fetchone()
        snapshot = self.ledger.snapshot(row[2]) if row else None
        return (row[0], row[1], snapshot) if snapshot else None

    def held_words(self, url: str) -> int | None:
        """Return how many words the article has that an address led to; None when it led to none."""
        sql = "SELECT a.word_count FROM ledger l JOIN articles a ON a.id = l.article_id WHERE l.key = ?"
        row = self.connection.execute(sql, [self.ledger.key(url)]).fetchone()
        return int(row[0]) if row else None

    def twins(self, article: Article) -> list[str]:
        """Return the addresses of other articles with the same words or headline: one may have moved to this one's."""
        rows = self.connection.execute(
            "SELECT DISTINCT l.url FROM ledger l WHERE +l.state = 'stored' AND l.article_id IN"
            " (SELECT article_id FROM revisions WHERE fingerprint = ? UNION SELECT id FROM articles WHERE headline = ?)"
            " ORDER BY l.checked_at DESC LIMIT ?",
            [fingerprint(words_of(article)), article.headline, _TWINS],
        )
        own = self.ledger.key(article.url)
        return [url for (url,) in rows if self.ledger.key(url) != own]

    def holds_image(self, identity: str) -> bool:
        """Say whether an image's file is kept."""
        sql = "SELECT 1 FROM images WHERE identity = ? AND snapshot_id IS NOT NULL"
        return self.connection.execute(sql, [identity]).fetchone() is not None

    def unweighed(self) -> list[str]:
        """List the WARC files whose size and SHA-256 are not written down."""
        return [name for (name,) in self.connection.execute("SELECT name FROM warc_files WHERE sha256 IS NULL")]

    def latest(self) -> str:
        """Return the latest time at which anything happened here, by the clock of then; empty for an empty archive."""
        sql = (
            "SELECT max(at) FROM (SELECT max(fetched_at) AS at FROM snapshots UNION SELECT max(checked_at) FROM ledger"
            " UNION SELECT max(max(started_at, coalesce(ended_at, ''))) FROM crawls)"
        )
        return str(self.connection.execute(sql).fetchone()[0] or "")

    def last_start(self) -> str:
        """Return when the last run began, by its clock; empty when there was none."""
        row = self.connection.execute("SELECT started_at FROM crawls ORDER BY id DESC LIMIT 1").fetchone()
        return str(row[0]) if row else ""

    def filed(self) -> dict[str, int]:
        """Return up to which byte each WARC file is filed."""
        return dict(self.connection.execute("SELECT name, filed_to FROM warc_files"))

    def name_publication(self, row: Row) -> None:
        """Write down whose archive this is: `name`, `title`, `url` and `language`."""
        with self.transaction():
            self.connection.execute(
                "INSERT INTO publication (id, name, title, url, language, hosts)"
                " VALUES (1, :name, :title, :url, :language, :hosts) ON CONFLICT (id) DO UPDATE SET"
                " title = excluded.title, language = excluded.language, hosts = excluded.hosts",
                row | {"hosts": json.dumps(sorted(self.ledger.own_hosts))},
            )

    def begin_crawl(self, row: Row) -> int:
        """Write down that a run began; return its id."""
        with self.transaction():
            return int(
                self.connection.execute(
                    "INSERT INTO crawls (mode, started_at, program) VALUES (:mode, :started_at, :program)", row
                ).lastrowid
                or 0
            )

    def end_crawl(self, crawl_id: int, row: Row) -> None:
        """Write down how a run ended, and how large it left the archive."""
        with self.transaction():
            self.db.table("crawls").update(crawl_id, row)
            note_sizes(self.connection, crawl_id)

    def finish(self) -> None:
        """Do what needs all articles: point references to them, find the series, leave nothing of what is withdrawn."""
        with self.transaction():
            self.withdrawals.enforce(self._shelf)
        self.resolve_references()
        with self.transaction():
            self.withdrawals.blank_mentions()
        self.assign_series(decision for decision in self._decisions if decision.kind == "series")

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
        with self.transaction():
            series = ({"id": ids[name], "name": name, "slug": name_slug(name)} for name in sorted(ids))
            self._shelf.insert("series", series, ignore=True)
            self.connection.executemany("UPDATE articles SET series_id = ?, series_part = ? WHERE id = ?", moved)
            self.connection.execute(
                "DELETE FROM series WHERE id NOT IN (SELECT series_id FROM articles WHERE series_id IS NOT NULL)"
            )

    def resolve_references(self) -> None:
        """Point links and related stories to the articles that are held."""
        articles = {
            self.ledger.key(url): article_id
            for url, article_id in self.connection.execute(
                "SELECT url, article_id FROM aliases UNION ALL SELECT url, id FROM articles"
            )
        }
        with self.transaction():
            for table, column, where in (
                ("links", "target_article_id", "internal = 1 AND"),
                ("related_stories", "related_article_id", ""),
            ):
                open_rows = self.connection.execute(f"SELECT id, url FROM {table} WHERE {where} {column} IS NULL")
                found = [(articles.get(self.ledger.key(url)), row_id) for row_id, url in open_rows.fetchall()]
                self.connection.executemany(
                    f"UPDATE {table} SET {column} = ? WHERE id = ?", [pair for pair in found if pair[0]]
                )
