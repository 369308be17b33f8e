"""What a page shows and states that speaks for or against its being one article. Must not decide what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from scraper.extraction.blocks import Block, read_blocks
from scraper.extraction.document import Document, visible_text
from scraper.extraction.jsonld import Thing, types_of
from scraper.extraction.pagephrases import title_of
from scraper.extraction.structured import StructuredData, address_key, is_article_type

_HEADLINE_WORDS, _HEADLINE_LETTERS = 4, 24
_LINK_WORDS = 3
_EXCERPT_RUN = 2
_NEAR = 8
_SHORT_LINE = 90
_POINTER = 24
_LINKED = 0.8
_SOLID = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
_YEAR = re.compile(r"(?:19|20)\d\d|[۰-۹٠-٩]{4}|\b\d{1,2}[./-]\d{1,2}[./-]\d\d\b")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)
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
    """Count words; in a script that does not part them (Chinese, Japanese, Thai …) two characters count as one."""
    words = len(text.split())
    return words if text.isascii() else words + sum(map(len, _SOLID.findall(text))) // 2


def is_headline(text: str) -> bool:
    """Tell whether a line is long enough to be the headline of an article."""
    return size_of(text) >= _HEADLINE_WORDS or len(text) >= _HEADLINE_LETTERS


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
    """Tell whether an object speaks of this page: it names no address, or this one (by the last step of its path)."""
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
    if not isinstance(headline, str) or not is_headline(headline):
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
    """How much a page looks like a list: its links that are headlines, the share of its prose that stands under them,
    the words of prose that do not, and whether a date stands by the first heading or the first prose."""

    cards: int
    share: float
    own: int
    dated: bool


def read_listing(document: Document, blocks: Sequence[Block], heads: Sequence[str]) -> Listing:
    """Look at a page's lines: which are links to other articles, and where the prose of `blocks` stands among them."""
    body = document.tree.find("body")
    lines = read_blocks(body if body is not None else document.tree, document.url)
    chosen = _chosen(lines, blocks)
    targets = [_target(line, address_key(document.url)) for line in lines]
    sorter = _Sorter(_repeated(lines), chosen)
    for line, target in zip(lines, targets, strict=True):
        sorter.add(line, target)
    return Listing(len(sorter.links), sorter.share(), sorter.own, _is_dated(lines, targets, chosen, heads))


def _chosen(lines: Sequence[Block], blocks: Sequence[Block]) -> set[str]:
    """Find the page's lines of prose that are in the body, whichever way that was read."""
    whole = {block.text for block in blocks}
    joined = " ".join(" ".join(block.text.split()) for block in blocks)
    long = {line.text for line in lines if _is_long(line.text)}
    return {text for text in long if text in whole or text in joined}


@dataclass(slots=True)
class _Sorter:
    """Sorts a page's prose, line by line: what quotes another article, and what is the page's own."""

    pointers: set[str]
    chosen: set[str]
    links: set[str] = field(default_factory=set)
    posts: dict[str, int] = field(default_factory=dict)
    total: int = 0
    quoted: int = 0
    own: int = 0
    _run: int = 0
    _post: str = ""
    _waiting: list[Block] = field(default_factory=list)

    def add(self, line: Block, target: str | None) -> None:
        if target and line.text in self.chosen:
            self.links.add(target)
            self.total += len(line.text)
            self.quoted += len(line.text)
        elif target and line.text in self.pointers:
            self.links.add(target)
            if len(self._waiting) <= _EXCERPT_RUN:
                self._quote(self._waiting)
            self._start("", 0)
        elif target and size_of(line.text) >= _LINK_WORDS:
            self.links.add(target)
            self._start(target if line.kind != "p" else "", 0)
        elif line.kind != "p":
            self._start("", _EXCERPT_RUN)
        elif line.text in self.chosen:
            self._add_prose(line)

    def _start(self, post: str, run: int) -> None:
        self._post, self._run, self._waiting = post, run, []

    def _add_prose(self, line: Block) -> None:
        self._run += 1
        self.total += len(line.text)
        self.own += size_of(line.text)
        if self._post:
            self.posts[self._post] = self.posts.get(self._post, 0) + len(line.text)
        if self._run <= _EXCERPT_RUN and self.links:
            self._quote([line])
        else:
            self._waiting.append(line)

    def _quote(self, lines: Sequence[Block]) -> None:
        self.quoted += sum(len(line.text) for line in lines)
        self.own -= sum(size_of(line.text) for line in lines)

    def share(self) -> float:
        """Return the share of prose that quotes, or, where whole posts follow one another, that stands in them."""
        if not self.total:
            return 0.0
        in_posts = sum(self.posts.values())
        if len(self.posts) >= 3 and max(self.posts.values()) < 0.6 * self.total and in_posts > self.quoted:
            self.own = min(self.own, size_of("x " * ((self.total - in_posts) // 6)))
            return in_posts / self.total
        return self.quoted / self.total


def _target(line: Block, own: str) -> str | None:
    """Return the address of another page of the site when a line is little but a link to it, labels aside."""
    if not line.anchors or sum(anchor.end - anchor.start for anchor in line.anchors) < _LINKED * len(line.text):
        return None
    main = max(line.anchors, key=lambda anchor: anchor.end - anchor.start)
    if len({anchor.url for anchor in line.anchors}) > 1 and size_of(line.anchor_text(main)) < _LINK_WORDS:
        return None
    host, _, path = address_key(main.url).partition("/")
    return main.url if path and f"{host}/{path}" != own and (not own or host == own.partition("/")[0]) else None


def _repeated(lines: Sequence[Block]) -> set[str]:
    """Find the words that end cards (`Read more`): short links that stand on the page again and again."""
    short = [line.text for line in lines if line.anchors and len(line.text) <= _POINTER]
    return {text for text in set(short) if short.count(text) >= 4}


def _is_dated(lines: Sequence[Block], targets: Sequence[str | None], chosen: set[str], heads: Sequence[str]) -> bool:
    """Tell whether a date stands by the page's title or just before its first prose, and not behind another's link."""
    prose = next((place for place, line in enumerate(lines) if line.text in chosen), len(lines))
    title = next((place for place, line in enumerate(lines) if title_of(line.text, ()) in heads), prose)
    for place in range(max(0, title - _NEAR // 2), min(max(prose, title) + _NEAR, len(lines))):
        if place > title and targets[place] and size_of(lines[place].text) >= _LINK_WORDS:
            return False
        text = lines[place].text
        if len(text) <= _SHORT_LINE and _YEAR.search(text) and not _COPYRIGHT.search(text) and not _ends(text):
            return True
    return False


def _ends(text: str) -> bool:
    """Tell a sentence from a date line, which may end with a point, too."""
    return text.endswith((".", "。")) and size_of(text) > 5


def is_prose(block: Block) -> bool:
    """Tell a paragraph from a card or a label: long, and not all link."""
    linked = sum(anchor.end - anchor.start for anchor in block.anchors)
    return _is_long(block.text) and linked < 0.5 * len(block.text)


def _is_long(text: str) -> bool:
    return len(text) >= 60 or size_of(text) >= 15
