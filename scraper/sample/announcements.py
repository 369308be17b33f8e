"""Writes the sample's feeds, sitemaps and robots.txt. Must not write pages or choose what is listed."""

from __future__ import annotations

from collections.abc import Sequence

from scraper.publications.sample import PROFILE
from scraper.sample.articles import SampleArticle
from scraper.sample.listings import Listings
from scraper.sample.rendering import render

SITEMAP_SIZE = 15


def feed(name: str, path: str, articles: Sequence[SampleArticle]) -> str:
    """Write one page of a feed, RSS 2.0; without articles its channel is empty."""
    return render("feed.xml", name=name, home=f"{PROFILE.url}/", address=f"{PROFILE.url}{path}", articles=articles)


def sitemap_index(listings: Listings) -> str:
    """Write the sitemap index (sitemaps.org, protocol 0.9): the gzipped sitemaps, and the news sitemap."""
    parts = sitemap_parts(listings)
    numbered = [(f"{PROFILE.url}/feeds/sitemaps/sitemap_{n}.xml.gz", _lastmod(part)) for n, part in enumerate(parts)]
    news = (f"{PROFILE.url}/feeds/sitemaps/sitemap_news.xml", _lastmod(listings.news))
    return render("sitemap_index.xml", sitemaps=[*numbered, news])


def sitemap(articles: Sequence[SampleArticle], pages: Sequence[str] = (), *, news: bool = False) -> str:
    """Write one sitemap; `pages` are paths that are no articles."""
    urls = [f"{PROFILE.url}{path}" for path in pages]
    return render("sitemap.xml", name=PROFILE.title, articles=articles, pages=urls, news=news)


def sitemap_parts(listings: Listings) -> list[tuple[SampleArticle, ...]]:
    """Split the articles of the sitemaps, oldest first, so that the parts that are full stay as they are."""
    oldest_first = listings.listed("sitemap")[::-1]
    starts = range(0, max(len(oldest_first), 1), SITEMAP_SIZE)
    return [oldest_first[start : start + SITEMAP_SIZE] for start in starts]


def robots(base_url: str) -> str:
    """Write robots.txt (RFC 9309); one of its Sitemap lines names the served address, the other the site's own."""
    return render("robots.txt", base_url=base_url)


def _lastmod(articles: Sequence[SampleArticle]) -> object:
    return max((article.modified or article.published for article in articles), default=None)
