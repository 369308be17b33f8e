"""The store: what is new, changed and unchanged, and that a batch is whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.models import (
    Announced,
    Announcement,
    Article,
    Byline,
    Credit,
    Evidence,
    Filing,
    Image,
    Link,
    Outcome,
    RelatedStory,
    Snapshot,
)
from archive.root import open_database
from archive.store import Batch, Store
from archive.urls import stable_id

DAY = "2026-03-{:02d}T04:00:00+00:00"
URL = "https://review.example/a-truce/"
ARTICLE = Article(
    url=URL,
    headline="A truce holds",
    dek="For now",
    type="Analysis",
    section="Europe",
    labels=("Analysis", "Europe"),
    byline=Byline("By Mara Ellingsen and Óscar Peña", ("Mara Ellingsen", "Óscar Peña")),
    published_at="2026-03-01T10:11:12+00:00",
    published_offset="-05:00",
    body_text="The ceasefire held overnight.\nNobody signed anything.",
    body_html="<p>The ceasefire held overnight.</p><p>Nobody signed anything.</p>",
    layout="rebelmouse",
    extractor="test-1",
    images=(Image("https://i.example/1.jpg", "1", "lead", 0, None, "A line", "AP", (Credit("agency", "AP"),)),),
    links=(
        Link(
            "https://ft.example/x", "said", "It said so.", 1, "https://ft.example/x?utm_source=a", False, "ft.example"
        ),
        Link("https://review.example/older/", "older", "An older one.", 2, "/older/", True, "review.example"),
    ),
    related=(RelatedStory("https://review.example/older", "Older", 1, "stacked"),),
    tags=("truce",),
    evidence={"headline": Evidence("css h1")},
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    db = open_database(tmp_path, write=True)
    yield Store(db, {"review.example"})
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('integrity-check')")
    db.close()


def night(store: Store, day: int, article: Article | None = ARTICLE, url: str = URL) -> dict[str, Filing]:
    at = DAY.format(day)
    snapshot = Snapshot(url, at, 200, "sha1:X", "warc/a.warc.gz", day * 1000 + len(url), 500)
    outcome = Outcome(url, "stored", at, None, article, snapshot)
    announced = Announced(at, (Announcement(url, "/feeds/feed.rss", "feed"),))
    return store.commit(Batch([announced, outcome], [snapshot]))


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    return store.connection.execute(sql).fetchall()


def test_a_new_article_is_filed_with_all_its_parts(store: Store) -> None:
    assert night(store, 1) == {URL: "new"}
    assert rows(store, "SELECT id, slug, year, revision_count, authors FROM articles") == [
        (stable_id(URL), "a-truce", "2026", 1, '["Mara Ellingsen", "Óscar Peña"]')
    ]
    assert rows(store, "SELECT authors, sections FROM article_list") == [
        ("Mara Ellingsen, Óscar Peña", "Analysis, Europe")
    ]
    assert rows(store, "SELECT kind, name FROM photo_credits") == [("agency", "AP")]
    assert rows(store, "SELECT outlet, links FROM outlets_cited") == [("ft.example", 1)]
    assert rows(store, "SELECT number, changed_fields FROM revisions") == [(1, None)]
    assert rows(store, "SELECT state, reason, article_id FROM ledger") == [("stored", None, stable_id(URL))]


def test_search_finds_stems_and_ignores_diacritics(store: Store) -> None:
    night(store, 1)
    for query in ("ceasefires", "holding", "oscar pena", "byline:ellingsen"):
        found = store.connection.execute(
            "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?", [query]
        ).fetchall()
        assert found == [(stable_id(URL),)], query


def test_the_same_words_again_are_unchanged(store: Store) -> None:
    night(store, 1)
    spaced = replace(
        ARTICLE, body_text=ARTICLE.body_text.replace(" ", "\N{NO-BREAK SPACE} "), modified_at=DAY.format(2)
    )
    assert night(store, 2, spaced) == {URL: "unchanged"}
    assert rows(store, "SELECT revision_count, last_seen_at, last_changed_at FROM articles") == [
        (1, DAY.format(2), DAY.format(1))
    ]


def test_changed_words_are_a_revision_and_the_index_forgets_the_old_ones(store: Store) -> None:
    night(store, 1)
    edited = replace(ARTICLE, body_text="The armistice held.", headline="A truce wobbles", links=())
    assert night(store, 2, edited) == {URL: "changed"}
    assert rows(store, "SELECT number, changed_fields FROM edits") == [(2, '["headline", "body"]')]
    assert rows(store, "SELECT count(*) FROM links") == [(0,)]
    search = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH '{}'"
    assert rows(store, search.format("overnight")) == [(0,)]
    assert rows(store, search.format("armistice")) == [(1,)]


def test_a_moved_address_is_an_alias_of_one_article(store: Store) -> None:
    night(store, 1)
    assert night(store, 2, ARTICLE, "https://review.example/old-truce/") == {
        "https://review.example/old-truce/": "unchanged"
    }
    assert rows(store, "SELECT count(*) FROM articles") == [(1,)]
    assert rows(store, "SELECT url, article_id FROM aliases") == [("https://review.example/old-truce/", stable_id(URL))]


def test_a_changed_canonical_address_keeps_the_article(store: Store) -> None:
    night(store, 1)
    assert night(store, 2, replace(ARTICLE, url="https://review.example/new-truce/")) == {URL: "unchanged"}
    new = "https://review.example/new-truce/"
    assert rows(store, "SELECT id, url, slug FROM articles") == [(stable_id(URL), new, "new-truce")]
    assert rows(store, "SELECT url FROM aliases") == [(URL,)]


def test_an_address_that_goes_back_and_forth_moves_once(store: Store) -> None:
    night(store, 1)
    new = replace(ARTICLE, url="https://review.example/new-truce/")
    for day, article in enumerate((new, ARTICLE, new, ARTICLE), start=2):
        night(store, day, article)
    assert rows(store, "SELECT id, url FROM articles") == [(stable_id(URL), new.url)]
    assert rows(store, "SELECT url FROM aliases") == [(URL,)]


def test_an_article_filed_under_both_its_addresses_becomes_one_when_the_old_leads_to_the_new(store: Store) -> None:
    night(store, 1)
    moved = replace(ARTICLE, url="https://review.example/new-truce/", headline="A truce wobbles")
    assert night(store, 2, moved, moved.url) == {moved.url: "new"}
    night(store, 3, moved)
    assert rows(store, "SELECT id, url, headline, revision_count FROM articles") == [
        (stable_id(URL), moved.url, "A truce wobbles", 2)
    ]
    assert rows(store, "SELECT number, seen_at, kind FROM revisions ORDER BY number") == [
        (1, DAY.format(1), None),
        (2, DAY.format(2), "headline"),
    ]
    assert rows(store, "SELECT url, article_id FROM aliases") == [(URL, stable_id(URL))]
    assert rows(store, "SELECT count(*) FROM ledger WHERE article_id IS NOT NULL AND state = 'stored'") == [(2,)]


def test_an_address_that_leads_to_quite_another_article_changes_nothing(store: Store) -> None:
    night(store, 1)
    other = replace(
        ARTICLE,
        url="https://review.example/other/",
        headline="Grain prices",
        body_text="Wheat was dear in spring.\nBarley was not.",
    )
    assert night(store, 2, other) == {}
    assert rows(store, "SELECT headline, revision_count FROM articles") == [(ARTICLE.headline, 1)]
    assert rows(store, "SELECT state, reason FROM ledger") == [
        ("stored", "leads to another article: https://review.example/other/")
    ]


def test_spellings_of_one_address_are_one_ledger_row_with_every_source(store: Store) -> None:
    said = (
        Announcement("http://review.example/a-truce", "/sitemap.xml", "sitemap", "2026-03-01"),
        Announcement("https://review.example/a-truce/?utm_source=x", "/europe/", "section"),
    )
    store.commit(Batch([Announced(DAY.format(1), said)]))
    night(store, 2)
    assert rows(store, "SELECT url, sources, lastmod, state FROM ledger") == [
        (URL, '["/europe/","/feeds/feed.rss","/sitemap.xml"]', "2026-03-01", "stored")
    ]


def test_the_interval_doubles_while_nothing_changes(store: Store) -> None:
    night(store, 1)
    night(store, 2)
    night(store, 4)
    checks = "SELECT (julianday(next_check_at) - julianday(checked_at)) * 24 FROM ledger"
    assert rows(store, checks)[0][0] == pytest.approx(24)
    night(store, 8, replace(ARTICLE, headline="Another"))
    assert rows(store, checks)[0][0] == pytest.approx(6)


def test_a_304_is_seen_not_changed(store: Store) -> None:
    night(store, 1)
    night(store, 3, None)
    assert rows(store, "SELECT last_seen_at, revision_count FROM articles") == [(DAY.format(3), 1)]


def test_a_page_that_lost_its_article_does_not_lose_ours(store: Store) -> None:
    night(store, 1)
    at = DAY.format(2)
    store.commit(Batch([Outcome(URL, "excluded", at, "not an article: challenge page")]))
    assert rows(store, "SELECT state, reason, article_id, next_check_at FROM ledger") == [
        ("stored", "not an article: challenge page", stable_id(URL), "2026-03-03T00:00:00+00:00")
    ]
    assert rows(store, "SELECT headline, revision_count FROM articles") == [(ARTICLE.headline, 1)]
    night(store, 3)
    assert rows(store, "SELECT state, reason FROM ledger") == [("stored", None)]


def test_references_point_to_held_articles_whatever_the_spelling(store: Store) -> None:
    night(store, 1)
    older = replace(ARTICLE, url="https://review.example/older/", headline="Older", links=(), related=())
    night(store, 1, older, older.url)
    store.resolve_references()
    assert rows(store, "SELECT target_article_id FROM links WHERE internal") == [(stable_id(older.url),)]
    assert rows(store, "SELECT related_article_id FROM related_stories") == [(stable_id(older.url),)]


def test_a_batch_that_fails_leaves_nothing(store: Store) -> None:
    night(store, 1)
    broken = replace(ARTICLE, url="https://review.example/b/", images=(replace(ARTICLE.images[0], role="other"),))  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError):
        night(store, 2, broken, broken.url)
    assert rows(store, "SELECT count(*) FROM articles") == [(1,)]
    assert rows(store, "SELECT count(*) FROM snapshots") == [(1,)]
    assert rows(store, "SELECT count(*) FROM ledger") == [(1,)]


def test_a_move_is_found_by_who_asks_at_the_new_address_in_the_same_batch(store: Store) -> None:
    night(store, 1)
    moved = "https://review.example/a-truce-2/"
    article, at = replace(ARTICLE, url=moved), DAY.format(2)
    redirected = Snapshot(moved, at, 200, "sha1:X", "warc/a.warc.gz", 5000, 500)
    asked = replace(redirected, warc_offset=6000)
    events = [
        Announced(at, (Announcement(moved, "/feeds/feed.rss", "feed"),)),
        Outcome(URL, "stored", at, None, article, redirected),
        Outcome(moved, "stored", at, None, article, asked),
    ]
    assert store.commit(Batch([*events], [redirected, asked])) == {URL: "unchanged", moved: "unchanged"}
    assert rows(store, "SELECT url, revision_count FROM articles") == [(moved, 1)]
    assert store.found.counts == {"new": 1}, "one article, however many addresses led to it"


def test_filing_an_article_costs_the_same_however_many_are_held(store: Store) -> None:
    few = _steps_of_filing(store, 1)
    store.connection.executemany(
        "INSERT INTO ledger (url, key, sources, first_announced_at, last_announced_at, state, checked_at)"
        " VALUES (:url, :url, '[]', '2026-11-01', '2026-11-01', 'stored', '2026-11-01')",
        [{"url": f"https://news.example/other-{number}/"} for number in range(20_000)],
    )
    store.connection.commit()
    many = _steps_of_filing(store, 2)
    assert many < 1.5 * few, (few, many)


def _steps_of_filing(store: Store, number: int) -> int:
    """Count the steps of SQLite for what a crawl asks and writes when an article is new."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    url = f"https://news.example/new-{number}/"
    article = replace(ARTICLE, url=url, headline=f"The quay, part {number}", body_text=f"Ships came, {number} of them.")
    store.connection.set_progress_handler(step, 1)
    store.twins(article)
    store.last_reading(url)
    store.held_words(url)
    night(store, 1, article, url)
    store.connection.set_progress_handler(None, 0)
    return steps
