"""Feeds: valid by the standards, stable, only sent when they changed, offered in page heads."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

from archive.root import open_database
from archive.takedown import take_down
from tests.archive_support import LONG_HEADLINE, RTL_HEADLINE
from tests.site.conftest import Reader, opened
from tests.site.test_canned import ROWS

ATOM = {"a": "http://www.w3.org/2005/Atom"}
FEEDS = (
    "/feeds/newest", "/feeds/changed", "/feeds/corrected", "/feeds/gone", "/feeds/author/mara-ellingsen",
    "/feeds/section/europe", "/feeds/tag/truce", "/feeds/series/borders", "/feeds/search",
)  # fmt: skip


@pytest.fixture(scope="module")
def full_root(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = shutil.copytree(root, tmp_path_factory.mktemp("feeds") / "archive")
    with closing(open_database(copy, write=True)) as db:
        for row in ROWS:
            db.execute(row)
        db.execute("UPDATE articles SET dek = 'a' || char(0, 1, 11, 65534) || 'b' WHERE slug = 'undated'")
    return copy


@pytest.fixture(scope="module")
def full(full_root: Path) -> Iterator[Reader]:
    yield from opened(full_root / "archive.db")


@pytest.mark.parametrize("path", FEEDS)
def test_atom_has_what_rfc_4287_asks_for(full: Reader, path: str) -> None:
    answer = full.get(f"{path}.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = etree.fromstring(answer.content)
    for parent in (feed, *feed.findall("a:entry", ATOM)):
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"a:{name}", ATOM)) == 1, name
        assert parent.findtext("a:id", namespaces=ATOM).startswith("tag:review.example,2026:")
        assert parent.xpath("count(a:link[@rel='alternate' and @type='text/html'])", namespaces=ATOM) == 1
    assert len(feed.findall("a:author", ATOM)) == 1, "of entries without an author of their own"
    assert feed.xpath("string(a:link[@rel='self']/@href)", namespaces=ATOM) == f"http://localhost{path}.atom"
    ids = [each.text for each in feed.findall("a:entry/a:id", ATOM)]
    assert ids and len(set(ids)) == len(ids)
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo and len(parsed.entries) == len(ids)
    assert all(entry.updated_parsed for entry in parsed.entries)
    assert full.get(urlsplit(parsed.entries[0].link).path).status_code == 200


@pytest.mark.parametrize("path", FEEDS)
def test_json_feed_has_what_its_version_asks_for(full: Reader, path: str) -> None:
    answer = full.get(f"{path}.json")
    assert answer.headers["content-type"].startswith("application/feed+json")
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1" and feed["title"]
    assert feed["feed_url"] == f"http://localhost{path}.json"
    assert feed["items"]
    for item in feed["items"]:
        assert item["id"].startswith("tag:") and item["content_text"] and item["url"].startswith("http://localhost/")
        assert all(isinstance(author["name"], str) for author in item.get("authors", []))
        assert item.get("summary") is None and "content_html" not in item


def entries(site: Reader, path: str) -> list[dict[str, str]]:
    return list(site.get(path).json()["items"])


def test_each_feed_holds_what_it_says(full: Reader) -> None:
    assert entries(full, "/feeds/newest.json")[0]["title"] == "Undated and unsigned", "first seen after all dates"
    (changed,) = entries(full, "/feeds/changed.json")
    assert changed["id"].endswith("/revision/2") and "silently" in changed["content_text"]
    (corrected,) = entries(full, "/feeds/corrected.json")
    assert corrected["content_text"] == "An earlier text misspelt Ostrava."
    (gone,) = entries(full, "/feeds/gone.json")
    assert gone["title"] == "Gone: A truce holds, signed" and gone["date_modified"] == "2026-03-05T04:00:00+00:00"
    authors = {author["name"] for item in entries(full, "/feeds/author/ada-quill.json") for author in item["authors"]}
    assert "Ada Quill" in authors
    assert [item["title"] for item in entries(full, "/feeds/series/borders.json")] == ["A truce holds, signed"]
    found = entries(full, "/feeds/search.json?q=zeppelin")
    assert [item["title"] for item in found] == ["In passing", "The zeppelin ledger"], "newest first"
    best = entries(full, "/feeds/search.json?q=zeppelin&sort=relevance")
    assert [item["title"] for item in best] == ["The zeppelin ledger", "In passing"]
    assert full.get("/feeds/author/nobody.atom").status_code == 404


def test_a_feed_is_paged_and_limited(full: Reader) -> None:
    seen, address = [], "/feeds/newest.json?limit=7"
    while address:
        feed = full.get(address).json()
        assert len(feed["items"]) <= 7
        seen += [item["id"] for item in feed["items"]]
        address = feed.get("next_url", "").removeprefix("http://localhost")
    assert len(seen) == len(set(seen)) == 32
    assert len(entries(full, "/feeds/newest.json?limit=99999999999")) == 32
    next_page = etree.fromstring(full.get("/feeds/newest.atom?limit=7").content).xpath(
        "string(a:link[@rel='next']/@href)", namespaces=ATOM
    )
    assert next_page == "http://localhost/feeds/newest.atom?limit=7&page=2"


def test_what_a_reader_holds_is_not_sent_again(full: Reader) -> None:
    first = full.get("/feeds/newest.atom")
    etag, modified = first.headers["etag"], first.headers["last-modified"]

    def status(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = full.runner.run(full.client.get("/feeds/newest.atom", headers=named))
        assert answer.headers["etag"] == etag and (answer.status_code == 200) == bool(answer.content)
        return answer.status_code

    assert status(if_none_match=etag) == status(if_none_match=f'"x", W/{etag}') == status(if_none_match="*") == 304
    assert status(if_modified_since=modified) == 304
    assert status(if_none_match='"x"', if_modified_since=modified) == 200, "the tag counts before the time"
    assert status(if_modified_since="Mon, 02 Mar 2020 00:00:00 GMT") == status(if_modified_since="soon") == 200


def test_no_character_is_sent_that_xml_cannot_hold(full: Reader) -> None:
    feed = etree.fromstring(full.get("/feeds/newest.atom").content)
    texts = {entry.findtext("a:title", namespaces=ATOM): entry for entry in feed.findall("a:entry", ATOM)}
    assert texts["Undated and unsigned"].findtext("a:summary", namespaces=ATOM) == "ab"
    assert {RTL_HEADLINE, LONG_HEADLINE} <= set(texts)


def test_pages_name_their_feeds(full: Reader) -> None:
    for path, expected in (
        ("/", "/feeds/newest.atom"),
        ("/edits", "/feeds/changed.atom"),
        ("/author/mara-ellingsen", "/feeds/author/mara-ellingsen.atom"),
        ("/section/europe", "/feeds/section/europe.json"),
        ("/article/undated", "/feeds/newest.json"),
    ):
        links = full.page(path).xpath("//head/link[@rel='alternate']/@href")
        assert expected in links, path
        for link in links:
            if link.startswith("/feeds"):
                assert full.get(link).status_code == 200
    assert full.page("/feeds").xpath("//a[@href='/feeds/gone.atom']")


def test_withdrawn_articles_are_in_no_feed_and_no_sitemap(full_root: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(full_root, tmp_path / "copy")
    with closing(sqlite3.connect(copy / "archive.db")) as connection:
        (number,) = connection.execute("SELECT id FROM articles WHERE slug = '2026/02/a-truce-holds'").fetchone()
    take_down(copy, number, "asked", purge=False)
    for site in opened(copy / "archive.db"):
        for path in FEEDS:
            answer = site.get(f"{path}.json")
            assert answer.status_code == 404 or "a-truce-holds" not in answer.text, path
        assert "a-truce-holds" not in site.get("/sitemap.xml").text
        assert str(number) not in site.get("/export/article_list.csv").text
