"""What the views that lists and charts are drawn from mean, in one line each. Must not hold anything that runs."""

from __future__ import annotations

from collections.abc import Mapping

from archive.descriptions import Description

_FIRST = {
    "first_published_at": "When the earliest of these articles was published.",
    "last_published_at": "When the latest of these articles was published.",
}


def _listed(noun: str, words: str) -> Description:
    return Description(
        words,
        "reading",
        {
            "name": f"The {noun} as printed.",
            "slug": f"The {noun} as its page's address here has it.",
            "articles": "Articles under it.",
            "words": "Words of their bodies together.",
        }
        | _FIRST,
    )


VIEWS: Mapping[str, Description] = {
    "author_list": _listed("name", "Persons that bylines name, with how much they wrote and since when."),
    "section_list": _listed("label", "Labels that articles carry, with how many and since when."),
    "tag_list": _listed("tag", "Tags that articles carry, with how many and since when."),
    "series_list": _listed("series' name", "Series, with how many articles and since when."),
    "articles_by_month": Description(
        "Articles published each month in each section.",
        "reading",
        {
            "month": "YYYY-MM, of publication; articles without a date are left out.",
            "section": "The section; NULL for articles in none.",
            "articles": "Articles published.",
            "words": "Words of their bodies together.",
        },
    ),
    "length_by_month": Description(
        "How long articles are, month by month.",
        "reading",
        {
            "month": "YYYY-MM, of publication.",
            "articles": "Articles published.",
            "shortest": "Words of the shortest.",
            "middle": "Mean words of the middle half: the longest and shortest quarter left out.",
            "longest": "Words of the longest.",
        },
    ),
    "outlets_by_year": Description(
        "Sites that articles link to in their bodies, year by year.",
        "reading",
        {
            "year": "The year in which the articles were published.",
            "outlet": "The site's name, or its host when the name is not known.",
            "host": "The site's host without www.",
            "links": "Links to it from article bodies.",
            "articles": "Articles with at least one such link.",
        },
    ),
    "edits_by_month": Description(
        "Changes of articles after their first text, month by month.",
        "reading",
        {
            "month": "YYYY-MM, in which the changed text was first seen here.",
            "kind": "The kind of edit, as in edits.",
            "edits": "How many.",
            "silent": "How many of them changed the body without a notice.",
        },
    ),
}
