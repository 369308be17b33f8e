"""Tells what a page is when it is no article: challenge, consent wall, login, soft 404, index and the like.

Must not read the article. A page that states itself an article with its date is taken at its word unless it holds no
text; any other is weighed by what it says, states and looks like together, never by one sign alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from scraper.extraction.blocks import Block, read_blocks
from scraper.extraction.document import Document, visible_text
from scraper.extraction.jsonld import types_of
from scraper.extraction.media import media_kind
from scraper.extraction.pagephrases import is_about, is_wholly_about, phrases
from scraper.extraction.pagesigns import (
    Listing,
    heads_of,
    is_headline,
    is_prose,
    other_statement,
    read_listing,
    size_of,
    statement,
    states_a_plain_page,
)
from scraper.extraction.structured import StructuredData, is_article_type

TOO_SHORT = ("no body", "index page")
"""What a page with too few words is called; it may still be a medium with its description."""
TEASER = "paywall teaser"
_SHORT_PAGE = 350
_LONGEST_WORD = 12
_SHELL = 25
_LEAST_WORDS = 25
_TEASER_WORDS = 75
_LONG_TEASER_WORDS = 130
_FEW_CARDS, _MANY_CARDS = 4, 8
_LISTED_SHARE = 0.5
_OWN_WORDS = 50
_FEW_LINKS = 12
_ENOUGH = 3

_NOTICES = (
    ("not_found", "soft 404"),
    ("challenge", "challenge page"),
    ("maintenance", "maintenance page"),
    ("consent", "consent wall"),
    ("login", "login page"),
    ("newsletter", "newsletter page"),
)
_LISTS = (("search", "search page"), ("author", "author page"), ("tag", "tag page"))
_STANDING = (*_LISTS, ("standing", "standing page"), ("event", "event page"), ("podcast", "index page"))
# An address says of what kind a list is; whether it is one, the page must show, too.
_LIST_ADDRESS = re.compile(
    r"^/(?:[a-z]{2}/)?(?:(?P<tag>tags?|topics?|themen?|thema|etiquetas?|tema|sujet|dossiers?)|(?P<author>authors?|autor(?:en|es)?"
    r"|auteurs?|contributors?|people|profil\w*)|(?P<search>search|recherche|suche|buscar|cerca|zoeken|sok|sog|haku|szukaj)"
    r"|(?P<index>categor(?:y|ies|ia)|kategorie|archives?|page|sections?|rubri\w+|latest|news|blog))(?:/|$)|/page/\d+/?$",
    re.IGNORECASE,
)
_SURE_ADDRESS = re.compile(
    r"^/(?:[a-z]{2}/)?(?:(?:tags?|authors?|autor|auteur|categor(?:y|ies)|kategorie|etiqueta)/[^/]+|(?:search|suche|recherche|buscar)(?:/[^/]*)?"
    r"|(?:tags?|authors?|archives?|categories|topics?))/?$|/page/\d+/?$",
    re.IGNORECASE,
)
_STANDING_ADDRESS = re.compile(
    r"^/(?:[a-z]{2}/)?(?:pages?/)?(?:about(?:-us)?|contact(?:-us)?|privacy(?:-policy)?|terms(?:-\w+)*|imprint|impressum|datenschutz\w*|kontakt"
    r"|ueber-uns|agb|mentions-legales|a-propos|qui-sommes-nous|aviso-legal|quienes-somos|contacto|chi-siamo|contatti|quem-somos|over-ons"
    r"|colofon|om-oss|om-os|o-nas|hakkimizda|iletisim|cookies?(?:-policy)?|newsletters?|subscribe|shop|store|cart|checkout|jobs|careers"
    r"|faq|help|donate|advertise|log-?in|sign-?in|register|account|events?|podcasts?)(?:\.\w+)?/?$",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"pay-?wall|reg-?wall|subscri(?:ption|be|ber)-?(?:wall|only|offer)|premium-?(?:box|wall|content)|metered|piano-",
    re.IGNORECASE,
)


def states_article(document: Document, data: StructuredData) -> bool:
    """Tell whether a page states in markup for machines that it is one article."""
    return statement(document, data) > 0


def other_than_article(document: Document, data: StructuredData) -> str | None:
    """Say what a page is that shows by title, address and size that it is no article; None when it may be one."""
    body = document.tree.find("body")
    text = visible_text(body, _SHORT_PAGE * _LONGEST_WORD) if body is not None else ""
    size = size_of(text)
    stated = statement(document, data)
    if stated < 2:
        reason = _notice(heads_of(document, data), text, size)
        if reason is not None:
            return reason
    if size < _SHELL and not (stated or media_kind(document, data)):
        return _nothing(document, text)
    return None if stated else _list_by_address(document)


def _notice(heads: Sequence[str], text: str, size: int) -> str | None:
    """Recognise short pages that only tell the reader something: all their titles say so, or their text does."""
    if size >= _SHORT_PAGE:
        return None
    for kind, reason in _NOTICES:
        about = [is_about(kind, head) for head in heads]
        if any(about) and all(said or not is_headline(head) for said, head in zip(about, heads, strict=True)):
            return reason
    if size < _SHORT_PAGE / 2:
        return next((reason for kind, reason in _NOTICES[1:4] if phrases(kind).search(text)), None)
    return None


def _nothing(document: Document, text: str) -> str:
    """Name a page without text: one that a script would fill, or one that sends the reader on, or one that has none."""
    for meta in document.tree.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh" and "url" in (meta.get("content") or "").lower():
            return "redirect page"
    if phrases("challenge").search(document.html[:20_000]) and "<iframe" in document.html:
        return "challenge page"
    return "empty shell" if not text or phrases("script_needed").search(document.html) else "no body"


def _list_by_address(document: Document) -> str | None:
    parts = urlsplit(document.url)
    if document.url and parts.path.strip("/") == "" and not parts.query:
        return "home page"
    return _address_kind(document) if _SURE_ADDRESS.search(parts.path) else None


def _address_kind(document: Document) -> str | None:
    match = _LIST_ADDRESS.search(urlsplit(document.url).path)
    if match is None:
        return None
    return f"{match.lastgroup} page" if match.lastgroup else "index page"


def too_little(document: Document, data: StructuredData, blocks: Sequence[Block]) -> str | None:
    """Say why the body found is none: nothing there, a teaser, a list, a page that stands for good. None: it is one."""
    size = sum(size_of(block.text) for block in blocks)
    if _is_teaser(document, data, blocks, size):
        return TEASER
    stated = statement(document, data)
    if stated == 2:
        return None if size >= _LEAST_WORDS else "no body"
    heads = heads_of(document, data)
    listing = read_listing(document, blocks, heads)
    other = other_statement(data)
    if _is_list(listing, heads):
        return _kind_of_list(document, heads, other)
    if size >= _LEAST_WORDS and _score(document, data, blocks, listing, heads, stated, other) >= _ENOUGH:
        return None
    return "consent wall" if _asks_for_consent(blocks) else _reason(document, heads, other, listing, size)


def _is_list(listing: Listing, heads: Sequence[str]) -> bool:
    """Tell a list with a few words of its own from an article with many others beside it."""
    if listing.share < _LISTED_SHARE or listing.cards < _FEW_CARDS:
        return False
    headed = bool(heads) and is_headline(heads[0])
    enough = listing.own >= (_OWN_WORDS if headed else 2 * _OWN_WORDS)
    return not (enough and listing.dated and _said(heads) is None)


def _score(
    document: Document,
    data: StructuredData,
    blocks: Sequence[Block],
    listing: Listing,
    heads: Sequence[str],
    stated: int,
    other: str | None,
) -> int:
    """Weigh what speaks for an article against what speaks for another page. Three is enough for an article."""
    prose = sum(size_of(block.text) for block in blocks if is_prose(block))
    score = 2 * stated + 2 * listing.dated + (prose >= 60) + (prose >= 120) + (prose >= 250)
    headed = any(map(is_headline, heads[:1]))
    score += headed + _has_an_articles_marks(document, data) + (headed and prose >= 60 and _is_bare(document, data))
    score -= 4 * (other is not None) + 4 * (_said(heads) is not None)
    score -= 2 * bool(_STANDING_ADDRESS.search(urlsplit(document.url).path)) + 3 * _names_home(document, data)
    score -= 2 * states_a_plain_page(data) + 2 * ("noindex" in (data.first("robots") or "").lower())
    score -= ((data.first("og:type") or "").lower() == "website") + 4 * _asks_for_consent(blocks)
    if prose < 120:
        score -= 2 * _asks_for_password(document) + (listing.cards >= _MANY_CARDS)
    return score - 4 * (prose < 250 and _sells(document))


def _is_bare(document: Document, data: StructuredData) -> bool:
    """Tell whether a page is little but its text: it states nothing for machines and has few links."""
    if data.nodes or data.first("og:type"):
        return False
    return sum(1 for _ in document.tree.iter("a")) < _FEW_LINKS


def _has_an_articles_marks(document: Document, data: StructuredData) -> bool:
    """Tell whether a page has what articles have besides text: a named author, a body marked as such, comments."""
    marked = any(item.name in ("articleBody", "author") for item in data.items)
    return (
        marked
        or bool(data.first("author", "article:author"))
        or 'rel="author"' in document.html
        or 'id="respond"' in document.html
        or 'id="comments"' in document.html
    )


def _names_home(document: Document, data: StructuredData) -> bool:
    """Tell whether a page gives the home page as its own address."""
    named = urlsplit(data.canonical or "")
    return bool(named.netloc) and named.path.strip("/") == "" and urlsplit(document.url).path.strip("/") != ""


def _asks_for_password(document: Document) -> bool:
    return any((field.get("type") or "").lower() == "password" for field in document.tree.iter("input"))


def _asks_for_consent(blocks: Sequence[Block]) -> bool:
    """Tell whether most of the text speaks of cookies and consent."""
    prose = [block.text for block in blocks if is_prose(block)]
    asking = [text for text in prose if phrases("consent_text").search(text)]
    return sum(map(len, asking)) > 0.6 * sum(map(len, prose))


def _sells(document: Document) -> bool:
    """Tell whether a page offers its subject for sale: a button for it, or a price in its markup."""
    for button in document.tree.iter("button", "input"):
        if phrases("cart").search(f"{button.text_content()[:80]} {button.get('value') or ''}"):
            return True
    return 'itemprop="price"' in document.html


def _said(heads: Sequence[str]) -> str | None:
    """Say what a page's titles are wholly about when that is what no article is about."""
    for kind, reason in (*_NOTICES, *_STANDING):
        if any(is_wholly_about(kind, head) for head in heads):
            return reason
    return None


