"""Articles withdrawn on request: what their rows hold, and that nothing brings them back. Must not decide any."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from sqlite3 import Connection

from archive.decisions import Decision
from archive.ledger import Ledger
from archive.models import Outcome
from archive.revisions import fingerprint, words_of
from archive.rows import Row, snapshot_id
from archive.shelf import Shelf
from archive.urls import address_key, slug_of, stable_id

WITHDRAWN = "withdrawn on request"
TEXT = "[withdrawn]"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A takedown in force: the article's id and canonical address, all its addresses, and hashes of its texts."""

    article_id: int
    url: str
    addresses: tuple[str, ...]
    fingerprints: tuple[str, ...]

    @staticmethod
    def of(decision: Decision) -> Withdrawal:
        """Read a decision: its `url` at least. Raises UsageError when there is none."""
        value, url = decision.value, decision.text("url")
        return Withdrawal(
            int(value.get("article") or stable_id(url)),
            url,
            tuple(value.get("addresses") or ()),
            tuple(value.get("fingerprints") or ()),
        )


class Withdrawals:
    """The takedowns of an archive, by address and by text; the caller holds the transaction."""

    def __init__(self, connection: Connection, ledger: Ledger, decisions: Iterable[Decision]) -> None:
        self._connection = connection
        self._ledger = ledger
        found = [Withdrawal.of(decision) for decision in decisions if decision.kind == "takedown"]
        self._all = tuple({each.article_id: each for each in found}.values())
        self._by_text = {text: each for each in found for text in each.fingerprints}
        self._keys: tuple[int, dict[str, Withdrawal]] = (-1, {})

    def at(self, url: str) -> Withdrawal | None:
        """Return the takedown of the article that an address led to."""
        return self._by_key().get(self._ledger.key(url)) if self._all else None

    def _by_key(self) -> dict[str, Withdrawal]:
        """Return the takedowns by their addresses' keys, which change when another host is known to be the site's."""
        hosts = len(self._ledger.own_hosts)
        if self._keys[0] != hosts:
            pairs = ((self._ledger.key(url), each) for each in self._all for url in (each.url, *each.addresses))
            self._keys = (hosts, dict(pairs))
        return self._keys[1]

    def enforce(self, shelf: Shelf) -> None:
        """Leave nothing of withdrawn articles in the tables: no text, no parts, no name that only they bear."""
        if not self._all:
            return
        for withdrawal in self._all:
            self._blank(withdrawal, shelf)
        for table, condition in _ORPHANS:
            self._connection.execute(f"DELETE FROM {table} WHERE {condition}")

    def _blank(self, withdrawal: Withdrawal, shelf: Shelf) -> None:
        article_id = withdrawal.article_id
        self._connection.execute(
            "UPDATE ledger SET next_check_at = NULL, reason = CASE WHEN state = 'stored' THEN coalesce(reason, ?)"
            " ELSE reason END WHERE article_id = ?",
            [WITHDRAWN, article_id],
        )
        held = self._connection.execute(
            "SELECT url, first_seen_at, last_seen_at, status FROM articles WHERE id = ?", [article_id]
        ).fetchone()
        if held is None:
            return
        self._write_aliases(withdrawal)
        if held[3] == "withdrawn":
            return
        first = "SELECT snapshot_id FROM revisions WHERE article_id = ? ORDER BY number LIMIT 1"
        (snapshot,) = self._connection.execute(first, [article_id]).fetchone()
        row = empty_row(replace(withdrawal, url=held[0]), held[1], snapshot) | {"last_seen_at": held[2]}
        shelf.forget_words([article_id])
        shelf.drop_parts([article_id])
        for table in ("revisions", "tombstones"):
            self._connection.execute(f"DELETE FROM {table} WHERE article_id = ?", [article_id])
        self._connection.execute("PRAGMA defer_foreign_keys = ON")
        self._connection.execute("DELETE FROM articles WHERE id = ?", [article_id])
        insert(self._connection, row)

    def _write_aliases(self, withdrawal: Withdrawal) -> None:
        """Keep all addresses of a withdrawn article: whoever comes by one of them learns that it was withdrawn."""
        self._connection.execute("DELETE FROM aliases WHERE article_id = ?", [withdrawal.article_id])
        addresses = {self._ledger.key(url): url for url in sorted(withdrawal.addresses)}
        addresses.pop(self._ledger.key(withdrawal.url), None)
        self._connection.executemany(
            "INSERT OR IGNORE INTO aliases (url, article_id) VALUES (?, ?)",
            [(url, withdrawal.article_id) for url in addresses.values()],
        )

    def blank_mentions(self) -> None:
        """Take the headlines of withdrawn articles from the lists beside other articles."""
        self._connection.executemany(
            "UPDATE related_stories SET headline = NULL WHERE related_article_id = ?",
            [(withdrawal.article_id,) for withdrawal in self._all],
        )

    def concerns(self, outcome: Outcome) -> bool:
        """Say whether an outcome would bring back what was withdrawn."""
        return self._of(outcome) is not None

    def _of(self, outcome: Outcome) -> Withdrawal | None:
        if not self._all:
            return None
        article = outcome.article
        found = self.at(outcome.url) or (self.at(article.url) if article else None)
        if found or not article:
            return found
        return self._by_text.get(fingerprint(words_of(article)))

    def file(self, outcome: Outcome) -> tuple[Outcome, int, bool]:
        """Write the empty row of a withdrawn article; return the outcome as the ledger may know it, and the article."""
        withdrawal = self._of(outcome)
        assert withdrawal and outcome.snapshot
        row = empty_row(withdrawal, outcome.at, snapshot_id(outcome.snapshot))
        seen = "UPDATE articles SET last_seen_at = max(last_seen_at, :last_seen_at) WHERE id = :id"
        if not self._connection.execute(seen, row).rowcount:
            insert(self._connection, row)
        bare = replace(outcome, article=None, before=None, reason=WITHDRAWN)
        return bare, withdrawal.article_id, True


