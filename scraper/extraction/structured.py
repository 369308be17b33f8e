"""What a page says of itself in markup made for machines: JSON-LD, meta elements, microdata, `time`, `rel=author`.

Gathers, and finds the JSON-LD object that is the page's article. Must not choose the value of any field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from archive.models import Candidate
from scraper.extraction.choice import clean_text
from scraper.extraction.document import Document, Element
from scraper.extraction.jsonld import Node, Thing, read_jsonld, types_of
from scraper.extraction.microdata import Item, read_items, short_text

MAX_ELEMENTS = 400
MAX_CONTENT = 8_000

_RELATED = etree.XPath("descendant::a[@rel]")
_ARTICLE_TYPES = frozenset({"Report", "SocialMediaPosting", "LiveBlogPosting", "Editorial"})
_PAGE_TYPES = ("CreativeWork", "WebPage", "ItemPage", "CollectionPage", "ProfilePage", "AboutPage", "FAQPage", "QAPage")
_MEDIA_TYPES = ("VideoObject", "AudioObject", "ImageGallery", "MediaGallery", "PodcastEpisode", "Episode")
_NEARLY_ARTICLES = frozenset((*_PAGE_TYPES, *_MEDIA_TYPES, "Review", "ClaimReview", "Recipe", "HowTo"))
_MAKERS = frozenset({"NewsMediaOrganization", "WebSite"})
_SITE_METAS = ("og:site_name", "application-name", "apple-mobile-web-app-title", "publisher", "dc.publisher")


@dataclass(frozen=True, slots=True)
class TimeElement:
    """A `time` element: its machine-readable value, or when it has none its text."""

    datetime: str
    text: str
    element: Element = field(compare=False)


@dataclass(frozen=True, slots=True)
class StructuredData:
    """All a page's machine-readable statements; texts are on one line, entities read.

    `nodes` are all JSON-LD objects; `articles` those that may be the page's article, likeliest first.
    `meta` maps a name or property of `meta` elements, in lower case, to its contents in page order.
    """

    nodes: tuple[Node, ...] = ()
    articles: tuple[Thing, ...] = ()
    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    times: tuple[TimeElement, ...] = ()
    title: str = ""
    canonical: str | None = None
    site_names: tuple[str, ...] = ()

    @property
    def article(self) -> Thing:
        """Return the JSON-LD object of the page's article, an empty mapping when there is none."""
        return self.articles[0] if self.articles else {}

    def first(self, *names: str) -> str | None:
        """Return the first content of the first of the named metas (lower case) that the page has."""
        return next((candidate.value for candidate in self.metas(*names)), None)

    def metas(self, *names: str) -> list[Candidate]:
        """List the contents of the named metas (lower case), in the order of the names."""
        return [Candidate(value, f"meta {name}") for name in names for value in self.meta.get(name, ())]

    def linked(self, *keys: str) -> list[Candidate]:
        """List the texts under the keys in the article objects of JSON-LD, likeliest object first."""
        return [
            Candidate(value, f"json-ld {key}")
            for article in self.articles
            for key in keys
            for value in texts_in(article.get(key))
        ]

    def properties(self, *names: str) -> list[Candidate]:
        """List the values of the named microdata properties, those of articles first."""
        found = [item for name in names for item in self.items if item.name == name]
        found.sort(key=lambda item: not is_article_type(item.scope))
        return [Candidate(item.value, f"microdata {item.name}") for item in found]


def read_structured(document: Document) -> StructuredData:
    """Gather a page's structured data in one pass over the elements that carry it. Never raises."""
    heads = _Heads()
    for element in document.tree.iter("script", "meta", "time", "title", "link"):
        heads.add(element)
    meta = {name: tuple(values) for name, values in heads.meta.items()}
    canonical = _canonical(document.url, heads.links.get("canonical"), meta)
    nodes = read_jsonld(heads.scripts)
    addresses = {address_key(url) for url in (document.url, canonical, *meta.get("og:url", ())) if url}
    return StructuredData(
        nodes=nodes,
        articles=_articles(nodes, addresses),
        meta=meta,
        items=read_items(document.tree) if "itemprop" in document.html else (),
        times=tuple(heads.times),
        title=heads.title,
        canonical=canonical,
        site_names=_site_names(nodes, meta, canonical or document.url),
    )


