"""The blocks of a body: paragraphs and what else editors put there, and the decoys that are no body words.

Must not know the page around the body.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from .links import Writer, decorate
from .model import Block
from .words import ONE_WORD, STANDING, Pen, full_name

NEWSLETTER = (
    "Subscribe now to our weekly round-up and don't miss a beat with your favorite RS contributors and "
    "reporters, as well "
    "as staff analysis, opinion, and news promoting a positive, non-partisan vision of U.S. foreign policy."
)
DISCLAIMER = (
    "The views expressed by authors on Responsible Statecraft do not necessarily reflect those of the Quincy Institute "
    "or its associates."
)
PLACEHOLDER = (
    "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%201200%20800'%3E%3C/svg%3E"
)
UNICODE = (
    "In Kyiv the headline read «Мир без границ» and in Cairo «السلام»; {p} printed both.",
    "The 10th round — 3½ hours, 20 °C, “no coffee” — ended with {p}’s naïve façade… and an R&D bill < €5.",
    "東京 and São Tomé sent notes to {p}; Đà Nẵng did not 🕊️.",
)
TRAPS = (
    "Latest figures from {p} suggest otherwise.",
    "Newsletter editors in {p} were the first to notice.",
    "Share prices in {p} fell on the news.",
    "Credit, such as it is, belongs to {p}.",
    "Photos from {p} showed an empty quay, and Reuters could not verify them.",
    "Related talks with {p} go on.",
)


@dataclass
class Desk:
    """What a block needs to be written: dice, prose, links, the other articles, and what was used so far."""

    rng: random.Random
    pen: Pen
    writer: Writer
    inner: tuple[str, ...]
    features: set[str] = field(default_factory=set)

    def prose(self, least: int = 1, most: int = 4, anchors: float = 0.4) -> Block:
        """Write sentences with links and emphasis in them."""
        return decorate(self.rng, self.pen.sentences(least, most), self.writer, self.inner, anchors)

    def line(self, text: str, anchors: float = 0.25) -> Block:
        """Dress one given line."""
        return decorate(self.rng, text, self.writer, self.inner, anchors)


def join(blocks: list[Block], shape: str = "{}", between: str = "\n") -> Block:
    """Put blocks together into one, their HTML set into `shape`."""
    return Block(
        shape.format(between.join(block.html for block in blocks)),
        "\n".join(block.text for block in blocks),
        tuple(link for block in blocks for link in block.links),
    )


def dress(block: Block, shape: str) -> Block:
    """Set a block's HTML into `shape`."""
    return Block(shape.format(block.html), block.text, block.links)


def paragraph(desk: Desk) -> Block:
    """An ordinary paragraph."""
    shape = desk.rng.choices(
        ["<p>{}</p>", "<p><span>{}</span></p>", '<p dir="ltr" style="text-align:left">{}</p>', "<div>{}</div>"],
        [20, 1, 1, 1],
    )[0]
    if shape.startswith("<div"):
        desk.features.add("div paragraph")
    return dress(desk.prose(), shape)


def heading(desk: Desk) -> Block:
    return dress(
        desk.line(desk.pen.phrase(), 0.1),
        desk.rng.choice(["<h2>{}</h2>", "<h3>{}</h3>", "<h3><strong>{}</strong></h3>", "<h4>{}</h4>"]),
    )


def bold_heading(desk: Desk) -> Block:
    return dress(desk.line(desk.pen.phrase() + ":", 0), "<p><strong>{}</strong></p>")


def round_up(desk: Desk) -> Block:
    intro = Block(
        f"<p>In other news related to the war in {desk.pen.place}:</p>",
        f"In other news related to the war in {desk.pen.place}:",
    )
    items = [dress(desk.prose(1, 2, 0.8), "<p>{}</p>") for _ in range(desk.rng.randint(2, 4))]
    shape = desk.rng.choice(["<h3>{}</h3>", "<p><strong>{}</strong></p>", "<p>{}</p>"])
    tail = [
        dress(Block("From the State Department:", "From the State Department:"), shape),
        dress(desk.prose(1, 1), "<p>{}</p>"),
    ]
    return join([intro, *items, *tail])


def bullets(desk: Desk) -> Block:
    kind = desk.rng.choice(["<ul>{}</ul>", "<ol>{}</ol>"])
    item = desk.rng.choice(["<li>{}</li>", "<li><p>{}</p></li>"])
    texts = [
        desk.line(desk.pen.phrase()) if desk.rng.random() < 0.5 else desk.prose(1, 2)
        for _ in range(desk.rng.randint(2, 5))
    ]
    return join([dress(text, item) for text in texts], kind)


