"""Parts that stories share: labels, lead image, the element that names a story; and whole stacked stories.

Must not know the page around them.
"""

from __future__ import annotations

import html
import random

from .blocks import PLACEHOLDER
from .links import Writer
from .model import Piece


def handle(name: str) -> str:
    """Make an author's handle."""
    return "".join(
        char for char in name.lower().replace(" ", "-") if char.isascii() and (char.isalnum() or char == "-")
    )


def labels(texts: tuple[str, ...], form: str) -> str:
    """Print labels in one of the listed places."""
    if not texts:
        return ""
    escaped = [html.escape(text) for text in texts]
    links = [f'<a class="widget__section" href="/{text.lower().replace(" ", "-")}/">{text}</a>' for text in escaped]
    every = (
        '<div class="all-related-sections">'
        + " | ".join(f'<a href="/{text.lower()}/">{text}</a>' for text in escaped)
        + "</div>"
    )
    return {
        "a": "".join(links),
        "text": " | ".join(f'<span class="widget__section-text">{text}</span>' for text in escaped),
        "all": every,
        "one line": f'<div class="widget__section-text">{" | ".join(escaped)}</div>',
        "nested": "".join(
            f'<a class="widget__section" href="/x/"><span class="widget__section-text">{text}</span></a>'
            for text in escaped
        ),
        "repeated": links[0] + every,
    }[form]


def story_span(piece: Piece, url: str) -> str:
    """Print the empty element after a body that names its story."""
    esc = html.escape
    authors = esc(", ".join(piece.authors))
    return (
        f'<span data-elid="{piece.elid}" data-post-url="{esc(url)}" data-authors="{authors}" '
        f'data-headline="{esc(piece.headline)}" '
        'data-page-title="x"></span>'
    )


def photo(piece: Piece, writer: Writer, rng: random.Random) -> str:
    """Print a story's lead image with its caption or credit, in its form."""
    shot = piece.photo
    path = html.escape(
        writer.href(
            f"/media-library/{shot.name}?id={shot.image_id}&width=1200&height=800&quality=90&coordinates=0%2C0%2C0%2C0"
        )
    )
    alt = html.escape(shot.alt)
    image = {
        "hero": f'<img class="rm-hero-media" src="{path}" alt="{alt}">',
        "runner": f'<img class="rm-lazyloadable-image" src="{PLACEHOLDER}" data-runner-src="{path}" alt="{alt}">',
        "div": (
            f'<div class="widget__image" data-runner-img-hd="{path}" data-runner-img="{path}" role="img" '
            f'aria-label="{alt}"></div>'
        ),
        "none": "",
    }[shot.form]
    line = html.escape(shot.line or "", quote=False)
    caption, credit = (line if shot.place == "caption" else ""), (line if shot.place == "credit" else "")
    if rng.random() < 0.5:
        below = (f'<div class="photo-caption">{caption}</div>' if caption else "") + (
            f'<div class="photo-credit">{credit}</div>' if credit else ""
        )
    else:
        below = (
            f'<div class="photo-caption" placeholder="Add caption"> {caption} </div><div '
            f'class="photo-credit">\n{credit}\n</div>'
        )
    return f'<div class="widget__head"><div class="image">{image}</div>{below}</div>'


def stacked_story(rng: random.Random, writer: Writer, piece: Piece, href: str, named: bool) -> str:
    """Print one stacked story: labels, image and credit, headline, brief, the rest in a template."""
    cut = 2
    brief = "\n".join(block.html for block in piece.blocks[:cut])
    rest = "\n".join(block.html for block in piece.blocks[cut:])
    if piece.photo.place == "body":
        rest += f"<p>{html.escape(piece.photo.line or '', quote=False)}</p>"
    text = html.escape(piece.headline, quote=False)
    linked = not named or rng.random() < 0.7
    inner = f'<a class="widget__headline-text" href="{html.escape(href)}">{text}</a>' if linked else text
    byline = "".join(
        f'<a class="social-author__name" href="/author/{handle(name)}/">{html.escape(name)}</a>'
        for name in piece.authors
    )
    dek = (
        f'<div class="widget__subheadline-text">{html.escape(piece.dek)}</div>'
        if piece.dek and rng.random() < 0.3
        else ""
    )
    return (
        f'<div class="widget tag-y" data-category="{html.escape(piece.section or "Media")}" '
        f'elid="{piece.elid}"><article elid="{piece.elid}" class="clearfix">'
        f"{labels(piece.labels, rng.choice(['all', 'a', 'one line']))}{photo(piece, writer, rng)}"
        f'<h2 class="widget__headline h2">{inner}</h2>{dek}'
        f'{byline}<time datetime="{piece.published.isoformat()}">{piece.published:%B %d, %Y}</time>'
        f'<span class="social-date__text">{piece.published:%B %d, %Y}</span>'
        f'<div class="widget__body"><div class="widget__brief">{brief}</div>'
        f'<div class="js-appear-on-expand"><template><div class="body-description">{rest}</div></template></div>'
        f"{story_span(piece, href) if named else ''}"
        '<div class="widget__show-more js-keep-reading"><span>keep reading</span><span>Show less</span>'
        "</div></div></article></div>"
    )
