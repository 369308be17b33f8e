"""Articles that look like something else: their words, addresses or markup are those of other pages.

Must not hold a page that a person would not call an article.
"""

from __future__ import annotations

from .lists import cards
from .site import Site, ld

_ADDRESSES = (
    "/tag/2024/{}-the-ferry",
    "/archives/{}",
    "/topics/dam/{}-harvest",
    "/blog/contact-{}",
    "/{}-about-the-dam",
    "/p={}",
)


def _body(site: Site, least: int, most: int) -> str:
    return "".join(f"<p>{site.words.paragraph(2, 4)}</p>" for _ in range(site.rng.randint(least, most)))


def _dated(site: Site) -> str:
    return site.rng.choice(
        ["<time datetime='2024-05-02T09:00:00Z'>2.5.2024</time>", "<span>02.05.2024</span>", "<p>2024-05-02 09:00</p>"]
    )


def notice_title(site: Site) -> str:
    """An article whose headline speaks of robots, logins, privacy or missing pages."""
    kind = site.rng.choice(["challenge", "consent", "not_found", "login", "maintenance", "about", "newsletter"])
    headline = f"{site.words.say(kind)[0]}: {site.words.headline()}"
    inner = site.box("article", "post", f"<h1>{headline}</h1>{_dated(site)}{_body(site, 5, 9)}")
    return site.page(headline, site.chrome(inner), site.metas(headline, site.rng.choice(["article", "website", None])))


def bare(site: Site) -> str:
    """An old page without any statement for machines."""
    headline = site.words.headline()
    by = f"<i>{site.words.word('by', site.words.name())}</i><br>" if site.chance(0.5) else ""
    return site.page(headline, f"<h1>{headline}</h1>{by}{_dated(site)}{_body(site, 4, 9)}{site.footer()}", "")


def list_address(site: Site) -> str:
    """An article under an address that begins like that of a list."""
    site.path = site.rng.choice(_ADDRESSES).format(site.rng.randint(100, 9999))
    headline = site.words.headline()
    inner = site.box("article", "post", f"<h1>{headline}</h1>{_dated(site)}{_body(site, 5, 9)}")
    return site.page(headline, site.chrome(inner), site.metas(headline, site.rng.choice(["article", "website", None])))


def much_beside(site: Site) -> str:
    """A short article among many cards of others."""
    headline = site.words.headline()
    inner = site.box("article", "post", f"<h1>{headline}</h1>{_dated(site)}{_body(site, 3, 5)}")
    inner += site.box("section", "related", f"<h2>{site.words.word('latest')}</h2>{cards(site, 20, 0.7)}")
    return site.page(headline, site.chrome(inner), site.metas(headline, site.rng.choice(["article", "article", None])))


def free_behind_class(site: Site) -> str:
    """A whole article on a page that also carries an offer and says that it is not free."""
    words = site.words
    headline, (offer, line) = words.headline(), words.say("paywall")
    thing = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": headline,
        "datePublished": "2024-05-02T09:00:00Z",
        "isAccessibleForFree": site.rng.choice([False, True]),
    }
    wall = f'<div class="paywall"><h2>{offer}</h2><p>{line}</p></div>'
    inner = site.box("article", "post", f"<h1>{headline}</h1>{_body(site, 6, 10)}{wall}")
    return site.page(headline, site.chrome(inner), site.metas(headline, "article") + ld(thing))


def brief(site: Site) -> str:
    """Three sentences of news, stated as an article."""
    headline = site.words.headline()
    text = "".join(f"<p>{sentence}</p>" for sentence in site.words.words["prose"][:5])
    inner = site.box("article", "post", f"<h1>{headline}</h1>{text}")
    head = site.metas(headline, "article", **{"article:published_time": "2024-05-02T09:00:00+02:00"})
    return site.page(headline, site.chrome(inner), head)


def with_login_and_cookies(site: Site) -> str:
    """An article with a login dialogue and a cookie bar over it."""
    words = site.words
    headline = words.headline()
    dialogue = '<form class="modal"><input type=email><input type=password><button>OK</button></form>'
    asks, line = words.say("consent")
    bar = f'<div id="cookie-bar"><h2>{asks}</h2><p>{line}</p><button>OK</button></div>'
    inner = site.box("article", "post", f"<h1>{headline}</h1>{_dated(site)}{_body(site, 5, 9)}")
    head = site.metas(headline, site.rng.choice(["article", "website", None]))
    return site.page(headline, bar + dialogue + site.chrome(inner), head)
