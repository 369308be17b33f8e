"""Makes a whole held-back site from a seed: articles, their pages, what announces them, robots.txt, and the truth.

Must not fetch or read anything.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from .blocks import Desk, dress, make_body
from .draws import make_dek, make_headline, make_labels, make_photo
from .forms import Form, draw_form
from .links import Writer
from .model import BASE, HOST, Page, Piece, Site, Truth, key_of
from .pages import Press
from .plan import announce, make_rules
from .sources import Gazette
from .words import Pen, full_name


@dataclass
class Maker:
    """Collects what one site is made of."""

    seed: int
    rng: random.Random
    writer: Writer
    taken: set[str] = field(default_factory=set)
    paths: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    canonicals: dict[str, str] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    def path(self, index: int) -> tuple[str, bool]:
        """Make an article's canonical path, and say whether it is of the WordPress era."""
        slug = "-".join(Pen(self.rng, self.taken).coin().lower() for _ in range(self.rng.randint(1, 3)))
        special = {1: "search-and-rescue-" + slug, 2: "draft-law-" + slug, 3: "embargoed-" + slug}.get(index)
        slash = "/" if self.rng.random() < 0.7 else ""
        if special:
            return f"/{special}{slash}", False
        kind = self.rng.choice(["wordpress", "short", "short", "id"])
        if kind == "wordpress":
            day = datetime(2020, 1, 1) + timedelta(days=self.rng.randint(0, 1300))
            return f"/{day:%Y/%m/%d}/{slug}{slash}", True
        return f"/{slug}{'-26708' + str(self.rng.randint(10000, 99999)) if kind == 'id' else ''}{slash}", False

    def piece(self, index: int, path: str) -> Piece:
        """Write one article."""
        rng = self.rng
        pen = Pen(rng, self.taken)
        desk = Desk(rng, pen, self.writer, tuple(other for other in self.paths if other != path))
        blocks = make_body(desk)
        published = datetime(2020, 1, 5, tzinfo=UTC) + timedelta(seconds=rng.randint(0, 180_000_000))
        authors = tuple(dict.fromkeys(full_name(rng) for _ in range(rng.choice([0, 1, 1, 1, 2, 3, 4]))))
        shot = make_photo(rng, pen.place, desk.features)
        if rng.random() < 0.04:
            desk.features.add("headline in body")
        if rng.random() < 0.3 and shot.place == "body" and desk.rng.random() < 0.5:
            blocks.append(
                dress(desk.line(f"So ends the story of {pen.place}, a diplomat told Reuters.", 0), "<p><em>{}</em></p>")
            )
            desk.features.add("last line in em")
        said = {line for block in blocks for line in block.text.split("\n")}
        headline = make_headline(rng, pen, said)
        return Piece(
            path=path,
            elid=2670000000 + index * 7919 + rng.randint(0, 999),
            headline=headline,
            dek=make_dek(rng, pen, said | {headline}),
            labels=make_labels(rng),
            authors=authors,
            published=published,
            modified=published + timedelta(seconds=rng.choice([0, 60, 86400, 999_999])),
            blocks=tuple(blocks),
            photo=shot,
            features=frozenset(desk.features),
        )

    def print_page(self, piece: Piece, wordpress: bool, sources: frozenset[str]) -> Truth:
        """Print one article's page and say what is true of it."""
        rng = self.rng
        form = draw_form(rng, piece, wordpress)
        others = [other for other in self.pieces if other is not piece]
        stack = tuple(rng.sample(others, k=min(rng.choice([0, 1, 3, 3, 4]), len(others))))
        side = tuple(rng.sample(others, k=min(6, len(others))))
        canonical = self.writer.full(piece.path)
        hrefs = tuple(self.writer.href(one.path) for one in stack)
        press = Press(rng, self.writer, piece, form, canonical, stack, side, hrefs)
        self.pages[key_of(piece.path)] = Page(press.page(), encoded=rng.random() < 0.5)
        beside = tuple(
            url
            for block in piece.blocks
            if "around-the-web" in block.html
            for url in re.findall(r'href="([^"]+)"', block.html)
        )
        if "more" in form.extras and wordpress:
            beside += tuple(one.path for one in side[:2])
        related = tuple((href, one.headline) for href, one in zip(hrefs, stack, strict=True))
        return make_truth(piece, form, canonical, related, beside, sources)


