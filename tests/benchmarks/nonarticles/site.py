"""A site that pages stand in: its address, markup style, header, navigation, sidebar and footer.

Must not know what kind of page stands in it.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from html import escape
from typing import Any

from .language import Language

STYLES = ("semantic", "wordpress", "hashed", "tables", "bootstrap", "components")


@dataclass
class Site:
    """One site. Everything it prints is drawn from `rng`, so that no two look alike."""

    rng: random.Random
    words: Language
    style: str = ""
    name: str = ""
    host: str = ""
    path: str = "/"
    _hashes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.style = self.style or self.rng.choice(STYLES)
        stem = self.rng.choice(["quay", "ledger", "lantern", "ferry", "granite", "signal", "orchard", "harbour"])
        self.name = f"{stem.title()} {self.rng.choice(['Post', 'Times', 'Zeitung', 'Blad', 'Review', '24'])}"
        self.host = f"www.{stem}-{self.rng.randint(2, 99)}.example"

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}"

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def cls(self, name: str) -> str:
        """Write a class attribute as this site's system would."""
        if self.style == "hashed":
            digest = self._hashes.setdefault(name, f"{name[:2]}{self.rng.randrange(16**6):06x}")
            return f' class="{digest}"'
        if self.style == "components":
            return f' class="c-{name} u-mb-{self.rng.randint(1, 4)}"'
        if self.style == "tables":
            return ""
        return f' class="{name}"'

    def box(self, tag: str, name: str, inner: str) -> str:
        """Write a block: a semantic element where the site uses them, else a `div` or a table."""
        if self.style == "tables" and tag in ("section", "article", "main", "aside"):
            return f"<table width=100%><tr><td>{inner}</td></tr></table>"
        tag = tag if self.style in ("semantic", "wordpress") or tag in ("ul", "li", "p", "form") else "div"
        return f"<{tag}{self.cls(name)}>{inner}</{tag}>"

    def link(self, text: str, path: str | None = None) -> str:
        href = path if path is not None else self.article_path()
        return f'<a href="{escape(href)}"{self.cls("link")}>{escape(text)}</a>'

    def article_path(self) -> str:
        number = self.rng.randint(1000, 99999)
        return self.rng.choice([f"/2024/05/{number}-ferry-stays", f"/news/{number}.html", f"/a/{number}/the-dam"])

    def header(self) -> str:
        items = "".join(f"<li>{self.link(item, '/s/' + str(n))}</li>" for n, item in enumerate(self.words.nav(7)))
        login = self.link(self.words.say("login")[0], "/account")
        logo = f'<a href="/"><img src="/logo.png" alt="{self.name}"></a>'
        return self.box("header", "site-header", f"{logo}<nav><ul>{items}</ul></nav>{login}")

    def footer(self) -> str:
        links = " ".join(self.link(self.words.say("about")[0], f"/page/{n}x") for n in range(4))
        return self.box("footer", "site-footer", f"{links}<p>© 2024 {self.name}</p>")

    def sidebar(self) -> str:
        items = "".join(f"<li>{self.link(self.words.headline())}</li>" for _ in range(self.rng.randint(5, 14)))
        return self.box("aside", "sidebar", f"<h3>{self.words.word('latest')}</h3><ul>{items}</ul>")

    def chrome(self, main: str) -> str:
        """Stand the page's own part in the site's frame."""
        side = self.sidebar() if self.chance(0.5) else ""
        inner = self.box("main", self.rng.choice(["content", "main", "page-body", "site-main"]), main)
        return f"{self.header()}{inner}{side}{self.footer()}"

    def page(self, title: str, body: str, head: str = "", *, site_in_title: bool = True) -> str:
        """Write the whole document."""
        full = f"{title} {self.rng.choice(['|', '-', '–', '·'])} {self.name}" if site_in_title else title
        return (
            f'<!doctype html><html lang="{self.words.code}"><head><meta charset="utf-8">'
            f"<title>{escape(full)}</title>{head}</head><body>{body}</body></html>"
        )

    def metas(self, title: str, kind: str | None, **others: str) -> str:
        """Write Open Graph metas, most sites' way; none when `kind` is None."""
        if kind is None:
            return ""
        pairs = {"og:type": kind, "og:title": title, "og:site_name": self.name, "og:url": self.url, **others}
        return "".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in pairs.items()) + (
            f'<link rel="canonical" href="{self.url}">'
        )

    def graph(self, kind: str, title: str, **more: Any) -> str:
        """Write a JSON-LD graph as the big search plugins do: page, site and breadcrumbs."""
        page = {"@type": kind, "@id": self.url, "url": self.url, "name": title, **more}
        nodes = [
            page,
            {"@type": "WebSite", "@id": f"https://{self.host}/#website", "name": self.name},
            {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "position": 1, "name": title}]},
        ]
        return ld({"@context": "https://schema.org", "@graph": nodes})


def ld(thing: Any) -> str:
    """Write JSON-LD."""
    return f'<script type="application/ld+json">{json.dumps(thing, ensure_ascii=False)}</script>'
