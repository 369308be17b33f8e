"""Pages that list: section, tag, author, search and home pages, podcasts, events. Must not hold one whole article."""

from __future__ import annotations

from typing import Any

from .site import Site, ld


def cards(site: Site, count: int, excerpt: float) -> str:
    """Write articles as cards in one of the usual ways; `excerpt` is the share of cards that quote the article."""
    words, form = site.words, site.rng.choice(["heading", "title", "whole", "more", "row", "post"])
    return "".join(_card(site, form, words.paragraph(1, 3) if site.chance(excerpt) else "") for _ in range(count))


def _card(site: Site, form: str, excerpt: str) -> str:
    words = site.words
    headline, path = words.headline(), site.article_path()
    text = f"<p>{excerpt}</p>" if excerpt else ""
    when = "<time datetime='2024-05-02'>2.5.2024</time>" if site.chance(0.5) else ""
    image = f'<a href="{path}"><img src="/i/{site.rng.randint(1, 999)}.jpg" alt=""></a>' if site.chance(0.6) else ""
    if form == "title":
        return site.box("div", "teaser", f"{image}<div><b>{site.link(headline, path)}</b></div>{text}{when}")
    if form == "whole":
        return f'<a href="{path}"{site.cls("card")}><h3>{headline}</h3><p>{excerpt or words.name()}</p>{when}</a>'
    if form == "more":
        return site.box("div", "item", f"<h3>{headline}</h3>{text}{site.link(words.word('more'), path)}")
    if form == "row":
        return f"<tr><td>{image}</td><td><h4>{site.link(headline, path)}</h4>{text}{when}</td></tr>"
    if form == "post":
        paragraphs = "".join(f"<p>{words.paragraph(2, 4)}</p>" for _ in range(site.rng.randint(1, 4)))
        by = f"<p>{words.word('by', words.name())}</p>"
        return site.box(
            "article", "post", f"<h2>{site.link(headline, path)}</h2>{by}{when}{paragraphs if excerpt else ''}"
        )
    return site.box("article", "card", f"{image}<h2>{site.link(headline, path)}</h2>{text}{when}")


def _listing(site: Site, title: str, line: str, kind: str, excerpt: float, intro: str = "") -> str:
    count = site.rng.randint(6, 30)
    inner = f"<h1>{title}</h1><p>{line}</p>{intro}" if site.chance(0.8) else intro
    inner += site.box("section", "list", cards(site, count, excerpt))
    if site.chance(0.6):
        inner += '<div class="pagination"><a href="?page=2">2</a> <a href="?page=3">3</a> <a href="?page=2">»</a></div>'
    head = site.metas(
        title, site.rng.choice(["website", "website", None, "article" if site.chance(0.3) else "website"])
    )
    head += _stated(site, title, kind)
    return site.page(title, site.chrome(inner), head)


def _stated(site: Site, title: str, kind: str) -> str:
    """Write what such a page may state in JSON-LD: nothing, itself, or the articles that it lists."""
    form = site.rng.choice(["none", "none", "graph", "items", "articles"])
    if form == "graph":
        return site.graph(kind, title)
    things: list[Any] = [
        {
            "@type": "NewsArticle",
            "headline": site.words.headline(),
            "url": f"https://{site.host}{site.article_path()}",
            "datePublished": "2024-05-02T09:00:00Z",
        }
        for _ in range(6)
    ]
    if form == "items":
        items = [{"@type": "ListItem", "position": n, "item": thing} for n, thing in enumerate(things)]
        return ld({"@context": "https://schema.org", "@type": "ItemList", "itemListElement": items})
    return ld(things) if form == "articles" else ""


def section(site: Site) -> str:
    return _listing(site, site.words.nav(1)[0], "", "CollectionPage", site.rng.choice([0.0, 0.5, 1.0]))


def tag(site: Site) -> str:
    title, line = site.words.say("tag", site.words.nav(1)[0])
    intro = f"<p>{site.words.paragraph(2, 6)}</p>" if site.chance(0.5) else ""
    return _listing(site, title, line, "CollectionPage", site.rng.choice([0.0, 0.5, 1.0]), intro)


def author(site: Site) -> str:
    name = site.words.name()
    title, line = site.words.say("author", name)
    biography = f"<p>{line} {site.words.paragraph(1, 5)}</p>"
    return _listing(site, title, "", "ProfilePage", site.rng.choice([0.0, 0.5, 1.0]), biography)


def search(site: Site) -> str:
    title, line = site.words.say("search", site.words.nav(1)[0].lower())
    form = '<form role="search" action="/search"><input type="search" name="q" value="dam"></form>'
    return _listing(site, title, line, "SearchResultsPage", 1.0, form)


def home(site: Site) -> str:
    site.path = "/"
    blocks = "".join(
        site.box("section", "front", f"<h2>{title}</h2>{cards(site, site.rng.randint(3, 8), 0.6)}")
        for title in site.words.nav(5)
    )
    head = site.metas(site.name, "website") + (ld({"@type": "WebSite", "name": site.name}) if site.chance(0.5) else "")
    return site.page(site.words.say("about")[1], site.chrome(blocks), head)


def podcasts(site: Site) -> str:
    title, line = site.words.say("podcast")
    return _listing(site, title, line, "CollectionPage", 1.0, "<audio controls src=/e/1.mp3></audio>")


def events(site: Site) -> str:
    title, line = site.words.say("event")
    things = [
        {
            "@context": "https://schema.org",
            "@type": "Event",
            "name": site.words.headline(),
            "startDate": "2024-06-01T20:00",
        }
        for _ in range(5)
    ]
    rows = "".join(
        site.box(
            "li",
            "event",
            f"<time datetime='2024-06-0{n}'>{n}.6.</time> {site.words.headline()}<p>{site.words.paragraph(1, 2)}</p>",
        )
        for n in range(1, 9)
    )
    inner = f"<h1>{title}</h1><p>{line}</p><ul>{rows}</ul>"
    head = site.metas(title, site.rng.choice(["website", None])) + (ld(things) if site.chance(0.6) else "")
    return site.page(title, site.chrome(inner), head)