def _kind_of_list(document: Document, heads: Sequence[str], other: str | None) -> str:
    said = next((reason for kind, reason in _LISTS if any(is_about(kind, head) for head in heads)), None)
    return said or _address_kind(document) or (other if other and other.endswith("page") else None) or "index page"


def _reason(document: Document, heads: Sequence[str], other: str | None, listing: Listing, size: int) -> str:
    """Name a page that is no article by the strongest thing that speaks against it."""
    said = _said(heads)
    if other or said:
        return said or other or ""
    if _sells(document):
        return "product page"
    if _asks_for_password(document) and size < _TEASER_WORDS:
        return "login page"
    if listing.cards >= _MANY_CARDS:
        return _address_kind(document) or "index page"
    return "no body" if size < _LONG_TEASER_WORDS else "standing page"


def _is_teaser(document: Document, data: StructuredData, blocks: Sequence[Block], size: int) -> bool:
    """Tell the first lines of an article that is not free from a whole one.

    Locked is what states so (schema.org isAccessibleForFree); an offer is an element of a wall, or its words below.
    """
    locked = _is_locked(data)
    if size >= _LONG_TEASER_WORDS or not (blocks or locked):
        return False
    if locked and size < _TEASER_WORDS:
        return True
    offered = _has_offer(document, blocks)
    return offered and (locked or _has_wall(document) or _breaks_off(blocks))


def _is_locked(data: StructuredData) -> bool:
    return any(
        str(thing.get("isAccessibleForFree")).lower().rpartition("/")[2] == "false"
        for thing in data.articles
        if any(map(is_article_type, types_of(thing)))
    )


def _has_wall(document: Document) -> bool:
    return any(
        _WALL.search(f"{element.get('class') or ''} {element.get('id') or ''}") is not None
        for element in document.tree.iter("div", "section", "aside", "form")
    )


def _breaks_off(blocks: Sequence[Block]) -> bool:
    return bool(blocks) and blocks[-1].text.rstrip(" ]").endswith(("…", "..."))


def _has_offer(document: Document, blocks: Sequence[Block]) -> bool:
    """Look for the words of an offer in the body's last line and in those just below."""
    body = document.tree.find("body")
    lines = [block.text for block in read_blocks(body if body is not None else document.tree, document.url)]
    whole = " ".join(" ".join(block.text.split()) for block in blocks)
    last = max((place for place, line in enumerate(lines) if _is_part(line, whole)), default=0)
    return any(phrases("paywall").search(line) for line in lines[last : last + 9])


def _is_part(line: str, whole: str) -> bool:
    return len(line) >= _LEAST_WORDS and line in whole
