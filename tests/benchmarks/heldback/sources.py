"""What announces articles: section pages with load-more, feeds with pages, sitemaps, and robots.txt.

Must not know an article's body.
"""

from __future__ import annotations

import html
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import format_datetime

from .links import Writer
from .model import Page, Piece, Rule, key_of

SEEN = [
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
]
GUESSED = ["qiosk", "reporting", "regions/europe", "regions/asia-pacific"]
LOADED = ("analysis", "global-crises", "europe", "washington-politics", "regions/middle-east")
CARDS, MORE, FEED = 5, 4, 10
XML = "application/xml; charset=utf-8"


@dataclass
class Gazette:
    """Lays articles out over the sources and prints them. `announced` grows with every address printed."""

    rng: random.Random
    writer: Writer
    traits: dict[str, str]
    pages: dict[str, Page] = field(default_factory=dict)
    announced: dict[str, set[str]] = field(default_factory=dict)

    def announce(self, piece_path: str, source: str, plain: bool = False) -> str:
        """Note that a source names a path, and write the address it uses."""
        self.announced.setdefault(key_of(piece_path), set()).add(source)
        return self.writer.full(piece_path) if plain else self.writer.any_form(piece_path)

    def sections(self, listed: dict[str, list[Piece]]) -> None:
        """Print every section page with its load-more answers; some guessed ones are missing."""
        for name in [*SEEN, *GUESSED]:
            if name in GUESSED and not listed.get(name) and self.rng.random() < 0.6:
                continue
            pieces = listed.get(name, [])
            first, rest = pieces[:CARDS], pieces[CARDS:]
            block = 4000 + len(self.pages)
            cards = "\n".join(self.card(piece, f"section {name}") for piece in first)
            more = self.load_more(name, block, first, rest)
            side = "".join(
                f'<li><a href="{self.writer.href(piece.path)}">{html.escape(piece.headline)}</a></li>'
                for piece in pieces[:2]
            )
            body = (
                f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{name} | Responsible Statecraft</title>'
                f'<link rel="canonical" href="{self.writer.full(f"/{name}/")}"></head><body class="page-section">'
                '<header><a href="/">Home</a><a href="/about/">About</a><a href="/calendar/2025/10/">Calendar</a>'
                "</header>"
                f'<h1 class="section-name">{name.title()}</h1><div class="posts-wrapper" '
                f'data-source="section">{cards}</div>{more}'
                f'<aside class="latest"><h3>LATEST</h3><ul>{side}</ul></aside><footer><a '
                'href="/privacy-policy/">Privacy</a></footer></body></html>'
            )
            self.pages[f"/{name}"] = Page(body)

    def card(self, piece: Piece, source: str) -> str:
        """Print one card."""
        url = html.escape(self.announce(piece.path, source))
        return (
            f'<div class="widget tag-z"><article elid="{piece.elid}" class="clearfix"><div class="widget__head">'
            f'<a href="{url}"><img src="/x.jpg" alt=""></a></div>'
            f'<a class="widget__section" href="/media/">{html.escape(piece.section or "Media")}</a>'
            '<h2 class="widget__headline"><a class="widget__headline-text" '
            f'href="{url}">{html.escape(piece.headline)}</a></h2>'
            f'<a class="social-author__name" href="/author/someone/">Someone</a></article></div>'
        )

    def load_more(self, name: str, block: int, first: Sequence[Piece], rest: Sequence[Piece]) -> str:
        """Print the load-more block and file its answers; from 1, number 0 repeats what the page shows."""
        start = int(self.traits["load more from"])
        chunks = [list(rest[at : at + MORE]) for at in range(0, len(rest), MORE)]
        if start == 1:
            chunks.insert(0, list(first))
        for number, chunk in enumerate(chunks):
            posts = [
                {
                    "post_url": self.announce(piece.path, f"load-more {name}")
                    if piece not in first
                    else self.writer.any_form(piece.path),
                    "id": piece.elid,
                    "headline": piece.headline,
                    "body": "<p>x</p>",
                    "created_ts": int(piece.published.timestamp()),
                }
                for piece in chunk
            ]
            if self.traits["post_url"] == "relative":
                posts = [{**post, "post_url": key_of(str(post["post_url"])) + "/"} for post in posts]
            answer = json.dumps({"posts_by_source": {f"section_{block}": posts}, "has_more": number < len(chunks) - 1})
            self.pages[f"{self.more_path()}?pn={number}&resource_id={block}"] = Page(
                answer, self.traits["load more type"]
            )
        if not rest:
            return '<div class="load-more" data-has-more="false"></div>' if self.rng.random() < 0.5 else ""
        return (
            f'<div class="posts-wrapper more" data-has-more="true" data-attr-resource_id="{block}" '
            'data-attr-site_id="28" '
            f'data-attr-source="section" data-attr-limit="{MORE}" data-attr-format="posts"><button '
            'class="button-load-more">Load more</button></div>'
        )

    def more_path(self) -> str:
        """The load-more address this site answers."""
        return "/res/load_more_posts/data.js" if self.traits["load more"] == "res" else "/core/load_more_posts/data.js"

    def feeds(self, listed: dict[str, list[Piece]]) -> None:
        """Print every feed, page by page, to an empty page."""
        for name, pieces in listed.items():
            chunks = [pieces[at : at + FEED] for at in range(0, len(pieces), FEED)] or [[]]
            source = f"feed {name}"
            for number, chunk in enumerate(chunks, 1):
                items = "".join(
                    self.item(piece, source if number == 1 else f"{source} page {number}") for piece in chunk
                )
                page = Page(
                    _rss(items), self.rng.choice(["application/rss+xml; charset=utf-8", "text/xml; charset=utf-8"])
                )
                self.pages[f"/feeds/{name}.rss?page={number}"] = page
            self.pages[f"/feeds/{name}.rss"] = self.pages[f"/feeds/{name}.rss?page=1"]
            self.pages[f"/feeds/{name}.rss?page=*"] = Page(_rss(""), XML)
        self.pages["/feed"] = self.pages["/feeds/feed.rss"]
        self.pages["/feed?page=*"] = Page(_rss(""), XML)

    def item(self, piece: Piece, source: str) -> str:
        """Print one feed item."""
        url = self.announce(piece.path, source)
        if url.startswith("/"):
            url = self.writer.full(url)
        link = f"<![CDATA[{url}]]>" if self.rng.random() < 0.2 else html.escape(url)
        return (
            f"<item><title>{html.escape(piece.headline)}</title><link>\n{link}</link><guid "
            f'isPermaLink="false">{piece.elid}</guid>'
            f"<pubDate>{format_datetime(piece.published.astimezone(UTC))}</pubDate>"
            "<description>&lt;p&gt;x&lt;/p&gt;</description></item>"
        )

    def sitemaps(self, listed: Sequence[tuple[str, str | None]], news: Sequence[Piece]) -> None:
        """Print sitemaps of addresses with their lastmod, in the site's arrangement, and the news sitemap."""
        kind = self.traits["sitemaps"]
        names = {
            "index": [
                "/feeds/sitemaps/sitemap_0.xml",
                "/feeds/sitemaps/sitemap_1.xml.gz",
                "/feeds/sitemaps/sitemap_2.ggl",
            ],
            "robots": ["/feeds/sitemaps/sitemap_0.xml.gz", "/feeds/sitemaps/sitemap_1.xml"],
            "numbered": ["/feeds/sitemaps/sitemap_0.ggl", "/feeds/sitemaps/sitemap_1.ggl"],
        }[kind]
        for number, name in enumerate(names):
            rows = "".join(
                self.row(path, lastmod, f"sitemap {number}") for path, lastmod in listed[number :: len(names)]
            )
            zipped = name.endswith(".gz")
            self.pages[name] = Page(_urlset(rows), "application/gzip" if zipped else XML, zipped=zipped)
        stories = "".join(
            f"<url><loc>{html.escape(self.announce(piece.path, 'news sitemap', plain=True))}</loc><news:news>"
            "<news:publication><news:name>RS</news:name>"
            "<news:language>en</news:language></news:publication>"
            f"<news:publication_date>{piece.published.isoformat()}</news:publication_date>"
            f"<news:title>{html.escape(piece.headline)}</news:title></news:news></url>"
            for piece in news
        )
        self.pages["/sitemap_news.xml"] = self.pages["/feeds/sitemaps/sitemap_news.xml"] = Page(_urlset(stories), XML)
        if kind == "index":
            children = "".join(
                f"<sitemap><loc>{self.writer.full(name)}</loc></sitemap>" for name in [*names, "/sitemap_news.xml"]
            )
            index = (
                '<?xml version="1.0" encoding="UTF-8"?><sitemapindex '
                f'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{children}</sitemapindex>'
            )
            self.pages["/sitemap.xml"] = Page(index, XML, encoded=self.rng.random() < 0.5)
        self.traits["sitemap lines"] = " ".join(["/sitemap.xml"] if kind == "index" else [*names, "/sitemap_news.xml"])

    def row(self, path: str, lastmod: str | None, source: str) -> str:
        """Print one row of a sitemap."""
        plain = path.startswith("http")
        self.announced.setdefault(key_of(path), set()).add(source)
        url = self.writer.any_form(path) if not plain else path
        if url.startswith("/"):
            url = self.writer.full(url)
        dated = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
        return (
            f"<url><loc>{html.escape(url)}</loc>{dated}<image:image>"
            f"<image:loc>https://assets.rbl.ms/{self.rng.randint(1, 99)}.jpg</image:loc></image:image></url>"
        )

    def robots(self, rules: Sequence[Rule]) -> None:
        """Print robots.txt: another bot's group, then everybody's in one or two groups, then the sitemap lines."""
        lines = [f"{'Allow' if rule.allow else 'Disallow'}: {rule.pattern}" for rule in rules]
        half = len(lines) // 2 if self.rng.random() < 0.5 else len(lines)
        groups = [["User-agent: *", *lines[:half]]] + ([["User-agent: *", *lines[half:]]] if half < len(lines) else [])
        other = ["User-agent: GPTBot", "User-agent: CCBot", "Disallow: /"]
        groups.insert(self.rng.choice([0, len(groups)]), other)
        tail = [f"Sitemap: {self.writer.full(path)}" for path in self.traits["sitemap lines"].split()]
        text = "# robots\n" + "\n\n".join("\n".join(group) for group in groups) + "\n\n" + "\n".join(tail) + "\n"
        self.pages["/robots.txt"] = Page(text, "text/plain")


def _rss(items: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:media="http://search.yahoo.com/mrss/"><channel>'
        "<title>Responsible Statecraft</title><link>https://responsiblestatecraft.org/</link><description>x"
        f"</description>{items}</channel></rss>"
    )


def _urlset(rows: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
        'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
        f"{rows}</urlset>"
    )
