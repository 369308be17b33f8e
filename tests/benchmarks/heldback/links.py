"""Link addresses as the site's pages write them, and sentences with anchors set into them.

Must not decide what an article says.
"""

from __future__ import annotations

import html
import random
import re
from dataclasses import dataclass

from .model import BASE, HOST, Block

SOURCES = (
    "https://www.reuters.com/world/{n}/",
    "https://www.nytimes.com/2024/03/{d}/world/story-{n}.html",
    "https://www.state.gov/briefings/{n}",
    "https://apnews.com/article/{n}abcdef",
    "https://www.bbc.co.uk/news/world-{n}",
    "http://tass.example.net/press/{n}?lang=en",
    "https://www.congress.gov/bill/118th-congress/house-bill/{n}/text?s=1&r={d}",
    "https://en.wikipedia.org/wiki/Treaty_of_{n}_(draft)",
    "https://papers.example.org/wp-content/{n}/report.pdf#page={d}",
    "https://x.com/someone/status/{n}",
    "https://quincyinst.org/research/brief-{n}/",
    "https://кремль.example.org/новости/{n}",
)
TRACKING = ("utm_source=newsletter&utm_medium=email&utm_campaign=w{n}", "fbclid=IwAR{n}", "utm_source=rs", "gclid=x{n}")
CORE = re.compile(r"^(\W*)(.*?)((?:['’]s)?\W*)$", re.S)
ENTITIES = {
    "’": ("&rsquo;", "&#8217;"),
    "—": ("&mdash;", "&#x2014;"),
    "“": ("&ldquo;",),
    "”": ("&#8221;",),
    "é": ("&eacute;",),
}


def track(rng: random.Random, url: str) -> str:
    """Add tracking parameters to an address."""
    head, mark, fragment = url.partition("#")
    return head + ("&" if "?" in head else "?") + rng.choice(TRACKING).format(n=rng.randint(10, 99)) + mark + fragment


@dataclass
class Writer:
    """Writes addresses of the site in its style: public host, served host, relative, or mixed."""

    rng: random.Random
    style: str
    absolute: str

    def href(self, path: str) -> str:
        """Write a link to a path of the site."""
        style = self.rng.choice(["public", "served", "relative"]) if self.style == "mixed" else self.style
        return {"public": HOST, "served": BASE, "relative": ""}[style] + path

    def full(self, path: str) -> str:
        """Write an absolute address of a path, as canonical links, sitemaps and feeds need it."""
        return self.absolute + path

    def any_form(self, path: str) -> str:
        """Write one of the forms in which sources announce the same article: no slash, tracking, http, www."""
        form = self.rng.choice(["plain", "plain", "plain", "slash", "track", "host"])
        if form == "slash":
            path = path.rstrip("/") if path.endswith("/") else path + "/"
        url = self.full(path) if self.style != "relative" or self.rng.random() < 0.2 else path
        if form == "host" and self.style in ("public", "mixed"):
            url = self.rng.choice(["http://responsiblestatecraft.org", "https://www.responsiblestatecraft.org"]) + path
        return track(self.rng, url) if form == "track" else url

    def source(self) -> tuple[str, str]:
        """Make a link to a source: the address as written, and the address it means."""
        url = self.rng.choice(SOURCES).format(n=self.rng.randint(10000, 999999), d=self.rng.randint(10, 28))
        form = self.rng.random()
        if form < 0.15:
            return track(self.rng, url), url
        if form < 0.2:
            return f" {url} ", url
        if form < 0.25 and url.startswith("https:"):
            return url.removeprefix("https:"), url
        return url, url


def escape(rng: random.Random, text: str) -> str:
    """Escape text for HTML, sometimes with named or numeric entities."""
    out = html.escape(text, quote=False)
    for char, forms in ENTITIES.items():
        if char in out and rng.random() < 0.15:
            out = out.replace(char, rng.choice(forms))
    return out


def decorate(rng: random.Random, text: str, writer: Writer, inner: tuple[str, ...] = (), anchors: float = 0.6) -> Block:
    """Set links, emphasis, entities and odd spaces into text; its words stay what they are."""
    words = text.split()
    cores = [CORE.match(word) for word in words]
    before, after = [""] * len(words), [""] * len(words)
    links: list[tuple[str, str]] = []
    start, same = rng.randint(0, 4), ""
    while start < len(words):
        end = min(start + rng.choice([1, 1, 2, 3, 4, 6]), len(words)) - 1
        usable = all((found := cores[at]) is not None and found[2] for at in (start, end))
        if usable and rng.random() < anchors:
            kind = rng.choices(["a", "emphasis", "nothing", "not a source"], [10, 6, 3, 1])[0]
            if kind == "a":
                href, url = _target(rng, writer, inner, same)
                same = url
                _anchor(rng, before, after, (start, end), href)
                links.append((url, _anchor_text(words, start, end)))
            elif kind != "nothing":
                _wrap(rng, before, after, start, end, kind)
        start = end + rng.randint(3, 14)
    pieces = []
    for at, found in enumerate(cores):
        lead, core, trail = found.groups() if found else ("", words[at], "")
        pieces.append(escape(rng, lead) + before[at] + escape(rng, core) + after[at] + escape(rng, trail))
    return Block(_space(rng, pieces), text, tuple(links))


def _target(rng: random.Random, writer: Writer, inner: tuple[str, ...], same: str) -> tuple[str, str]:
    if same and rng.random() < 0.12:
        return html.escape(same), same
    if inner and rng.random() < 0.2:
        url = writer.href(rng.choice(inner))
        return html.escape(url), url
    href, url = writer.source()
    return html.escape(href), url


def _anchor(rng: random.Random, before: list[str], after: list[str], span: tuple[int, int], href: str) -> None:
    start, end = span
    extra = rng.choice(["", ' target="_blank"', ' rel="noopener noreferrer" class="x"', ' data-linked-post="2651"'])
    opening, closing = f'<a href="{href}"{extra}>', "</a>"
    if end - start >= 2 and rng.random() < 0.4:
        before[start + 1] += rng.choice(["<em>", "<i>", "<strong>"])
        after[start + 1] += before[start + 1].replace("<", "</")
    elif rng.random() < 0.15:
        tag = rng.choice(["em", "strong", "u", "span"])
        opening, closing = f"<{tag}>{opening}", f"{closing}</{tag}>"
    before[start] += opening
    after[end] = after[end] + closing


def _wrap(rng: random.Random, before: list[str], after: list[str], start: int, end: int, kind: str) -> None:
    tag = rng.choice(["em", "strong", "i", "b", "span", "u"])
    opening = f"<{tag}>"
    if kind == "not a source":
        tag = "a"
        opening = f'<a href="{rng.choice(["mailto:desk@example.org", "#notes", "javascript:void(0)", "#"])}">'
    before[start] += opening
    after[end] += f"</{tag}>"


def _anchor_text(words: list[str], start: int, end: int) -> str:
    first, last = CORE.match(words[start]), CORE.match(words[end])
    assert first is not None and last is not None
    if start == end:
        return first[2]
    return " ".join([words[start][len(first[1]) :], *words[start + 1 : end], words[end][: last.start(3)]])


def _space(rng: random.Random, pieces: list[str]) -> str:
    spaces = [" ", "&nbsp;", "\n      ", "\u00a0", "  "]
    joins = rng.choices(spaces, [90, 2, 2, 2, 2], k=max(len(pieces) - 1, 0))
    return "".join(piece + join for piece, join in zip(pieces, [*joins, ""], strict=True))
