"""The images of an article in a layout we know: the lead and those in the body, with captions and credits.

Must not look for images outside the article's own blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archive.models import Image, ImageRole
from archive.urls import absolute_url
from scraper.extraction.credits import read_credit_line, to_credits
from scraper.extraction.document import Document, Element, visible_text
from scraper.extraction.selecting import every, first
from scraper.extraction.story import Story
from scraper.extraction.structured import StructuredData
from scraper.profile import Layout, Profile

_ADDRESSES = (
    "data-runner-src",
    "data-runner-img-hd",
    "data-runner-img",
    "data-original",
    "data-lazy-src",
    "data-src",
    "src",
)
_SETS = ("data-runner-srcset", "data-srcset", "srcset")
_ALTS = ("alt", "data-alt", "aria-label", "title")
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]*url\(\s*['\"]?([^'\")]+)", re.IGNORECASE)
_WIDTH = re.compile(r"[?&](?:w|width)=(\d+)")
_HOST = re.compile(r"^(?:https?://)?[\w-]+(?:\.[\w-]+)+/?$")
_TINY = 40


@dataclass(frozen=True, slots=True)
class _Printed:
    """What stands beside an image, as printed."""

    alt: str | None = None
    caption: str | None = None
    credit: str | None = None


def read_figures(
    document: Document, data: StructuredData, layout: Layout, story: Story, profile: Profile
) -> tuple[Image, ...]:
    """Read the lead image and the in-body ones; positions count from 1, the lead before the others."""
    found = [*_lead(document, data, layout, story, profile), *_inline(document, layout, story, profile)]
    never = {words.casefold() for words in profile.never}
    own = [image for image in found if (image.alt or "").casefold() not in never]
    ordered = _merged(own)
    return tuple(replace(image, position=position) for position, image in enumerate(ordered, start=1))


def _merged(images: Sequence[Image]) -> list[Image]:
    """Keep each image once, where it stands first, with whatever is printed at its other places."""
    kept: dict[str, Image] = {}
    for image in images:
        before = kept.get(image.identity)
        if before is None:
            kept[image.identity] = image
        elif not (before.caption or before.credit_line):
            alt, caption = before.alt or image.alt, image.caption
            kept[image.identity] = replace(
                before, alt=alt, caption=caption, credit_line=image.credit_line, credits=image.credits or before.credits
            )
    return list(kept.values())


def with_lead_credits(images: Sequence[Image], lines: Iterable[str]) -> tuple[Image, ...]:
    """Give the lead image the credit that stood in the body, where the image itself shows none."""
    lines = list(lines)
    if not lines or not images or images[0].role != "lead":
        return tuple(images)
    lead = images[0]
    line = next((line for line in lines if _names(line)), lines[0])
    if lead.credits or (lead.credit_line and not _names(line)):
        return tuple(images)
    printed = _Printed(lead.alt, lead.caption, line)
    return (_image(lead.url, lead.identity, "lead", printed), *images[1:])


def _names(line: str) -> bool:
    return bool(to_credits(read_credit_line(line, "caption")))


def identity_of(url: str, profile: Profile) -> str:
    """Return what stays the same when an image is resized: by the profile's rule, else the address without query."""
    match = re.search(profile.image_id, url) if profile.image_id else None
    return match.group(1) if match else url.partition("?")[0]


def _lead(document: Document, data: StructuredData, layout: Layout, story: Story, profile: Profile) -> Iterator[Image]:
    inside = {element for body in story.bodies for element in body.iter()}
    roots = [document.tree]
    element, url = None, None
    for candidate in every(roots, layout.lead_image):
        url = None if candidate in inside else best_address(candidate, document.url)
        if url is not None:
            element = candidate
            break
    url = url or _stated(document, data)
    if url is None:
        return
    caption = _text_outside(roots, layout.caption, inside)
    credit = _text_outside(roots, layout.credit, inside)
    yield _image(url, identity_of(url, profile), "lead", _Printed(_alt(element), caption, credit))


def _stated(document: Document, data: StructuredData) -> str | None:
    """Return the image that the page names for others to show."""
    stated = data.first("og:image", "og:image:url", "twitter:image", "twitter:image:src")
    return _full(stated, document.url) if stated else None


