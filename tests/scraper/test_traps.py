"""Traps end and articles are found, told step by step without any network."""

from __future__ import annotations

from itertools import count

import pytest

from scraper.traps import Traps, Verdict

SITE = "https://quay.example"
BUDGETS = [500, 2_000, 20_000, 100_000]
GO, WAIT = Verdict.GO, Verdict.WAIT


def read(traps: Traps, url: str, text: object | None, address: str | None = None) -> Verdict | str:
    """Ask for an article and tell what it held."""
    verdict = traps.article(url, address or url)
    if verdict is GO:
        traps.read_article(url, address or url, hash(text) if text is not None else None)
    return verdict


@pytest.mark.parametrize("budget", BUDGETS)
def test_a_calendar_ends(budget: int) -> None:
    traps, asked = Traps(budget), 0
    for number in count():
        verdict = read(traps, f"{SITE}/calendar/{2000 + number // 12}/{number % 12 + 1}", None)
        if isinstance(verdict, str):
            break
        asked += 1
    assert 1 < asked <= budget * 0.02
    assert verdict == f"{asked} addresses like it held no new article"


def test_numbers_that_hold_articles_go_on() -> None:
    traps = Traps(1000)
    for number in range(5000):
        text = f"text {number}" if number % 7 else None
        assert read(traps, f"{SITE}/story/{number}", text) is GO


def test_words_are_trusted_longer_than_numbers() -> None:
    traps = Traps(1000)
    for number in range(9):
        assert read(traps, f"{SITE}/video/a-film-called-{'abcdefghi'[number]}", None) is GO
    assert read(traps, f"{SITE}/video/at-last-an-article", "text") is GO
    for number in range(99):
        assert read(traps, f"{SITE}/video/film-{number}-again", None) is GO


def test_no_more_are_asked_at_once_than_may_be_fruitless() -> None:
    traps = Traps(1000)
    verdicts = [traps.article(f"{SITE}/story/{n}", f"{SITE}/story/{n}") for n in range(10)]
    assert verdicts == [GO] * 2 + [WAIT] * 8
    traps.read_article(f"{SITE}/story/0", f"{SITE}/story/0", 1)
    assert [traps.article(f"{SITE}/story/{n}", f"{SITE}/story/{n}") for n in range(2, 10)] == [GO] * 8


def test_a_failure_says_nothing() -> None:
    traps = Traps(1000)
    for number in range(100):
        url = f"{SITE}/story/{number}"
        assert traps.article(url, url) is GO
        traps.fail(url, url)


def test_an_attempt_more_is_no_other_address() -> None:
    traps = Traps(1000)
    url = f"{SITE}/story/1"
    assert [traps.article(url, url) for _ in range(5)] == [GO] * 5


def test_what_never_comes_is_not_waited_for() -> None:
    traps = Traps(1000)
    for number in range(3):
        last = traps.article(f"{SITE}/story/{number}", f"{SITE}/story/{number}")
    assert last is WAIT
    traps.forget_open()
    assert traps.article(f"{SITE}/story/2", f"{SITE}/story/2") is GO


def test_a_token_that_changes_nothing_is_seen_through_and_no_article_is_lost() -> None:
    traps, asked = Traps(2000), 0
    for night in range(50):
        for story in range(20):
            verdict = read(
                traps,
                f"{SITE}/story-{'abcdefghijklmnopqrst'[story]}?visit={night:03}a{story:03}c1e2b4d5",
                f"text {story}",
            )
            asked += verdict is GO
            if night == 0:
                assert verdict is GO
    assert asked == 20 + 2


def test_a_token_that_names_the_article_is_none_of_those() -> None:
    traps = Traps(2000)
    for story in range(500):
        assert read(traps, f"{SITE}/read?key={story:04}a7c1e2b4d5f", f"text {story}") is GO


def test_a_variant_waits_for_the_plain_address_that_is_on_its_way() -> None:
    traps = Traps(2000)
    plain, variant = f"{SITE}/a-truce", f"{SITE}/a-truce?visit=3f9a7c1e2b4d5f60"
    traps.read_page(f"{SITE}/map.xml", [plain], [], [plain])
    assert traps.article(variant, variant) is WAIT
    assert read(traps, plain, "text") is GO
    assert read(traps, variant, "text") is GO


