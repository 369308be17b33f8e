"""The images of an article on a page in no known layout: the lead and those in the body, with captions and credits.

Must not take the pictures of other articles, of authors or of the page itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from archive.models import Image, ImageRole
from scraper.extraction.boilerplate import is_beside
from scraper.extraction.captions import (
    Parted,
    Printed,
    around,
    count_holders,
    is_marked,
    part_line,
    read_printed,
    text_size,
)
from scraper.extraction.credits import read_credit_line, to_credits
from scraper.extraction.document import Document, Element
from scraper.extraction.heading import find_heading
from scraper.extraction.sources import best_source, full_address, identity, is_small, is_useless
from scraper.extraction.structured import StructuredData, texts_in
from scraper.profile import GENERIC, Profile

MAX_IMAGES = 200
_MAX_MARKS = 60
_MAX_COPIES = 6
_MAX_STATED = 20
_LOOK_INSIDE = 60
_BYLINE = 200
_HEADLINE = 20
_PICTURES = frozenset({"img", "amp-img"})
_CREDIT_KEYS = ("creditText", "copyrightHolder", "creator", "author", "copyrightNotice")
_STATED = ("og:image", "og:image:url", "twitter:image", "twitter:image:src")
_PORTRAIT = re.compile(r"(?:^|[-_\s])(?:avatar|gravatar|authors?|byline|profile|logo|icon|emoji)(?=$|[-_\s\d])")
_FRAME = re.compile(
    r"(?:^|[-_\s])(?:hero|lead|main|featured?|teaser|top|article|post|entry|header)[-_]{0,2}"
    r"(?:image|img|photo|picture|media|bild|foto)(?=$|[-_\s\d])"
)


@dataclass(frozen=True, slots=True)
class _Found:
    """An image of the article: its copies on the page, its address and identity, and whether it stands in the body."""

    copies: list[Element]
    url: str
    identity: str
    inside: bool


@dataclass(frozen=True, slots=True)
class _Stated:
    """What the page states of an image in markup made for machines."""

    url: str
    caption: str | None = None
    credit: str | None = None


def find_images(
    document: Document,
    scopes: Sequence[Element],
    data: StructuredData,
    profile: Profile = GENERIC,
    *,
    headline: str | None = None,
    lead_line: str | None = None,
) -> tuple[Image, ...]:
    """List the article's images in page order; positions count from 1. Never raises.

    `scopes` are the elements that hold the body, uncut, in the document's tree: images are taken from the headline to
    the body's end. Without scopes only the image that the page states is listed. `lead_line` is a credit line that
    stood in the body's text and belongs to the lead image.
    """
    stated = _stated(document, data, profile)
    elements = _elements(scopes, find_heading(document, data, headline)) if scopes else ()
    found = _distinct(elements, document, profile)
    holders = count_holders((one.copies for one in found), islice(document.tree.iter("h1", "time"), _MAX_MARKS))
    lead = _lead(found, stated)
    images = []
    for one in found:
        printed = max((read_printed(copy, holders) for copy in one.copies[:_MAX_COPIES]), key=_fullness)
        images.append(_image(one, "lead" if one is lead else "inline", printed, stated.get(one.identity)))
    if lead is None and stated:
        key, first = next(iter(stated.items()))
        images.insert(0, _image(_Found([], first.url, key, False), "lead", Printed(), first))
    if lead_line and images and images[0].role == "lead" and not images[0].credits:
        credits = to_credits(read_credit_line(lead_line, "caption"))
        images[0] = replace(images[0], credit_line=lead_line, credits=credits)
    return tuple(replace(image, position=place) for place, image in enumerate(images, start=1))


def _fullness(printed: Printed) -> int:
    return 2 * bool(printed.credit) + bool(printed.caption)


def _elements(scopes: Sequence[Element], heading: Element | None) -> Iterator[tuple[Element, bool]]:
    """Yield the image elements from the headline to the body's end, and whether each stands in the body.

    Before the headline, only what the page marks as a picture of the article.
    """
    first, last = scopes[0], scopes[-1]
    root = _common(first, last, last if heading is None else heading)
    kept = {*first.iterancestors(), *last.iterancestors(), *scopes}
    kept.update(() if heading is None else heading.iterancestors())
    inside: Element | None = None
    passed = heading is None
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            if element is last:
                return
            inside = None if element is inside else inside
            continue
        if not isinstance(element.tag, str) or (element not in kept and is_beside(element)):
            walk.skip_subtree()
            continue
        passed = passed or element is heading
        if inside is None and element in scopes:
            inside = element
        if element.tag in _PICTURES and (passed or inside is not None or _is_framed(element)):
            yield element, inside is not None


def _common(*elements: Element) -> Element:
    """Return the innermost element that holds all of the given ones."""
    root = elements[0]
    for other in elements[1:]:
        holders = {other, *other.iterancestors()}
        root = next((element for element in (root, *root.iterancestors()) if element in holders), root)
    return root


def _is_framed(element: Element) -> bool:
    holders = list(islice(element.iterancestors(), 6))
    return any(holder.tag == "figure" for holder in holders) or any(is_marked(holder, _FRAME) for holder in holders[:3])


def _distinct(elements: Iterable[tuple[Element, bool]], document: Document, profile: Profile) -> list[_Found]:
    """List each image once, at its best address, leaving out icons, trackers, portraits and teasers."""
    found: dict[str, _Found] = {}
    frames: set[Element] = set()
    for element, inside in elements:
        holder = next(around(element), element)
        url = best_source(holder if holder.tag == "picture" else element, document.url)
        if url is None or is_small(element) or _is_portrait(element) or _is_teaser(element):
            continue
        key, frame = identity(url, profile), _frame(element)
        if key in found:
            found[key].copies.append(element)
        elif frame not in frames and len(found) < MAX_IMAGES:
            frames.add(frame)
            found[key] = _Found([element], url, key, inside)
    return list(found.values())


def _frame(element: Element) -> Element:
    """Return what holds an image together with its other forms: the parent of its `picture` or `noscript`."""
    frame = element
    for holder in islice(around(element), 3):
        if holder.tag in ("picture", "noscript"):
            frame = holder.getparent()
    return frame


def _is_portrait(element: Element) -> bool:
    """Tell an author's picture: so marked, or in one small box with a byline or a date."""
    if any(is_marked(part, _PORTRAIT) for part in (element, *islice(element.iterancestors(), 3))):
        return True
    for holder in islice(element.iterancestors(), 5):
        if holder.tag in ("figure", "article", "main", "section", "p"):
            return False
        size = text_size(holder)
        if size:
            return size < _BYLINE and any(_is_byline(part) for part in islice(holder.iter("*"), _LOOK_INSIDE))
    return False


