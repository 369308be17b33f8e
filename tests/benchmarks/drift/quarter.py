"""The Quarterdeck grown to any number of articles: a publication on WordPress, its lists, and redesigns of its theme.

Must not judge a night.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from tests.benchmarks.drift.redesigns import (
    CONSENT,
    LOGIN,
    SHELL,
    Change,
    both,
    renamed,
    retitled,
    unsaid,
    whole_page,
    with_tag,
    without,
)
from tests.loopback import LoopbackSite, Served

SITE = "https://quarterdeck.example"
SECTIONS = ("Harbours", "Crews", "Salvage")
TYPES = ("Report", "Essay", "Letter")
XML, RSS = "application/xml; charset=utf-8", "application/rss+xml"
FEED, LIST = 10, 12
_NOUNS = re.findall(
    r"\w+",
    "quay crane tide pilot ledger hull gale buoy harbour chart anchor winch deck rope channel dredger cargo berth"
    " lantern mooring keel customs ferry skipper barge sluice breakwater salvage wreck bulkhead",
)
_VERBS = ("keeps", "measures", "leaves", "repairs", "counts", "follows", "buys", "refuses", "watches", "carries")
_NAMES = ("Mirela Anand", "Tomas Oyelaran", "Ines Varga", "Joost Hallgrim", "Pia Demetriou")


@dataclass(frozen=True)
class Piece:
    """One article as it was written."""

    path: str
    headline: str
    dek: str | None
    author: str
    at: datetime
    kind: str
    section: str
    caption: str | None
    paragraphs: tuple[str, ...]


def write(seed: int, number: int, at: datetime) -> Piece:
    """Write an article; most have a dek, a picture with its credit, and links; now and then one is brief."""
    rng = random.Random(f"{seed} {number}")
    count = rng.choice((2, 5, 8, 12, 16)) if rng.random() > 0.05 else 1
    paragraphs = tuple(_paragraph(rng, number) for _ in range(count))
    return Piece(
        path=f"/{at:%Y/%m}/{rng.choice(_NOUNS)}-{rng.choice(_NOUNS)}-{number}/",
        headline=f"The {rng.choice(_NOUNS)} that {rng.choice(_VERBS)} {number} of its own",
        dek=f"What a {rng.choice(_NOUNS)} {rng.choice(_VERBS)} when number {number} comes."
        if rng.random() < 0.8
        else None,
        author=rng.choice(_NAMES),
        at=at,
        kind=rng.choice(TYPES),
        section=rng.choice(SECTIONS),
        caption=f"A {rng.choice(_NOUNS)} in winter. Photo: {rng.choice(_NAMES)}/Reuters"
        if rng.random() < 0.7
        else None,
        paragraphs=paragraphs,
    )


def _paragraph(rng: random.Random, number: int) -> str:
    sentences = [
        f"The {rng.choice(_NOUNS)} of the {rng.choice(_NOUNS)} {rng.choice(_VERBS)} what the {rng.choice(_NOUNS)}"
        f" {rng.choice(_VERBS)}, and number {number} is {rng.choice(('older', 'newer', 'smaller'))} than it was."
        for _ in range(rng.randint(2, 5))
    ]
    if rng.random() < 0.4:
        sentences[0] = f'<a href="https://example.org/{number}/{rng.choice(_NOUNS)}">{sentences[0]}</a>'
    return " ".join(sentences)


def page_of(piece: Piece) -> str:
    """Print an article's page, in the markup of a block theme."""
    stamp = piece.at.isoformat(timespec="seconds")
    stated = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.headline,
        "datePublished": stamp,
        "dateModified": stamp,
        "author": {"@type": "Person", "name": piece.author},
        "articleSection": [piece.kind, piece.section],
    }
    labels = " | ".join(
        f'<a href="{SITE}/category/{name.lower()}/" rel="tag">{name}</a>' for name in (piece.kind, piece.section)
    )
    dek = (
        f'<div class="wp-block-post-excerpt"><p class="wp-block-post-excerpt__excerpt">{piece.dek}</p></div>'
        if piece.dek
        else ""
    )
    picture = f"{SITE}/wp-content/uploads/{piece.path.strip('/').replace('/', '-')}"
    figure = (
        f'<figure class="wp-block-post-featured-image"><img src="{picture}-1024x683.jpg" alt="A picture">'
        f'<figcaption class="wp-element-caption">{piece.caption}</figcaption></figure>'
        if piece.caption
        else ""
    )
    body = "\n".join(f"<p>{text}</p>" for text in piece.paragraphs)
    image = f'<meta property="og:image" content="{picture}.jpg" />' if piece.caption else ""
    return f"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="UTF-8" /><title>{escape(piece.headline)} - The Quarterdeck</title>
