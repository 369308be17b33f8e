"""Sitemaps and indexes, plain and gzipped."""

from __future__ import annotations

import gzip

import pytest

from scraper.discovery.sitemaps import SitemapPage, read_sitemap

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
URLSET = f"""<?xml version="1.0"?><urlset {NS}>
<url><loc> https://r.example/a/ </loc><lastmod>2026-03-01</lastmod></url><url><loc>https://r.example/b/</loc></url></urlset>"""
INDEX = f"<sitemapindex {NS}><sitemap><loc>https://r.example/s.xml.gz</loc></sitemap></sitemapindex>"


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_addresses_come_with_their_lastmod(pack: type[bytes]) -> None:
    assert read_sitemap(pack(URLSET.encode())) == SitemapPage(
        (("https://r.example/a/", "2026-03-01"), ("https://r.example/b/", None))
    )


def test_an_index_names_sitemaps() -> None:
    assert read_sitemap(INDEX.encode()).sitemaps == ("https://r.example/s.xml.gz",)


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>Not found</body></html>", b"plain", gzip.compress(URLSET.encode())[:-20]]
)
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        read_sitemap(body)
