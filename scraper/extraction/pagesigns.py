"""What a page shows and states that speaks for or against its being one article. Must not decide what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from scraper.extraction.blocks import Block, read_blocks
from scraper.extraction.document import Document, visible_text
from scraper.extraction.jsonld import Thing, types_of
from scraper.extraction.pagephrases import title_of
from scraper.extraction.structured import StructuredData, address_key, is_article_type

LONG_HEAD = 4
"""Words from which a title reads like a headline; four letters of a script that parts no words count as one."""
_EXCERPT_RUN = 2
_NEAR = 8
_SHORT_LINE = 90
_POINTER = 24
_LINKED = 0.8
_YEAR = re.compile(r"(?:19|20)\d\d|[۰-۹٠-٩]{4}|\b\d{1,2}[./-]\d{1,2}[./-]\d\d\b")
_OTHER_THINGS = {
    "CollectionPage": "index page",
    "ItemList": "index page",
    "SearchResultsPage": "search page",
    "ProfilePage": "author page",
    "AboutPage": "standing page",
    "ContactPage": "standing page",
    "CheckoutPage": "standing page",
    "FAQPage": "standing page",
    "JobPosting": "standing page",
    "Product": "product page",
    "ProductGroup": "product page",
    "Event": "event page",
    "PodcastSeries": "index page",
    "Blog": "index page",
}
_OTHER_OPEN_GRAPH = {"profile": "author page", "product": "product page", "product.item": "product page"}


def size_of(text: str) -> int:
    """Count words; a script that does not part them counts three characters as one."""
    words = len(text.split())
    return max(words, len(text) // 3) if len(text) > 20 * words else words


def heads_of(document: Document, data: StructuredData) -> list[str]:
    """List the page's own titles, without the site's name: its first headings, Open Graph's, the title."""
    headings = [visible_text(heading, 400) for heading in _first(document.tree.iter("h1"), 3)]
    titles = [*headings, data.first("og:title") or "", data.title]
    return list(dict.fromkeys(title_of(title, data.site_names) for title in titles if title))


def _first(elements: Iterable[object], count: int) -> Iterator[object]:
    for place, element in enumerate(elements):
        if place >= count:
            return
        yield element


def statement(document: Document, data: StructuredData) -> int:
    """Say how firmly a page states that it is one article: 2 with its date, 1 as a kind of page only, 0 not at all."""
    own = {address_key(url) for url in (document.url, data.canonical or "") if url}
    articles = [thing for thing in data.articles if any(map(is_article_type, types_of(thing)))]
    mine = [thing for thing in articles if _is_own(thing, own)]
    foreign = len(articles) - len(mine)
    if any("datePublished" in thing for thing in mine):
        return 2
    if foreign == 1 and "datePublished" in articles[0] and _is_named(articles[0], heads_of(document, data)):
        return 2
    if data.meta.get("article:published_time") and foreign < 3:
        return 2
    dated = {item.value for item in data.items if item.name == "datePublished" and is_article_type(item.scope)}
    titled = {item.value for item in data.items if item.name == "headline" and is_article_type(item.scope)}
    if dated and len(titled) <= 1:
        return 2
    return 1 if mine or (data.first("og:type") or "").lower().endswith(("article", "news")) else 0


def _is_own(thing: Thing, own: set[str]) -> bool:
    """Tell whether an object speaks of this page: it names no address, or this one (the last step of the path counts)."""
    claimed = {address_key(url) for key in ("url", "mainEntityOfPage", "@id") for url in _addresses(thing.get(key))}
    claimed.discard("")
    return not claimed or bool(claimed & own) or bool(set(map(_last, claimed)) & set(map(_last, own)) - {""})


def _addresses(value: object) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        address = part.get("@id") or part.get("url") if isinstance(part, dict) else part
        if isinstance(address, str) and address.startswith(("http", "/")):
            yield address.partition("#")[0]


def _last(key: str) -> str:
    return key.rpartition("/")[2]


def _is_named(thing: Thing, heads: Sequence[str]) -> bool:
    headline = thing.get("headline")
    if not isinstance(headline, str) or size_of(headline) < LONG_HEAD:
        return False
    start = " ".join(headline.split()).casefold()[:40]
    return any(start in head.casefold() for head in heads)