<link rel="canonical" href="{SITE}{piece.path}" /><meta property="og:type" content="article" />
<meta property="og:title" content="{escape(piece.headline)}" />
<meta property="og:site_name" content="The Quarterdeck" />
<meta property="article:published_time" content="{stamp}" /><meta name="author" content="{piece.author}" />{image}
<script type="application/ld+json">{json.dumps(stated)}</script></head>
<body class="single single-post"><div class="wp-site-blocks">{_HEADER}<main class="wp-block-group" id="main">
<div class="taxonomy-category wp-block-post-terms">{labels}</div>
<h1 class="wp-block-post-title">{escape(piece.headline)}</h1>{dek}
<div class="wp-block-post-author-name"><a href="{SITE}/author/{piece.author[:4].lower()}/">{piece.author}</a></div>
<div class="wp-block-post-date"><time datetime="{stamp}">{piece.at:%d %B %Y}</time></div>{figure}
<div class="entry-content wp-block-post-content">{body}</div></main>
<footer><p>The Quarterdeck is paid for by its readers.</p></footer></div></body></html>"""


_HEADER = (
    '<header class="wp-block-template-part"><nav class="wp-block-navigation"><ul>'
    + "".join(f'<li><a href="{SITE}/category/{name.lower()}/">{name}</a></li>' for name in SECTIONS)
    + "</ul></nav></header>"
)


def lists_of(pieces: list[Piece]) -> dict[str, Served]:
    """Print the home page, the sections, the sitemap and the feed."""
    newest = sorted(pieces, key=lambda piece: (piece.at, piece.path), reverse=True)
    rows = "".join(
        f"<url><loc>{SITE}{each.path}</loc><lastmod>{each.at.isoformat(timespec='seconds')}</lastmod></url>"
        for each in newest
    )
    items = "".join(
        f"<item><title>{escape(each.headline)}</title><link>{SITE}{each.path}</link></item>" for each in newest[:FEED]
    )
    index = f"<sitemap><loc>{SITE}/post-sitemap.xml</loc></sitemap>"
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    served = {
        "/robots.txt": Served(f"User-agent: *\nSitemap: {SITE}/sitemap_index.xml\n".encode(), "text/plain"),
        "/": Served(_list_page(newest[:LIST])),
        "/sitemap_index.xml": Served(f"<sitemapindex {space}>{index}</sitemapindex>".encode(), XML),
        "/post-sitemap.xml": Served(f"<urlset {space}>{rows}</urlset>".encode(), XML),
        "/feed/": Served(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), RSS),
    }
    for section in SECTIONS:
        own = [each for each in newest if each.section == section]
        served[f"/category/{section.lower()}/"] = Served(_list_page(own[:LIST]))
    return served


def _list_page(pieces: list[Piece]) -> bytes:
    cards = "".join(
        f'<li class="wp-block-post"><h2 class="wp-block-post-title"><a href="{SITE}{each.path}">{escape(each.headline)}'
        "</a></h2></li>"
        for each in pieces
    )
    return (
        '<!DOCTYPE html><html lang="en-GB"><head><meta charset="UTF-8" /><title>The Quarterdeck</title></head>'
        f'<body class="home blog"><div class="wp-site-blocks">{_HEADER}<main class="wp-block-group">'
        f'<div class="wp-block-query"><ul class="wp-block-post-template">{cards}</ul></div></main></div></body></html>'
    ).encode()


class QuarterSite:
    """The site on loopback, from `with` to the end of the block; `change` redesigns its articles' pages."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces
        self.served = LoopbackSite({})
        self.show()

    def show(self, change: Change | None = None, broken: dict[str, int] | None = None) -> None:
        """Serve what is written now; `broken` paths answer with a status."""
        from tests.benchmarks.drift.redesigns import redesigned

        pages = {piece.path: page_of(piece) for piece in self.pieces}
        articles = {
            path: Served((redesigned(page, change) if change else page).encode()) for path, page in pages.items()
        }
        faults = {path: Served(status=status) for path, status in (broken or {}).items()}
        self.served.pages = {**lists_of(self.pieces), **articles, **faults}


def first_pieces(seed: int, count: int, until: datetime) -> list[Piece]:
    """Write an archive's articles, the oldest years ago, the youngest yesterday."""
    return [write(seed, number, until - timedelta(days=1 + 3 * (count - number))) for number in range(count)]


_BODY = ".entry-content"


def _first_only(tree: object) -> None:
    for body in tree.cssselect(_BODY):  # type: ignore[attr-defined]
        for child in list(body)[1:]:
            child.drop_tree()


def _emptied(tree: object) -> None:
    for body in tree.cssselect(_BODY):  # type: ignore[attr-defined]
        body.clear()


THEMES: dict[str, Change] = {
    "body's classes": renamed("entry-content", "post-content"),
    "body is one paragraph": _first_only,
    "body loaded by script": _emptied,
    "headline gone": both(without("h1"), unsaid("headline"), without("meta[property='og:title']")),
    "headline is a greeting": retitled("Welcome aboard", "h1"),
    "headline's class and tag": both(renamed("post-title"), with_tag("h2", "h1")),
    "dek gone": without("[class*=excerpt]"),
    "labels gone": both(without("[class*=taxonomy]"), unsaid("articleSection")),
    "labels' class": renamed("taxonomy", "post-terms"),
    "authors gone": both(without("[class*=author]", "meta[name=author]"), unsaid("author")),
    "authors' class": renamed("post-author"),
    "dates gone": both(without("time", "meta[property^='article:']"), unsaid("datePublished", "dateModified")),
    "no JSON-LD": without("script[type='application/ld+json']"),
    "pictures gone": without("figure", "meta[property='og:image']"),
    "captions gone": without("figcaption"),
    "links are spans": with_tag("span", f"{_BODY} a"),
    "all classes": renamed(""),
    "an empty page and a script": whole_page(SHELL),
    "a consent wall": whole_page(CONSENT),
    "a login form": whole_page(LOGIN),
}
"""Redesigns of this site."""
