"""Layouts that sites on one content system share. Must not know any one publication."""

from __future__ import annotations

from scraper.profile import Cards, Layout

REBELMOUSE = Layout(
    name="rebelmouse",
    marker=".widget article[elid], [data-source=current_post], .body-description",
)

REBELMOUSE_CARDS = Cards(
    links=(
        ".widget article[elid] a.widget__headline-text",
        ".widget article[elid] .widget__headline a",
        ".widget article[elid] a.widget__image",
    ),
    more_block='[data-has-more="true"]',
    more_paths=("/res/load_more_posts/data.js", "/core/load_more_posts/data.js"),
    section_links=("a.widget__section", ".all-related-sections a"),
)
