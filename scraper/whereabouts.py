"""Where a profile's layouts look for each field: what to correct when it is not found any more. Must not read pages."""

from __future__ import annotations

from collections.abc import Callable

from scraper.profile import Layout, Profile

SELECTORS: dict[str, Callable[[Layout], tuple[str, ...]]] = {
    "layout": lambda layout: (layout.marker,),
    "headline": lambda layout: layout.headline,
    "dek": lambda layout: layout.dek,
    "type": lambda layout: layout.labels,
    "section": lambda layout: layout.labels,
    "labels": lambda layout: layout.labels,
    "byline": lambda layout: layout.byline,
    "authors": lambda layout: layout.byline,
    "published_at": lambda layout: layout.published,
    "modified_at": lambda layout: layout.modified,
    "body_text": lambda layout: layout.body,
    "lead_image": lambda layout: layout.lead_image,
    "caption": lambda layout: layout.caption,
    "credit_line": lambda layout: layout.credit,
    "credits": lambda layout: layout.credit,
    "related": lambda layout: (*layout.stacked, *layout.around, *layout.read_more),
    "related stacked": lambda layout: layout.stacked,
    "related around-the-web": lambda layout: layout.around,
    "related read-more": lambda layout: layout.read_more,
    "tags": lambda layout: layout.tags,
}
"""A field's selectors in a layout; empty where the generic reader's own way is taken."""
_INSIDE = {"links": "body_text"}
"""What is looked for within another field."""


class Whereabouts:
    """Names the selectors by which a publication's pages are read."""

    def __init__(self, profile: Profile) -> None:
        self._layouts = {layout.name: layout for layout in profile.layouts}

    def __call__(self, name: str, layout: str) -> str | None:
        """Name a field's selectors in a layout, all layouts' where none is named; `layout` itself is its marker."""
        chosen = [self._layouts[layout]] if layout in self._layouts else []
        if name == "layout" and not chosen:
            chosen = list(self._layouts.values())
        look = SELECTORS.get(_INSIDE.get(name, name))
        found = [selector for each in chosen for selector in look(each)] if look else []
        return ", ".join(dict.fromkeys(found)) or None
