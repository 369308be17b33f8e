"""Chooses the dek: the line under the headline. Must not take a description that no reader is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from archive.models import Candidate
from scraper.extraction.choice import Choice, headline_key, printed
from scraper.extraction.document import BLOCKS, Document, Element, visible_text
from scraper.extraction.heading import find_heading, following
from scraper.extraction.moments import read_moment
from scraper.extraction.selecting import every
from scraper.extraction.story import Story
from scraper.extraction.structured import StructuredData
from scraper.profile import Layout

_METAS = ("og:description", "description", "twitter:description", "sailthru.description", "dc.description")
_MARKS = re.compile(
    r"(?:^|[\s_-])(?:dek|deck|standfirst|sub-?head(?:line|ing)?|sub-?title|chapo|chapeau|catenaccio"
    r"|sottotitolo|occhiello|entradilla|bajada|vorspann|vorspanntext|teaser-?text|anleser|ondertitel|strapline|tagline"
    r"|lead|lead-?text|lede|lead-?in|intro|intro-?text|introduction|standfirst-?text|ingress|manchet|perex|sapo|zajawka"
    r"|excerpt|article-?(?:summary|lead|intro|excerpt|description|subtitle)|post-?excerpt|abstract|spot)(?:$|[\s_-])"
)
_NOT_MARKS = re.compile(
    r"author|byline|date|time|meta|share|social|caption|credit|breadcrumb|tags?\b|comment|newsletter|cookie|related"
    r"|image|img|video|media|promo|advert|banner|kicker|toolbar|audio|player|subscribe"
)
_HINTS = ("class", "id", "itemprop", "data-testid", "data-component")
_TAGS = frozenset({"p", "h2", "h3", "h4", "div", "span", "strong", "section", "em"})
_NOT_INSIDE = (
    "a",
    "figure",
    "figcaption",
    "nav",
    "aside",
    "ul",
    "ol",
    "button",
    "form",
    "table",
    "blockquote",
    "footer",
)
_NEAR = 90
_MAX_INSIDE = 14
_MIN_WORDS = 4
_MAX_WORDS = 110
_LONG = 80
_RUN = 3
_SENTENCE = re.compile(r"[.!?…。！？»”\"“]$")


def printed_dek(page: Document, layout: Layout, story: Story, headline: str | None) -> Choice:
    """Return the dek that a layout's selectors find outside the body."""
    inside = {element for body in story.bodies for element in body.iter()}
    for selector in layout.dek:
        for element in every([page.tree], (selector,)):
            text = "" if element in inside else visible_text(element)
            if text and text.casefold() != (headline or "").casefold():
                return Choice(text, f"css {selector}", "layout", (Candidate(text, f"css {selector}"),))
    return Choice()


def choose_dek(
    document: Document, data: StructuredData, headline: str | None, selectors: tuple[str, ...] = ()
) -> Choice:
    """Choose the dek: what the CSS selectors find, else a line printed between the heading and the body.

    Such a line is marked as dek by its class or itemprop, or is the page's stated description, or stands directly
    behind the heading; and is no part of a run of paragraphs, unless it is marked.
    """
    taken = headline_key(headline or "")
    for selector in selectors:
        for text in printed(document.tree, selector):
            if headline_key(text) != taken:
                return Choice(text, f"css {selector}", "layout", (Candidate(text, f"css {selector}"),))
    descriptions = (*data.metas(*_METAS), *data.linked("description"))
    stated = {key: found for found in descriptions if len(key := headline_key(found.value)) > 12}
    heading = find_heading(document, data, headline)
    for element in _between(heading):
        text = visible_text(element)
        key = headline_key(text)
        if not key or f" {key} " in f" {taken} " or not _MIN_WORDS <= _words(text) <= _MAX_WORDS:
            continue
        source, rule = _reading(element, key, text, stated, heading)
        if rule:
            return Choice(text, source, rule, descriptions)
    return Choice(candidates=descriptions)


def _reading(
    element: Element, key: str, text: str, stated: Mapping[str, Candidate], heading: Element | None
) -> tuple[str, str]:
    """Say where a line between heading and body stands and why it is the dek; empty texts when it is not."""
    place = f"{element.tag} behind the heading"
    hint = _hint(element)
    if element.get("itemprop") == "description" or (_MARKS.search(hint) and not _NOT_MARKS.search(hint)):
        return place, "marked as dek"
    if _in_run(element) or _NOT_MARKS.search(hint):
        return "", ""
    match = next((found for said, found in stated.items() if said == key or _begins(said, key)), None)
    if match is not None:
        return match.source, "printed and stated"
    beside = heading is not None and element.getparent() is heading.getparent() and element.tag in ("p", "h2", "h3")
    if beside and _words(text) >= 8 and (_SENTENCE.search(text) or _words(text) >= 12) and not _is_dated(text):
        return place, "directly behind the heading"
    return "", ""


def _between(heading: Element | None) -> Iterator[Element]:
    """Give the small text elements behind the heading, up to where the body's paragraphs follow one another."""
    runs = 0
    for element in following(heading, _NEAR):
        if element.tag not in _TAGS or next(element.iterancestors(*_NOT_INSIDE), None) is not None:
            continue
        if element.tag == "p" and len(_text(element)) >= _LONG and _in_run(element):
            runs += 1
            if runs >= _RUN:
                return
        if _is_small(element):
            yield element


def _is_small(element: Element) -> bool:
    """Tell whether an element is one line of text: few elements inside, and no block among them."""
    for count, inner in enumerate(element.iter("*")):
        if count > _MAX_INSIDE or (count and inner.tag in BLOCKS and inner.tag != "br"):
            return False
    return True


def _in_run(element: Element) -> bool:
    """Tell whether an element is one of several long paragraphs of one parent: then it is the body's."""
    parent = element.getparent()
    if parent is not None and element.tag in ("strong", "em", "span") and parent.tag == "p":
        element, parent = parent, parent.getparent()
    if parent is None:
        return False
    long = (len(text) >= _LONG for other in parent.iterchildren("p") if other is not element for text in [_text(other)])
    return sum(1 for _, is_long in zip(range(12), long, strict=False) if is_long) >= _RUN - 1


def _text(paragraph: Element) -> str:
    return "".join(paragraph.itertext())


def _begins(said: str, key: str) -> bool:
    """Tell whether a stated description is the printed line cut short, or the line with more behind it."""
    short, long = sorted((said, key), key=len)
    return len(short) >= 50 and long.startswith(short)


def _is_dated(text: str) -> bool:
    return _words(text) < 15 and read_moment(text) is not None


def _words(text: str) -> int:
    """Count words; a script without spaces counts two characters as one."""
    spaced = len(text.split())
    return spaced if spaced * 12 > len(text) else len(text) // 2


def _hint(element: Element) -> str:
    parent = element.getparent()
    own = [element.get(name) or "" for name in _HINTS]
    if parent is not None and len(parent) == 1 and element.tag != "h1":
        own += [parent.get(name) or "" for name in _HINTS]
    return " ".join(own).lower()