def nested(desk: Desk) -> Block:
    inner = join([dress(desk.line(desk.pen.phrase()), "<li>{}</li>") for _ in range(2)], "<ul>{}</ul>")
    first = join([desk.line(desk.pen.phrase()), inner], "<li>{}</li>")
    return join([first, dress(desk.prose(1, 1), "<li>{}</li>")], desk.rng.choice(["<ol>{}</ol>", "<ul>{}</ul>"]))


def quotation(desk: Desk) -> Block:
    shape = desk.rng.choice(["<blockquote>{}</blockquote>", "<blockquote><p>{}</p></blockquote>"])
    if desk.rng.random() < 0.3:
        return join([dress(desk.prose(1, 2), "<p>{}</p>") for _ in range(2)], "<blockquote>{}</blockquote>")
    return dress(desk.prose(1, 3), shape)


def table(desk: Desk) -> Block:
    head = join([Block(f"<th>{word}</th>", word) for word in ("Program", "Cost", desk.pen.place)], "<tr>{}</tr>", "")
    rows = []
    for _ in range(desk.rng.randint(2, 4)):
        cells = [
            desk.line(desk.pen.phrase()),
            Block(f"${desk.rng.randint(2, 99)}m", ""),
            Block(str(desk.rng.randint(2, 2999)), ""),
        ]
        cells = [Block(cell.html, cell.text or cell.html, cell.links) for cell in cells]
        rows.append(join([dress(cell, "<td>{}</td>") for cell in cells], "<tr>{}</tr>", desk.rng.choice(["", "\n"])))
    return join([head, *rows], desk.rng.choice(["<table>{}</table>", "<table><tbody>{}</tbody></table>"]))


def one_word(desk: Desk) -> Block:
    word = desk.rng.choice([*ONE_WORD, desk.pen.place + "."])
    return Block(f"<p>{word}</p>", word)


def repeated(desk: Desk) -> Block:
    text = desk.pen.sentence()
    return join(
        [
            dress(desk.line(text, 0), "<p>{}</p>"),
            dress(desk.prose(1, 2), "<p>{}</p>"),
            dress(desk.line(text, 0), "<p>{}</p>"),
        ]
    )


def standing(desk: Desk) -> Block:
    text = desk.rng.choice(STANDING)
    return Block(f"<p>{text}</p>", text)


def broken_lines(desk: Desk) -> Block:
    shape, gap = desk.rng.choice(
        [("<p>{}</p>", "<br><br>"), ("<p>{}</p>", "<br/>"), ("<div>{}</div>", "<br>&nbsp;<br>")]
    )
    return join([desk.prose(1, 2) for _ in range(3)], shape, gap)


def bare_text(desk: Desk) -> Block:
    return join([desk.prose(1, 2), desk.prose(1, 2)], "{}<br><br>", "<br><br>\n")


def bold_lead(desk: Desk) -> Block:
    lead = desk.line(desk.pen.phrase() + ".", 0)
    return join([dress(lead, "<strong>{}</strong>"), desk.prose(1, 2)], "<p>{}</p>", " ")


def unicode_line(desk: Desk) -> Block:
    text = desk.rng.choice(UNICODE).format(p=desk.pen.place)
    return dress(desk.line(text, 0), "<p>{}</p>")


def trap_line(desk: Desk) -> Block:
    return dress(desk.line(desk.rng.choice(TRAPS).format(p=desk.pen.place), 0), "<p>{}</p>")


def raised(desk: Desk) -> Block:
    place = desk.pen.place
    return Block(
        f"<p>The 4<sup>th</sup> Fleet and H<sub>2</sub>O reached {place}<a "
        f'href="https://www.rand.org/t/{place}">’s coast</a>.</p>',
        f"The 4th Fleet and H2O reached {place}’s coast.",
        ((f"https://www.rand.org/t/{place}", "’s coast"),),
    )


def editors_note(desk: Desk) -> Block:
    text = f"Editor’s note: An earlier version misstated the size of {desk.pen.place}’s fleet."
    return dress(desk.line(text, 0), desk.rng.choice(["<p><em>{}</em></p>", "<p>{}</p>"]))


def rule_between(desk: Desk) -> Block:
    return dress(desk.prose(1, 2), "<hr><p>{}</p>")


WORDS: dict[str, Callable[[Desk], Block]] = {
    "heading": heading,
    "bold heading": bold_heading,
    "round-up": round_up,
    "list": bullets,
    "nested list": nested,
    "quotation": quotation,
    "table": table,
    "one word": one_word,
    "repeated sentence": repeated,
    "standing sentence": standing,
    "broken lines": broken_lines,
    "bare text": bare_text,
    "bold lead-in": bold_lead,
    "unicode": unicode_line,
    "trap words": trap_line,
    "sup": raised,
    "editor's note": editors_note,
    "rule": rule_between,
}


