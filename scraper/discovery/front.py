"""Reads a site's front page for what a profile must say: its name, language, content system, navigation and feeds.

Must not fetch anything, and must not know any one publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from parsel import Selector

from archive.urls import clean_url

REBELMOUSE, WORDPRESS = "RebelMouse", "WordPress"
_LEAST_SIGNS = 2
_GENERATOR_SIGNS = 3
_SIGNS: dict[str, tuple[tuple[str, str], ...]] = {
    REBELMOUSE: (
        (r"\belid=", "attribute elid"),
        (r"\bclass=[\"'][^\"']*\bwidget__headline", "class widget__headline"),
        (r"\b(?:rebelmouse\.com|rbl\.ms)\b", "addresses at rbl.ms or rebelmouse.com"),
        (r"REBELMOUSE_|/load_more_posts/", "its scripts"),
        (r"/media-library/", "paths /media-library/"),
    ),
    WORDPRESS: (
        (r"/wp-content/", "paths /wp-content/"),
        (r"/wp-includes/|/wp-json/", "paths /wp-includes/ or /wp-json/"),
        (r"\bclass=[\"'][^\"']*\bwp-(?:block|site|element)-", "classes wp-block-"),
        (r"\bapi\.w\.org\b", "link to api.w.org"),
    ),
}
_MENUS = "nav a, header a, [role=navigation] a, [class*=navigation] a, [class*=menu] a"
_BESIDE_NAMES = (
    "about about-us account advertise advertising archive archives author authors careers cart comments contact"
    " contact-us cookies contribute corrections donate editorial-policy events faq feed feeds home impressum jobs"
    " legal letter login logout masthead membership newsletter newsletters people podcast-feed press privacy"
    " privacy-policy profile register rss search shop sign-in sign-up signin signup sitemap staff store submissions"
    " submit subscribe subscriptions support tag tags team terms terms-of-service terms-of-use wp-admin wp-login.php"
    " write-for-us"
)
_BESIDE = frozenset(_BESIDE_NAMES.split())
_FEEDS = 'link[rel~="alternate"][type*="rss"], link[rel~="alternate"][type*="atom"]'
_MOST_SEGMENTS = 3
_ARTICLE_PATH = re.compile(r"/\d{4}/\d{1,2}/|\d{6,}|(?:-[^/-]+){4,}/?$|\.\w{2,5}$")
_PLAIN_PATH = re.compile(r"(?:/[\w.~%-]+)+/?")
_TITLE_END = re.compile(r"\s+[|·•»–—-]\s+")


@dataclass(frozen=True, slots=True)
class System:
    """The content system that a page was made with, and what on the page says so."""

    name: str
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Front:
    """What a front page says. Addresses are absolute; `sections` and `beside` are the menus' paths, in page order.

    `beside` are the pages that every site has beside its articles: about, contact, privacy.
    """

    canonical: str | None
    title: str | None
    language: str | None
    system: System | None
    sections: tuple[str, ...]
    beside: tuple[str, ...]
    feeds: tuple[str, ...]


def read_front(html: str, url: str, own_hosts: frozenset[str] = frozenset()) -> Front:
    """Read a front page that was fetched at `url`; `own_hosts` are the host names whose addresses count as its own."""
    page = Selector(html)
    canonical = page.css('link[rel="canonical"]::attr(href), meta[property="og:url"]::attr(content)').get()
    hosts = own_hosts | {urlsplit(each).netloc for each in (url, canonical or "")}
    paths = list(dict.fromkeys(_menu_paths(page, url, hosts)))
    feeds = (
        page.css('link[rel~="alternate"][type*="rss"], link[rel~="alternate"][type*="atom"]').xpath("@href").getall()
    )
    language = (page.css("html::attr(lang)").get() or "").partition("-")[0].lower()
    return Front(
        canonical=canonical if canonical and canonical.startswith(("http://", "https://")) else None,
        title=_title(page),
        language=language if re.fullmatch("[a-z]{2,3}", language) else None,
        system=system_of(html),
        sections=tuple(path for path in paths if not _is_beside(path) and not _ARTICLE_PATH.search(path)),
        beside=tuple(path for path in paths if _is_beside(path)),
        feeds=tuple(dict.fromkeys(urljoin(url, href) for href in feeds if "comments" not in href)),
    )


def system_of(html: str) -> System | None:
    """Say which content system most signs on a page agree on; None when there are too few: another one."""
    generators = " ".join(Selector(html).css('meta[name="generator"]::attr(content)').getall())
    found = []
    for name, signs in _SIGNS.items():
        seen = [what for pattern, what in signs if re.search(pattern, html)]
        stated = name.lower() in generators.lower()
        weight = len(seen) + _GENERATOR_SIGNS * stated
        found.append((weight, System(name, ("generator", *seen) if stated else tuple(seen))))
    weight, system = max(found, key=lambda pair: pair[0])
    return system if weight >= _LEAST_SIGNS else None


def _title(page: Selector) -> str | None:
    names = page.css(
        'meta[property="og:site_name"]::attr(content), meta[name="application-name"]::attr(content)'
    ).getall()
    names += [_TITLE_END.split(title.strip())[0] for title in page.css("head title::text").getall()[:1]]
    written = (" ".join("".join(filter(str.isprintable, name)).split()) for name in names)
    return next(filter(None, written), None)


def _menu_paths(page: Selector, url: str, hosts: set[str] | frozenset[str]) -> Iterator[str]:
    """Yield the paths of the menus' links that stay on the site and are neither home page nor file nor query."""
    for href in page.css(_MENUS).xpath("@href").getall():
        try:
            parts = urlsplit(clean_url(urljoin(url, href)))
        except ValueError:
            continue
        short = 0 < len(parts.path.strip("/").split("/")) <= _MOST_SEGMENTS and parts.path != "/"
        if parts.netloc in hosts and not parts.query and short and _PLAIN_PATH.fullmatch(parts.path):
            yield parts.path


def _is_beside(path: str) -> bool:
    return path.strip("/").split("/")[0].lower() in _BESIDE
