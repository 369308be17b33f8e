"""The Quarterdeck on loopback: its fixtures in the lists, sitemaps and feed that WordPress makes. Must not assert."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.loopback import LoopbackSite, Served

FIXTURES = Path(__file__).parent / "fixtures" / "quarterdeck"
SITE = "https://quarterdeck.example"
XML = "application/xml; charset=utf-8"
FOLDERS = tuple(sorted(path.parent for path in FIXTURES.glob("*/expected.json")))
SECTIONS = ("Harbours", "Crews", "Salvage")


@cache
def answers() -> dict[str, dict[str, Any]]:
    """Return what each article among the fixtures should be read as, by its path."""
    read = [json.loads((folder / "expected.json").read_text("utf-8")) for folder in FOLDERS]
    return {urlsplit(answer["url"]).path: answer for answer in read if "error" not in answer}


@cache
def pages() -> dict[str, bytes]:
    """Return the articles' pages by path."""
    found = {}
    for folder in FOLDERS:
        path = urlsplit(json.loads((folder / "meta.json").read_text("utf-8"))["url"]).path
        if path in answers():
            found[path] = (folder / "page.html").read_bytes()
    return found


def quarterdeck(robots: str = "User-agent: *\nDisallow: /wp-admin/\n") -> LoopbackSite:
    """Make the site; enter it to serve it. Its pages name its own host, as a mirror's do."""
    paths = list(answers())
    served = {path: Served(body) for path, body in pages().items()}
    served |= {
        "/robots.txt": Served(f"{robots}\nSitemap: {SITE}/sitemap_index.xml\n".encode(), "text/plain"),
        "/": Served(_list_page("/", "The Quarterdeck - Ports and people", paths)),
        "/sitemap.xml": Served(status=301, headers={"Location": f"{SITE}/sitemap_index.xml"}),
        "/sitemap_index.xml": Served(_index("post-sitemap.xml", "page-sitemap.xml"), XML),
        "/post-sitemap.xml": Served(_sitemap(paths[:-1]), XML),
        "/page-sitemap.xml": Served(_sitemap(["/about/"]), XML),
        "/feed/": Served(_feed(paths[-3:]), "application/rss+xml"),
        "/feed/?paged=2": Served(status=404),
    }
    for section in SECTIONS:
        path = f"/category/{section.lower()}/"
        own = [each for each, answer in answers().items() if answer["section"] == section]
        served[path] = Served(_list_page(path, f"{section} Archives - The Quarterdeck", own))
    return LoopbackSite(served)


def _list_page(path: str, title: str, articles: list[str]) -> bytes:
    menu = "".join(
        f'<li class="wp-block-navigation-item"><a class="wp-block-navigation-item__content"'
        f' href="{SITE}/category/{name.lower()}/">{name}</a></li>'
        for name in SECTIONS
    )
    cards = "".join(
        f'<li class="wp-block-post"><h2 class="wp-block-post-title"><a href="{SITE}{each}">'
        f"{escape(answers()[each]['headline'])}</a></h2></li>"
        for each in articles
    )
    return f"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="UTF-8" /><title>{title}</title>
<link rel="canonical" href="{SITE}{path}" /><meta property="og:site_name" content="The Quarterdeck" />
<meta name="generator" content="WordPress 6.7.2" />
<link rel="alternate" type="application/rss+xml" title="Feed" href="{SITE}/feed/" />
<link rel="alternate" type="application/rss+xml" title="Comments Feed" href="{SITE}/comments/feed/" /></head>
<body class="home blog wp-embed-responsive"><div class="wp-site-blocks"><header class="wp-block-template-part">
<nav class="wp-block-navigation"><ul>{menu}<li><a href="{SITE}/about/">About</a></li></ul></nav></header>
<main class="wp-block-group"><div class="wp-block-query"><ul class="wp-block-post-template">{cards}</ul></div></main>
</div></body></html>""".encode()


def _index(*names: str) -> bytes:
    rows = "".join(f"<sitemap><loc>{SITE}/{name}</loc></sitemap>" for name in names)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'.encode()


def _sitemap(paths: list[str]) -> bytes:
    rows = "".join(f"<url><loc>{SITE}{path}</loc></url>" for path in paths)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode()


def _feed(paths: list[str]) -> bytes:
    rows = "".join(
        f"<item><title>{escape(answers()[path]['headline'])}</title><link>{SITE}{path}</link></item>" for path in paths
    )
    return f'<rss version="2.0"><channel><title>The Quarterdeck</title>{rows}</channel></rss>'.encode()
