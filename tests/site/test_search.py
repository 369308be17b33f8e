"""Search: what may be typed, how results are ranked, marked, counted and taken away."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from archive.site import keeping, ordering, sampling
from archive.site.search import MAX_LENGTH, is_valid, match_expression
from tests.archive_support import HOSTILE, make_archive
from tests.site.conftest import Reader, opened, text_of

ATOM = "{http://www.w3.org/2005/Atom}"


def headlines(site: Reader, query: str) -> list[str]:
    return [text_of(heading) for heading in site.page(f"/search?{query}").xpath("//li[@class='card']/h2")]


def hits(site: Reader, query: str) -> int:
    return int(site.page(f"/search?{query}").xpath("//p[@class='hits']/strong")[0].text)


@pytest.mark.parametrize(
    ("typed", "expression"),
    [
        ("ceasefire talks", '"ceasefire" AND "talks"'),
        ('"cease fire" OR truce', '"cease fire" OR "truce"'),
        ("“cease fire”", '"cease fire"'),
        ("truce NOT (talks OR treaty)", '"truce" NOT ( "talks" OR "treaty" )'),
        ("a NOT b c", '"a" NOT "b" AND "c"'),
        ("diplom*", '"diplom" *'),
        ('NEAR(ship "cargo port", 5)', 'NEAR("ship" "cargo port", 5)'),
        ("headline:truce", 'headline : "truce"'),
        ('author:"Mara Ellingsen" body:maps', 'byline : "Mara Ellingsen" AND body_text : "maps"'),
        ("dek:(a OR b)", 'dek : ( "a" OR "b" )'),
        ("停战 truce", '"停战" * AND "truce"'),
        ("or and not", '"or" AND "and" AND "not"'),
    ],
)
def test_what_fts5_knows_is_kept(typed: str, expression: str) -> None:
    assert match_expression(typed) == expression


@pytest.mark.parametrize(
    ("typed", "expression"),
    [
        ('"unbalanced AND (', '"unbalanced"'),
        ("C++ *", '"C++"'),
        ("AND truce", '"truce"'),
        ("truce OR", '"truce"'),
        ("((truce)", '"truce"'),
        ("NEAR(a, b)", '"a," "b"'),
        ("it's a-b c&d", '"it\'s" AND "a-b" AND "c&d"'),
        ("https://x.example/y", '"https://x.example/y"'),
        ("{headline}:x ^y", '"{headline}:x" AND "^y"'),
        ("a & b", '"a" AND "b"'),
        ("sum:total", '"sum:total"'),
    ],
)
def test_what_fts5_does_not_know_is_searched_by_its_words(typed: str, expression: str) -> None:
    assert match_expression(typed) == expression


@pytest.mark.parametrize("typed", ["", "   ", "***", '( ) ""', "AND", "\x00", "&&"])
def test_what_holds_no_word_is_no_expression(typed: str) -> None:
    assert match_expression(typed) is None


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from('ab "()*:^+-{},ANDORTNEheadline\x00é'), max_size=40) | st.text(max_size=40))
def test_whatever_is_typed_runs(typed: str) -> None:
    expression = match_expression(typed)
    assert expression is None or is_valid(expression)


def test_a_long_text_is_cut(site: Reader) -> None:
    assert len(match_expression("word " * 1000) or "") < 4 * MAX_LENGTH
    assert site.get("/search?q=" + "%28" * 3000).status_code == 200


def test_a_word_in_the_headline_comes_before_one_in_the_body(site: Reader) -> None:
    assert headlines(site, "q=zeppelin") == ["The zeppelin ledger", "In passing"]
    assert headlines(site, "q=zeppelin&sort=date") == ["In passing", "The zeppelin ledger"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=headline%3Azeppelin", ["The zeppelin ledger"]),
        ("q=body%3Azeppelin", ["In passing"]),
        ("q=zeppelin+NOT+ledger", ["In passing"]),
        ("q=%22nobody+did%22", ["In passing"]),
        ("q=zepp*+AND+ledg*", ["The zeppelin ledger"]),
        ("q=ZEPPELINS", ["The zeppelin ledger", "In passing"]),
        ("q=author%3Apena+truce", ["A truce holds, signed"]),
        ("q=" + quote("حداد"), ["الهدنة التي لم يوقعها أحد"]),
    ],
)
def test_the_words_find_what_they_should(site: Reader, query: str, found: list[str]) -> None:
    assert headlines(site, query) == found


def test_hits_are_marked_where_they_are(site: Reader) -> None:
    page = site.page("/search?q=zeppelin")
    assert [mark.text for mark in page.xpath("//h2//mark")] == ["zeppelin"]
    assert text_of(page.xpath("//p[@class='snippet'][mark]")[0]) == (
        "Somebody mentioned a zeppelin, and then nobody did."
    )


@pytest.mark.parametrize("query", ["q=zepp*", "q=zeppelin+NOT+truce"])
def test_words_begun_or_beside_excluded_ones_are_marked_as_others_are(site: Reader, query: str) -> None:
    marked = [
        [etree.tostring(card) for card in site.page(f"/search?{asked}").xpath("//li[@class='card']")]
        for asked in (query, "q=zeppelin")
    ]
    assert marked[0] and marked[0] == marked[1]


def test_marks_are_made_after_escaping(site: Reader) -> None:
    text = site.get("/search?q=script").text
    assert "&lt;<mark>script</mark>&gt;alert(" in text
    assert "<script" not in text


@pytest.mark.parametrize("query", ["", "q=harbour", "q=matter", "q=matter&year=2021", "q=matter&author=ines-farrow"])
def test_facets_count_what_choosing_them_finds(site: Reader, query: str) -> None:
    page = site.page(f"/search?{query}")
    counted = page.xpath("//section[contains(@class, 'facet')][.//span]//li[span]")
    assert counted
    for choice in counted:
        href = choice.xpath("./a/@href")[0]
        if "on" not in (choice.get("class") or "").split():
            assert hits(site, href.partition("?")[2]) == int(choice.xpath("./span")[-1].text), href


def test_filters_add_up_and_can_be_taken_off(site: Reader, connection: sqlite3.Connection) -> None:
    expected = connection.execute(
        "SELECT count(*) FROM articles WHERE section = 'Europe' AND year = '2022' AND type = 'Analysis'"
    ).fetchone()[0]
    page = site.page("/search?section=Europe&year=2022&type=Analysis")
    assert int(page.xpath("//p[@class='hits']/strong")[0].text) == expected > 0
    assert len(page.xpath("//ul[@class='chosen']/li")) == 3
    off = page.xpath("//ul[@class='chosen']/li/a/@href")[0]
    assert "section=" not in off and "year=2022" in off


def test_an_empty_search_shows_the_newest_page_by_page(site: Reader, connection: sqlite3.Connection) -> None:
    everything = [row[0] for row in connection.execute("SELECT headline FROM articles ORDER BY published_at DESC, id")]
    assert headlines(site, "") + headlines(site, "page=2") == [" ".join(one.split()) for one in everything]
    assert site.page("/search?page=2").xpath("//a[@rel='prev']") and not site.page("/search?page=2").xpath(
        "//a[@rel='next']"
    )


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "page=-3", "page=99999999999", "sort=upwards", "page=%C2%B2", "year="]
)
def test_nonsense_in_the_address_counts_as_not_said(site: Reader, query: str) -> None:
    assert len(headlines(site, query)) == 20


@pytest.mark.parametrize(
    "typed",
    [
        "https://review.example/2026/02/a-truce-holds/",
        "http://www.review.example/2026/02/a-truce-holds?utm_source=mail#top",
        "review.example/2026/02/a-truce-holds",
        "https://review.example/old/truce",
        "  https://review.example/old/truce/  ",
    ],
)
def test_an_address_leads_to_its_article(site: Reader, typed: str) -> None:
    response = site.get("/search?q=" + quote(typed))
    assert (response.status_code, response.headers["location"]) == (302, "/article/2026/02/a-truce-holds")


@pytest.mark.parametrize(
    "typed", ["https://elsewhere.example/2026/02/a-truce-holds/", "//[", "https://review.example/none", "a.b/c"]
)
def test_any_other_address_is_searched_for(site: Reader, typed: str) -> None:
    assert site.get("/search?q=" + quote(typed)).status_code == 200


@pytest.mark.parametrize("query", ["q=nothingatall", "q=***", "q=zeppelin&year=1999"])
def test_finding_nothing_offers_a_way_on(site: Reader, query: str) -> None:
    page = site.page(f"/search?{query}")
    assert "Nothing found" in text_of(page)
    assert not page.xpath("//li[@class='card']")


@pytest.mark.parametrize("query", ["q=zeppelin", "q=harbour&section=Europe&sort=date", "author=mara-ellingsen", ""])
def test_results_can_be_taken_away_as_csv_json_and_sql(site: Reader, query: str) -> None:
    page = site.page(f"/search?{query}")
    links = page.xpath("//section[contains(@class, 'away')]//ul[@class='plain']//a/@href")
    as_csv, as_json, as_atom, as_sql = links
    shown, count = headlines(site, query), hits(site, query)
    rows = list(csv.DictReader(io.StringIO(site.get(as_csv).text)))
    assert [" ".join(row["headline"].split()) for row in rows][: len(shown)] == shown
    assert len(rows) == count
    said = site.get(as_json).json()
    assert [" ".join(article["headline"].split()) for article in said["articles"]] == shown
    assert (said["hits"], said["hits_are_exact"], said["pages"]) == (count, True, -(-count // 20))
    feed = ElementTree.fromstring(site.get(as_atom).content)
    assert len(feed.findall(f"{ATOM}entry")) == len(shown)
    assert set(headlines(site, f"{query}&sort=date")) == {
        " ".join(title.text.split()) for title in feed.findall(f"{ATOM}entry/{ATOM}title") if title.text
    }
    sql = site.page(as_sql)
    assert len(sql.xpath("//table[contains(@class, 'rows-and-columns')]/tbody/tr")) == count
    assert sql.xpath("//textarea[@id='sql-editor']")[0].text.strip() == text_of_sql(page)


def text_of_sql(page: lxml.html.HtmlElement) -> str:
    return page.xpath("//section[contains(@class, 'away')]//pre")[0].text.strip()


def test_a_hostile_filter_is_only_words(site: Reader) -> None:
    page = site.page("/search?section=" + quote(f"Section {HOSTILE}"))
    assert f"section: Section {HOSTILE}" in text_of(page.xpath("//ul[@class='chosen']")[0])


@pytest.mark.parametrize(
    "typed",
    [
        "\x00zeppelin\x00",
        "zeppelin " * 1_250,
        "🎈 zeppelin",
        '"""zeppelin',
        "((((zeppelin",
        "zeppelin AND",
        "\ud800zeppelin",
    ],
)
def test_odd_things_around_a_word_do_not_hide_it(site: Reader, typed: str) -> None:
    assert "The zeppelin ledger" in headlines(site, "q=" + quote(typed, errors="surrogatepass"))