def page(traps: Traps, url: str, named: list[str], texts: dict[str, str | None], chain: str = "/list") -> Verdict | str:
    """Ask for a page, take what it names, and read those articles that may be read."""
    verdict = traps.page(url, chain)
    if verdict is GO:
        traps.read_page(url, named, [], [address for address in named if address in texts])
        for address in named:
            if address in texts and isinstance(read(traps, address, texts[address]), str):
                traps.read_article(address, address, None)
    return verdict


@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("form", ["/list?page={}", "/calendar/{}/", "/topics/{}word/x/"])
def test_pages_that_name_nothing_new_end(budget: int, form: str) -> None:
    traps, asked = Traps(budget), 0
    newest = f"{SITE}/the-newest-story"
    for number in count():
        verdict = page(traps, SITE + form.format(number), [newest], {newest: "text"})
        if isinstance(verdict, str):
            break
        asked += 1
    assert 1 < asked <= budget * 0.02


@pytest.mark.parametrize("budget", BUDGETS)
def test_pages_that_make_addresses_up_end(budget: int) -> None:
    traps, asked = Traps(budget), 0
    for number in count():
        made = [f"{SITE}/made/up-{number}-{n}-of-words" for n in range(10)]
        before = asked
        verdict = traps.page(f"{SITE}/list?page={number}", "/list")
        if isinstance(verdict, str):
            break
        if verdict is WAIT:
            break
        asked += 1
        traps.read_page(f"{SITE}/list?page={number}", made, [], made)
        for address in made:
            verdict = traps.article(address, address)
            if verdict is GO:
                asked += 1
            traps.read_article(address, address, None)
        assert asked > before
    assert asked <= max(budget * 0.02, 12)


def test_a_long_list_of_articles_is_read_to_its_end() -> None:
    traps = Traps(1000)
    for number in range(400):
        named = [f"{SITE}/story-{number}-{n}-of-the-quay" for n in range(10)]
        assert page(traps, f"{SITE}/list?page={number}", named, {address: address for address in named}) is GO


def test_a_list_of_articles_that_are_known_from_elsewhere_is_read_to_its_end() -> None:
    traps = Traps(1000)
    for chain in ("/africa/", "/europe/"):
        for number in range(50):
            named = [f"{SITE}/story-{number}-{n}-of-the-quay" for n in range(10)]
            assert page(traps, f"{SITE}{chain}?page={number}", named, {a: a for a in named}, chain) is GO


def test_on_later_nights_what_the_archive_holds_counts() -> None:
    traps = Traps(1000)
    for number in range(50):
        url, named = f"{SITE}/list?page={number}", [f"{SITE}/story-{number}-of-the-quay"]
        assert traps.page(url, "/list") is GO
        traps.read_page(url, named, stored=named, asked=[])


def test_without_articles_what_is_new_counts() -> None:
    traps = Traps(1000, verified=False)
    for number in range(50):
        url, named = f"{SITE}/list?page={number}", [f"{SITE}/story-{number}-of-the-quay"]
        assert traps.page(url, "/list") is GO
        traps.read_page(url, named, [], named)
    for number in range(50, 60):
        verdict = traps.page(f"{SITE}/list?page={number}", "/list")
        traps.read_page(f"{SITE}/list?page={number}", named, [], named)
    assert isinstance(verdict, str)


def test_pages_are_read_a_few_ahead_of_their_articles() -> None:
    traps = Traps(100_000)
    verdicts = []
    for number in range(40):
        url, named = f"{SITE}/list?page={number}", [f"{SITE}/story-{number}-of-the-quay"]
        verdicts.append(traps.page(url, "/list"))
        if verdicts[-1] is GO:
            traps.read_page(url, named, [], named)
    assert verdicts == [GO] * 25 + [WAIT] * 15
    first = f"{SITE}/story-0-of-the-quay"
    assert read(traps, first, "text") is GO
    assert traps.page(f"{SITE}/list?page=25", "/list") is GO


def test_a_finite_list_may_hold_many_empty_ones_before_a_full_one() -> None:
    traps = Traps(100_000)
    for month in range(300):
        url = f"{SITE}/sitemap-{month}.xml"
        assert traps.page(url, "/index.xml", listed=True) is GO
        traps.read_page(url, [], [], [])


def test_growing_paths_are_not_asked_at_all() -> None:
    traps = Traps(1000)
    assert traps.page(f"{SITE}/topics/more/more/more/") == "a path that repeats itself"
    assert traps.article(f"{SITE}/a/bcd/bcd/bcd", "x") == "a path that repeats itself"
