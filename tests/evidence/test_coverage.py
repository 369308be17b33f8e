"""Coverage adds up, whatever has happened to an archive, and says what counting row by row says."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.coverage import STATES, Counts, Coverage, coverage_of, missing
from archive.ledger import Ledger
from archive.models import Announced, Announcement, Outcome
from archive.schema import migrate
from archive.status import status_of
from scraper.sample.articles import load_articles
from scraper.sample.server import SampleServer
from tests.archive_support import HOST, SITE, make_archive
from tests.command import press_archive, press_archive_here
from tests.evidence.ledgers import Line, by_state, lines, lines_of
from tests.nights import EDITED, LATE, OTHERS, Archive, crawl_night


def check(found: Coverage, known: list[Line]) -> None:
    """Hold coverage to what its ledger says row by row."""
    counts, states = found.totals.counts, by_state(known)
    assert counts.announced == len(known) == sum(getattr(counts, state) for state in STATES)
    assert {state: getattr(counts, state) for state in STATES} == {state: states[state] for state in STATES}
    leading = [line for line in known if line.article_id is not None]
    assert found.totals.leading == len(leading)
    assert found.totals.articles == len({line.article_id for line in leading})
    assert found.totals.withdrawn == sum(line.status == "withdrawn" for line in leading)
    assert found.totals.missing == sum(line.is_missing for line in known)
    check_sources(found, known)
    check_months(found, known)
    check_figures(found, known)


def check_sources(found: Coverage, known: list[Line]) -> None:
    named = Counter((source, line.state) for line in known for source in line.sources)
    alone = Counter(line.sources[0] for line in known if len(line.sources) == 1)
    assert {each.source for each in found.by_source} == {source for source, _ in named}
    for each in found.by_source:
        assert [getattr(each.counts, state) for state in STATES] == [named[each.source, state] for state in STATES]
        assert each.counts.announced == sum(getattr(each.counts, state) for state in STATES)
        assert each.only_here == alone[each.source]
    assert sum(each.counts.announced for each in found.by_source) == found.totals.naming
    assert found.totals.several == sum(len(line.sources) > 1 for line in known)


def check_months(found: Coverage, known: list[Line]) -> None:
    expected = Counter((line.month, line.state) for line in known)
    assert [each.month for each in found.by_month] == sorted({line.month for line in known}, reverse=True)
    for each in found.by_month:
        assert [getattr(each.counts, state) for state in STATES] == [expected[each.month, state] for state in STATES]
        assert each.counts.announced == each.by_publication + each.by_lastmod + each.by_announcement
    published = sum(line.published_at is not None for line in known)
    assert sum(each.by_publication for each in found.by_month) == published
    summed = Counts(*(sum(getattr(each.counts, name) for each in found.by_month) for name in Counts.__slots__))
    assert summed == found.totals.counts


def check_figures(found: Coverage, known: list[Line]) -> None:
    figures = {figure.name: figure for figure in found.totals.completeness}
    wanted = [line for line in known if line.state != "excluded"]
    assert (figures["stored"].counted, figures["stored"].out_of) == (by_state(known)["stored"], len(wanted))
    for figure in figures.values():
        assert 0 <= figure.counted <= figure.out_of
        assert (figure.percent == "100.0 %") == (0 < figure.counted == figure.out_of)


def coverage_at(root: Path) -> Coverage:
    with closing(sqlite3.connect(root / "archive.db")) as connection:
        return coverage_of(connection)


def test_it_adds_up_after_nights_of_edits_moves_and_removals(nights: Archive) -> None:
    found = coverage_at(nights.root)
    check(found, lines_of(nights.root))
    assert found.totals.leading > found.totals.articles, "the moved articles' old addresses lead to them, too"
    assert found.totals.gone_held == found.totals.counts.gone == 1


def test_it_adds_up_after_a_takedown(copy: Archive) -> None:
    before = coverage_at(copy.root).totals
    # The moved article has two addresses, both of which lead to what is withdrawn now.
    done = press_archive_here("takedown", "moved-one", "--reason", "asked", "--root", copy.root)
    assert done.exit_code == 0, done.output
    found = coverage_at(copy.root)
    check(found, lines_of(copy.root))
    assert found.totals.withdrawn == 2
    assert found.totals.counts == before.counts
    held = {figure.name: figure for figure in found.totals.completeness}["held"]
    assert held.counted == before.leading - 2


def test_it_adds_up_when_a_crawl_was_killed_and_status_says_that_it_was(copy: Archive) -> None:
    before = coverage_at(copy.root)
    site = SampleServer(articles=(EDITED, LATE, *OTHERS[:3], *load_articles()[12:15]))
    with site as server, pytest.raises(RuntimeError):
        crawl_night(copy.root, server, 5, PRESS_ARCHIVE_CRASH_AT="committed:1")
    found = coverage_at(copy.root)
    check(found, lines_of(copy.root))
    assert found.totals.counts.announced >= before.totals.counts.announced
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRESS_ARCHIVE_NOW", "2026-12-05T05:00:00+00:00")
        assert [trouble.kind for trouble in status_of(copy.root).troubles] == ["killed"]


urls = st.sampled_from([f"{SITE}/{number}/" for number in range(12)])
sources = st.sampled_from(["/", "/feed.rss", "/sitemap.xml", "import"])
states = st.sampled_from(("pending", "gone", "excluded", "failed"))
moments = st.sampled_from([f"20{year}-0{month}-11T04:00:00+00:00" for year in (19, 26) for month in (1, 7)])
announced = st.builds(
    Announced,
    moments,
    st.lists(st.builds(Announcement, urls, sources, st.just("feed"), st.none() | moments), max_size=6).map(tuple),
)
outcomes = st.builds(Outcome, urls, states, moments, st.none() | st.sampled_from(["HTTP 404", "not an article: index"]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(announced | outcomes, max_size=25))
def test_it_adds_up_whatever_the_order_of_events(events: list[Announced | Outcome]) -> None:
    db = Database(memory=True)
    with closing(db.conn):
        migrate(db)
        ledger = Ledger(db.conn, {HOST})
        for event in events:
            ledger.announce(event) if isinstance(event, Announced) else ledger.settle(event)
        check(coverage_of(db.conn), lines(db.conn))


def test_the_missing_are_all_that_should_lead_to_an_article_and_do_not(tmp_path: Path) -> None:
    root = make_archive(tmp_path / "archive")
    known = lines_of(root)
    with closing(sqlite3.connect(root / "archive.db")) as connection:
        found = list(missing(connection))
    assert {each.url for each in found} == {line.url for line in known if line.is_missing}
    assert f"{SITE}/waiting/" in {each.url for each in found}


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an archive in which one address failed and one waits, with sources that try to colour the terminal."""
    root = make_archive(tmp_path_factory.mktemp("failing") / "archive")
    with closing(sqlite3.connect(root / "archive.db")) as connection:
        ledger = Ledger(connection, {HOST})
        at = "2026-03-04T04:00:00+00:00"
        ledger.announce(Announced(at, (Announcement(f"{SITE}/broken/", "/\x1b[31m[red]feed", "feed"),)))
        ledger.settle(Outcome(f"{SITE}/broken/", "failed", at, "HTTP 503"))
        connection.commit()
    return root


