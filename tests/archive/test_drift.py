"""Nights as facts: what is said of which, what a night of odd articles may do, and facts as text and back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.drift import find_alarms
from archive.facts import RunFacts
from archive.models import Article, Byline, Outcome
from archive.odds import Tally, chance_of_so_few, expect
from archive.portraits import portrait_of
from tests.archive_support import SITE, plain_article

STARTED = "2026-05-05T03:00:00+00:00"


def article(number: int) -> Article:
    return replace(plain_article(number), layout="plain", published_at="2026-05-01T00:00:00+00:00")


def night(new: list[Article], again: list[tuple[Article, Article]], feed: int = 20, late: bool = False) -> RunFacts:
    facts = RunFacts("nightly", STARTED)
    for each in new:
        facts.add_article(each)
    for before, now in again:
        facts.add_article(now, portrait_of(before))
        facts.add_filings({now.url: "unchanged" if now == before else "changed"})
    urls = [f"{SITE}/{number}/" for number in range(feed)]
    facts.add_source("/feed/", "feed", urls, [] if late else [each.url for each in new])
    facts.add_source("/", "section", urls, [each.url for each in new])
    facts.end(requests=3)
    facts.settle([])
    return facts


def usual(number: int) -> RunFacts:
    pages = [article(10 * number + place) for place in range(3)]
    return night(pages, [(each, each) for each in map(article, range(10 * number, 10 * number + 6))])


HISTORY = [usual(number) for number in range(20)]
PAGES = [article(900 + number) for number in range(8)]


def kinds(tonight: RunFacts) -> set[tuple[str, str]]:
    return {(alarm.kind, alarm.name) for alarm in find_alarms(tonight, HISTORY)}


def test_a_usual_night_says_nothing() -> None:
    assert kinds(usual(30)) == set()
    assert kinds(night([], [])) == set()


@pytest.mark.parametrize(
    ("change", "alarm"),
    [
        ({"byline": Byline()}, ("field", "byline")),
        ({"layout": "generic"}, ("layout", "layout")),
        ({"body_text": "Sign in to read on."}, ("text", "body_text")),
        ({"type": None}, ("field", "type")),
    ],
)
def test_what_known_pages_have_lost_is_named(change: dict[str, object], alarm: tuple[str, str]) -> None:
    tonight = night([], [(each, replace(each, **change)) for each in PAGES])  # type: ignore[arg-type]
    assert alarm in kinds(tonight)
    (found,) = [each for each in find_alarms(tonight, HISTORY) if (each.kind, each.name) == alarm]
    assert found.first_bad == PAGES[0].url and found.last_good


def test_pages_that_are_no_articles_any_more_are_named() -> None:
    tonight = RunFacts("nightly", STARTED)
    for each in PAGES:
        tonight.add_outcome(Outcome(each.url, "excluded", STARTED, "not an article: consent wall"), portrait_of(each))
    assert ("non-articles", "article") in kinds(tonight)


def test_a_night_of_briefs_is_no_redesign_where_known_pages_are_as_ever() -> None:
    briefs = [replace(each, body_text="It rained.", links=()) for each in PAGES]
    assert kinds(night(briefs, [(each, each) for each in map(article, range(6))])) == set()
    assert kinds(night(briefs, [])) != set()


def test_one_edit_is_no_redesign() -> None:
    held = [article(number) for number in range(8)]
    edited = replace(held[0], body_text=held[0].body_text[:90], dek=None)
    assert kinds(night([], [(held[0], edited), *((each, each) for each in held[1:])])) == set()


def test_a_source_that_goes_quiet_is_named_and_a_late_one_only_when_it_stays_late() -> None:
    assert kinds(night(PAGES[:3], [], feed=0)) >= {("source", "/feed/"), ("source", "/")}
    late = night(PAGES[:3], [], late=True)
    assert kinds(late) == set()
    found = find_alarms(late, [late, late, *HISTORY])
    assert [(alarm.kind, alarm.name) for alarm in found] == [("source", "/feed/")]


def test_facts_are_the_same_after_a_stay_in_the_database() -> None:
    facts = HISTORY[3]
    again = RunFacts.from_json(facts.as_json())
    assert again.as_json() == facts.as_json()
    assert again.shares == facts.shares and again.lengths == facts.lengths and again.sources == facts.sources


def test_the_more_pages_fall_the_less_it_is_chance() -> None:
    expected = expect([Tally(9, 1)] * 10)
    chances = [chance_of_so_few(Tally(10 - bad, bad), expected) for bad in range(11)]
    assert chances[0] == 1.0 and chances == sorted(chances, reverse=True)
    assert chances[10] < 1e-4
