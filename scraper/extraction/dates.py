"""Chooses when an article was published and last modified, keeping the offset the page claims. Must not use a clock."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from archive.models import Candidate
from scraper.extraction.choice import DateChoice, distinct, printed
from scraper.extraction.document import Document, Element
from scraper.extraction.heading import find_heading, following
from scraper.extraction.microdata import short_text
from scraper.extraction.moments import EARLIEST_YEAR, LATEST_YEAR, Moment, local_text, read_moment
from scraper.extraction.signature import labelled
from scraper.extraction.structured import StructuredData
from scraper.profile import Profile

MAX_NEAR = 250
MAX_DATE_TEXT = 120
MAX_SEARCHED = 2_000_000

_PUBLISHED_METAS = (
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dc.date",
    "sailthru.date",
    "datepublished",
    "date.published",
    "publish-date",
    "publish_date",
    "publication_date",
    "publishdate",
    "pubdate",
    "pub_date",
    "og:pubdate",
    "og:published_time",
    "article.published",
    "date",
)
_MODIFIED_METAS = (
    "article:modified_time",
    "og:article:modified_time",
    "article:modified",
    "og:updated_time",
    "datemodified",
    "dc.date.modified",
    "dcterms.modified",
    "last-modified",
    "lastmod",
)
_MODIFIED_WORDS = re.compile(
    r"modif|updat|aktualis|mise à jour|maj\b|actualiz|aggiorn|bijgewerkt|обновл|更新|수정|güncelle", re.I
)
_DATE_HINT = re.compile(r"date|time|publi|datum|fecha|fech|data\b|tarih|zeit|stand", re.I)
_ADDRESS_DAY = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-])")


def choose_published(
    document: Document, data: StructuredData, selectors: tuple[str, ...] = (), profile: Profile | None = None
) -> DateChoice:
    """Choose when the article was first published: layout selectors (CSS) first, then what the page states.

    Order: JSON-LD datePublished, meta elements, microdata, `time` elements beside the heading, JSON-LD dateCreated,
    labelled and printed dates beside the heading, the day in the address, htmldate. A value without time or offset
    gives way to a finer one that agrees with it.
    """
    stated = [
        *_from_layout(document, selectors),
        *data.linked("datePublished"),
        *data.metas(*_PUBLISHED_METAS),
        *data.properties("datepublished"),
    ]
    chosen = _choose(stated, "stated")
    if chosen.offset is None:
        stated += [
            *_time_elements(document, data),
            *data.linked("dateCreated", "uploadDate"),
            *data.properties("datecreated"),
        ]
        chosen = _choose(stated, "stated")
    if chosen.value is None:
        chosen = _choose([Candidate(text, "labelled date") for text in labelled(document, "date_labels")], "labelled")
    if chosen.value is None:
        chosen = _choose(list(_printed_dates(document, data)), "printed beside the heading")
    if chosen.value is None:
        chosen = _choose(list(_address_day(document.url)), "day in the address")
    if chosen.value is None:
        updates = {moment.utc[:10] for found in _modifications(data) if (moment := read_moment(found.value))}
        searched = [found for found in _searched(document) if found.value not in updates]
        chosen = _choose(searched, "searched by htmldate")
    return chosen


def choose_modified(
    document: Document,
    data: StructuredData,
    selectors: tuple[str, ...] = (),
    profile: Profile | None = None,
    published: DateChoice | None = None,
) -> DateChoice:
    """Choose when the article was last modified, None when the page does not say or names a time before publication."""
    stated = [
        *_from_layout(document, selectors),
        *_modifications(data),
    ]
    chosen = _choose(stated, "stated")
    if chosen.value and published and published.value and _before(chosen.value, published.value):
        return DateChoice(None, chosen.source, "rejected: before publication", chosen.candidates)
    return chosen


def _from_layout(document: Document, selectors: tuple[str, ...]) -> list[Candidate]:
    return [
        Candidate(text, f"css {selector}")
        for selector in selectors
        for text in printed(document.tree, selector)
        if read_moment(text)
    ][:1]


def _modifications(data: StructuredData) -> list[Candidate]:
    return [*data.linked("dateModified"), *data.metas(*_MODIFIED_METAS), *data.properties("datemodified")]


def _before(modified: str, published: str) -> bool:
    """Compare, allowing for a publication time that is a bare day."""
    return modified[:10] < published[:10] if published[11:19] == "00:00:00" else modified < published


def _choose(stated: list[Candidate], rule: str) -> DateChoice:
    """Take the first that can be read, or the first finer one that agrees with it."""
    read = [(candidate, moment) for candidate in stated if (moment := read_moment(candidate.value))]
    if not read:
        return DateChoice(candidates=distinct(stated))
    first, moment = read[0]
    rule = "layout" if first.source.startswith("css ") else rule
    for candidate, finer in read[1:]:
        if _refines(finer, moment):
            first, moment, rule = candidate, finer, f"{rule}, made finer"
            break
    return DateChoice(moment.utc, first.source, rule, distinct(stated), moment.offset)


def _refines(finer: Moment, coarse: Moment) -> bool:
    """Tell whether `finer` adds the time, or the offset, to what `coarse` says."""
    if not coarse.precise:
        return finer.precise and coarse.utc[:10] in (finer.utc[:10], local_text(finer)[:10])
    return coarse.offset is None and finer.offset is not None and local_text(finer)[:16] == coarse.utc[:16]


def _time_elements(document: Document, data: StructuredData) -> Iterator[Candidate]:
    """List the dates of `time` elements: those marked as publication first, then those beside the heading in order."""
    if not data.times:
        return
    marked = [time for time in data.times if _publishes(time.element)]
    near = set(following(find_heading(document, data), MAX_NEAR))
    beside = [time for time in data.times if time.element in near and not _MODIFIED_WORDS.search(_words(time.element))]
    only = list(data.times) if len(data.times) == 1 else []
    for time in (*marked[:1], *beside, *only):
        yield Candidate(time.datetime or time.text, "time")


def _publishes(element: Element) -> bool:
    return element.get("pubdate") is not None or "publish" in (element.get("class") or "").lower()


def _words(element: Element) -> str:
    parent = element.getparent()
    own = f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.text or ''}"
    return own if parent is None else f"{own} {parent.get('class') or ''} {(parent.text or '')[-40:]}"


def _printed_dates(document: Document, data: StructuredData) -> Iterator[Candidate]:
    """List the short texts beside the heading that are marked as a date and are not marked as an update."""
    for element in following(find_heading(document, data), MAX_NEAR):
        hint = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-testid') or ''}"
        if element.tag in ("time", "li", "dd", "p", "span", "div") and (
            element.tag == "time" or _DATE_HINT.search(hint)
        ):
            text = "" if _inside_link(element) else short_text(element)
            if 0 < len(text) <= MAX_DATE_TEXT and not _MODIFIED_WORDS.search(f"{hint} {text}"):
                yield Candidate(text, "printed date")


def _inside_link(element: Element) -> bool:
    """A date inside a link is that of the piece it leads to."""
    return next(element.iterancestors("a"), None) is not None


def _address_day(url: str) -> Iterator[Candidate]:
    match = _ADDRESS_DAY.search(url)
    if match:
        yield Candidate("-".join(match.groups()), "address")


def _searched(document: Document) -> Iterator[Candidate]:
    """Ask htmldate, on a copy because it cuts the tree; bounds are stated because its own are the clock's."""
    # Imported when first needed, which is on few pages: it takes a fifth of a second.
    import htmldate

    if len(document.html) > MAX_SEARCHED:
        return
    try:
        found = htmldate.find_date(
            copy.deepcopy(document.tree),
            original_date=True,
            outputformat="%Y-%m-%d",
            min_date=datetime(EARLIEST_YEAR, 1, 1),
            max_date=datetime(LATEST_YEAR, 12, 31),
        )
    except (ValueError, TypeError, etree.LxmlError, RecursionError):
        return
    if found:
        yield Candidate(found, "htmldate")
