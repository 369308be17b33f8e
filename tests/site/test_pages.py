"""Our pages over Datasette's real application: what they show, and what they never do."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

import lxml.html
import pytest

from archive.site import holding, landing
from tests.archive_support import HOSTILE, LONG_HEADLINE, RTL_HEADLINE
from tests.site.conftest import Reader, opened, text_of

TRUCE = "/article/2026/02/a-truce-holds"
LISTS = (
    "/authors",
    "/sections",
    "/series",
    "/tags",
    "/outlets",
    "/credits",
    "/edits",
    "/charts",
    "/coverage",
    "/data",
)
HOSTILE_NAME = "script-alert-x-script"
PAGES = (
    "/",
    "/search",
    "/search?q=hostile",
    "/search?q=" + quote(HOSTILE),
    "/search?section=" + quote(f"Section {HOSTILE}"),
    TRUCE,
    "/article/hostile",
    "/article/undated",
    "/article/long",
    f"/author/mallory-{HOSTILE_NAME}",
    f"/section/section-{HOSTILE_NAME}",
    f"/tag/tag-{HOSTILE_NAME}",
    TRUCE + "/revision/2",
    TRUCE + "/revision/1",
    "/outlet/courier.example",
    "/photographer/lena-brandt",
    "/agency/harbour-pictures",
    *LISTS,
)
MISSING = ("/article/nowhere", "/article/" + quote(HOSTILE), "/author/nobody", "/nowhere")


@pytest.mark.parametrize("path", [*PAGES, *MISSING])
def test_every_page_is_html_that_runs_and_loads_nothing_foreign(site: Reader, path: str) -> None:
    response = site.get(path)
    assert response.status_code == (404 if path in MISSING else 200)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    page = lxml.html.document_fromstring(response.text)
    assert not page.xpath("//style | //iframe | //object | //embed | //img")
    assert not page.xpath("//script[not(@type='application/ld+json')]")
    assert not page.xpath("//@style | //@*[starts-with(name(), 'on')]")
    loaded = page.xpath("//link[@rel != 'canonical']/@href | //@src | //@srcset | //@action")
    assert loaded and all(address.startswith("/") for address in loaded)
    assert not [href for href in page.xpath("//a/@href") if href.lower().startswith(("javascript:", "data:"))]
    away = page.xpath("//a[starts-with(@href, 'http')]")
    assert all("noopener" in link.get("rel", "") for link in away)


@pytest.mark.parametrize("path", [*PAGES, *MISSING])
def test_every_page_can_be_walked_by_ear(site: Reader, path: str) -> None:
    page = site.page(path, 404 if path in MISSING else 200)
    assert page.get("lang") == "en"
    assert len(page.xpath("//h1")) == len(page.xpath("//main")) == 1
    assert page.xpath("//header//nav[@aria-label]") and page.xpath("//footer")
    assert page.xpath("//a[@class='skip']/@href") == ["#main"]
    for field in page.xpath("//input[@type='search']"):
        assert page.xpath(f"//label[@for='{field.get('id')}']")
    identities = page.xpath("//@id")
    assert len(identities) == len(set(identities))
    headings = [page.get_element_by_id(one) for one in page.xpath("//section/@aria-labelledby")]
    regions = [*map(text_of, headings), *page.xpath("//*[@role='region']/@aria-label")]
    assert len(regions) == len(set(regions))


def test_our_pages_forbid_what_they_do_not_need(site: Reader) -> None:
    for path in ("/", "/search?q=truce", TRUCE, "/article/nowhere"):
        headers = site.get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self';" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert site.get("/archive/articles").headers["x-content-type-options"] == "nosniff"


def test_the_landing_page_says_what_is_held(site: Reader, connection: sqlite3.Connection) -> None:
    page = site.page("/")
    facts = {text_of(fact.find("dt")): text_of(fact.find("dd")) for fact in page.xpath("//dl[@class='facts']/div")}
    for label, sql in (
        ("Articles", "SELECT count(*) FROM articles"),
        ("Words", "SELECT sum(word_count) FROM articles"),
        ("Authors", "SELECT count(*) FROM authors"),
        ("Outlets cited", "SELECT count(*) FROM outlets"),
        ("Edits seen", "SELECT count(*) FROM edits"),
        ("Snapshots kept", "SELECT count(*) FROM snapshots"),
    ):
        assert facts[label] == f"{connection.execute(sql).fetchone()[0]:,}", label
    newest = connection.execute("SELECT headline FROM articles ORDER BY published_at DESC LIMIT 10").fetchall()
    assert [text_of(card) for card in page.xpath("//li[@class='card']/h3")] == [row[0] for row in newest]
    assert "announced 35 addresses: 33 stored" in text_of(page) and "1 set aside" in text_of(page)
    assert "Last crawl: 2 March 2026, 04:00 UTC, finished" in text_of(page)


def test_the_chart_has_a_bar_a_month_with_articles(site: Reader, connection: sqlite3.Connection) -> None:
    months = connection.execute(
        "SELECT count(DISTINCT substr(published_at, 1, 7)) FROM articles WHERE published_at IS NOT NULL"
    ).fetchone()[0]
    chart = site.page("/").xpath("//figure[contains(@class, 'wide')]")[0]
    assert chart.xpath(".//*[@class='bar']/@d")[0].count("M") == months
    years = {year for (year,) in connection.execute("SELECT DISTINCT year FROM articles WHERE year IS NOT NULL")}
    assert {title[:4] for title in chart.xpath(".//*[local-name()='title']/text()")} == {
        str(year) for year in range(int(min(years)), int(max(years)) + 1)
    }
    assert chart.xpath(".//*[@class='gap']/@d")[0].count("M") == 8 * 12 - 10 - months


def test_example_questions_open_as_queries_that_answer(site: Reader) -> None:
    for link in site.page("/").xpath("//section[@aria-labelledby='questions']//a/@href"):
        assert site.get(link).status_code == 200, link


def test_the_landing_page_is_light(site: Reader) -> None:
    page = site.get("/")
    style = site.page("/").xpath("//link[@rel='stylesheet']/@href")[0]
    assert len(page.content) + len(site.get(style).content) <= 60_000
    assert "<script" not in page.text and " style=" not in page.text


def test_an_article_is_shown_with_all_that_belongs_to_it(site: Reader) -> None:
    page = site.page(TRUCE)
    assert text_of(page.find(".//h1")) == "A truce holds, signed"
    assert page.xpath("//p[@class='byline']/a/@href") == ["/author/mara-ellingsen", "/author/oscar-pena"]
    assert "11 February 2026, 10:30 (UTC−05:00)" in text_of(page)
    assert "The bridge, closed since spring." in text_of(page.xpath("//figure")[0])
    assert "Photographer: Lena Brandt" in text_of(page.xpath("//figure")[0])
    body = page.xpath("//div[@class='body']")[0]
    assert [text_of(block) for block in body] == [
        "The ceasefire held overnight.",
        "What the maps say",
        "The Courier reported it.",
        "An older matter rests.",
    ]
    assert body.xpath(".//a/@href") == ["https://courier.example/x?a=1", "/article/2021/02/matter-1"]
    sources = page.xpath("//dl[@class='sources']")[0]
    assert text_of(sources) == "The Courier courier.example reported The Courier reported it."
    related = page.xpath("//section[@aria-labelledby='related']//a/@href")
    assert related == ["/article/2022/03/matter-2", "https://elsewhere.example/story"]
    revisions = page.xpath("//section[@aria-labelledby='revisions']//tbody/tr")
    assert [[text_of(cell) for cell in row] for row in revisions] == [
        ["2", "2 March 2026, 04:00 UTC", "headline"],
        ["1", "1 March 2026, 04:00 UTC", "first text"],
    ]
    assert "read from json-ld datePublished" in text_of(page)


def test_an_article_leads_to_the_bytes_it_was_read_from(site: Reader, connection: sqlite3.Connection) -> None:
    snapshot = connection.execute(
        "SELECT s.warc_file, s.warc_offset, s.warc_length, s.digest, a.id FROM articles a"
        " JOIN snapshots s ON s.id = a.snapshot_id WHERE a.slug = '2026/02/a-truce-holds'"
    ).fetchone()
    page = site.page(TRUCE)
    provenance = text_of(page.xpath("//dl[@class='provenance']")[0])
    assert f"{snapshot[0]} at byte {snapshot[1]:,}, {snapshot[2]:,} bytes long" in provenance
    assert snapshot[3] in provenance
    assert f"/archive/articles/{snapshot[4]}" in page.xpath("//dl[@class='provenance']//a/@href")


def test_an_article_can_be_cited(site: Reader) -> None:
    page = site.page(TRUCE)
    cited = text_of(page.xpath("//p[@class='citation']")[0])
    assert cited.startswith("Mara Ellingsen and Óscar Peña. “A truce holds, signed.” review.example, 11 February 2026.")
    assert "@article{ellingsen2026truce-" in page.xpath("//pre")[0].text_content()


def test_another_address_leads_to_the_article(site: Reader) -> None:
    for path in ("/article/old/truce", "/article/old/truce/", TRUCE + "/"):
        response = site.get(path)
        assert (response.status_code, response.headers["location"]) == (302, TRUCE), path


def test_an_unknown_article_offers_a_search(site: Reader) -> None:
    page = site.page("/article/2020/01/zeppelin-ledgers", 404)
    assert page.xpath("//input[@name='q']/@value") == ["zeppelin ledgers"]


def test_what_an_article_lacks_is_said_or_left_out(site: Reader) -> None:
    page = site.page("/article/undated")
    assert "The page gives no date" in text_of(page)
    assert not page.xpath("//p[@class='byline'] | //p[@class='dek'] | //figure | //dl[@class='sources']")
    assert text_of(site.page("/article/long").find(".//h1")) == LONG_HEADLINE


def test_a_headline_runs_in_its_own_direction(site: Reader) -> None:
    heading = site.page("/article/2024/05/hudna").find(".//h1")
    assert (text_of(heading), heading.get("dir"), heading.get("lang")) == (RTL_HEADLINE, "auto", "ar")


@pytest.mark.parametrize(
    ("path", "view", "count"),
    [
        ("/authors", "author_list", "SELECT count(*) FROM authors"),
        ("/sections", "section_list", "SELECT count(*) FROM sections"),
        ("/tags", "tag_list", "SELECT count(*) FROM tags"),
        ("/outlets", "outlets_cited", "SELECT count(*) FROM outlets_cited"),
        ("/credits", "photo_credits", "SELECT count(*) FROM photo_credits"),
        ("/edits", "edits", "SELECT count(*) FROM edits"),
    ],
)
def test_a_list_has_a_row_for_each(
    site: Reader, connection: sqlite3.Connection, path: str, view: str, count: str
) -> None:
    page = site.page(path)
    assert len(page.xpath("//tbody/tr")) == connection.execute(count).fetchone()[0]
    assert any(f"/archive/{view}" in href for href in page.xpath("//a/@href"))
    assert page.xpath("//a[text()='CSV']") and page.xpath("//a[text()='JSON']")


@pytest.mark.parametrize(
    ("path", "headings"),
    [("/author/oscar-pena", 8), ("/section/europe", 7), ("/tag/truce", 1)],
)
def test_a_name_gathers_its_articles(site: Reader, path: str, headings: int) -> None:
    assert len(site.page(path).xpath("//li[@class='card']")) == headings


def test_every_link_from_the_lists_leads_somewhere(site: Reader) -> None:
    for path in ("/", *LISTS):
        for href in set(site.page(path).xpath("//main//a[starts-with(@href, '/')]/@href")):
            if not href.startswith("/archive"):
                assert site.get(href).status_code == 200, f"{path} links to {href}"


def test_a_page_that_takes_too_long_says_so(site: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(connection: sqlite3.Connection) -> None:
        connection.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")

    monkeypatch.setattr(landing, "overview", endless)
    monkeypatch.setattr(holding, "TIME_LIMIT_MS", 60)
    assert "took too long" in text_of(site.page("/", 400))


def test_a_page_is_only_read(site: Reader) -> None:
    response = site.post("/search")
    assert response.status_code in (403, 405)


def test_without_an_archive_datasette_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    made = sqlite3.connect(other)
    made.execute("CREATE TABLE articles (id INTEGER PRIMARY KEY, headline TEXT)")
    made.close()
    for reader in opened(other):
        page = reader.get("/")
        assert "press-archive" not in page.text and "content-security-policy" not in page.headers
        assert reader.get("/search").status_code == 404
        assert reader.get("/other/articles").status_code == 200
        assert reader.datasette.setting("suggest_facets") is True


def test_the_archive_is_found_under_any_name_and_beside_others(root: Path, tmp_path: Path) -> None:
    named = tmp_path / "my review.db"
    named.write_bytes((root / "archive.db").read_bytes())
    other = tmp_path / "a.db"
    sqlite3.connect(other).close()
    for reader in opened(other, named, settings={"base_url": "/kept/"}):
        assert reader.get("/").status_code == 200
        assert text_of(reader.page(TRUCE).find(".//h1")) == "A truce holds, signed"
        links = reader.page("/").xpath("//@href | //@action")
        assert all(link.startswith(("/kept/", "http", "#")) for link in links)


def test_who_may_not_see_the_articles_sees_no_page_of_them(root: Path) -> None:
    rules = {"databases": {"archive": {"tables": {"articles": {"allow": False}}}}}
    for reader in opened(root / "archive.db", metadata=rules):
        for path in ("/", "/search", TRUCE, "/authors", "/author/mara-ellingsen"):
            assert reader.get(path).status_code == 403, path
