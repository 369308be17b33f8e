"""The Quarterdeck, a WordPress publication of our own making whose pages are in tests/fixtures. Must hold no function.

It is not on the internet and shows how a WordPress publication is described.
"""

from __future__ import annotations

from scraper.cms import WORDPRESS, WORDPRESS_CARDS, WORDPRESS_EXCLUSIONS
from scraper.profile import Exclusion, Feed, Profile, Section, Sitemap

_SECTIONS = ("harbours", "crews", "salvage")

PROFILE = Profile(
    name="quarterdeck",
    title="The Quarterdeck",
    url="https://quarterdeck.example",
    hosts=("quarterdeck.example", "www.quarterdeck.example"),
    language="en",
    sources=(
        Section("/"),
        *(Section(f"/category/{name}/") for name in _SECTIONS),
        Sitemap("/sitemap_index.xml"),
        Feed("/feed/", page="paged"),
    ),
    cards=WORDPRESS_CARDS,
    exclusions=(*WORDPRESS_EXCLUSIONS, Exclusion(r"^/(about|masthead|write-for-us)(/|$)", "about page")),
    layouts=(WORDPRESS,),
    types=("Report", "Essay", "Letter", "Photographs"),
    own_names=("The Quarterdeck", "Quarterdeck Staff"),
    never=("The Quarterdeck is paid for by its readers",),
    image_id=r"/wp-content/uploads/(.+?)(?:-\d+x\d+|-scaled)?\.\w+(?:$|\?)",
)
