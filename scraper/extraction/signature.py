"""Finds the lines where a page prints who wrote the article: beside the heading, behind a label, as a signed paragraph.

Must not read structured data's authors or decide between lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from scraper.extraction.document import UNSEEN, Document, Element, normalise_space
from scraper.extraction.heading import following
from scraper.extraction.names import has_lead_in, name_key, words_of

MAX_NEAR = 220
MAX_LINE = 200
MAX_INSIDE = 40
MAX_LEVELS = 4
MAX_WIDER = 60
LONG_PARAGRAPH = 250
BODY_PARAGRAPH = 140
MAX_SIGNATURE = 60

_HINT = re.compile(
    r"by-?line|author|autor|auteur|writer|written|reporter|journalist|contributor|forfatter|skribent|yazar|penulis"
    r"|signature|creator"
)
_NOT_HINT = re.compile(
    r"bio|about|comment|avatar|image|img|photo|social|follow|related|more-|list-item|teaser|card", re.I
)
_PARAGRAPHS = etree.XPath("//p")
_LINE_TAGS = frozenset(
    (
        "p",
        "div",
        "span",
        "a",
        "li",
        "ul",
        "address",
        "h3",
        "h4",
        "h5",
        "section",
        "header",
        "em",
        "strong",
        "b",
        "cite",
        "small",
    )
)
_HINT_ATTRIBUTES = ("class", "id", "rel", "itemprop", "data-testid", "data-component")
_BARE = frozenset({"by", "von", "par", "por", "di", "av", "af", "door"})
_EMPHASIS = frozenset({"strong", "b", "em", "i"})
_LABELS = ("strong", "b", "dt", "th", "label", "span", "h3", "h4", "h5")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line that may name the author; `marked` when class or rel says so, else it begins with `By` or so."""

    text: str
    marked: bool
    element: Element = field(compare=False, repr=False)


def spaced_text(element: Element) -> str:
    """Return an element's text with a space between inline elements too: style sheets part the words of bylines."""
    return normalise_space(" ".join(_texts(element)))


def _texts(element: Element) -> Iterator[str]:
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if event == "start" and isinstance(inner.tag, str) and inner.tag not in UNSEEN and inner.text:
            yield inner.text
        elif event == "end" and inner is not element and inner.tail:
            yield inner.tail


def lines_beside(heading: Element | None) -> Iterator[Line]:
    """Give the short lines behind the heading that are marked as a byline or begin like one, up to a long paragraph."""
    for element in following(heading, MAX_NEAR):
        tag = element.tag
        if tag == "p" and len(element.text or "") > LONG_PARAGRAPH:
            return
        if tag not in _LINE_TAGS:
            continue
        hint = _hint(element)
        marked = bool(hint) and _HINT.search(hint) is not None and not _NOT_HINT.search(hint)
        if (marked or _begins(element)) and _is_small(element):
            text = spaced_text(element)
            if 0 < len(text) <= MAX_LINE:
                yield Line(text, marked, element)


def line_naming(heading: Element | None, names: tuple[str, ...]) -> str | None:
    """Return the shortest printed line behind the heading that names all these persons, with its `By` if it has one."""
    lasts = [key[-1] for name in names if (key := name_key(name).split())]
    if not lasts:
        return None
    for element in following(heading, MAX_NEAR):
        own = element.text
        if not own or lasts[0] not in own[:LONG_PARAGRAPH].casefold():
            continue
        if element.tag in _LINE_TAGS and next(element.iterancestors("figure", "figcaption"), None) is None:
            line = _line_around(element, lasts)
            if line:
                return line
    return None


def _line_around(element: Element, lasts: list[str]) -> str | None:
    """Widen an element until its text names all; then by one or two more, if that puts a `By` in front of it."""
    found = None
    for outer in (element, *islice(element.iterancestors(), MAX_LEVELS)):
        if not _is_small(outer):
            break
        text = spaced_text(outer)
        if len(text) > MAX_LINE or (found and len(text) > len(found) + MAX_WIDER):
            break
        if has_lead_in(text):
            return text if _names_all(text, lasts) else None
        if found is None and _names_all(text, lasts):
            found = text
    return found


def _names_all(text: str, lasts: list[str]) -> bool:
    key = name_key(text)
    words = set(key.split())
    return all(last in words or (not last.isascii() and last in key) for last in lasts)


def labelled(document: Document, table: str) -> Iterator[str]:
    """Give the texts behind labels that stand alone, such as `Autor` in bold: words are in `tables/bylines.toml`."""
    words = words_of(table)
    for element in document.tree.iter(*_LABELS):
        own = element.text or ""
        if (
            not own.strip()
            or len(own) > 40
            or own.strip().rstrip(":：").strip().casefold() not in words
            or len(element)
        ):
            continue
        beside = normalise_space(element.tail or "")
        sibling = element.getnext()
        if not beside and sibling is not None and _is_small(sibling):
            beside = spaced_text(sibling)
        if 0 < len(beside) <= MAX_LINE:
            yield beside


def signed_paragraphs(document: Document) -> Iterator[str]:
    """Give the emphasised or right-aligned short paragraphs directly before or after the article's long ones."""
    paragraphs = [(paragraph, _length(paragraph)) for paragraph in _PARAGRAPHS(document.tree)]
    long = [place for place, (_, length) in enumerate(paragraphs) if length > BODY_PARAGRAPH]
    if not long:
        return
    for place in (*range(max(long[0] - 3, 0), long[0]), *range(long[-1] + 1, min(long[-1] + 4, len(paragraphs)))):
        paragraph, length = paragraphs[place]
        if 3 < length <= MAX_SIGNATURE and _is_signed(paragraph):
            yield spaced_text(paragraph)


def _begins(element: Element) -> bool:
    """Tell whether an element's own text begins like a byline; a capital or a script without capitals is asked for."""
    own = element.text
    if not own or len(own) > MAX_LINE or own.isspace():
        return False
    own = normalise_space(own)
    if len(own) > MAX_SIGNATURE * 2 or own[:1].islower():
        return False
    return own.casefold().rstrip(":") in _BARE or has_lead_in(f"{own} X X")


def _hint(element: Element) -> str:
    """Join what the element's attributes say of its use, in lower case."""
    if not element.attrib:
        return ""
    return " ".join([element.get(name) or "" for name in _HINT_ATTRIBUTES]).strip().lower()


def _is_small(element: Element) -> bool:
    return all(count <= MAX_INSIDE for count, _ in enumerate(element.iter()))


def _length(paragraph: Element) -> int:
    return len(paragraph.xpath("normalize-space(.)"))


def _is_signed(paragraph: Element) -> bool:
    style = f"{paragraph.get('style') or ''} {paragraph.get('align') or ''} {paragraph.get('class') or ''}"
    if "right" in style or _HINT.search(style):
        return True
    children = list(paragraph)
    return (
        len(children) >= 1
        and not normalise_space(paragraph.text or "")
        and all(child.tag in _EMPHASIS and not normalise_space(child.tail or "") for child in children)
    )