def _text_outside(roots: Sequence[Element], selectors: Sequence[str], inside: set[Element]) -> str | None:
    for selector in selectors:
        for element in every(roots, (selector,)):
            text = "" if element in inside else visible_text(element)
            if text:
                return text
    return None


def _inline(document: Document, layout: Layout, story: Story, profile: Profile) -> Iterator[Image]:
    for body in story.bodies:
        boxes = set(every([body], layout.media))
        for element in every([body], layout.inline_image):
            url = None if _is_tiny(element) else best_address(element, document.url)
            if url is None:
                continue
            box = _box(element, body, boxes)
            printed = _Printed(
                _alt(element), _own_text(box, layout.inline_caption), _own_text(box, layout.inline_credit)
            )
            yield _image(url, identity_of(url, profile), "inline", printed)


def _box(element: Element, body: Element, boxes: set[Element]) -> Element | None:
    """Return the element that holds an image with its caption: a media box, a figure, or the parent of both."""
    for ancestor in element.iterancestors():
        if ancestor is body:
            break
        if ancestor in boxes or ancestor.tag == "figure":
            return ancestor
        if sum(1 for _ in ancestor.iter("img")) == 1 and any(part in boxes for part in ancestor.iter()):
            return ancestor
    return None


def _own_text(box: Element | None, selectors: Sequence[str]) -> str | None:
    element = None if box is None else first([box], selectors)[0]
    return (visible_text(element) or None) if element is not None else None


def _image(url: str, identity: str, role: ImageRole, printed: _Printed) -> Image:
    """Make an image of what is printed beside it; subject and credit may be one line in either of the two places."""
    caption, line = printed.caption, printed.credit
    if line is not None:
        reading = read_credit_line(line, "credit")
        caption = caption or reading.caption
        if not to_credits(reading) and _HOST.match(line):
            line = None
    if line is None and caption is not None:
        reading = read_credit_line(caption, "caption")
        if to_credits(reading):
            caption, line = reading.caption, caption
    credits = to_credits(read_credit_line(line, "credit")) if line else ()
    if not credits and caption and line:
        reading = read_credit_line(caption, "caption")
        credits = to_credits(reading)
    if not credits and line is None and printed.alt:
        credits = to_credits(read_credit_line(printed.alt, "alt"))
    return Image(url, identity, role, 0, printed.alt, caption or None, line, credits)


def best_address(element: Element, base: str) -> str | None:
    """Return an image element's largest address on the web, None when it has only a placeholder."""
    found: list[tuple[int, str]] = []
    for part in (element, *element.iter("img", "source")):
        found += [(_width(part.get(name)), part.get(name)) for name in _ADDRESSES if part.get(name)]
        for name in _SETS:
            found += _set(part.get(name) or "")
        background = _BACKGROUND.search(part.get("style") or "")
        if background:
            found.append((_width(background.group(1)), background.group(1)))
    full = [(width, _full(address, base)) for width, address in found]
    usable = [(width, address) for width, address in full if address is not None]
    return max(usable, key=lambda pair: pair[0])[1] if usable else None


def _set(value: str) -> list[tuple[int, str]]:
    """Read a srcset: its addresses with their widths in pixels."""
    pairs = re.findall(r"(\S+?)(?:\s+(\d+(?:\.\d+)?)([wx]))?\s*(?:,\s+|,?$)", value)
    return [(int(float(size)) if unit == "w" else _width(address), address) for address, size, unit in pairs]


def _width(address: str) -> int:
    match = _WIDTH.search(address)
    return int(match.group(1)) if match else 0


def _full(address: str, base: str) -> str | None:
    try:
        url = absolute_url(address, base)
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _alt(element: Element | None) -> str | None:
    if element is None:
        return None
    texts = (part.get(name) for part in (element, *element.iter("img")) for name in _ALTS)
    return next((" ".join(text.split()) for text in texts if text and text.strip()), None)


def _is_tiny(element: Element) -> bool:
    """Tell an icon or a tracker from a picture by its stated size in pixels."""
    sizes = [element.get(name, "") for name in ("width", "height")]
    return any(size.isdigit() and int(size) < _TINY for size in sizes)
