"""Several archives served together: one front page, one search, and each archive under its name."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import feedparser
import httpx
import lxml.html
import pytest
from click.testing import CliRunner

from archive.errors import DamagedArchive, UsageError
from archive.library.merging import by_relevance, merged
from archive.library.naming import TAKEN, names
from archive.publishing.database import Choice
from archive.publishing.folder import publish
from archive.site import ordering
from archive.site.asked import Search
from archive.site.pages import routes
from archive.verbs.serve import serve
from tests.archive_support import HOSTILE
from tests.command import one_sentence, press_archive
from tests.site.conftest import text_of
from tests.site.libraries import make_damaged, make_quay, serving
from tests.site.links import walk

POLICY = "default-src 'self'; script-src 'self'; style-src 'self';"


@pytest.fixture(scope="module")
def roots(root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    made = tmp_path_factory.mktemp("library")
    return [root, make_quay(made / "shore"), make_damaged(made / "broken")]


@pytest.fixture(scope="module")
def library(roots: list[Path]) -> Iterator[httpx.Client]:
    with serving(*roots) as client:
        yield client


@pytest.fixture(scope="module")
def public(roots: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    made = tmp_path_factory.mktemp("public")
    for root in roots[:2]:
        publish(root, made / root.name, Choice("full", 50))
    shutil.copytree(made / roots[1].name, made / "torn")
    make_damaged(made / "none").joinpath("archive.db").replace(made / "torn" / "archive.db")
    with serving("--public", made / roots[0].name, made / roots[1].name, made / "torn") as client:
        yield client


def page(client: httpx.Client, path: str, status: int = 200) -> lxml.html.HtmlElement:
    answer = client.get(path)
    assert answer.status_code == status, path
    return lxml.html.document_fromstring(answer.text)


def cards(client: httpx.Client, query: str) -> list[str]:
    return page(client, f"/search?{query}").xpath("//li[@class='card']/h2/a/@href")


def hits(client: httpx.Client, query: str) -> int:
    return int(page(client, f"/search?{query}").xpath("//p[@class='hits']/strong")[0].text)


def counts(client: httpx.Client, query: str) -> dict[str, int]:
    rows = page(client, f"/search?{query}").xpath("//section[@class='facet publication']//li")
    return {text_of(row.xpath(".//bdi")[0]): int(row.xpath("./span")[-1].text) for row in rows}


def test_the_front_page_says_what_each_archive_holds_and_which_is_missing(library: httpx.Client, root: Path) -> None:
    shown = page(library, "/")
    told = {text_of(row.xpath("./h3")[0]): text_of(row) for row in shown.xpath("//ul[@class='volumes']/li")}
    assert told["review.example"].startswith("review.example Articles32 First2 January 2019 Last11 February 2026 Last")
    assert "Articles7 First3 January 2025 Last3 July 2025" in told["The Quay"]
    assert told["broken"] == "broken Missing: it cannot be read: its database is damaged or not there."
    newest = shown.xpath("//section[@aria-labelledby='newest']//li[@class='card']/h3/a/@href")
    assert newest[0] == "/archive/article/2026/02/a-truce-holds"
    assert len(newest) == 10 and any(link.startswith("/quay/article/") for link in newest)


def test_a_large_archive_does_not_drown_a_small_ones_best(library: httpx.Client) -> None:
    found = cards(library, "q=railway")
    assert len(found) == hits(library, "q=railway") > 6
    assert "/quay/article/2025/railway" in found[:2]


def test_what_is_said_in_passing_does_not_come_before_headlines_of_another_archive(library: httpx.Client) -> None:
    found = cards(library, "q=desert")
    assert found.index("/quay/article/2025/desert") == len(found) - 1 > 5


def test_ranked_lists_keep_their_order_and_take_turns() -> None:
    large = by_relevance("large", range(100), {0, 1, 50})
    small = by_relevance("small", [7, 8], {7})
    found = [(hit.volume, hit.id) for hit in merged([large, small], dated=False)]
    assert found[:5] == [("large", 0), ("small", 7), ("large", 1), ("large", 2), ("small", 8)]
    assert [number for name, number in found if name == "large"] == list(range(100))


@pytest.mark.parametrize(
    "typed",
    ["harbour", '"a silence"', "invoice NOT desert", "headline:railway", "sil* OR ledger", "author:ada", "zeppelin"],
)
def test_a_small_index_finds_the_same_heads_as_the_large_one(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    search = Search.read({"q": typed})
    ids = [one for (one,) in connection.execute("SELECT rowid FROM articles_fts(?)", [search.expression])]
    few = ordering.ahead(connection, search, ids)
    monkeypatch.setattr(ordering, "_FEW", 0)
    assert ids and ordering.ahead(connection, search, ids) == few and bool(few) == (typed != "author:ada")


def test_by_date_the_newest_of_all_come_first_and_the_undated_last(library: httpx.Client) -> None:
    found = library.get("/search.json?q=invoice&sort=date").json()["articles"]
    dates = [article["published_at"] for article in found]
    assert dates == sorted(dates, reverse=True) and {article["publication"] for article in found} == {"archive", "quay"}
    everything = list(csv.DictReader(io.StringIO(library.get("/search.csv").text)))
    assert [row["published_at"] for row in everything][-1] == ""


@pytest.mark.parametrize("query", ["", "q=matter+OR+tide+OR+truce", "q=invoice", "q=invoice&sort=date"])
def test_pages_show_every_hit_once_and_the_files_the_same(library: httpx.Client, query: str) -> None:
    count = hits(library, query)
    pages = [cards(library, f"{query}&page={number}") for number in range(1, count // 20 + 3)]
    found = [link for one in pages for link in one]
    assert len(found) == len(set(found)) == count > 20 and pages[-1] == []
    rows = list(csv.DictReader(io.StringIO(library.get(f"/search.csv?{query}").text)))
    assert [row["page"].removeprefix(str(library.base_url).rstrip("/")) for row in rows] == found
    listed, following = [], f"/search.json?{query}"
    while following:
        said = library.get(following).json()
        listed += [f"/{one['publication']}/article/{one['slug']}" for one in said["articles"]]
        following = said["next"]
    assert listed == [link.replace("%3A", ":") for link in found] and said["hits"] == count


@pytest.mark.parametrize("query", ["", "q=matter+OR+tide+OR+truce", "q=invoice&publication=quay&year=2025"])
def test_a_search_can_be_followed(library: httpx.Client, query: str) -> None:
    shown = page(library, f"/search?{query}")
    (link,) = shown.xpath("//link[@rel='alternate' and @type='application/atom+xml']/@href")
    assert link in shown.xpath("//section[contains(@class, 'away')]//a/@href")
    found, following = list[str](), str(library.base_url.join(link))
    while following:
        answer = library.get(following)
        assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
        feed = feedparser.parse(answer.content)
        assert not feed.bozo and feed.feed.id.startswith("urn:uuid:") and feed.feed.updated_parsed
        assert "broken is missing: it cannot be read" in feed.feed.subtitle
        links = {one.rel: one.href for one in feed.feed.links}
        assert parse_qs(links["self"]) == parse_qs(following) and library.get(links["alternate"]).status_code == 200
        titles = {"archive": "review.example", "quay": "The Quay"}
        assert all(entry.source.title == titles[urlsplit(entry.link).path.split("/")[1]] for entry in feed.entries)
        found += [str(entry.link) for entry in feed.entries]
        following = links.get("next", "")
    rows = list(csv.DictReader(io.StringIO(library.get(f"/search.csv?{query}&sort=date").text)))
    assert found == [row["page"] for row in rows] and len(found) == hits(library, query)
    assert library.get(found[0]).status_code == 200


def test_a_feed_of_the_best_goes_on_with_the_next_best(library: httpx.Client) -> None:
    query, found = "q=matter+OR+tide+OR+truce", list[str]()
    following = f"/search.atom?{query}&sort=relevance"
    while following:
        feed = feedparser.parse(library.get(following).content)
        found += [urlsplit(entry.link).path for entry in feed.entries]
        following = {one.rel: one.href for one in feed.feed.links}.get("next", "")
    assert found == [link for number in (1, 2, 3) for link in cards(library, f"{query}&page={number}")]


def test_a_feed_that_misses_an_archive_is_asked_for_again(library: httpx.Client, public: httpx.Client) -> None:
    assert library.get("/search.atom?q=truce").headers["cache-control"] == "private, no-store"
    first = public.get("/search.atom?q=railway")
    assert public.get("/search.atom?q=railway", headers={"if-none-match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    "query",
    ["q=railway", "q=%22trains+ran%22", "q=rail*+NOT+tickets", "q=headline%3Arailway", 'q="railway+AND+(', "q="],
)
def test_the_words_mean_what_they_mean_in_each_archive(library: httpx.Client, query: str) -> None:
    alone = {name: hits_of(library, f"/{name}/search?{query}") for name in ("archive", "quay")}
    assert counts(library, query) == {"review.example": alone["archive"], "The Quay": alone["quay"]}
    assert hits(library, query) == sum(alone.values())


def hits_of(client: httpx.Client, path: str) -> int:
    return int(page(client, path).xpath("//p[@class='hits']/strong")[0].text)


def test_filters_narrow_and_are_counted_before_they_are_chosen(library: httpx.Client) -> None:
    for choice in page(library, "/search?q=invoice").xpath("//aside[@id='narrow']//ul[@class='tally']/li"):
        link, count = choice.xpath("./a/@href")[0], int(choice.xpath("./span")[-1].text)
        assert hits(library, link.partition("?")[2]) == count, link
    chosen = page(library, "/search?q=invoice&publication=quay&year=2025")
    assert all(link.startswith("/quay/") for link in chosen.xpath("//li[@class='card']/h2/a/@href"))
    assert len(chosen.xpath("//ul[@class='chosen']/li")) == 2
    assert counts(library, "q=invoice&publication=quay")["review.example"] > 0


@pytest.mark.parametrize("query", ["publication=nobody", "page=x", "sort=upwards", "year="])
def test_nonsense_counts_as_not_said(library: httpx.Client, query: str) -> None:
    assert hits(library, query) == 39


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("https://quay.example/2025/railway/?utm_source=mail", "/quay/article/2025/railway"),
        ("review.example/old/truce", "/archive/article/2026/02/a-truce-holds"),
    ],
)
def test_an_address_leads_to_its_article_in_its_archive(library: httpx.Client, typed: str, there: str) -> None:
    answer = library.get("/search?q=" + quote(typed))
    assert (answer.status_code, answer.headers["location"]) == (302, there)
    assert library.get(there).status_code == 200


def test_marks_are_made_after_escaping(library: httpx.Client) -> None:
    for path in ("/search?q=truce", "/search?q=script", "/"):
        assert HOSTILE not in library.get(path).text and "<script" not in library.get(path).text
    assert "<mark>Truce</mark> &lt;script&gt;" in library.get("/search?q=truce").text
    first = library.get("/search.json?q=truce&publication=quay").json()["articles"][0]
    assert "<mark>truce</mark> &lt;script&gt;" in first["snippet_html"] and HOSTILE in first["headline"]
    typed = quote('"><script>alert(1)</script>')
    for path in ("/search", "/search.json", "/search.csv", "/search.atom"):
        answer = library.get(f"{path}?q={typed}&year={typed}&publication={typed}")
        assert answer.status_code == 200 and (path != "/search" or "<script>" not in answer.text)


def test_what_is_missing_is_named_where_it_is_missed(library: httpx.Client) -> None:
    assert "broken cannot be read" in text_of(page(library, "/search?q=truce").xpath("//div[@class='note']")[0])
    assert list(library.get("/search.json?q=truce").json()["missing"]) == ["broken"]
    assert 'filename="search-without-broken.csv"' in library.get("/search.csv?q=truce").headers["content-disposition"]
    # What misses an archive for a moment is not what a guard or a browser should show from then on.
    for path in ("/", "/search?q=truce", "/search.json?q=truce", "/search.csv?q=truce"):
        assert library.get(path).headers["cache-control"] == "private, no-store"
    for path in ("/broken/", "/broken/search?q=truce"):
        assert "broken is missing" in text_of(page(library, path, status=503))


def test_an_archive_that_is_lost_while_it_is_served_is_missing_and_the_others_are_not(tmp_path: Path) -> None:
    lost = make_quay(tmp_path / "lost")
    kept = make_quay(tmp_path / "kept")
    with closing(sqlite3.connect(kept / "archive.db")) as db, db:
        db.execute("UPDATE publication SET name = 'other', title = 'The Other'")
    with serving(lost, kept) as client:
        assert counts(client, "q=tide") == {"The Quay": 4, "The Other": 4}
        with closing(sqlite3.connect(lost / "archive.db")) as db, db:
            db.execute("DROP TABLE articles_fts")
        shown = page(client, "/search?q=tide")
        assert [link.split("/")[1] for link in shown.xpath("//li[@class='card']/h2/a/@href")] == ["other"] * 4
        assert "The Quay cannot be read" in text_of(shown.xpath("//div[@class='note']")[0])


@pytest.mark.parametrize("kind", ["library", "public"])
def test_every_link_leads_somewhere_and_stays_under_its_archive(kind: str, request: pytest.FixtureRequest) -> None:
    client: httpx.Client = request.getfixturevalue(kind)
    found = walk(client)
    assert {
        address: status for address, status in found.statuses.items() if status in (404, 405) or status >= 500
    } == {}
    strays = [
        (at, to)
        for at, to in found.pairs()
        if at.startswith(("/archive/", "/quay/")) and to != "/" and to.split("/")[1] != at.split("/")[1]
    ]
    assert strays == []
    for needed in ("", "search", "article", "author", "feeds", "charts", "data", "opensearch.xml", "-", "archive"):
        assert any(address.startswith(f"/archive/{needed}") for address in found.statuses), needed


@pytest.mark.parametrize("kind", ["library", "public"])
def test_every_answer_has_the_headers(kind: str, request: pytest.FixtureRequest) -> None:
    client: httpx.Client = request.getfixturevalue(kind)
    own = [
        "/",
        "/search?q=truce",
        "/search.json",
        "/search.csv",
        "/search.atom",
        "/nowhere",
        "/archive",
        "/robots.txt",
        "/opensearch.xml",
    ]
    own += ["/-/static-plugins/press-archive/archive.css", "/-/static-plugins/press-archive/none.css", "//evil.example"]
    for path in own:
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith(POLICY), path
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY", path
    assert client.post("/search").status_code == 405 and "x-frame-options" in client.post("/search").headers
    for path in ("/archive/", "/quay/search", "/quay/archive/articles", "/quay/nowhere"):
        assert "frame-ancestors 'none'" in client.get(path).headers["content-security-policy"], path


def test_what_was_published_is_served_together_in_bounds(public: httpx.Client) -> None:
    assert counts(public, "q=railway")["The Quay"] == 1
    first = public.get("/search?q=railway")
    assert public.get("/search?q=railway", headers={"if-none-match": first.headers["etag"]}).status_code == 304
    for name in ("archive", "quay"):
        assert public.get(f"/{name}/-/databases.json").status_code == 403
        assert public.get(f"/{name}/archive?sql=select+1").status_code == 403
        assert public.get(f"/{name}/search?page=1&q=" + "x" * 5000).status_code == 414
        rows = public.get(f"/{name}/archive/articles.json")
        assert rows.status_code == 200 and rows.json()["rows"]
        leads = public.get(f"/{name}/archive/article_list.csv?_stream=on")
        assert leads.headers["location"] == f"/{name}/-/files/article_list.csv"
        assert public.get(leads.headers["location"]).status_code == 200
    assert public.get("/-/databases.json").status_code == 403
    assert "torn cannot be read" in text_of(page(public, "/")) and "/tmp" not in public.get("/").text
    assert public.get("/torn/").status_code == 503


def test_names_are_short_and_tell_archives_apart(roots: list[Path], tmp_path: Path) -> None:
    assert names(roots) == ["archive", "quay", "broken"]
    # An archive is not called like a page inside it: such a path could be read twice.
    assert {name for pattern, _ in routes() for name in re.findall(r"^\^/([a-z]+)", pattern)} <= TAKEN | {
        "robots",
        "sitemap",
        "opensearch",
    }
    one, other = make_quay(tmp_path / "One Quay"), make_quay(tmp_path / "two")
    assert names([one, other]) == ["one-quay", "two"]
    for alike in ([one, one], [make_damaged(tmp_path / "search"), one]):
        with pytest.raises(UsageError, match="name each archive once"):
            names(alike)


def test_a_folder_without_an_archive_is_said_in_one_sentence(roots: list[Path], tmp_path: Path) -> None:
    for arguments in ([roots[0], tmp_path], ["--public", roots[0], roots[1]]):
        done = press_archive("serve", *arguments, "--port", "0")
        assert done.returncode == 2
        one_sentence(done.stderr, done.stdout)
    broken = [roots[2], make_damaged(tmp_path / "more")]
    result = CliRunner().invoke(serve, [*map(str, broken), "--port", "0"])
    assert isinstance(result.exception, DamagedArchive)
