"""Reads an article's tags. Must not take the labels of its section for tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scraper.extraction.choice import clean_text
from scraper.extraction.document import Document, visible_text
from scraper.extraction.selecting import every
from scraper.extraction.structured import StructuredData
from scraper.profile import Layout

_METAS = ("article:tag", "og:article:tag", "parsely-tags", "news_keywords", "keywords")
_MAX_TAGS = 40
_MAX_LENGTH = 80


def read_tags(pages: Sequence[Document], data: StructuredData, layout: Layout | None) -> tuple[str, ...]:
    """Read the tags: printed in the article's blocks, else elsewhere on the page, else those of structured data.

    `pages` are the places to look in, the article's own first.
    """
    for page in pages if layout else ():
        printed = _distinct(_printed(page, layout)) if layout else ()
        if printed:
            return printed
    for name in _METAS:
        values = data.meta.get(name, ())
        found = _distinct(values if len(values) > 1 else _parted(values))
        if found:
            return found
    keywords = [found.value for found in data.linked("keywords")]
    return _distinct(keywords if len(keywords) > 1 else _parted(keywords))


def _printed(page: Document, layout: Layout) -> Iterator[str]:
    stacked = {element for area in every([page.tree], layout.stacked) for element in area.iter()}
    for element in every([page.tree], layout.tags):
        if element not in stacked and next(element.iterancestors("template"), None) is None:
            yield visible_text(element)


def _parted(values: Iterable[str]) -> Iterator[str]:
    for value in values:
        yield from value.split(";" if ";" in value and "," not in value else ",")


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for value in values:
        tag = clean_text(value).strip(" #,;")
        if 1 < len(tag) <= _MAX_LENGTH:
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:_MAX_TAGS]