@pytest.mark.parametrize(
    "typed", ["🎈🎈", "AND OR NOT", "NEAR(", "*" * 10_000, "停战协定", "ا" * 3_000, "\x00", "-", "^", "{}"]
)
def test_nothing_that_is_typed_breaks_the_search(site: Reader, typed: str) -> None:
    for address in ("search", "search.csv", "search.json", "search.atom"):
        assert site.get(f"/{address}?q={quote(typed)}").status_code == 200, address


def test_what_was_cut_is_said_and_every_link_stays_short(site: Reader) -> None:
    page = site.page("/search?q=" + "zeppelin+" * 2_000)
    assert "Only the first" in text_of(page)
    assert max(len(link) for link in page.xpath("//a/@href")) < 6 * MAX_LENGTH


def test_a_slug_in_a_filter_means_its_name(site: Reader) -> None:
    page = site.page("/search?author=mara-ellingsen&outlet=courier.example")
    assert [text_of(one) for one in page.xpath("//li[@class='on']/a/bdi")] == ["Mara Ellingsen", "The Courier"]


def test_a_mirror_is_the_publication_too(tmp_path: Path) -> None:
    root = make_archive(tmp_path / "mirrored")
    with closing(sqlite3.connect(root / "archive.db")) as db, db:
        db.execute(
            "INSERT INTO publication (id, name, title, url, hosts) VALUES (1, 'review', 'Review', ?, ?)",
            ["https://review.example", json.dumps(["mirror.example", "127.0.0.1:8123"])],
        )
    for typed in ("http://mirror.example/2026/02/a-truce-holds", "127.0.0.1:8123/old/truce/?utm_source=x"):
        for reader in opened(root / "archive.db"):
            assert reader.get("/search?q=" + quote(typed)).headers["location"] == "/article/2026/02/a-truce-holds"


