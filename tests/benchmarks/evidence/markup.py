"""Prints a story as a page of the publication's design (RebelMouse). Must not know nights or lists."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from .noise import Noise
from .story import Story

OWN = "Responsible Statecraft"
DISCLAIMER = (
    "The views expressed by authors on Responsible Statecraft do not necessarily reflect those of the Quincy Institute"
    " or its associates."
)


def page(story: Story, base: str, stack: Sequence[Story], noise: Noise, extra: str = "") -> str:
    """Print the page of a story with `stack` under it; `extra` is HTML of a last paragraph of the body."""
    canonical = base + story.path
    side = "".join(f'<li><a href="{base}{one.path}">{html.escape(one.headline)}</a></li>' for one in stack[:2])
    others = "".join(_stacked(one, base) for one in stack)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head>{_head(story, canonical, noise)}</head><body class="page-article">'
        '<header class="top-nav"><a class="logo" href="/">Responsible Statecraft</a><span>Follow us on social</span>'
        '<nav><a href="/analysis/">Analysis</a><a href="/about/">About</a></nav></header><main id="col-center">'
        '<div class="row current"><div class="posts-wrapper clearfix" data-source="current_post" '
        f'data-attr-is_current_post="true">{_current(story, canonical, noise, extra)}</div></div>'
        '<div class="posts-wrapper" data-source="current_page" data-attr-is_current_post="false">'
        f'{others}</div></main><aside class="sidebar latest"><h3>LATEST</h3><ul>{side}</ul></aside>'
        f"<footer><p>{DISCLAIMER}</p><a href='/privacy-policy/'>Privacy</a></footer></body></html>\n"
    )


def _modified(story: Story, noise: Noise) -> datetime:
    return story.modified + timedelta(minutes=noise.rng.randint(1, 9999) if noise.seed else 0)


def _head(story: Story, canonical: str, noise: Noise) -> str:
    esc, modified = html.escape, _modified(story, noise).isoformat()
    image = f"https://assets.rbl.ms/media-library/image.jpg?id={story.elid}&width=1200&height=800"
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.headline,
        "mainEntityOfPage": {"@type": "WebPage", "@id": canonical},
        "author": [{"@type": "Person", "name": name} for name in story.authors],
        "publisher": {"@type": "Organization", "name": OWN},
        "image": image,
        "datePublished": story.published.isoformat(),
        "dateModified": modified,
    }
    return (
        f'<meta charset="utf-8"><title>{esc(story.headline)} | {OWN}</title>'
        f'<link rel="canonical" href="{esc(canonical)}"><meta property="og:url" content="{esc(canonical)}">'
        f'<meta property="og:title" content="{esc(story.headline)}"><meta property="og:type" content="article">'
        f'<meta property="og:description" content="{esc(story.dek)}"><meta property="og:image" content="{esc(image)}">'
        f'<meta property="article:published_time" content="{story.published.isoformat()}">'
        f'<meta property="article:modified_time" content="{modified}">'
        f'<script type="application/ld+json">{json.dumps(data)}</script>'
    )


def _current(story: Story, canonical: str, noise: Noise, extra: str) -> str:
    opening = f'<article elid="{story.elid}" class="clearfix page-article post-{story.elid}">'
    widget = f'<div class="post-partial widget tag-x entered" elid="{story.elid}">{opening}'
    names = " and ".join(
        f'<a class="social-author__name" href="/author/{name.lower().replace(" ", "-")}/">{noise.text(name)}</a>'
        for name in story.authors
    )
    head = (
        f'<h1 class="widget__headline h1"><a class="widget__headline-text" href="{html.escape(canonical)}">'
        f'{noise.text(story.headline)}</a></h1><div class="widget__subheadline">'
        f'<h2 class="widget__subheadline-text h2">'
        f"{noise.text(story.dek)}</h2></div>{_labels(story)}"
        f'<div class="social-author">By {names}</div><div class="social-date">'
        f'<span class="social-date__text">{story.published:%B %d, %Y}</span></div>{_image(story, noise)}'
    )
    span = (
        f'<span data-elid="{story.elid}" data-post-url="{html.escape(canonical)}" data-authors='
        f'"{html.escape(", ".join(story.authors))}" data-headline="{html.escape(story.headline)}"></span>'
    )
    return (
        f"{widget}{head}</article></div>{noise.shares()}{widget}"
        f'<div class="widget__body clearfix"><div class="body js-expandable"><div class="body-description">'
        f'{_body(story, noise)}{extra}</div></div>{span}{noise.shares()}<div class="tags">'
        f'<a class="tags__item" href="/tag/treaties/">treaties</a></div></div></article></div>'
    )


def _labels(story: Story) -> str:
    slug = story.section.lower().replace(" ", "-")
    return (
        f'<a class="widget__section" href="/{story.type.lower()}/">{story.type}</a> | '
        f'<a class="widget__section" href="/{slug}/">{story.section}</a>'
    )


def _image(story: Story, noise: Noise) -> str:
    src = f"/media-library/image.jpg?id={story.elid}&amp;width=1200&amp;height=800"
    return (
        f'<div class="widget__head"><div class="image"><img class="rm-hero-media" src="{src}" alt="A bridge"></div>'
        f'<div class="photo-caption">Top photo: {noise.text(story.caption)}. {noise.text(story.credit)}</div></div>'
    )


def _body(story: Story, noise: Noise) -> str:
    blocks = [noise.paragraph(_linked(story, number, text, noise)) for number, text in enumerate(story.paragraphs)]
    blocks.insert(2, noise.advert(1))
    blocks.insert(5, noise.advert(2))
    if story.notice:
        blocks.append(f"<p><em>{noise.text(story.notice)}</em></p>")
    return "\n".join([*blocks, f"<p><em>{DISCLAIMER}</em></p>"])


def _linked(story: Story, number: int, text: str, noise: Noise) -> str:
    """Print a paragraph's inside; every third has a link over its second and third words."""
    words = text.split(" ")
    if number % 3 or len(words) < 5:
        return noise.text(text)
    href = f"https://www.{['reuters.com', 'apnews.com', 'politico.com'][number % 2]}/{story.elid}/{number}"
    anchor, rest = noise.text(" ".join(words[1:3])), noise.text(" ".join(words[3:]))
    return f'{noise.text(words[0])} <a href="{href}">{anchor}</a> {rest}'


def _stacked(story: Story, base: str) -> str:
    quiet = Noise(None)
    brief = "".join(f"<p>{html.escape(text)}</p>" for text in story.paragraphs[:2])
    rest = "".join(f"<p>{html.escape(text)}</p>" for text in story.paragraphs[2:])
    return (
        f'<div class="widget tag-y" elid="{story.elid}"><article elid="{story.elid}" class="clearfix">{_labels(story)}'
        f'{_image(story, quiet)}<h2 class="widget__headline h2"><a class="widget__headline-text" '
        f'href="{base}{story.path}">{html.escape(story.headline)}</a></h2>'
        f'<div class="widget__body"><div class="widget__brief">{brief}</div><div class="js-appear-on-expand">'
        f'<template><div class="body-description">{rest}</div></template></div>'
        '<div class="widget__show-more js-keep-reading"><span>keep reading</span><span>Show less</span></div>'
        "</div></article></div>"
    )
