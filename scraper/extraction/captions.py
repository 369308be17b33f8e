"""What is printed with an image: its caption and its credit line, found in the box around it or directly behind that.

Must not judge which images are the article's, nor read names out of a line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml import etree

from archive.models import Credit
from scraper.extraction.choice import clean_text
from scraper.extraction.credits import Place, read_credit_line, to_credits
from scraper.extraction.document import UNSEEN, Element, normalise_space, visible_text

MAX_CREDIT = 250
_MAX_CAPTION = 700
_MAX_BOX_TEXT = 900
_MAX_LEVELS = 8
_MAX_PARTS = 400
_LOOK_INSIDE = 60
_WORTH_PARTING = 40
_MARKING = ("class", "id", "itemprop", "data-testid")
_ATTRIBUTES = ("data-credit", "data-copyright", "data-image-credit", "data-attribution", "data-photographer")
_SENTENCE_ENDS = tuple('.!?…。"”»')
_CLOSED_BY = {")": "(", "]": "[", "）": "（"}

_START, _END = r"(?:^|[-_\s:])", r"(?=$|[-_\s:\d])"
_CREDIT = re.compile(
    _START + r"(?:image|photo|media|picture|figure|img|caption|bild|foto|video|article|lead)?[-_]{0,2}"
    r"(?:credits?|credit-?line|copyrights?|copyright-?holder|bildquelle|fotocredit|bildnachweis|bildrechte|urheber"
    r"|fotograf|fotografo|photographer|attribution|courtesy|credit-?text|(?:image|photo|picture|media|img)[-_]{1,2}(?:source|author|by))"
    + _END
)
_LOOSE_CREDIT = re.compile(
    _START
    + r"(?:sources?|quelle|photograph|author|autor|agency|agentur|agencia|rights|fonte|fuente|bron|kilde|lahde|zrodlo"
    r"|zdroj|byline|provider|owner)" + _END
)
_CAPTION = re.compile(
    _START + r"(?:captions?|figcaption|legend[ae]?|leyenda|bildunterschrift|bildtext|bildetekst|billedtekst|didascalia"
    r"|bijschrift|epigrafe|description|caption-?text|photo-?text|image-?text|image-?title|photo-?caption|image-?caption|subtitle"
    r"|kuvateksti|podpis|popisek|resim-?alti|info)" + _END
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOUNS = (
    r"photos?|fotos?|images?|pictures?|pic|bild(?:er|quelle)?|credits?|source|quelle|crédits?|fuente|fonte|ảnh|ljósmynd|kuva|фото"
    r"|zdj|zdroj|kilde|bron|gambar|写真|사진|коллаж|источник|джерело"
)
_SIGNS = r"©|\(c\)|（Ｃ）|（c）|ⓒ|Ⓒ"
_LABELLED = re.compile(rf"^\W{{0,3}}(?:{_NOUNS})\b[^:：|]{{0,20}}[:：|/]|^(?:{_SIGNS})", re.IGNORECASE)
_LABEL = re.compile(
    rf"^[\s(\[（【]*(?:(?:{_NOUNS}|bildrechte|(?:image|photo|picture) (?:credits?|by|source)|crédit photo"
    rf"|사진 출처|copyright)\s?[:：=,]|{_SIGNS})\s*",
    re.IGNORECASE,
)
_LABEL_TAIL = re.compile(
    rf"(?<![\w-])(?:(?:{_NOUNS}|dok)\s?[:：]\s?|(?:{_SIGNS}|＝)\s?)([^\s:：][^:：]{{1,80}}?)[\s.]*$", re.IGNORECASE
)
_BRACKET_TAIL = re.compile(r"[(\[（]([^()\[\]（）]{2,80})[)\]）]\s*\.?\s*$")
_NOT_A_REMARK = re.compile(r"[/|]|\w\.\w|^\w+:")


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed with an image, and its alternative texts."""

    caption: str | None = None
    credit: str | None = None
    alts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parted:
    """A line parted into caption and credit line as printed (without its label and brackets), and its reading."""

    caption: str | None = None
    line: str | None = None
    credits: tuple[Credit, ...] = ()