def inline_image(desk: Desk) -> Block:
    path = desk.writer.href(f"/media-library/image.jpg?id={desk.rng.randint(30000000, 69999999)}&amp;width=980")
    source = desk.rng.choice(
        [
            f'<img class="rm-shortcode" src="{PLACEHOLDER}" data-runner-src="{path}" alt="{desk.pen.place}">',
            f'<img class="rm-lazyloadable-image" src="{path}" alt="US Navy" width="980" height="600">',
        ]
    )
    caption = desk.rng.choice(["", f"Inset: {desk.pen.coin()} harbor at dawn"])
    host = '<a href="https://roar-assets-auto.rbl.ms" target="_blank">roar-assets-auto.rbl.ms</a>'
    credit = desk.rng.choice(
        ["", host, "roar-assets-auto.rbl.ms", f"\n   {full_name(desk.rng)}\n  ", "Photo: Ida Falk/REUTERS"]
    )
    return Block(
        f'<p class="shortcode-media shortcode-media-rebelmouse-image">{source}'
        f'<small class="image-media media-caption" placeholder="Add Photo Caption...">{caption}</small>'
        f'<small class="image-media media-photo-credit" placeholder="Add Photo Credit...">{credit}</small></p>'
    )


def around(desk: Desk) -> Block:
    paths = desk.rng.sample(desk.inner, k=min(2, len(desk.inner)))
    items = "".join(f'<li><a href="{desk.writer.href(path)}">See also {desk.pen.coin()}</a></li>' for path in paths)
    head = desk.rng.choice(["<h3>Around the web</h3>", "", "<p>From Around the Web</p>"])
    return Block(f'<div class="around-the-web">{head}<ul>{items}</ul></div>')


def newsletter(desk: Desk) -> Block:
    text = NEWSLETTER.replace("'", desk.rng.choice(["'", "’", "&#39;"]))
    return Block(
        desk.rng.choice(
            [f"<p>{text}</p>", f"<p><em>{text}</em></p>", f'<div class="newsletter-box"><p>{text}</p></div>']
        )
    )


def cta(desk: Desk) -> Block:
    return Block(
        '<p><a href="https://www.google.com/preferences/source?q=rs"><img '
        'src="/media-library/cta.png?id=611" alt="google cta"></a></p>'
    )


def script(desk: Desk) -> Block:
    return Block(
        desk.rng.choice(
            [
                f'<script>var ad = "{desk.pen.coin()} sponsored words";</script>',
                f"<style>.x::after {{ content: '{desk.pen.coin()}' }}</style>",
                f"<!-- {desk.pen.coin()} is a comment -->",
                '<iframe src="https://www.youtube.com/embed/abc" title="video"></iframe>',
                "<p>&nbsp;</p><p></p>",
                '<a href="https://www.example.com/empty"></a>',
            ]
        )
    )


def shares(desk: Desk) -> Block:
    return Block(
        '<div class="widget__shares share-panel"><a class="share-fb" '
        'href="https://www.facebook.com/sharer.php?u=x">Facebook</a>'
        '<a class="share-tw" href="https://twitter.com/intent/tweet?text=x">Share this</a></div>'
    )


DECOYS: dict[str, Callable[[Desk], Block]] = {
    "inline image": inline_image,
    "around-the-web": around,
    "newsletter in body": newsletter,
    "google cta in body": cta,
    "script in body": script,
}


def make_body(desk: Desk) -> list[Block]:
    """Write a body: paragraphs, and at random places what else a body may hold."""
    length = desk.rng.choice([2, 4, 6, 8, 8, 10, 14])
    blocks = [paragraph(desk) for _ in range(length)]
    blocks[0] = dress(desk.prose(2, 4), "<p>{}</p>")
    for name in desk.rng.sample(sorted(WORDS), k=desk.rng.choice([0, 1, 2, 3, 3, 5, 8])):
        desk.features.add(name)
        blocks.insert(desk.rng.randint(1, len(blocks)), WORDS[name](desk))
    for name in desk.rng.sample(sorted(DECOYS), k=desk.rng.choice([0, 0, 1, 1, 2, 3])):
        desk.features.add(name)
        blocks.insert(desk.rng.randint(1, len(blocks)), DECOYS[name](desk))
    if desk.rng.random() < 0.04:
        desk.features.add("share panel in body")
        blocks.insert(desk.rng.randint(1, len(blocks)), shares(desk))
    return blocks