def _is_byline(element: Element) -> bool:
    href = element.get("href") or ""
    marks = (element.get("rel"), element.get("itemprop"))
    return element.tag == "time" or "author" in marks or "/autor" in href or "/author" in href


def _is_teaser(element: Element) -> bool:
    """Tell an image that stands, with a headline, inside a link to another page."""
    for holder in islice(element.iterancestors(), 6):
        if holder.tag == "a":
            tags = {part.tag for part in islice(holder.iter("*"), _LOOK_INSIDE)}
            return not tags.isdisjoint(("h2", "h3", "h4", "h5")) or (
                "figcaption" not in tags and text_size(holder) > _HEADLINE
            )
        if holder.tag in ("p", "article", "main", "body"):
            return False
    return False


def _lead(found: Sequence[_Found], stated: Mapping[str, _Stated]) -> _Found | None:
    """Choose the lead: the first image before the body, else the body's first when the page states no other."""
    first = found[0] if found else None
    if first is None:
        return None
    names = {_name(one.url) for one in stated.values()}
    if not first.inside or not stated or first.identity in stated or _name(first.url) in names:
        return first
    return None


def _name(url: str) -> str:
    return urlsplit(url).path.rsplit("/", 1)[-1].lower()


def _stated(document: Document, data: StructuredData, profile: Profile) -> dict[str, _Stated]:
    """List the images that JSON-LD and Open Graph name as the article's, by identity."""
    found: dict[str, _Stated] = {}
    metas = [meta.value for meta in data.metas(*_STATED)][:1]
    for value in (*_objects(data.article.get("image")), *metas):
        addresses = [value] if isinstance(value, str) else texts_in(value.get("url") or value.get("contentUrl"))
        url = full_address(addresses[0], document.url) if addresses else None
        if url is not None and not is_useless(url):
            found.setdefault(identity(url, profile), _Stated(url, *_statement(value)))
    return found


def _objects(value: Any) -> list[Any]:
    values = value if isinstance(value, list | tuple) else [value]
    return [part for part in values[:_MAX_STATED] if isinstance(part, str | Mapping)]


def _statement(value: str | Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the caption and the credit of an ImageObject."""
    if isinstance(value, str):
        return None, None
    caption = next(iter(texts_in(value.get("caption") or value.get("description"))), None)
    credit = dict.fromkeys(text for key in _CREDIT_KEYS for text in texts_in(value.get(key)))
    return caption, ", ".join(credit) or None


def _image(one: _Found, role: ImageRole, printed: Printed, stated: _Stated | None) -> Image:
    """Make an image of what is printed with it, else of what the page states of it, else of its alternative text."""
    credit = part_line(printed.credit, "credit") if printed.credit else Parted()
    caption = printed.caption or credit.caption
    found = Parted(caption, credit.line, credit.credits)
    if not credit.credits and caption:
        parted = part_line(caption, "caption")
        found = Parted(parted.caption, credit.line or parted.line, parted.credits)
    if not found.line and stated is not None:
        found = _with_statement(found, stated)
    for text in printed.alts:
        if not found.line and not found.credits:
            parted = part_line(text, "alt")
            found = Parted(found.caption, parted.line, parted.credits)
    alt = printed.alts[-1] if printed.alts else None
    return Image(one.url, one.identity, role, 0, alt, found.caption, found.line, found.credits)


def _with_statement(found: Parted, stated: _Stated) -> Parted:
    told = part_line(stated.caption, "caption") if stated.caption else Parted()
    credit = part_line(stated.credit, "credit") if stated.credit else told
    return Parted(found.caption or told.caption, credit.line, credit.credits or found.credits)
