"""Prints what announces articles: section pages with load-more, feeds with pages, sitemaps, robots.txt.

Must not print stories. Addresses begin with `@@`, which stands for the site's own.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from email.utils import format_datetime

from .story import Story

Listed = Sequence[tuple[str, Story]]
Printed = dict[str, tuple[str, str]]

PAGES = (
    "analysis",
    "washington-politics",
    "military-industrial-complex",
    "global-crises",
    "media",
    "north-america",
    "latin-america",
    "africa",
    "europe",
    "asia-pacific",
    "regions/middle-east",
    "video-section",
)
CARDS, MORE, FEED = 6, 8, 30
XML = "application/xml; charset=utf-8"
HTML = "text/html; charset=utf-8"
SITEMAPS = ("/feeds/sitemaps/sitemap_0.xml", "/feeds/sitemaps/sitemap_1.xml")
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def print_sources(listed: Listed) -> Printed:
    """Share addresses out over the sources by their stories' `place` and print every source."""
    printed: Printed = {"/robots.txt": (robots(), "text/plain")}
    by_page: dict[str, list[tuple[str, Story]]] = {name: [] for name in PAGES}
    for path, story in listed:
        if story.place == "all" or "section" in story.place:
            by_page[PAGES[story.elid // 7 % len(PAGES)]].append((path, story))
    for number, (name, some) in enumerate(by_page.items()):
        printed |= section(name, 5000 + number, some)
    printed |= section("", 4999, listed[:4])
    in_feed = [pair for pair in listed if pair[1].place == "all" or "feed" in pair[1].place]
    in_feed.sort(key=lambda pair: pair[1].published, reverse=True)
    analysis = [pair for pair in in_feed if pair[1].type == "Analysis"]
    for name, some in (("feed", in_feed), ("analysis", analysis)):
        printed |= {_feed_path(name, number): (feed(chunk), "application/rss+xml") for number, chunk in _pages(some)}
    in_maps = [pair for pair in listed if pair[1].place == "all" or "sitemap" in pair[1].place]
    for number, name in enumerate(SITEMAPS):
        printed[name] = (sitemap(in_maps[number :: len(SITEMAPS)], others=number == 0), XML)
    printed["/sitemap.xml"] = (index(), XML)
    return printed


def _pages(some: Listed) -> list[tuple[int, Listed]]:
    return [(number, some[at : at + FEED]) for number, at in enumerate(range(0, max(len(some), 1), FEED), start=1)]


def _feed_path(name: str, number: int) -> str:
    return f"/feeds/{name}.rss" + (f"?page={number}" if number > 1 else "")


def robots() -> str:
    """Print robots.txt."""
    return "User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow: /search\n\nSitemap: @@/sitemap.xml\n"


def section(name: str, block: int, some: Listed) -> Printed:
    """Print a section page with its cards, and the answers of its load-more block."""
    path = f"/{name}/" if name else "/"
    rest = some[CARDS:]
    chunks = [rest[at : at + MORE] for at in range(0, len(rest), MORE)]
    more = (
        f'<div class="posts-wrapper more" data-has-more="true" data-attr-resource_id="{block}" data-attr-site_id="28">'
        '<button class="button-load-more">Load more</button></div>'
        if chunks
        else ""
    )
    text = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{name or "Home"}</title></head>'
        f'<body class="page-section"><h1 class="section-name">{name.title()}</h1><div class="posts-wrapper">'
        f"{''.join(_card(path, story) for path, story in some[:CARDS])}</div>{more}</body></html>"
    )
    printed: Printed = {path: (text, HTML)}
    for number, chunk in enumerate(chunks):
        posts = [{"post_url": f"@@{path}", "id": story.elid, "headline": story.headline} for path, story in chunk]
        answer = json.dumps({"posts_by_source": {f"section_{block}": posts}})
        printed[f"/res/load_more_posts/data.js?resource_id={block}&pn={number}"] = (answer, "application/json")
    return printed


def _card(path: str, story: Story) -> str:
    return (
        f'<div class="widget tag-z"><article elid="{story.elid}"><a class="widget__section" href="/media/">'
        f'{html.escape(story.section)}</a><h2 class="widget__headline">'
        f'<a class="widget__headline-text" href="@@{path}">'
        f"{html.escape(story.headline)}</a></h2></article></div>"
    )


def feed(some: Listed) -> str:
    """Print one page of an RSS feed."""
    items = "".join(
        f"<item><title>{html.escape(story.headline)}</title><link>@@{path}</link>"
        f'<guid isPermaLink="false">{story.elid}</guid><pubDate>{format_datetime(story.published)}</pubDate></item>'
        for path, story in some
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Responsible Statecraft</title>'
        f"<link>@@/</link><description>News</description>{items}</channel></rss>"
    )


def sitemap(some: Listed, others: bool = False) -> str:
    """Print a sitemap, every other row with its time of change; `others` adds pages that are no articles."""
    rows = "".join(
        f"<url><loc>@@{path}</loc>{f'<lastmod>{story.modified.isoformat()}</lastmod>' if story.elid % 2 else ''}</url>"
        for path, story in some
    )
    rows += "<url><loc>@@/about/</loc></url><url><loc>@@/tag/treaties/</loc></url>" if others else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{NAMESPACE}">{rows}</urlset>'


def index() -> str:
    """Print the sitemap index."""
    rows = "".join(f"<sitemap><loc>@@{name}</loc></sitemap>" for name in SITEMAPS)
    return f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="{NAMESPACE}">{rows}</sitemapindex>'
