"""Pages that only tell or ask the reader something: challenge, consent, login, not found, maintenance, shell, teaser.

Must not list articles.
"""

from __future__ import annotations

from .site import Site, ld


def challenge(site: Site) -> str:
    title, line = site.words.say("challenge")
    script = "<script>window._c={cType:'managed',cRay:'8a'};</script><script src='/cdn-cgi/x/orchestrate.js'></script>"
    noscript = f"<noscript><p>{site.words.say('script')[0]}</p></noscript>"
    form = (
        '<form id="challenge-form" method="post"><input type="hidden" name="md" value="x"><div id="cf-t"></div></form>'
    )
    bare = f"<div class=main-wrapper><h1>{site.host}</h1><h2>{title}</h2><p>{line}</p>{noscript}{form}{script}</div>"
    held = f'<div id="px-captcha"></div><h1>{title}</h1><p>{line}</p><p>ID: 5f1c-77aa</p>'
    framed = '<iframe src="https://geo.captcha-delivery.example/x" title="captcha"></iframe>' + script
    kind = site.rng.choice(["bare", "held", "frame", "chrome"])
    if kind == "frame":
        return site.page(site.host, framed, '<meta name="robots" content="noindex">', site_in_title=False)
    body = {"bare": bare, "held": held, "chrome": site.chrome(held)}[kind]
    head = '<meta http-equiv="refresh" content="360">' if site.chance(0.4) else ""
    return site.page(title, body, head, site_in_title=site.chance(0.3))


def consent(site: Site) -> str:
    words = site.words
    title, line = words.say("consent")
    buttons = (
        "<button>OK</button><button>✕</button>" if site.chance(0.5) else "<a href='#ok'>OK</a> <a href='#no'>…</a>"
    )
    text = f"<p>{line}</p>"
    if site.chance(0.6):
        text += "".join(
            f"<p>{words.say('consent')[1]} {words.say('about')[1]}</p>" for _ in range(site.rng.randint(2, 9))
        )
        text += "<ul>" + "".join(f"<li>Vendor {n} Ltd</li>" for n in range(site.rng.randint(0, 60))) + "</ul>"
    inner = site.box("section", "consent-wall", f"<h1>{title}</h1>{text}{buttons}")
    body = inner if site.chance(0.7) else site.chrome(inner)
    head = site.metas(site.name, site.rng.choice(["website", None, None]))
    return site.page(title if site.chance(0.5) else site.name, body, head)


def login(site: Site) -> str:
    title, line = site.words.say("login")
    form = '<form method="post"><input type="email" name="u"><input type="password" name="p"><button>OK</button></form>'
    inner = f"<h1>{title}</h1><p>{line}</p>{form}<p>{site.link(site.words.say('login')[0], '/register')}</p>"
    body = site.chrome(inner) if site.chance(0.6) else site.box("div", "login", inner)
    return site.page(title, body, site.metas(title, site.rng.choice(["website", None])))


def not_found(site: Site) -> str:
    words = site.words
    title, line = words.say("not_found")
    inner = f"<h1>{title}</h1><p>{line}</p>"
    if site.chance(0.5):
        items = "".join(
            f"<li><h3>{site.link(words.headline())}</h3>"
            + (f"<p>{words.paragraph(1, 2)}</p>" if site.chance(0.5) else "")
            for _ in range(site.rng.randint(4, 12))
        )
        inner += f"<h2>{words.word('latest')}</h2><ul>{items}</ul>"
    if site.chance(0.3):
        inner += f"<form action='/search'><input name=q></form><p>{words.say('not_found')[1]}</p>"
    body = site.chrome(inner) if site.chance(0.8) else inner
    head = site.metas(title, site.rng.choice(["website", "article", None]))
    return site.page(title, body, head + (site.graph("WebPage", title) if site.style == "wordpress" else ""))


def maintenance(site: Site) -> str:
    title, line = site.words.say("maintenance")
    inner = f"<div style='text-align:center'><h1>{title}</h1><p>{line}</p><img src='/wrench.svg'></div>"
    return site.page(title, inner if site.chance(0.8) else site.chrome(inner), "", site_in_title=site.chance(0.6))


def shell(site: Site) -> str:
    """An application that draws itself by script."""
    state = (
        '<script>window.__STATE__={"route":{"path":"/a/1"},"items":['
        + ",".join('{"t":"x"}' for _ in range(50))
        + "]}</script>"
    )
    noscript = f"<noscript>{site.words.say('script')[0]}</noscript>" if site.chance(0.7) else ""
    skeleton = site.header() + "<div class=skeleton></div>" if site.chance(0.4) else ""
    head = site.metas(site.words.headline(), site.rng.choice(["website", None]))
    root = f'<div id="{site.rng.choice(["root", "app", "__next"])}"></div>'
    body = f"{noscript}{skeleton}{root}{state}<script src=/m.js></script>"
    return site.page(site.name, body, head, site_in_title=False)


def paywall(site: Site) -> str:
    """The first lines of an article and an offer."""
    words = site.words
    headline, (offer, line) = words.headline(), words.say("paywall")
    stated = site.chance(0.7)
    thing = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": headline,
        "datePublished": "2024-05-02T09:00:00+02:00",
        "author": {"@type": "Person", "name": words.name()},
        "url": site.url,
    }
    if stated:
        thing["isAccessibleForFree"] = site.rng.choice([False, "False", "false"])
        thing["hasPart"] = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywall"}
    paragraphs = [words.paragraph(1, 3) for _ in range(site.rng.randint(1, 3))]
    if site.chance(0.4):
        paragraphs[-1] = paragraphs[-1][:-12] + " …"
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    wall = site.rng.choice(["paywall", "paywall-offer", "regwall", "subscription-wall", "premium-box"])
    offers = f'<div class="{wall}"><h2>{offer}</h2><p>{line}</p><button>OK</button></div>'
    inner = site.box("article", "article", f"<h1>{headline}</h1><p>{words.word('by', words.name())}</p>{text}{offers}")
    head = site.metas(headline, "article", **{"article:published_time": "2024-05-02T09:00:00+02:00"})
    return site.page(headline, site.chrome(inner), head + (ld(thing) if stated or site.chance(0.5) else ""))


def redirect(site: Site) -> str:
    """A stub that sends the browser on."""
    target = site.article_path()
    head = f'<meta http-equiv="refresh" content="0; url={target}">'
    return site.page(site.name, f'<p><a href="{target}">{site.name}</a></p><script>location="{target}"</script>', head)


def newsletter(site: Site) -> str:
    title, line = site.words.say("newsletter")
    boxes = "".join(
        f"<label><input type=checkbox> {site.words.headline()}<p>{site.words.paragraph(1, 2)}</p></label>"
        for _ in range(site.rng.randint(0, 6))
    )
    form = f"<form method=post>{boxes}<input type=email><button>OK</button></form>"
    inner = f"<h1>{title}</h1><p>{line}</p>{form}<p>{site.words.say('newsletter')[1]}</p>"
    return site.page(title, site.chrome(inner), site.metas(title, site.rng.choice(["website", "article", None])))