def make_truth(
    piece: Piece,
    form: Form,
    canonical: str,
    related: tuple[tuple[str, str], ...],
    beside: tuple[str, ...],
    sources: frozenset[str],
) -> Truth:
    """Say what an exact reader finds on the page."""
    soft = {"published_at"} if form.dates == "text" else set()
    if piece.photo.place == "alt":
        soft.add("credits")
    traits = {
        f"marker: {form.marker}",
        f"dates: {form.dates}",
        f"ld: {form.ld}",
        f"byline: {form.byline}",
        f"labels: {form.labels}",
        f"dek: {form.dek}",
        f"image: {piece.photo.form}",
        "split" if form.split else "one block",
        "WordPress" if form.wordpress else "RebelMouse",
    }
    line = piece.photo.line if piece.photo.place != "alt" and piece.photo.line != "roar-assets-auto.rbl.ms" else None
    return Truth(
        key=key_of(piece.path),
        url=canonical,
        headline=piece.headline,
        dek=piece.dek,
        type=piece.type,
        section=piece.section,
        authors=piece.authors,
        published_at=piece.published.isoformat(),
        body_words=tuple(word for block in piece.blocks for word in block.text.split()),
        links=tuple(link for block in piece.blocks for link in block.links),
        related=related,
        beside=beside,
        photographers=piece.photo.photographers,
        agencies=piece.photo.agencies,
        credit_line=line,
        sources=sources,
        features=piece.features | form.extras | traits,
        soft=frozenset(soft),
    )


def make_site(seed: int, articles: int = 60) -> Site:
    """Make the site of a seed with so many announced articles (at least 20), and a few that nothing announces."""
    rng = random.Random(seed)
    style = rng.choice(["public", "served", "relative", "mixed"])
    absolute = {"public": HOST, "served": BASE}.get(style) or rng.choice([HOST, BASE])
    maker = Maker(seed, rng, Writer(rng, style, absolute))
    eras = []
    for index in range(max(articles, 20) + 3):
        path, wordpress = maker.path(index)
        maker.paths.append(path)
        eras.append(wordpress)
    maker.pieces = [maker.piece(index, path) for index, path in enumerate(maker.paths)]
    traits = {
        "load more": rng.choice(["res", "core"]),
        "load more from": rng.choice(["0", "1"]),
        "load more type": rng.choice(["application/json", "application/javascript; charset=utf-8", "text/javascript"]),
        "post_url": rng.choice(["absolute", "relative"]),
        "sitemaps": rng.choice(["index", "index", "robots", "numbered"]),
        "absolute": "served" if absolute == BASE else "public",
    }
    gazette = Gazette(rng, maker.writer, traits)
    hidden = maker.pieces[-3:]
    banned = maker.pieces[3]
    others, redirects = announce(rng, gazette, maker.pieces[:-3])
    add_plain_pages(maker, others, redirects)
    truths = []
    for piece, wordpress in zip(maker.pieces, eras, strict=True):
        sources = frozenset(gazette.announced.get(key_of(piece.path), set()))
        truth = maker.print_page(piece, wordpress, sources)
        if piece not in hidden and piece is not banned:
            truths.append(truth)
    rules = make_rules(rng, maker.pieces, traits)
    gazette.robots(rules)
    return Site(
        seed=seed,
        style=style,
        traits=traits,
        articles=tuple(truths),
        pages={**gazette.pages, **maker.pages},
        announced={key: frozenset(names) for key, names in gazette.announced.items()},
        unannounced=frozenset(key_of(piece.path) for piece in hidden),
        not_articles={**others, key_of(banned.path): "forbidden"},
        redirects=redirects,
        rules=rules,
    )


def add_plain_pages(maker: Maker, others: dict[str, str], redirects: dict[str, str]) -> None:
    """Print the pages that are no articles."""
    story = maker.pieces[5]
    card = (
        '<div class="widget"><article elid="1"><h2 class="widget__headline"><a '
        f'class="widget__headline-text" href="{story.path}">{story.headline}</a></h2></article></div>'
    )
    prose = "<p>This page says who we are and how to reach us, at some length, so that it looks like prose.</p>" * 6
    for key, kind in others.items():
        if kind in ("page", "tag", "author"):
            words = prose if kind == "page" else ""
            maker.pages[key] = Page(
                f"<html><head><title>{key}</title></head><body><h1>{key.strip('/').title()}</h1>{words}{card * 3}"
                "</body></html>"
            )
    lost = "<h1>Page not found</h1><p>Sorry, the page you are looking for does not exist.</p>"
    maker.pages["/lost-page"] = Page(
        f"<html><head><title>Page not found | Responsible Statecraft</title></head><body>{lost}{card * 3}</body></html>"
    )
    maker.pages["/"] = Page(f"<html><head><title>Responsible Statecraft</title></head><body>{card * 3}</body></html>")
    for key, path in redirects.items():
        maker.pages[key] = Page("", status=301, location=maker.writer.full(path))
