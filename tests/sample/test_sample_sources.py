"""The sample's section pages, load-more, feeds, sitemaps and robots.txt over HTTP, and what each of them lists."""

from __future__ import annotations

import gzip
from urllib.parse import urlsplit

import feedparser
import httpx
import pytest
from lxml import etree, html
from protego import Protego

from archive.models import SourceKind
from scraper.profile import Section
from scraper.publications.sample import PROFILE
from scraper.sample.listings import MORE_PATHS, SECTION_PATHS
from scraper.sample.server import SampleServer

DRAFT = "/private/draft/"
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def path_of(address: str) -> str:
    return f"{urlsplit(address).path.rstrip('/')}/"


def load_more(client: httpx.Client, settings: dict[str, str], pn: int) -> list[str] | None:
    """The addresses of one batch, None where this section does not answer."""
    for path in MORE_PATHS:
        response = client.get(path, params={**settings, "pn": str(pn)})
        if response.status_code == 200:
            return [post["post_url"] for posts in response.json()["posts_by_source"].values() for post in posts]
    return None


def cards(client: httpx.Client, path: str) -> tuple[list[str], dict[str, str]]:
    """The addresses on a section page's cards, and the load-more block's settings when there is more."""
    page = html.fromstring(client.get(path).content)
    links = page.cssselect("div.widget > article[elid] a.widget__headline-text")
    blocks = page.cssselect('[data-has-more="true"]')
    settings = {k[10:]: v for block in blocks for k, v in block.items() if k.startswith("data-attr-")}
    return [link.get("href") for link in links], settings


def section_list(client: httpx.Client, path: str) -> list[str]:
    """All that a section page lists, load-more read from 0 to the second batch in a row that is empty."""
    found, settings = cards(client, path)
    pn = 0
    while settings:
        batch = load_more(client, settings, pn)
        if not batch and pn > 0:
            break
        found += batch or []
        pn += 1
    return [path_of(address) for address in found]


def feed_list(client: httpx.Client, path: str) -> list[str]:
    found: list[str] = []
    for page in range(1, 50):
        entries = feedparser.parse(client.get(path, params={"page": page}).content).entries
        if not entries:
            return found
        found += [path_of(entry.link) for entry in entries]
    raise AssertionError("the feed does not end")


def locations(content: bytes) -> list[str]:
    content = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    return [str(loc) for loc in etree.fromstring(content).xpath("//s:loc/text()", namespaces=SITEMAP)]


def sitemap_list(client: httpx.Client) -> list[str]:
    sitemaps = locations(client.get("/sitemap.xml").content)
    return [path_of(loc) for sitemap in sitemaps for loc in locations(client.get(urlsplit(sitemap).path).content)]


def listed(server: SampleServer, kind: SourceKind) -> set[str]:
    return {article.path for article in server.site.articles if kind in article.listed_in}


def test_sections_list_exactly_their_articles(server: SampleServer, client: httpx.Client) -> None:
    found = {path for section in server.site.listings.sections for path in section_list(client, section)}
    assert found - {DRAFT} == listed(server, "section")


def test_the_profiles_sections_reach_every_article_that_sections_list(
    server: SampleServer, client: httpx.Client
) -> None:
    sections = [source.path for source in PROFILE.sources if isinstance(source, Section)]
    found = {path for section in sections for path in section_list(client, section)}
    assert found - {DRAFT} == listed(server, "section")
    assert not listed(server, "section") <= set(section_list(client, "/"))


def test_section_pages_show_six_cards_and_a_forbidden_one(client: httpx.Client) -> None:
    found, settings = cards(client, "/analysis/")
    assert len(found) == 7
    assert found[-1] == DRAFT
    assert settings.keys() >= {"resource_id", "site_id", "source"}
    page = html.fromstring(client.get("/media/").content)
    assert page.cssselect('[data-has-more="false"]')


def test_cards_write_addresses_in_each_form(server: SampleServer, client: httpx.Client) -> None:
    found = [address for section in server.site.listings.sections for address in cards(client, section)[0]]
    assert {(address.startswith("http"), address.endswith("/")) for address in found} == {
        (False, True),
        (True, True),
        (False, False),
    }


def test_load_more_answers_at_one_address_and_starts_at_0_or_1(client: httpx.Client) -> None:
    answering, starts = set(), set()
    for section in SECTION_PATHS:
        first, settings = cards(client, section)
        if not settings:
            continue
        answers = [p for p in MORE_PATHS if client.get(p, params={**settings, "pn": "1"}).status_code == 200]
        assert len(answers) == 1
        answering.add(answers[0])
        at_zero = load_more(client, settings, 0)
        starts.add(0 if at_zero else 1)
        assert not set(at_zero or load_more(client, settings, 1) or ()) & set(first)
        assert load_more(client, settings, 40) == []
    assert answering == set(MORE_PATHS)
    assert starts == {0, 1}