@dataclass(slots=True)
class _Heads:
    """What the walk over a page's scripts, metas, times, title and links has gathered so far."""

    scripts: list[str] = field(default_factory=list)
    meta: dict[str, list[str]] = field(default_factory=dict)
    times: list[TimeElement] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    title: str = ""

    def add(self, element: Element) -> None:
        tag = element.tag
        if tag == "meta":
            self._add_meta(element)
        elif tag == "script":
            if element.text and "ld+json" in (element.get("type") or "").lower():
                self.scripts.append(element.text)
        elif tag == "link":
            if element.get("href"):
                self.links.setdefault((element.get("rel") or "").lower(), element.get("href"))
        elif tag == "title":
            self.title = self.title or clean_text(element.text or "")
        elif len(self.times) < MAX_ELEMENTS:
            stated = clean_text(element.get("datetime") or "")
            self.times.append(TimeElement(stated, "" if stated else short_text(element), element))

    def _add_meta(self, element: Element) -> None:
        content = element.get("content")
        if not content:
            return
        names = f"{element.get('property') or ''} {element.get('name') or ''}".lower().split()
        content = clean_text(content[:MAX_CONTENT]) if names else ""
        if content:
            for name in dict.fromkeys(names[:4]):
                self.meta.setdefault(name, []).append(content)


def rel_authors(document: Document) -> tuple[str, ...]:
    """List the texts of the links marked `rel=author`. Apart from the rest, because few pages need it."""
    links = [link for link in _RELATED(document.tree) if "author" in link.get("rel").lower().split()]
    return tuple(dict.fromkeys(filter(None, map(short_text, links[:MAX_ELEMENTS]))))


def texts_in(value: Any) -> list[str]:
    """List the cleaned texts of a JSON-LD value: a text, a list of texts, or objects with `@value` or `name`."""
    if isinstance(value, str):
        text = clean_text(value)
        return [text] if text else []
    if isinstance(value, list | tuple):
        return [text for item in value[:MAX_ELEMENTS] if not isinstance(item, list | tuple) for text in texts_in(item)]
    if isinstance(value, Mapping):
        named = value.get("@value") or value.get("name")
        return texts_in(named) if not isinstance(named, Mapping) else []
    return []


def is_article_type(kind: str) -> bool:
    """Tell whether a schema.org type (with or without its vocabulary) is Article or one of its subclasses."""
    kind = kind.rsplit("/", 1)[-1]
    return kind.endswith(("Article", "BlogPosting")) or kind in _ARTICLE_TYPES


def address_key(url: str) -> str:
    """Reduce an address to what tells two pages apart here: host without `www.` and path, no scheme, query or slash."""
    try:
        parts = urlsplit(url.strip())
        return (parts.hostname or "").removeprefix("www.") + unquote(parts.path).rstrip("/")
    except ValueError:
        return ""


def _canonical(page: str, link: str | None, meta: Mapping[str, tuple[str, ...]]) -> str | None:
    for address in (link, *meta.get("og:url", ())):
        if address and address.strip():
            try:
                return urljoin(page, address.strip())
            except ValueError:
                continue
    return None


def _articles(nodes: Iterable[Node], addresses: set[str]) -> tuple[Thing, ...]:
    """Rank the objects that may be the page's article: by type, by address, by what they say, then by page order."""
    ranked = [(_likeness(node, addresses), -place, node.thing) for place, node in enumerate(nodes)]
    ranked = [entry for entry in ranked if entry[0] > 0]
    ranked.sort(key=lambda entry: entry[:2], reverse=True)
    return tuple(thing for _, _, thing in ranked)


def _likeness(node: Node, addresses: set[str]) -> int:
    thing = node.thing
    kinds = types_of(thing)
    speaks = ("headline" in thing) + ("datePublished" in thing) + ("author" in thing)
    if node.elsewhere or not speaks:
        return 0
    if any(map(is_article_type, kinds)):
        own = 8
    elif any(kind in _NEARLY_ARTICLES for kind in kinds) or (not kinds and "headline" in thing):
        own = 1
    else:
        return 0
    claimed = {address_key(url) for url in _addresses(thing)}
    return own + speaks + (4 if claimed & addresses else 0)


def _addresses(thing: Thing) -> Iterator[str]:
    for key in ("url", "mainEntityOfPage", "@id"):
        value = thing.get(key)
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, Mapping):
                part = part.get("@id") or part.get("url")
            if isinstance(part, str):
                yield part


def _site_names(nodes: Iterable[Node], meta: Mapping[str, tuple[str, ...]], url: str) -> tuple[str, ...]:
    """List what the site calls itself, its host name included."""
    names = [name for key in _SITE_METAS for name in meta.get(key, ())]
    for node in nodes:
        if any(map(is_article_type, types_of(node.thing))):
            names += texts_in(node.thing.get("publisher"))
        if not _MAKERS.isdisjoint(types_of(node.thing)) and not node.elsewhere:
            names += texts_in(node.thing.get("name"))
    host = (address_key(url).split("/")[0]).split(":")[0]
    names += [host] if host else []
    return tuple(dict.fromkeys(name for name in names if len(name) < 80))
