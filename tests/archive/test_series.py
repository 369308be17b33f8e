"""Series: what the headlines of an archive show, what people decide, and what the database holds of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.decisions import Decision
from archive.errors import UsageError
from archive.models import Attribution, Notice
from archive.root import open_database
from archive.series import find_series, read_prefix
from archive.store import Store
from tests.archive_support import bare_article, file_articles

WATCH = ("Sanctions Watch: The tankers", "Sanctions Watch: Where the gold went", "Sanctions Watch: A letter")
DAY = "2026-03-{:02d}T04:00:00+00:00"


def names(*headlines: str, decisions: tuple[Decision, ...] = ()) -> list[str | None]:
    found = find_series(dict(enumerate(headlines)), decisions)
    return [found[number].name if number in found else None for number in range(len(headlines))]


def named(prefix: str, name: str | None) -> Decision:
    return Decision("series", {"prefix": prefix, "name": name}, 1)


@pytest.mark.parametrize(
    ("headline", "prefix", "part"),
    [
        ("Sanctions Watch: The tankers", "Sanctions Watch", None),
        ("Basing Rights, Part 2: A radar on a reef", "Basing Rights", 2),
        ("Basing Rights, Part II: A radar on a reef", "Basing Rights", 2),
        ("Basing Rights, Part Two: A radar on a reef", "Basing Rights", 2),
        ("Basing Rights – Part 3 of 5 – The lease", "Basing Rights", 3),
        ("Basing Rights (2/5): A radar on a reef", "Basing Rights", 2),
        ("Basing Rights (4): A radar on a reef", "Basing Rights", 4),
        ("Basing Rights: 2. A radar on a reef", "Basing Rights", 2),
        ("2. Basing Rights: A radar on a reef", "Basing Rights", 2),
        ("Basing Rights | Part IX: A radar", "Basing Rights", 9),
        ("Basing Rights #12: A radar on a reef", "Basing Rights", 12),
        ("Basing Rights: A radar on a reef (Part 2)", "Basing Rights", 2),
        ("The Long War, Part III", "The Long War", 3),
        ("Dossier Rente, Teil 4: Was nun", "Dossier Rente", 4),
        ("Le dossier, partie 2 : la suite", "Le dossier", 2),
        ("連載・基地の町 第2回：灯台", "連載・基地の町", 2),
        ("Iraq 2003: What was known", "Iraq 2003", None),
        ("Ukraine 9/11: What was known", "Ukraine 9/11", None),
        ("Top 10: What was known", "Top 10", None),
    ],
)
def test_a_headline_gives_its_prefix_and_part(headline: str, prefix: str, part: int | None) -> None:
    found = read_prefix(headline)
    assert found is not None
    assert (found.text, found.part) == (prefix, part)


@pytest.mark.parametrize(
    "headline",
    ["At 3:10 to Yuma", "The tankers nobody insures", "X: y", "2024: The year", f"{'long ' * 13}name: x", ""],
)
def test_a_headline_without_a_prefix_has_none(headline: str) -> None:
    assert read_prefix(headline) is None


def test_three_articles_make_a_series() -> None:
    assert names(*WATCH[:2], "The tankers") == [None] * 3
    assert names(*WATCH, "The tankers") == ["Sanctions Watch"] * 3 + [None]


def test_case_quotation_marks_and_spaces_make_no_difference() -> None:
    spelled = ("The General’s War: a", "The General's War : b", "THE GENERAL’S  WAR | c", "The General’s War – d")
    assert names(*spelled) == ["The General’s War"] * 4


@pytest.mark.parametrize(
    "label",
    ["Exclusive", "VIDEO", "Opinion", "Breaking news", "Fact check", "Kommentar", "Vidéo", "Análisis", "Мнение", "Q&A"],
)
def test_a_label_is_no_series(label: str) -> None:
    assert names(*(f"{label}: matter {number}" for number in range(5))) == [None] * 5


def test_a_speaker_is_no_series_but_a_series_may_quote() -> None:
    assert names("Vance: ‘No’", "Vance: “Never”", "Vance: 'Not now'", "Vance: On ships") == [None] * 4
    assert names("“No ships”: a", "“No ships”: b", "“No ships”: c") == [None] * 3
    assert names(*WATCH, "Sanctions Watch: ‘Nobody insures us’") == ["Sanctions Watch"] * 4


def test_a_topic_is_no_series() -> None:
    topic = ("Ukraine: a", "Ukraine: b", "Ukraine: c")
    elsewhere = ("What Ukraine wants", "Ukraine’s grain", "Europe: Ukraine first")
    assert names(*topic, *elsewhere) == [None] * 6
    assert names(*WATCH, "Why we write Sanctions Watch") == ["Sanctions Watch"] * 3 + [None]


def test_people_decide_names_and_that_there_is_none() -> None:
    assert names(*WATCH, decisions=(named("sanctions watch:", "Watching sanctions"),)) == ["Watching sanctions"] * 3
    assert names(*WATCH, decisions=(named("Sanctions Watch", None),)) == [None] * 3
    assert names(*WATCH, decisions=(named("Sanctions Watch", None), named("Sanctions Watch", "Two"))) == ["Two"] * 3
    assert names("Vance: ‘No’", decisions=(named("Vance", "Vance says"),)) == ["Vance says"]
    assert (
        names("Basing Rights, Part 2: a", "Bases: b", decisions=(named("Basing Rights", "B"), named("Bases", "B")))
        == ["B"] * 2
    )
    with pytest.raises(UsageError, match="prefix"):
        names(*WATCH, decisions=(Decision("series", {"name": "x"}, 1),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    db = open_database(tmp_path, write=True)
    yield Store(db, {"review.example"})
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


def held(store: Store) -> dict[str, tuple[str | None, int | None]]:
    rows = store.connection.execute("SELECT headline, series, series_part FROM article_list ORDER BY id")
    return {headline: (series, part) for headline, series, part in rows}


def file_headlines(store: Store, headlines: dict[str, str], day: int = 1) -> None:
    """File an article a headline; an article is known by its slug."""
    file_articles(store, [bare_article(*pair) for pair in headlines.items()], DAY.format(day), first=day * 100)


def test_the_store_follows_the_headlines_both_ways(store: Store) -> None:
    file_headlines(store, {"a": "Basing Rights, Part 1: a", "b": "Basing Rights, Part 2: b", "c": "Other"})
    store.assign_series()
    assert set(held(store).values()) == {(None, None)}
    file_headlines(store, {"d": "Basing Rights, Part 3: d"}, 2)
    store.assign_series()
    assert held(store)["Basing Rights, Part 2: b"] == ("Basing Rights", 2)
    assert store.connection.execute("SELECT name, slug FROM series").fetchall() == [("Basing Rights", "basing-rights")]
    file_headlines(store, {"d": "A vote on a lease"}, 3)
    store.assign_series()
    assert set(held(store).values()) == {(None, None)}
    assert store.connection.execute("SELECT count(*) FROM series").fetchone() == (0,)


def test_a_second_look_at_the_same_headlines_writes_nothing(store: Store) -> None:
    file_headlines(store, dict(zip("abc", WATCH, strict=True)))
    store.assign_series()
    before = store.connection.total_changes
    store.assign_series()
    assert store.connection.total_changes == before


def test_a_withdrawn_article_belongs_to_none(store: Store) -> None:
    file_headlines(store, dict(zip("abcd", (*WATCH, "Sanctions Watch: More"), strict=True)))
    store.assign_series()
    store.connection.execute("UPDATE articles SET status = 'withdrawn' WHERE slug = 'a'")
    store.assign_series()
    assert [series for series, _ in held(store).values()].count("Sanctions Watch") == 3


def test_the_order_of_filing_makes_no_difference(tmp_path: Path) -> None:
    headlines = dict(
        zip("abcdef", (*WATCH, "SANCTIONS WATCH: d", "Basing Rights, Part 1: e", "Sanctions Watch | f"), strict=True)
    )
    found = []
    for number, order in enumerate((list(headlines), list(headlines)[::-1])):
        (root := tmp_path / str(number)).mkdir()
        db = open_database(root, write=True)
        store = Store(db, {"review.example"})
        for day, slug in enumerate(order, start=1):
            file_headlines(store, {slug: headlines[slug]}, day)
            store.assign_series()
        tables = ("SELECT slug, series_id, series_part FROM articles ORDER BY slug", "SELECT * FROM series ORDER BY id")
        found.append([store.connection.execute(sql).fetchall() for sql in tables])
        db.close()
    assert found[0] == found[1]


def test_a_failure_leaves_the_series_as_they_were(store: Store) -> None:
    file_headlines(store, dict(zip("abc", WATCH, strict=True)))
    store.connection.execute("CREATE TRIGGER no BEFORE UPDATE ON articles BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(sqlite3.IntegrityError):
        store.assign_series()
    assert store.connection.execute("SELECT count(*) FROM series").fetchone() == (0,)


def test_a_changed_article_loses_the_attributions_and_notices_it_had(store: Store) -> None:
    said = Attribution("Reuters", "reuters.com", "“It was old,” he told Reuters.", 1, "told OUTLET")
    noted = Notice("correction", "Correction: It sank in May, not in June.", 1)
    before = replace(bare_article("ferry", "A ferry"), attributions=(said,), notices=(noted,))
    file_articles(store, [before], DAY.format(1))
    attributed = (
        "SELECT x.name, o.name, o.host, x.sentence, x.rule FROM attributions x JOIN outlets o ON o.id = x.outlet_id"
    )
    assert store.connection.execute(attributed).fetchall() == [
        ("Reuters", "Reuters", "reuters.com", said.sentence, said.rule)
    ]
    assert store.connection.execute("SELECT kind, text, position FROM notices").fetchall() == [
        ("correction", noted.text, 1)
    ]
    file_articles(store, [bare_article("ferry", "A ferry, raised")], DAY.format(2), first=9)
    assert store.connection.execute(attributed).fetchall() == []
    assert store.connection.execute("SELECT * FROM notices").fetchall() == []
