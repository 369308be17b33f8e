"""Article pages in the publication's markup: the current story, stacked stories, the boxes around them.

Must not decide what an article says or who announces it.
"""

from __future__ import annotations

import html
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from .blocks import DISCLAIMER, NEWSLETTER
from .forms import Form
from .links import Writer
from .model import Piece
from .parts import handle, labels, photo, stacked_story, story_span

OWN = "Responsible Statecraft"


def stamp(moment: datetime, minutes: int, compact: bool = False) -> str:
    """Write a moment with an offset; an offset of 0 is written Z."""
    text = moment.astimezone(timezone(timedelta(minutes=minutes))).isoformat()
    text = text.replace("+00:00", "Z")
    return text[:-3] + text[-2:] if compact and not text.endswith("Z") else text


@dataclass
class Press:
    """Prints one article's page. `piece` is its story, `stack` those under it, `others` fill the side bars."""

    rng: random.Random
    writer: Writer
    piece: Piece
    form: Form
    canonical: str
    stack: tuple[Piece, ...]
    others: tuple[Piece, ...]
    stack_hrefs: tuple[str, ...] = ()

    def page(self) -> str:
        """Print the whole page."""
        parts = [self.current(), self.stacked()]
        side = self.sidebars()
        return (
            f'<!DOCTYPE html>\n<html lang="en">\n<head>{self.head()}</head>\n<body '
            f'class="page-article">\n{self.header()}\n'
            f'<main id="col-center">{"".join(parts)}</main>\n{side}\n{self.footer()}</body></html>\n'
        )

    def head(self) -> str:
        """Print the head element: titles, canonical link, dates, JSON-LD."""
        piece, esc = self.piece, html.escape
        title = f"A reader’s title: {piece.headline[:20]}" if self.form.social_title else piece.headline
        first = next(block.text for block in piece.blocks if block.text)[:150]
        tags = [
            '<meta charset="utf-8">',
            f"<title>{esc(piece.headline)} | {OWN}</title>",
            f'<link rel="canonical" href="{esc(self.canonical)}">',
            f'<meta property="og:url" content="{esc(self.canonical)}">',
            f'<meta property="og:title" content="{esc(title)}">',
            f'<meta property="og:description" content="{esc(piece.dek or first)}">',
            f'<meta name="description" content="{esc(piece.dek or first)}">',
            f'<meta property="og:site_name" content="{OWN}"><meta property="og:type" content="article">',
            f'<meta property="og:image" content="{esc(self.image_url())}">',
            '<link rel="alternate" type="application/rss+xml" href="/feeds/feed.rss">',
        ]
        if self.form.dates in ("all", "meta"):
            when, then = stamp(piece.published, self.form.offset), stamp(piece.modified, self.form.offset)
            tags.append(f'<meta property="article:published_time" content="{when}">')
            tags.append(f'<meta property="article:modified_time" content="{then}">')
        if piece.section and self.rng.random() < 0.4:
            tags.append(f'<meta property="article:section" content="{esc(piece.section)}">')
        if self.form.bootstrap:
            where = {"fullBootstrapUrl": f"/res/bootstrap/data.js?site_id=28&resource_id={piece.elid}&path_params=x"}
            tags.append(f"<script>window.REBELMOUSE_BOOTSTRAP_DATA = {json.dumps(where)};</script>")
        return "\n".join([*tags, self.linked_data()])

    def linked_data(self) -> str:
        """Print the JSON-LD in the page's form, broken where the form says so."""
        form, piece = self.form, self.piece
        if form.ld == "none":
            return ""
        people: list[dict[str, object]] = [{"@type": "Person", "name": name} for name in piece.authors]
        if not people or self.rng.random() < 0.35:
            own: dict[str, object] = {"@type": self.rng.choice(["Person", "Organization"]), "name": OWN}
            people.insert(self.rng.choice([0, len(people)]), own)
        authors: object = people[0] if len(people) == 1 and form.ld in ("object", "graph", "broken") else people
        if form.ld == "reference":
            authors = {"@id": "#/person/unknown"}
        data: dict[str, object] = {
            "@type": self.rng.choice(["NewsArticle", "Article"]),
            "headline": piece.headline[:110],
            "url": self.canonical,
            "mainEntityOfPage": {"@type": "WebPage", "@id": self.canonical},
            "author": authors,
            "publisher": {
                "@type": "Organization",
                "name": OWN,
                "logo": {"@type": "ImageObject", "url": "/media-library/logo.png?id=1"},
            },
            "image": {"@type": "ImageObject", "url": self.image_url(), "width": 1200},
            "description": piece.dek or "",
        }
        if form.dates in ("all", "ld"):
            data["datePublished"] = stamp(piece.published, self.rng.choice([0, form.offset]))
            data["dateModified"] = stamp(piece.modified, 0)
        crumbs = {
            "@type": "BreadcrumbList",
            "itemListElement": [{"@type": "ListItem", "position": 1, "name": "Home", "item": "/"}],
        }
        whole: object = {"@context": "https://schema.org", **data}
        if form.ld in ("graph", "reference"):
            whole = {"@context": "https://schema.org", "@graph": [crumbs, {"@type": "WebSite", "name": OWN}, data]}
        elif form.ld == "array" and self.rng.random() < 0.3:
            whole = [crumbs, whole]
        text = json.dumps(whole, indent=self.rng.choice([None, 1])).replace("</", "<\\/")
        if form.ld == "broken":
            text = self.rng.choice(
                [text[:-1] + ",}", text.replace('"headline": "', '"headline": "A "quoted" ', 1), text[: len(text) // 2]]
            )
        return f'<script type="application/ld+json">{text}</script>'

    def image_url(self) -> str:
        """Write the lead image's absolute address."""
        photo = self.piece.photo
        return self.writer.full(
            f"/media-library/{photo.name}?id={photo.image_id}&width=1200&height=800&quality=90&coordinates=0%2C0%2C0%2C74"
        )

    def header(self) -> str:
        """Print what stands above every story."""
        extras = self.form.extras
        today = (
            f'<time class="today" datetime="{datetime(2031, 1, 2, tzinfo=UTC).isoformat()}">Today</time>'
            if "today" in extras
            else ""
        )
        trap = (
            '<a href="/calendar/2025/09/?view=month">Calendar</a><a href="/archive-pages/1/">Archive</a>'
            if "trap" in extras
            else ""
        )
        logo = (
            f'<h1 class="logo"><a href="/">{OWN}</a></h1>'
            if "logo" in extras
            else f'<a class="logo" href="/">{OWN}</a>'
        )
        return (
            f'<header class="top-nav">{logo}<span>Follow us on social</span>{today}{trap}'
            '<nav><a href="/analysis/">Analysis</a><a href="/qiosk/">QiOSK</a><a href="/about/">About</a></nav>'
            "</header>"
        )

    def current(self) -> str:
        """Print the current story: its head block and its body block, or both in one."""
        head, body = self.story_head(), self.story_body()
        opening = f'<article elid="{self.piece.elid}" class="clearfix page-article post-{self.piece.elid}">'
        middle = (
            f'</article></div>{self.between()}<div class="{self.widget()}" elid="{self.piece.elid}">{opening}'
            if self.form.split
            else ""
        )
        category = (
            f' data-category="{html.escape(self.piece.section)}"'
            if self.piece.section and self.rng.random() < 0.4
            else ""
        )
        attrs = ' class="posts-wrapper clearfix"'
        if self.form.marker in ("source", "all"):
            attrs += ' data-source="current_post"'
        if self.form.marker in ("is_current", "all"):
            attrs += ' data-attr-is_current_post="true"'
        inner = (
            f'<div class="{self.widget()}" elid="{self.piece.elid}"{category}>{opening}{head}{middle}{body}'
            "</article></div>"
        )
        return f'<div class="row current"><div{attrs}>{inner}</div></div>{self.after()}'

    def widget(self) -> str:
        """The classes of the current story's blocks."""
        return "post-partial widget tag-x entered" if self.form.marker in ("class", "all") else "widget tag-x"

    def between(self) -> str:
        """Print what stands between head and body blocks."""
        return f'<div class="share-bar">{self.shares()}</div>' if "shares" in self.form.extras else ""

    def story_head(self) -> str:
        """Print image, headline, dek, labels, byline and date; the image first in the WordPress era."""
        piece, form = self.piece, self.form
        text = html.escape(piece.headline, quote=False).replace("’", self.rng.choice(["’", "&rsquo;"]))
        inner = (
            f'<a class="widget__headline-text custom-post-headline" href="{html.escape(self.canonical)}">{text}</a>'
            if form.headline_link
            else text
        )
        title = f'<h1 class="widget__headline h1" data-type="text">\n  {inner}\n</h1>{self.dek()}'
        rest = f"{self.byline()}{self.dates()}"
        image = photo(self.piece, self.writer, self.rng)
        if form.wordpress or self.rng.random() < 0.5:
            return f"{image}{title}{self.labels()}{rest}"
        return f"{title}{self.labels()}{rest}{image}"

    def dek(self) -> str:
        """Print the dek in its class, or nothing."""
        if self.piece.dek is None:
            return '<div class="widget__subheadline"></div>' if self.rng.random() < 0.3 else ""
        text = html.escape(self.piece.dek, quote=False)
        if self.form.dek == "both":
            return f'<div class="widget__subheadline"><h2 class="widget__subheadline-text h2">{text}</h2></div>'
        return f'<div class="{self.form.dek}">{text}</div>'

    def labels(self) -> str:
        """Print the labels in the page's form."""
        return labels(self.piece.labels, self.form.labels)

    def byline(self) -> str:
        """Print the byline in its class."""
        if not self.piece.authors or self.form.byline == "ld only":
            return ""
        names = [
            f'<a class="{self.form.byline}" href="{self.author(name)}">{html.escape(name)}</a>'
            for name in self.piece.authors
        ]
        before, between = self.rng.choice(["", "By ", " "]), self.rng.choice([" ", ", ", " and "])
        return f'<div class="social-author">{before}{between.join(names)}</div>'

    def author(self, name: str) -> str:
        """Write the link to an author's page."""
        return self.writer.href(f"/author/{handle(name)}/")

    def dates(self) -> str:
        """Print the date element and the printed date."""
        piece, form = self.piece, self.form
        printed = piece.published.strftime("%B %d, %Y")
        out = (
            f'<div class="social-date"><span class="social-date__text">{printed}</span></div>'
            if form.dates in ("all", "text")
            else ""
        )
        if form.dates in ("all", "time"):
            compact = self.rng.random() < 0.3
            out += f'<time class="post-date" datetime="{stamp(piece.published, form.offset, compact)}">{printed}</time>'
        return out

    def story_body(self) -> str:
        """Print the body, what follows it inside the block, and the element that names the story."""
        blocks = [block.html for block in self.piece.blocks]
        if self.piece.photo.place == "body":
            line = html.escape(self.piece.photo.line or "", quote=False)
            shape = self.rng.choice(
                ["<p>{}</p>", "<p><em>{}</em></p>", "<p><br>{}</p>", "<p><i>{}</i></p><p>&nbsp;</p>"]
            )
            blocks.append(shape.format(line))
        if "disclaimer" in self.form.extras:
            blocks.append(self.rng.choice([f"<p><em>{DISCLAIMER}</em></p>", f"<p>{DISCLAIMER}</p>"]))
        if "headline in body" in self.piece.features:
            blocks.insert(0, f"<h2>{html.escape(self.piece.headline, quote=False)}</h2>")
        description = "\n".join(blocks)
        return (
            '<div class="widget__body clearfix"><div class="body js-expandable"><div '
            f'class="body-description">{description}</div>'
            f"</div>{story_span(self.piece, self.canonical)}{self.shares()}{self.below()}</div>"
        )

    def shares(self) -> str:
        """Print a share panel."""
        if "shares" not in self.form.extras:
            return ""
        return (
            '<div class="widget__shares"><a href="https://www.facebook.com/sharer?u=x">Share on Facebook</a><a '
            'href="https://x.com/intent?u=x">Post</a></div>'
        )

    def below(self) -> str:
        """Print tags and boxes that stand under the body in the same block."""
        extras, out = self.form.extras, ""
        if "tags" in extras:
            out += (
                '<div class="tags"><a class="tags__item" href="/tag/sanctions/">sanctions</a><a class="tags__item" '
                'href="/tag/nato/">nato</a></div>'
            )
        if "bio" in extras and self.piece.authors:
            out += (
                f'<div class="author-bio post-author-bio"><p>{self.piece.authors[0]} is a made-up fellow who writes '
                "on treaties.</p></div>"
            )
        if "cta" in extras:
            out += (
                '<a class="google-cta" href="https://www.google.com/preferences"><img '
                'src="/media-library/cta.png?id=77" alt="google cta"></a>'
            )
        return out

    def after(self) -> str:
        """Print the widgets between the story and the stacked ones."""
        extras, out = self.form.extras, ""
        if "donation" in extras:
            out += (
                '<div class="widget donation-box"><h3>Support us</h3><p>Your donation keeps this magazine free.</p>'
                "</div>"
            )
        if "more" in extras and self.form.wordpress:
            items = "".join(
                f'<li><a href="{self.writer.href(one.path)}">{html.escape(one.headline)}</a></li>'
                for one in self.others[:2]
            )
            out += f'<div class="more-from"><h4>More from</h4><ul>{items}</ul></div>'
        if "newsletter" in extras:
            out += f'<div class="newsletter-box"><h4>Newsletter</h4><p>{NEWSLETTER}</p></div>'
        return out

    def stacked(self) -> str:
        """Print the stacked stories."""
        pairs = zip(self.stack, self.stack_hrefs, strict=True)
        stories = [stacked_story(self.rng, self.writer, piece, href, self.form.stacked_span) for piece, href in pairs]
        return (
            '<div class="posts-wrapper" data-source="current_page" '
            f'data-attr-is_current_post="false">{"".join(stories)}</div>'
            if stories
            else ""
        )

    def sidebars(self) -> str:
        """Print the side bars with links to other articles."""
        out = ""
        for name, some in (("latest", self.others[:3]), ("qiosk", self.others[3:6])):
            if name in self.form.extras:
                cards = "".join(
                    f'<div class="widget"><article elid="{one.elid}"><h3 class="widget__headline"><a '
                    'class="widget__headline-text" '
                    f'href="{self.writer.href(one.path)}">{html.escape(one.headline)}</a></h3></article></div>'
                    for one in some
                )
                out += f'<aside class="sidebar {name}" data-source="{name}"><h3>{name.upper()}</h3>{cards}</aside>'
        return out

    def footer(self) -> str:
        """Print the footer."""
        return (
            f'<footer><p>{DISCLAIMER}</p><a href="/privacy-policy/">Privacy</a><a href="/contact/">Contact</a>'
            '<a href="https://quincyinst.org">Quincy Institute</a></footer>'
        )
