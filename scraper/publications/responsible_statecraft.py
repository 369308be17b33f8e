"""Responsible Statecraft, the Quincy Institute's online magazine, as data. Must hold no function.

RebelMouse since about September 2023, WordPress before; the live site's markup was not seen when this was written.
"""

from __future__ import annotations

from scraper.cms import REBELMOUSE, REBELMOUSE_CARDS, REBELMOUSE_EXCLUSIONS
from scraper.profile import Exclusion, Feed, Profile, Section, Sitemap

_SURE_SECTIONS = (
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
_GUESSED_SECTIONS = ("qiosk", "reporting", "regions/europe", "regions/asia-pacific")

SECTIONS = (
    Section("/"),
    *(Section(f"/{path}/") for path in _SURE_SECTIONS),
    *(Section(f"/{path}/", sure=False) for path in _GUESSED_SECTIONS),
)
SITEMAPS = (
    Sitemap("/sitemap.xml", sure=False),
    Sitemap("/sitemap_news.xml", sure=False),
    Sitemap("/feeds/sitemaps/sitemap_news.xml", sure=False),
    Sitemap("/feeds/sitemaps/sitemap_{n}.xml", sure=False),
    Sitemap("/feeds/sitemaps/sitemap_{n}.ggl", sure=False),
)
FEEDS = (
    Feed("/feeds/feed.rss"),
    Feed("/feeds/analysis.rss"),
    Feed("/feed/", sure=False),
    *(Feed(f"/feeds/{path}.rss", sure=False) for path in _SURE_SECTIONS if path != "analysis"),
    *(Feed(f"/feeds/{path}.rss", sure=False) for path in _GUESSED_SECTIONS),
)
EXCLUSIONS = (
    Exclusion(r"^/$", "home page"),
    Exclusion(r"^/(about|contact|privacy-policy|editorial-and-submission-policy)(/|$)", "about page"),
    *REBELMOUSE_EXCLUSIONS,
    *(Exclusion(rf"^/{path}/?$", "section page") for path in (*_SURE_SECTIONS, *_GUESSED_SECTIONS, "regions")),
)

PROFILE = Profile(
    name="responsible-statecraft",
    title="Responsible Statecraft",
    url="https://responsiblestatecraft.org",
    hosts=("responsiblestatecraft.org", "www.responsiblestatecraft.org"),
    language="en",
    sources=(*SECTIONS, *SITEMAPS, *FEEDS),
    cards=REBELMOUSE_CARDS,
    exclusions=EXCLUSIONS,
    layouts=(REBELMOUSE,),
    types=("Reporting", "Analysis", "Opinion", "Commentary", "Video", "Podcast", "Interview", "Review"),
    own_names=("Responsible Statecraft", "Quincy Institute", "Quincy Institute for Responsible Statecraft", "RS Staff"),
    own_hosts=("quincyinst.org",),
    never=(
        "Follow us on social",
        "google cta",
        "keep reading",
        "Show less",
        "Newsletter",
        "Subscribe now to our weekly round-up",
        "The views expressed by authors on Responsible Statecraft do not necessarily reflect",
        "More from",
    ),
    image_id=r"[?&]id=(\d+)",
)