def other_statement(data: StructuredData) -> str | None:
    """Return what a page states itself to be when that is no article; None when it states nothing or an article."""
    kinds = [kind for node in data.nodes if not node.elsewhere for kind in types_of(node.thing)]
    if any(map(is_article_type, kinds)):
        return None
    scopes = {item.scope.rpartition("/")[2] for item in data.items}
    found = next((_OTHER_THINGS[kind] for kind in (*kinds, *scopes) if kind in _OTHER_THINGS), None)
    return found or _OTHER_OPEN_GRAPH.get((data.first("og:type") or "").lower().removeprefix("og:"))


def states_a_plain_page(data: StructuredData) -> bool:
    """Tell whether JSON-LD describes the page and no article: who writes such graphs states articles in them, too."""
    kinds = {kind for node in data.nodes if not node.elsewhere for kind in types_of(node.thing)}
    return (
        "WebPage" in kinds and not any(map(is_article_type, kinds)) and not kinds & {"ClaimReview", "Review", "Recipe"}
    )


@dataclass(frozen=True, slots=True)
class Listing:
    """How much a page looks like a list: links that are headlines, the share of its prose that stands under such links,
    and whether a date stands by its own headline."""

    cards: int
    share: float
    dated: bool


def read_listing(document: Document, blocks: Sequence[Block]) -> Listing:
    """Look at a page's lines: which are links to other articles, and where the prose of `blocks` stands among them."""
    body = document.tree.find("body")
    lines = read_blocks(body if body is not None else document.tree, document.url)
    own = address_key(document.url)
    pointers = _repeated(lines)
    chosen = {block.text for block in blocks if is_prose(block)}
    links: set[str] = set()
    under: dict[str, int] = {}
    total = quoted = run = 0
    waiting: list[int] = []
    current = ""
    for line in lines:
        target = _target(line, own)
        if target and line.text in pointers:
            quoted += sum(waiting) if len(waiting) <= _EXCERPT_RUN else 0
            waiting = []
            links.add(target)
        elif target and size_of(line.text) >= LONG_HEAD - 1:
            links.add(target)
            current, run, waiting = (target if line.kind != "p" else ""), 0, []
        elif line.kind != "p":
            current, run, waiting = "", _EXCERPT_RUN, []
        elif line.text in chosen:
            run += 1
            total += len(line.text)
            if run <= _EXCERPT_RUN and links:
                quoted += len(line.text)
            else:
                waiting.append(len(line.text))
            if current:
                under[current] = under.get(current, 0) + len(line.text)
    share = quoted / total if total else 0.0
    posts = sum(under.values()) / total if len(under) >= 3 and max(under.values()) < 0.6 * total else 0.0
    return Listing(len(links), max(share, posts), _is_dated(document, lines, chosen))


def _target(line: Block, own: str) -> str | None:
    """Return the address of another page when a line is little but a link to it."""
    if not line.anchors or sum(anchor.end - anchor.start for anchor in line.anchors) < _LINKED * len(line.text):
        return None
    key = address_key(line.anchors[0].url)
    return line.anchors[0].url if key != own and urlsplit(line.anchors[0].url).path.strip("/") else None


def _repeated(lines: Sequence[Block]) -> set[str]:
    """Find the words that end cards (`Read more`): short links that stand on the page again and again."""
    short = [line.text for line in lines if line.anchors and len(line.text) <= _POINTER]
    return {text for text in set(short) if short.count(text) >= 4}


def _is_dated(document: Document, lines: Sequence[Block], chosen: set[str]) -> bool:
    """Tell whether a date stands by the first of the page's prose or by its first heading."""
    prose = next((place for place, line in enumerate(lines) if line.text in chosen), None)
    heading = next((place for place, line in enumerate(lines) if line.kind == "h2" and not line.anchors), prose)
    for place in (prose, heading):
        if place is not None:
            near = lines[max(0, place - _NEAR) : place + _NEAR // 2]
            if any(len(line.text) <= _SHORT_LINE and _YEAR.search(line.text) for line in near):
                return True
    return False


def is_prose(block: Block) -> bool:
    """Tell a paragraph from a card or a label: long, and not all link."""
    linked = sum(anchor.end - anchor.start for anchor in block.anchors)
    return (size_of(block.text) >= 15 or len(block.text) >= 60) and linked < 0.5 * len(block.text)
