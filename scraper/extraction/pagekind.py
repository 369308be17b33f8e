"""Tells what a page is when it is no article: challenge, consent wall, login, soft 404, index and the like.

Must not read the article. A page that states itself an article is taken at its word unless it holds no text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from scraper.extraction.blocks import Block
from scraper.extraction.document import Document, visible_text
from scraper.extraction.structured import StructuredData, address_key, is_article_type

_SHORT_PAGE = 350
_LONGEST_WORD = 12
_SHELL = 25
_TITLE_WORDS = 12
_MANY_CARDS = 8
_CARD_WORDS = 4
_LEAST_WORDS = 25
_TEASER_WORDS = 75
_PROSE_BLOCK = 15
_INDEX_PROSE = 150

_LIST_ADDRESS = re.compile(
    r"^/(?:[a-z]{2}/)?(?P<kind>tags?|topics?|authors?|categor(?:y|ies)|search|archives?|page|themen?|autor(?:en)?"
    r"|auteurs?|sections?|recherche|suche|buscar|etiqueta)(?:/|$)|/page/\d+/?$",
    re.IGNORECASE,
)
_LIST_NAMES = {"tag": "tag page", "author": "author page", "autor": "author page", "auteur": "author page"}
_LIST_TYPES = {
    "CollectionPage": "index page",
    "SearchResultsPage": "search page",
    "ProfilePage": "author page",
    "ItemList": "index page",
}


@cache
def _phrases(kind: str) -> re.Pattern[str]:
    """Return what pages of a kind say of themselves, from `tables/pagekinds.toml`."""
    table = tomllib.loads(files("scraper.extraction").joinpath("tables/pagekinds.toml").read_text("utf-8"))
    return re.compile("|".join(f"(?:{phrase})" for phrase in table["phrases"][kind]), re.IGNORECASE)


def states_article(document: Document, data: StructuredData) -> bool:
    """Tell whether a page states in markup for machines that it is one article."""
    if data.meta.get("article:published_time") or (data.first("og:type") or "").lower().endswith(("article", "news")):
        return True
    own = {address_key(document.url), address_key(data.canonical or "")}
    for thing in data.articles:
        kinds = thing.get("@type")
        types = kinds if isinstance(kinds, list) else [kinds]
        address = thing.get("url")
        if any(isinstance(kind, str) and is_article_type(kind) for kind in types) and "datePublished" in thing:
            return not isinstance(address, str) or address_key(address) in own
    return False


def other_than_article(document: Document, data: StructuredData) -> str | None:
    """Say what a page is that shows by title, address and size that it is no article; None when it may be one."""
    body = document.tree.find("body")
    text = visible_text(body, _SHORT_PAGE * _LONGEST_WORD) if body is not None else ""
    size = _size(text)
    says_article = states_article(document, data)
    if not says_article:
        reason = _notice(_heads(document, data), text, size)
        if reason is not None:
            return reason
    if size < _SHELL:
        return "empty shell" if not text or _phrases("script_needed").search(document.html) else "no body"
    return None if says_article else _list_page(document, data)


def _notice(heads: Sequence[str], text: str, size: int) -> str | None:
    """Recognise pages that only tell the reader something: by their titles, a short one by its text too."""
    if size < _SHORT_PAGE:
        kinds = (("challenge", "challenge page"), ("maintenance", "maintenance page"), ("consent", "consent wall"))
        for kind, reason in kinds:
            if any(map(_phrases(kind).search, heads)):
                return reason
        if any(_is_title("login", head) for head in heads):
            return "login page"
        if size < _SHORT_PAGE / 2:
            return next((reason for kind, reason in kinds if _phrases(kind).search(text)), _not_found(heads))
    return _not_found(heads)


def _not_found(heads: Sequence[str]) -> str | None:
    return "soft 404" if any(_is_title("not_found", head) for head in heads) else None


def _size(text: str) -> int:
    """Count words; a script that does not part them counts three characters as one."""
    words = len(text.split())
    return max(words, len(text) // 3) if len(text) > 20 * words else words


def too_little(document: Document, data: StructuredData, blocks: Sequence[Block]) -> str | None:
    """Say why the body found is none: nothing there, a teaser, the cards of an index. None when it is one."""
    count = sum(len(block.text.split()) for block in blocks)
    if count < _TEASER_WORDS and _is_locked(data):
        return "paywall teaser"
    if states_article(document, data):
        return None if count >= _LEAST_WORDS or _characters(blocks) > _LEAST_WORDS * 6 else "no body"
    prose = sum(len(block.text) for block in blocks if _is_prose(block))
    linked = sum(anchor.end - anchor.start for block in blocks for anchor in block.anchors)
    if prose < _INDEX_PROSE * 5 and linked > 0.4 * _characters(blocks):
        return "index page"
    if prose >= _LEAST_WORDS * 5:
        return None
    return "index page" if _cards(document) >= _MANY_CARDS else "no body"


def _cards(document: Document) -> int:
    """Count the links to other pages whose words read like headlines."""
    links = (link for link in document.tree.iter("a") if link.get("href"))
    return len({link.get("href") for link in links if len(visible_text(link).split()) >= _CARD_WORDS})


def _heads(document: Document, data: StructuredData) -> list[str]:
    headings = [visible_text(heading) for heading in list(document.tree.iter("h1"))[:3]]
    return [head for head in (data.title, data.first("og:title") or "", *headings) if head]


def _is_title(kind: str, head: str) -> bool:
    """Tell whether a title says little else than a kind's phrase."""
    return len(head.split()) <= _TITLE_WORDS and _phrases(kind).search(head) is not None


def _list_page(document: Document, data: StructuredData) -> str | None:
    """Recognise pages that list articles, by their address and by what they state themselves to be."""
    parts = urlsplit(document.url)
    match = _LIST_ADDRESS.search(parts.path)
    if match:
        kind = (match.group("kind") or "page").lower()
        if kind in ("search", "suche", "recherche", "buscar"):
            return "search page"
        return next((name for start, name in _LIST_NAMES.items() if kind.startswith(start)), "index page")
    if parts.path.strip("/") == "" and not parts.query:
        return "home page"
    kinds = [kind for node in data.nodes if not node.elsewhere for kind in _types(node.thing.get("@type"))]
    found = next((_LIST_TYPES[kind] for kind in kinds if kind in _LIST_TYPES), None)
    if (data.first("og:type") or "").lower() == "profile":
        return "author page"
    return found if found and not any(map(is_article_type, kinds)) else None


def _types(value: object) -> list[str]:
    kinds = value if isinstance(value, list) else [value]
    return [kind for kind in kinds if isinstance(kind, str)]


def _is_locked(data: StructuredData) -> bool:
    """Tell whether the page states that its article is not free (schema.org isAccessibleForFree)."""
    return any(str(thing.get("isAccessibleForFree")).lower() == "false" for thing in data.articles)


def _characters(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _is_prose(block: Block) -> bool:
    """Tell a paragraph from a card or a label: long, and not all link."""
    linked = sum(anchor.end - anchor.start for anchor in block.anchors)
    long = len(block.text.split()) >= _PROSE_BLOCK or len(block.text) >= 60
    return long and linked < 0.5 * len(block.text)
