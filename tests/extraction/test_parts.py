"""Articles printed on several pages: the next part is found, another article is not, and the parts read as one."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from scraper.extraction.article import extract_article
from scraper.extraction.document import read_document
from scraper.extraction.parts import join_parts, next_part
from tests.command import press_archive_forked
from tests.loopback import LoopbackSite, Served

ARTICLE = "https://r.example/news/long-read/"


@pytest.mark.parametrize(
    ("page", "link", "expected"),
    [
        (ARTICLE, '<link rel="next" href="/news/long-read/2/">', ARTICLE + "2/"),
        (ARTICLE, '<a rel="next" href="?page=2">Next</a>', ARTICLE + "?page=2"),
        (ARTICLE, '<div class="page-links">1 <a href="/news/long-read/2">2</a></div>', ARTICLE + "2"),
        (ARTICLE, '<nav class="pagination"><a href="/news/long-read/page/2/">2</a></nav>', ARTICLE + "page/2/"),
        (ARTICLE + "2/", '<link rel="next" href="/news/long-read/3/">', ARTICLE + "3/"),
        (ARTICLE + "?page=2", '<a rel="next" href="?page=3">Next</a>', ARTICLE + "?page=3"),
        (ARTICLE + "3/", '<link rel="prev" href="/news/long-read/2/">', None),
        (ARTICLE, '<link rel="next" href="/news/another-read/">', None),
        (ARTICLE, '<a rel="next" href="https://r.example/news/long-read-2/">Next article</a>', None),
        (ARTICLE, '<div class="pagination"><a href="/news/page/2/">2</a></div>', None),
        (ARTICLE, '<link rel="next" href="/news/long-read/3/">', None),
        (ARTICLE, '<link rel="next" href="https://else.example/news/long-read/2/">', None),
        (ARTICLE, '<link rel="next" href="http://[broken">', None),
        (ARTICLE, '<a href="/news/long-read/2/">2</a>', None),
    ],
)
def test_only_the_articles_own_next_number_is_its_next_part(page: str, link: str, expected: str | None) -> None:
    assert next_part(read_document(f"<body><p>Text.</p>{link}</body>", page)) == expected


def part(number: int, of: int) -> bytes:
    prose = " ".join(f"Sentence {index} of part {number} says something about ports." for index in range(30))
    following = f'<link rel="next" href="/long-read/{number + 1}/">' if number < of else ""
    photo = f'<figure><img src="/p{number}.jpg" width="800" height="500"></figure>'
    return (
        f'<html lang="en"><head><title>A long read</title>{following}</head>'
        f'<body><article><h1>A long read</h1><div class="article-body">{photo}<p>{prose}</p>'
        f'<p>See <a href="https://source.example/{number}">source {number}</a> for more.</p></div>'
        "</article></body></html>"
    ).encode()


def test_parts_read_as_one_article() -> None:
    read = [extract_article(part(number, 3), f"{ARTICLE}{number}/") for number in (1, 2, 3)]
    whole = join_parts(read)
    assert whole.body_text == "\n".join(article.body_text for article in read)
    assert [link.url for link in whole.links] == [f"https://source.example/{number}" for number in (1, 2, 3)]
    assert [link.position for link in whole.links] == [1, 2, 3]
    assert [image.role for image in whole.images].count("lead") <= 1
    assert whole.next_part is None


def test_a_crawl_reads_the_whole_article_and_keeps_every_part(tmp_path: Path) -> None:
    pages = {
        "/robots.txt": Served(b"User-agent: *\nDisallow: /long-read/4/\n", "text/plain"),
        "/sitemap_index.xml": Served(b"<urlset><url><loc>/long-read/</loc></url></urlset>", "application/xml"),
        **{f"/long-read/{number}/".replace("/1/", "/"): Served(part(number, 4)) for number in (1, 2, 3, 4)},
    }
    with LoopbackSite(pages) as site:
        words = ("crawl", "quarterdeck", "--base-url", site.base_url, "--root", tmp_path / "a", "--json")
        result = press_archive_forked(*words)
        assert "/long-read/4/" not in site.paths
    assert any("part 4 of" in remark for remark in json.loads(result.stdout)["remarks"])
    db = sqlite3.connect(tmp_path / "a" / "archive.db")
    ((text, links),) = db.execute("SELECT body_text, (SELECT count(*) FROM links) FROM articles").fetchall()
    fetched = {url.removeprefix(site.base_url) for (url,) in db.execute("SELECT url FROM snapshots WHERE status = 200")}
    db.close()
    assert all(f"of part {number} says" in text for number in (1, 2, 3))
    assert "of part 4 says" not in text
    assert links == 3
    assert {"/long-read/", "/long-read/2/", "/long-read/3/"} <= fetched
