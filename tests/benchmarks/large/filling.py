"""Fills an archive's tables with written articles: many at a time, in the store's own rows. Must not write prose."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

from archive.models import Article, Snapshot
from archive.revisions import fingerprint, words_of
from archive.root import open_database
from archive.rows import Row, Rows, add_parts, address_of, article_row, snapshot_id, snapshot_row
from archive.shelf import edit_columns, revision_id
from archive.urls import address_key, name_slug, stable_id
from tests.benchmarks.large.writing import HOST, SITE, TITLE, Plan

_BATCH = 2_000
_SEEN, _SEEN_AGAIN = "2026-11-01T04:00:00+00:00", "2026-11-20T04:00:00+00:00"
_CHECKED = {"first_announced_at": _SEEN, "last_announced_at": _SEEN_AGAIN, "checked_at": _SEEN_AGAIN}
# Rows that are pointed to go first.
ORDER = (
    "snapshots", "images", "series", "authors", "sections", "tags", "outlets", "articles", "revisions",
    "article_images", "credits", "article_authors", "article_sections", "article_tags", "links", "attributions",
    "notices", "related_stories", "aliases", "ledger", "fetches",
)  # fmt: skip


def build(root: Path, plan: Plan, told: Callable[[int], None]) -> None:
    """Make an archive of `plan.articles` articles under `root`, which must be new; `told` hears how many are done."""
    root.mkdir(parents=True)
    with closing(open_database(root, write=True)) as db:
        connection = db.conn
        # Nothing reads it before it is whole, and what is cut short is made again.
        for pragma in ("journal_mode = MEMORY", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -400000"):
            connection.execute(f"PRAGMA {pragma}")
        _add_frame(connection, plan)
        for first in range(0, plan.articles, _BATCH):
            end = min(first + _BATCH, plan.articles)
            connection.execute("BEGIN")
            _add_batch(connection, plan, range(first, end))
            connection.execute("COMMIT")
            told(end)
        connection.execute("PRAGMA journal_mode = WAL")


def _add_frame(connection: Connection, plan: Plan) -> None:
    publication = {"id": 1, "name": "long-review", "title": TITLE, "url": SITE, "language": "en"}
    _insert(connection, "publication", [publication | {"hosts": json.dumps([HOST])}])
    run = {"mode": "nightly", "ended_why": "finished", "exit_status": 0, "announced": plan.articles, "failed": 0}
    days = range(1, 29)
    nights = [
        run | {"id": day, "started_at": f"2026-10-{day:02d}T04:00:00+00:00", "seconds": 40.0 + day} for day in days
    ]
    _insert(connection, "crawls", nights)


def _add_batch(connection: Connection, plan: Plan, numbers: Iterable[int]) -> None:
    rows = Rows()
    ids = [add_article(rows, plan, number) for number in numbers]
    _resolve(rows)
    for table in ORDER:
        _insert(connection, table, rows.tables.pop(table, []))
    assert not rows.tables, f"no place for rows of {sorted(rows.tables)}"
    columns = "headline, dek, body_text, byline"
    connection.execute(
        f"INSERT INTO articles_fts (rowid, {columns}) SELECT id, {columns} FROM articles"
        " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        [json.dumps(ids)],
    )


def _resolve(rows: Rows) -> None:
    for link in rows.tables["links"]:
        link["target_article_id"] = stable_id(link["url"]) if link["internal"] else None
    for related in rows.tables["related_stories"]:
        related["related_article_id"] = stable_id(related["url"])


def _insert(connection: Connection, table: str, rows: list[Row]) -> None:
    if rows:
        names = ", ".join(rows[0])
        marks = ", ".join(f":{name}" for name in rows[0])
        connection.executemany(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", rows)


def add_article(rows: Rows, plan: Plan, number: int) -> int:
    article = plan.article(number)
    article_id = stable_id(article.url)
    snapshots = list(_snapshots(plan, number, article.url))
    rows.add("snapshots", *map(snapshot_row, snapshots))
    for at, text in enumerate(_texts(plan, number, article), start=1):
        rows.add("revisions", _revision(text, article_id, at, snapshots[at - 1], article))
    rows.add("articles", _article(rows, plan, number, article, article_id, snapshots))
    add_parts(rows, article, article_id)
    rows.add("ledger", *_ledger(number, article.url, article_id, snapshots[-1]))
    if number % 20 == 0:
        rows.add("aliases", {"url": f"{SITE}/?p={number}", "article_id": article_id})
    at = snapshots[-1].fetched_at
    rows.add("fetches", {"crawl_id": number % 28 + 1, "url": article.url, "at": at, "status": 200, "bytes": 60_000})
    return article_id


def _article(rows: Rows, plan: Plan, number: int, article: Article, article_id: int, snapshots: list[Snapshot]) -> Row:
    series_id = None
    if number % 50 < 2:
        name = f"The {number // 50 % plan.series + 1} Papers"
        series_id = stable_id(name)
        rows.add("series", {"id": series_id, "name": name, "slug": name_slug(name)})
    seen = {"first_seen_at": _SEEN, "last_seen_at": _SEEN_AGAIN, "last_changed_at": snapshots[-1].fetched_at}
    rest = {"revision_count": len(snapshots), "snapshot_id": snapshot_id(snapshots[-1]), "series_id": series_id}
    status = {"status": "gone" if number % 500 == 9 else "live"}
    return article_row(article, article_id) | address_of(article) | seen | rest | status


def _snapshots(plan: Plan, number: int, url: str) -> Iterator[Snapshot]:
    for at, moment in enumerate((_SEEN, _SEEN_AGAIN) if plan.edited(number) else (_SEEN,)):
        file, offset = f"warc/large-{number // 10_000:05d}-{at}.warc.gz", number % 10_000 * 20_000
        yield Snapshot(url, moment, 200, f"sha1:{stable_id(f'{url}{at}'):032d}", file, offset, 18_000)


def _texts(plan: Plan, number: int, article: Article) -> Iterator[Article]:
    if plan.edited(number):
        yield replace(article, headline=f"{article.headline}, for now")
    yield article


def _revision(text: Article, article_id: int, number: int, snapshot: Snapshot, newest: Article) -> Row:
    words = words_of(text)
    first = replace(newest, headline=f"{newest.headline}, for now")
    edit: Row = {"kind": None, "silent": None, "changed_fields": None, "diff": None}
    return {
        "id": revision_id(article_id, number),
        "article_id": article_id,
        "number": number,
        "snapshot_id": snapshot_id(snapshot),
        "seen_at": snapshot.fetched_at,
        "fingerprint": fingerprint(words),
        "extractor": text.extractor,
        "words": json.dumps(words, ensure_ascii=False),
        "notices": "[]",
    } | (edit_columns(words_of(first), words, (), ()) if number > 1 else edit)


def _ledger(number: int, url: str, article_id: int, snapshot: Snapshot) -> Iterator[Row]:
    common = _CHECKED | {"attempts": 1, "next_check_at": "2027-01-01T00:00:00+00:00"}
    stored = {"state": "stored", "reason": None, "article_id": article_id, "snapshot_id": snapshot_id(snapshot)}
    yield _announced(url) | common | stored
    if number % 25 == 0:
        other = f"{SITE}/page-{number}/"
        state, reason = ("pending", None) if number % 100 == 0 else ("excluded", "not an article: index page")
        yield _announced(other) | common | {"state": state, "reason": reason, "article_id": None, "snapshot_id": None}


def _announced(url: str) -> Row:
    return {"url": url, "key": address_key(url, {HOST}), "sources": '["/sitemap.xml"]'}