@pytest.fixture
def small_sample(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make what is common begin at six articles."""
    for module in (sampling, ordering):
        monkeypatch.setattr(module, "SAMPLE", 5)
    monkeypatch.setattr(sampling, "RANKED", 5)
    monkeypatch.setattr(sampling, "_CHOSEN_RANKED", 5)
    keeping._kept.clear()
    yield
    keeping._kept.clear()


@pytest.mark.parametrize(
    "query", ["q=matter", "q=matter+OR+truce", "q=matter&type=Analysis", "type=Analysis", "q=invoice"]
)
@pytest.mark.parametrize("trust", [5, 0])
def test_what_is_common_is_counted_and_taken_whole_and_the_page_says_what_is_not(
    site: Reader, small_sample: None, monkeypatch: pytest.MonkeyPatch, query: str, trust: int
) -> None:
    monkeypatch.setattr(sampling, "_SURE", trust)
    page = site.page(f"/search?{query}")
    everything = list(csv.DictReader(io.StringIO(site.get(f"/search.csv?{query}").text)))
    assert hits(site, query) == len(everything) == len({row["id"] for row in everything}) > 5
    assert "estimates from 5 of these articles" in text_of(page)
    assert ("The best were sought among 5 of" in text_of(page)) == query.startswith("q=")


@pytest.mark.parametrize(
    "query",
    [
        "q=matter",
        "q=matter&type=Analysis",
        "q=truce+OR+zeppelin+OR+matter",
        "q=matt*",
        "q=matter+NOT+zeppelin",
        "type=Reporting",
    ],
)
@pytest.mark.parametrize("looks", [0, 800])
def test_common_words_are_listed_by_date_without_a_gap(
    site: Reader,
    connection: sqlite3.Connection,
    small_sample: None,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    looks: int,
) -> None:
    monkeypatch.setattr(ordering, "_LOOKS", looks)
    everything = list(csv.DictReader(io.StringIO(site.get(f"/search.csv?{query}&sort=date").text)))
    shown = headlines(site, f"{query}&sort=date") + headlines(site, f"{query}&sort=date&page=2")
    assert shown == [" ".join(row["headline"].split()) for row in everything]
    assert [row["published_at"] for row in everything] == sorted(
        (row["published_at"] for row in everything), reverse=True
    )


def test_words_too_common_to_rank_stand_by_date(
    site: Reader, small_sample: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "COUNTED", 8)
    page = site.page("/search?q=matter")
    assert "too many to rank" in text_of(page)
    assert text_of(page.xpath("//p[@class='hits']")[0]).startswith("about ")
    assert headlines(site, "q=matter") == headlines(site, "q=matter&sort=date")


def test_what_few_wrote_is_found_whole_among_words_too_common_to_rank(
    site: Reader, connection: sqlite3.Connection, small_sample: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "COUNTED", 8)
    sql = (
        "SELECT n.name, count(*) FROM articles_fts f JOIN article_authors x ON x.article_id = f.rowid"
        " JOIN authors n ON n.id = x.author_id WHERE f.articles_fts MATCH 'matter' GROUP BY n.id"
    )
    wrote = dict(connection.execute(sql).fetchall())
    assert len(wrote) > 1
    for name, count in wrote.items():
        page = site.page(f"/search?q=matter&author={quote(name)}")
        assert "about" not in text_of(page.xpath("//p[@class='hits']")[0])
        assert hits(site, f"q=matter&author={quote(name)}") == count


def test_what_is_common_but_not_very_is_ranked_whole(
    site: Reader, small_sample: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked = {query: headlines(site, query) for query in ("q=matter", "q=matter&type=Analysis")}
    keeping._kept.clear()
    monkeypatch.setattr(sampling, "RANKED", 100)
    monkeypatch.setattr(sampling, "_CHOSEN_RANKED", 100)
    for query, part in ranked.items():
        page = site.page(f"/search?{query}")
        assert "The best were sought" not in text_of(page)
        rows = csv.DictReader(io.StringIO(site.get(f"/search.csv?{query}").text))
        assert [row["headline"] for row in rows][:20] == headlines(site, query)
        assert set(part) <= set(headlines(site, query) + headlines(site, f"{query}&page=2"))


@pytest.mark.parametrize("query", ["q=matter", "q=truce", "q=matter&page=2", 'q="a+truce"', "q=matter+NOT+truce"])
def test_a_page_is_the_same_whether_all_is_ranked_at_once_or_found_before(
    site: Reader, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    pages = []
    for probed in (1, 2**52):
        keeping._kept.clear()
        monkeypatch.setattr(sampling, "_PROBED", probed)
        pages.append(site.get(f"/search?{query}").text)
    assert pages[0] == pages[1]
    assert headlines(site, query)