def withdrawn_keys(decisions: Iterable[Decision], own_hosts: Collection[str]) -> frozenset[str]:
    """Return the keys of all addresses of withdrawn articles."""
    found = (Withdrawal.of(decision) for decision in decisions if decision.kind == "takedown")
    return frozenset(address_key(url, own_hosts) for each in found for url in (each.url, *each.addresses))


_ORPHANS = (
    ("images", "id NOT IN (SELECT image_id FROM article_images)"),
    ("authors", "id NOT IN (SELECT author_id FROM article_authors)"),
    ("sections", "id NOT IN (SELECT section_id FROM article_sections)"),
    ("tags", "id NOT IN (SELECT tag_id FROM article_tags)"),
    (
        "outlets",
        "id NOT IN (SELECT outlet_id FROM links WHERE outlet_id IS NOT NULL UNION SELECT outlet_id FROM attributions)",
    ),
)


def insert(connection: Connection, row: Row) -> None:
    """Write the empty row of a withdrawn article, and its place in the full-text index."""
    names = ", ".join(row)
    connection.execute(f"INSERT INTO articles ({names}) VALUES ({', '.join(':' + name for name in row)})", row)
    connection.execute(
        "INSERT INTO articles_fts(rowid, headline, dek, body_text, byline)"
        " SELECT id, headline, dek, body_text, byline FROM articles WHERE id = :id",
        row,
    )


def empty_row(withdrawal: Withdrawal, at: str, snapshot: int) -> Row:
    """Return all that the database holds of a withdrawn article that was first seen `at`."""
    return {
        "id": withdrawal.article_id,
        "url": withdrawal.url,
        "slug": slug_of(withdrawal.url),
        "headline": TEXT,
        "authors": json.dumps([]),
        "word_count": 0,
        "status": "withdrawn",
        "first_seen_at": at,
        "last_seen_at": at,
        "last_changed_at": at,
        "revision_count": 0,
        "snapshot_id": snapshot,
        "layout": TEXT,
        "extractor": TEXT,
        "body_text": TEXT,
        "body_html": TEXT,
    }
