"""Reads sitemaps and sitemap indexes, gzipped or not. Must not fetch anything."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from scrapy.utils.sitemap import Sitemap as SitemapReader

_GZIP_MAGIC = b"\x1f\x8b"
MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SitemapPage:
    """What a sitemap says: addresses with their lastmod, and further sitemaps."""

    entries: tuple[tuple[str, str | None], ...] = ()
    sitemaps: tuple[str, ...] = ()


def read_sitemap(body: bytes) -> SitemapPage:
    """Read a sitemap or an index (sitemaps.org, protocol 0.9). Raises ValueError when it is neither."""
    content = _unzipped(body)
    if not content.lstrip().startswith((b"<", b"\xef\xbb\xbf<")):
        raise ValueError("not XML")
    reader = SitemapReader(content)
    rows = [(str(entry["loc"]).strip(), entry.get("lastmod")) for entry in reader if entry.get("loc")]
    if reader.type == "sitemapindex":
        return SitemapPage(sitemaps=tuple(url for url, _ in rows))
    if reader.type != "urlset":
        raise ValueError(f"neither sitemap nor index but {reader.type}")
    return SitemapPage(entries=tuple((url, str(lastmod) if lastmod else None) for url, lastmod in rows))


def _unzipped(body: bytes) -> bytes:
    if not body.startswith(_GZIP_MAGIC):
        return body
    inflate = zlib.decompressobj(wbits=31)
    try:
        content = inflate.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise ValueError(f"broken gzip: {error}") from error
    if inflate.unconsumed_tail or not inflate.eof:
        raise ValueError("cut gzip, or too large")
    return content