def asked(root: Path, *words: str) -> str:
    result = press_archive_here("coverage", "--root", root, *words)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_the_command_tells_people_and_programs_the_same(failing: Path) -> None:
    record: dict[str, Any] = json.loads(asked(failing, "--missing", "--json"))
    found = coverage_at(failing)
    assert record["announced"] == found.totals.counts.announced == sum(record["states"].values())
    assert [row["source"] for row in record["by_source"]] == [each.source for each in found.by_source]
    assert [row["month"] for row in record["by_month"]] == [each.month for each in found.by_month]
    by_url = {each["url"]: each for each in record["missing"]}
    broken = by_url[f"{SITE}/broken/"]
    assert (broken["state"], broken["reason"], broken["attempts"]) == ("failed", "HTTP 503", 1)
    assert broken["next_look_at"] == "2026-03-05T00:00:00+00:00"
    assert by_url[f"{SITE}/waiting/"]["next_look_at"] is None
    shown = press_archive("coverage", "--root", failing).stdout
    assert f"{found.totals.counts.announced} addresses were announced" in shown
    assert "Sources overlap" in shown
    assert "\x1b" not in shown
    assert "[red]feed" in shown


def test_the_missing_list_is_a_csv_file_or_lines(failing: Path, tmp_path: Path) -> None:
    target = tmp_path / "missing.csv"
    result = press_archive_here("coverage", "--root", failing, "--missing", target)
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))
    assert {row["url"] for row in rows} == {line.url for line in lines_of(failing) if line.is_missing}
    assert list(tmp_path.iterdir()) == [target]
    listed = asked(failing, "--missing").splitlines()
    assert f"failed\t1\t2026-03-05T00:00:00+00:00\t{SITE}/broken/\tHTTP 503" in listed
    assert f"pending\t0\tthe next run\t{SITE}/waiting/\tnot asked for yet" in listed