def count_holders(groups: Iterable[Iterable[Element]], marks: Iterable[Element]) -> Counter[Element]:
    """Count for the elements around images how many they hold. `groups` are the copies of each image.

    `marks` are elements that no caption stands around: what holds one counts as holding two images.
    """
    holders: Counter[Element] = Counter()
    for group in groups:
        holders.update({holder for element in group for holder in around(element)})
    for mark in marks:
        holders.update({holder: 2 for holder in around(mark) if holder.tag != "figure"})
    return holders


def around(element: Element) -> Iterator[Element]:
    """Yield the nearest elements around one, inside out.

    `source` is passed over: parsers nest unclosed ones as deep as they are many.
    """
    return islice((holder for holder in islice(element.iterancestors(), 60) if holder.tag != "source"), _MAX_LEVELS)


def read_printed(element: Element, holders: Counter[Element]) -> Printed:
    """Gather what is printed with an image. `holders` counts the images under the elements around each."""
    box = _box(element, holders)
    found = _parts(box, element)
    if not found.caption and not found.credit:
        for behind in _behind(box):
            if _is_caption(behind):
                found = _parts(behind, element)
                break
            if text_size(behind) or behind.find(".//img") is not None:
                break
    alts = tuple(text for name in ("title", "alt") if (text := clean_text(element.get(name) or "")))
    stated = next((clean_text(value) for name in _ATTRIBUTES if (value := element.get(name))), None)
    return Printed(found.caption or clean_text(element.get("data-caption") or "") or None, found.credit or stated, alts)


def part_line(text: str, place: Place) -> Parted:
    """Part a line into caption and credit; `place` is what the page says it is."""
    if place == "caption" and _LABEL.match(text) and len(text) < MAX_CREDIT:
        place = "credit"
    reading = read_credit_line(text, place)
    credits = to_credits(reading)
    if credits and place == "alt":
        _, bar, tail = text.rpartition("|")
        return Parted(None, bare_line(tail) if bar else None, credits)
    if credits and reading.caption:
        tail = text[len(reading.caption) :] if text.startswith(reading.caption) else _tail(text)[1]
        return Parted(reading.caption, bare_line(tail or text), credits)
    if place == "alt":
        return Parted(text)
    caption, tail = _tail(text) if not credits or len(text) > _WORTH_PARTING else (text, "")
    if tail:
        return Parted(caption or None, bare_line(tail), credits or to_credits(read_credit_line(tail, "credit")))
    return Parted(None, bare_line(text), credits) if credits or place == "credit" else Parted(text or None)


def bare_line(line: str) -> str | None:
    """Return a credit line without its label, its brackets and the dashes around it; None when nothing is left."""
    bare = _LABEL.sub("", line.strip(" -–—|＝="), count=1).strip(" -–—|＝=")
    if bare and bare[-1] in _CLOSED_BY and bare.count(bare[-1]) > bare.count(_CLOSED_BY[bare[-1]]):
        bare = bare[:-1]
    if bare and bare[-1] in _CLOSED_BY and bare[0] == _CLOSED_BY[bare[-1]]:
        bare = bare[1:-1]
    return bare.strip() or None


def _tail(text: str) -> tuple[str, str]:
    """Part a caption from the credit at its end: what a label opens, or closing brackets behind the last sentence."""
    label = _LABEL_TAIL.search(text, max(0, len(text) - 120))
    if label is not None:
        return text[: label.start()].strip(" ([|-–—"), label.group(1)
    bracket = _BRACKET_TAIL.search(text, max(0, len(text) - 90))
    if bracket is None or not bracket.start():
        return text, ""
    before, inside = text[: bracket.start()].rstrip(), bracket.group(1)
    if (inside[0].islower() and "/" not in inside) or "。" in inside:
        return text, ""
    return (before, inside) if before.endswith(_SENTENCE_ENDS) or _NOT_A_REMARK.search(inside) else (text, "")


def _box(element: Element, holders: Counter[Element]) -> Element:
    """Return the element around an image that holds its caption: no other image, little text and no more than that."""
    box, size = element, 0
    for holder in around(element):
        total = text_size(holder)
        if holders[holder] > 1 or holder.tag in ("body", "article", "main") or total > _MAX_BOX_TEXT:
            break
        if size and total > size and not _holds_caption(holder):
            break
        if holder.tag in ("p", "li", "td") and box.tag != "figure" and total > _MAX_CAPTION:
            break
        box, size = holder, total
        if holder.tag == "figure" and holder.find(".//figcaption") is not None:
            break
    return box


