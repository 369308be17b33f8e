"""Pages that stand on a site for good: about, contact and legal pages, products, galleries and viewers without text.

Must not list articles.
"""

from __future__ import annotations

from .site import Site, ld


def about(site: Site) -> str:
    """An about, contact, privacy or terms page with much static prose."""
    words = site.words
    title, line = words.say("about")
    parts = [f"<h1>{title}</h1><p>{line}</p>"]
    for _ in range(site.rng.randint(1, 9)):
        heading = f"<h2>{words.nav(1)[0]}</h2>" if site.chance(0.6) else ""
        parts.append(f"{heading}<p>{words.say('about')[1]} {words.paragraph(2, 5)}</p>")
    if site.chance(0.4):
        parts.append("<p>Quay 4, 20457 Portville<br>+44 20 5550 1234<br>desk@example.org</p>")
    if site.chance(0.3):
        parts.append("<form><input name=name><input type=email><textarea></textarea><button>OK</button></form>")
    kind = site.rng.choice(["website", "website", "article", None])
    head = site.metas(title, kind, **({"article:modified_time": "2023-01-05T10:00:00Z"} if kind == "article" else {}))
    if site.style == "wordpress" or site.chance(0.3):
        stated = site.rng.choice(["WebPage", "AboutPage", "WebPage"])
        head += site.graph(stated, title, datePublished="2019-03-01T10:00:00Z", dateModified="2023-01-05T10:00:00Z")
    return site.page(title, site.chrome(site.box("article", "page", "".join(parts))), head)


def product(site: Site) -> str:
    words = site.words
    title, line = words.say("product")
    buy = words.words["say"]["product"][1]
    price = (
        f'<span itemprop="price" content="19.90">{site.rng.choice(["€ 19,90", "19.90 €", "$19.90", "£19.90"])}</span>'
    )
    text = "".join(f"<p>{words.paragraph(1, 3)}</p>" for _ in range(site.rng.randint(1, 5)))
    inner = f"<h1>{title}</h1>{price}<p>{line}</p>{text}<form><button>{buy}</button></form>"
    stated = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": title,
        "offers": {"@type": "Offer", "price": "19.90", "priceCurrency": "EUR"},
    }
    head = site.metas(title, site.rng.choice(["product", "og:product", "website"])) + (
        ld(stated) if site.chance(0.6) else ""
    )
    return site.page(title, site.chrome(inner), head)


def gallery(site: Site) -> str:
    """Pictures and nothing to read."""
    pictures = "".join(f'<figure><img src="/g/{n}.jpg"></figure>' for n in range(site.rng.randint(6, 20)))
    title = site.words.headline()
    return site.page(
        title, site.chrome(f"<h1>{title}</h1>{pictures}"), site.metas(title, site.rng.choice(["website", None]))
    )


def viewer(site: Site) -> str:
    """A frame around a PDF."""
    frame = site.rng.choice(
        [
            '<embed type="application/pdf" src="/f/1.pdf">',
            '<iframe src="/viewer?file=/f/1.pdf"></iframe>',
            '<object data="/f/1.pdf" type="application/pdf"></object>',
        ]
    )
    title = f"{site.words.headline()}.pdf"
    body = f"<h1>{title}</h1>{frame}<a href='/f/1.pdf'>PDF 2.1 MB</a>"
    return site.page(title, site.chrome(body) if site.chance(0.5) else body, "")
