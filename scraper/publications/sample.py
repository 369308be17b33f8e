"""The sample publication that the project carries, served on loopback in RebelMouse's markup. Must hold no function."""

from __future__ import annotations

from dataclasses import replace

from scraper.profile import Exclusion, Feed, Profile, Section, Sitemap
from scraper.publications.responsible_statecraft import PROFILE as RESPONSIBLE_STATECRAFT

_SECTIONS = (
    "dispatches",
    "reporting",
    "analysis",
    "capital-politics",
    "arms-trade",
    "global-crises",
    "media",
    "regions/europe",
    "regions/asia-pacific",
    "regions/middle-east",
    "africa",
    "latin-america",
)

PROFILE: Profile = replace(
    RESPONSIBLE_STATECRAFT,
    name="sample",
    title="Meridian Review",
    url="https://meridianreview.example",
    hosts=("meridianreview.example", "www.meridianreview.example"),
    sources=(
        Section("/"),
        *(Section(f"/{path}/") for path in _SECTIONS),
        Sitemap("/sitemap.xml"),
        Feed("/feeds/feed.rss"),
        Feed("/feeds/analysis.rss"),
    ),
    exclusions=(
        *RESPONSIBLE_STATECRAFT.exclusions,
        *(Exclusion(rf"^/{path}/?$", "section page") for path in _SECTIONS),
    ),
    own_names=("Meridian Review", "Meridian Review Staff"),
    own_hosts=(),
    never=(
        *RESPONSIBLE_STATECRAFT.never,
        "The views expressed by authors on Meridian Review do not necessarily reflect",
    ),
    delay=0.0,
    concurrency=8,
    server="scraper.sample.server.SampleServer",
)
