"""robots.txt, sitemaps, OpenSearch: whole, valid, and chosen."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree
from protego import Protego

from archive.site import crawlers
from tests.site.conftest import Reader, opened

MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def locations(site: Reader, path: str) -> list[str]:
    found = etree.fromstring(site.get(path).content)
    return [each.text for each in found.findall(".//s:loc", MAP)]


def test_every_article_and_name_is_in_the_sitemap_and_answers(site: Reader) -> None:
    found = locations(site, "/sitemap.xml")
    assert len(set(found)) == len(found)
    paths = [urlsplit(each).path for each in found]
    assert {"/", "/article/undated", "/author/oscar-pena", "/section/europe", "/tag/truce"} <= set(paths)
    assert sum(path.startswith("/article/") for path in paths) == 32
    assert {site.get(path).status_code for path in paths} == {200}
    dates = etree.fromstring(site.get("/sitemap.xml").content).findall(".//s:lastmod", MAP)
    assert {each.text for each in dates} == {"2026-03-01T04:00:00+00:00", "2026-03-02T04:00:00+00:00"}


def test_too_many_addresses_are_in_several_files(site: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = set(locations(site, "/sitemap.xml"))
    monkeypatch.setattr(crawlers, "MOST", 20)
    monkeypatch.setattr(crawlers, "PART", 10)
    index = etree.fromstring(site.get("/sitemap.xml").content)
    assert etree.QName(index).localname == "sitemapindex"
    files = [urlsplit(each).path for each in locations(site, "/sitemap.xml")]
    parts = [locations(site, path) for path in files]
    assert len(files) == 5 and [len(part) for part in parts[1:]] == [10, 10, 10, 2]
    # The file of names is cut at what one file may hold.
    assert {each for part in parts[1:] for each in part} == {each for each in whole if "/article/" in each}
    assert site.get("/sitemap-5.xml").status_code == 404


@pytest.mark.parametrize(
    ("choice", "allowed"),
    [
        (None, {"/": True, "/article/undated": True, "/archive": False, "/archive/links": False, "/search.csv": False}),
        ("block-downloads", {"/sitemap.xml": True, "/export/article_list.csv": False, "/archive.csv?sql=1": False}),
        ("allow", {"/article/undated": True, "/archive/links": True, "/archive": True}),
        ("block", {"/": False, "/article/undated": False}),
    ],
)
def test_robots_are_told_what_was_chosen(root: Path, choice: str | None, allowed: dict[str, bool]) -> None:
    chosen = {"plugins": {"press-archive": {"robots": choice}}} if choice else {}
    for site in opened(root / "archive.db", metadata=chosen):
        text = site.get("/robots.txt").text
        rules = Protego.parse(text)
        assert {path: rules.can_fetch(f"http://localhost{path}", "Bot") for path in allowed} == allowed
        assert ("Sitemap: http://localhost/sitemap.xml" in text) == (choice != "block")


def test_browsers_are_offered_the_search(site: Reader) -> None:
    (link,) = site.page("/").xpath("//head/link[@rel='search'][@type='application/opensearchdescription+xml']")
    answer = site.get(link.get("href"))
    assert answer.headers["content-type"].startswith("application/opensearchdescription+xml")
    space = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    said = etree.fromstring(answer.content)
    assert 0 < len(said.findtext("o:ShortName", namespaces=space)) <= 16
    assert said.findtext("o:Description", namespaces=space)
    (template,) = said.xpath("o:Url[@type='text/html']/@template", namespaces=space)
    address = template.replace("{searchTerms}", "zeppelin").replace("{startPage?}", "1")
    assert "The <mark>zeppelin</mark> ledger" in site.get(address.removeprefix("http://localhost")).text