def _holds_caption(holder: Element) -> bool:
    return holder.tag == "figure" or any(
        part.tag == "figcaption" or is_marked(part, _CAPTION) or is_marked(part, _CREDIT)
        for part in islice(holder.iter("*"), _LOOK_INSIDE)
    )


def _behind(box: Element) -> Iterator[Element]:
    """Yield what follows a box, then what follows its parent."""
    parent = box.getparent()
    for element in (box, *(() if parent is None else (parent,))):
        yield from islice(element.itersiblings("*"), 3)


def _is_caption(element: Element) -> bool:
    """Tell whether the element behind an image is its caption."""
    size = text_size(element)
    if not 0 < size <= _MAX_CAPTION:
        return False
    if element.tag in ("figcaption", "small", "cite") or element.find(".//figcaption") is not None:
        return True
    if is_marked(element, _CAPTION) or is_marked(element, _CREDIT):
        return True
    return size < MAX_CREDIT and _LABELLED.match(visible_text(element)) is not None


def text_size(element: Element) -> int:
    """Count an element's visible characters; in its first few hundred elements, and hardly beyond what matters."""
    size = 0
    for part in islice(element.iter("*"), _MAX_PARTS):
        if part.text and part.tag not in UNSEEN:
            size += len(part.text.strip())
        if part.tail and part is not element:
            size += len(part.tail.strip())
        if size > 2 * _MAX_BOX_TEXT:
            break
    return size


def is_marked(element: Element, pattern: re.Pattern[str]) -> bool:
    """Tell whether one of an element's marks has a word of the pattern."""
    marks = " ".join([value for name in _MARKING if (value := element.get(name))])
    return bool(marks) and _matches(pattern, marks)


@lru_cache(maxsize=20_000)
def _matches(pattern: re.Pattern[str], marks: str) -> bool:
    return pattern.search(_CAMEL.sub("-", marks[:300]).lower()) is not None


def _parts(box: Element, image: Element) -> Printed:
    """Part a box's text into caption and credit by its elements' tags and marks, and by the labels they begin with."""
    credits: list[Element] = []
    captions: list[Element] = []
    framed = box.tag in ("figure", "figcaption") or box.find(".//figcaption") is not None or is_marked(box, _CAPTION)
    walk = etree.iterwalk(box, events=("start",))
    for _, element in walk:
        if not isinstance(element.tag, str) or element.tag in UNSEEN:
            walk.skip_subtree()
        elif element is not box and _is_credit(element, framed):
            credits.append(element)
            walk.skip_subtree()
        elif element.tag == "figcaption" or is_marked(element, _CAPTION):
            captions.append(element)
    if not captions and box is not image and box.tag != "section":
        captions = [box]
    outer = [element for element in captions if not any(other in captions for other in element.iterancestors())]
    return Printed(
        _joined(_without(element, credits) for element in outer), _joined(visible_text(element) for element in credits)
    )


def _is_credit(element: Element, framed: bool) -> bool:
    """Tell whether an element of an image's box is its credit. `framed`: the box says that it is a picture's."""
    if not 0 < text_size(element) <= MAX_CREDIT:
        return False
    if is_marked(element, _CREDIT):
        return True
    if framed and (element.tag in ("small", "cite", "footer") or is_marked(element, _LOOSE_CREDIT)):
        return True
    if len(element) > 2 or element.tag == "figcaption":
        return False
    text = visible_text(element)
    bracketed = text[:1] in tuple("([（") and text[-1:] in tuple(_CLOSED_BY) and len(text) < MAX_CREDIT // 2
    return bracketed or (_LABELLED.match(text) is not None and bare_line(text) is not None)


def _without(element: Element, others: Sequence[Element]) -> str:
    """Return an element's visible text without that of other elements inside it."""
    text = visible_text(element)
    for other in others:
        inner = visible_text(other)
        if inner and element in (other, *other.iterancestors()):
            head, found, tail = text.rpartition(inner)
            text = f"{head} {tail}" if found else text
    return normalise_space(text)


def _joined(texts: Iterable[str]) -> str | None:
    return " ".join(dict.fromkeys(text for text in texts if text)) or None