def test_feeds_list_exactly_their_articles(server: SampleServer, client: httpx.Client) -> None:
    found = feed_list(client, "/feeds/feed.rss")
    assert len(found) == len(set(found))
    assert set(found) == listed(server, "feed")
    assert feed_list(client, "/feed/") == found


def test_a_sections_feed_lists_that_section(server: SampleServer, client: httpx.Client) -> None:
    articles = {a.path for a in server.site.articles if "Analysis" in a.labels and "feed" in a.listed_in}
    assert set(feed_list(client, "/feeds/analysis.rss")) == articles
    assert client.get("/feeds/nothing.rss").status_code == 404


def test_feed_entries_carry_what_the_articles_say(server: SampleServer, client: httpx.Client) -> None:
    entries = feedparser.parse(client.get("/feeds/feed.rss").content).entries
    assert len(entries) == 10
    for entry in entries:
        article = server.site.by_path[path_of(entry.link)]
        assert entry.title == article.headline
        assert entry.published_parsed[:6] == article.published.utctimetuple()[:6]
    assert {entry.link.endswith("/") for entry in entries} == {True, False}


def test_sitemaps_list_exactly_their_articles(server: SampleServer, client: httpx.Client) -> None:
    found = set(sitemap_list(client))
    assert found & server.site.by_path.keys() == listed(server, "sitemap")
    assert found - server.site.by_path.keys() == {*SECTION_PATHS, "/about/", "/contact/", "/privacy-policy/"} | {
        "/editorial-and-submission-policy/"
    }
    assert all(client.get(path).status_code == 200 for path in found)


def test_the_index_names_gzipped_sitemaps_with_lastmod(server: SampleServer, client: httpx.Client) -> None:
    index = etree.fromstring(client.get("/sitemap.xml").content)
    names = index.xpath("s:sitemap/s:loc/text()", namespaces=SITEMAP)
    assert sum(name.endswith(".xml.gz") for name in names) >= 3
    response = client.get("/feeds/sitemaps/sitemap_0.xml.gz")
    assert "content-encoding" not in response.headers
    tree = etree.fromstring(gzip.decompress(response.content))
    for loc, lastmod in zip(
        tree.xpath("s:url[s:lastmod]/s:loc/text()", namespaces=SITEMAP),
        tree.xpath("s:url/s:lastmod/text()", namespaces=SITEMAP),
        strict=True,
    ):
        article = server.site.by_path[path_of(loc)]
        assert lastmod == (article.modified or article.published).isoformat()
    assert client.get("/feeds/sitemaps/sitemap_99.xml.gz").status_code == 404


def test_the_news_sitemap_lists_the_last_two_days(server: SampleServer, client: httpx.Client) -> None:
    mapped = [article for article in server.site.articles if "sitemap" in article.listed_in]
    recent = {a.path for a in mapped if (mapped[0].published - a.published).total_seconds() <= 48 * 3600}
    for address in ("/sitemap_news.xml", "/feeds/sitemaps/sitemap_news.xml"):
        assert {path_of(loc) for loc in locations(client.get(address).content)} == recent


@pytest.mark.parametrize(
    ("path", "agent", "allowed"),
    [
        ("/about/", "press-archive", True),
        ("/private/draft/", "press-archive", False),
        ("/search?q=x", "press-archive", False),
        ("/r/donate", "press-archive", False),
        ("/res/load_more_posts/data.js", "press-archive", True),
        ("/core/load_more_posts/data.js?pn=1", "press-archive", True),
        ("/core/other.js", "press-archive", False),
        ("/api/posts/1/data.js", "press-archive", False),
        ("/about/", "GreedyBot", False),
    ],
)
def test_robots_rules(client: httpx.Client, path: str, agent: str, allowed: bool) -> None:
    rules = Protego.parse(client.get("/robots.txt").text)
    assert rules.can_fetch(path, agent) is allowed
    assert rules.crawl_delay("press-archive") is None


def test_robots_names_the_sitemaps(server: SampleServer, client: httpx.Client) -> None:
    rules = Protego.parse(client.get("/robots.txt").text)
    assert list(rules.sitemaps) == [f"{server.base_url}/sitemap.xml", f"{PROFILE.url}/sitemap_news.xml"]


def test_author_and_tag_pages_list_no_more_than_sections_do(server: SampleServer, client: httpx.Client) -> None:
    assert {"section" in article.listed_in for article in server.site.articles[::6]} == {True, False}
    for article in server.site.articles[::6]:
        for address in article_lists(client, article.path):
            found = {path_of(card) for card in cards(client, address)[0]}
            assert (article.path in found) == ("section" in article.listed_in)


def article_lists(client: httpx.Client, path: str) -> list[str]:
    page = html.fromstring(client.get(path).content)
    lists = page.cssselect(".article-head a.social-author__name, .article-head a.post-authors__name, a.tags__item")
    return [link.get("href") for link in lists]
