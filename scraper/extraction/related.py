"""What the publication sets beside an article: the stories stacked under it and its boxes of links to others.

Must not decide what belongs to the article itself; reads the whole page before anything is cut from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

from archive.models import RelatedPlace, RelatedStory
from archive.urls import absolute_url, clean_url
from scraper.extraction.document import Document, Element, visible_text
from scraper.extraction.selecting import every, first, matches, outermost
from scraper.extraction.story import Story, path_of
from scraper.profile import Layout


@dataclass(frozen=True, slots=True)
class _Found:
    """One related story."""

    url: str
    headline: str | None
    place: RelatedPlace


def read_related(document: Document, layout: Layout, story: Story) -> tuple[RelatedStory, ...]:
    """List the related stories: those in boxes of links first, then the stacked ones; positions count from 1."""
    found: dict[tuple[str, RelatedPlace], _Found] = {}
    own = path_of(document.url)
    for item in (*_boxed(document, layout, story), *_stacked(document, layout, story)):
        key = item.url, item.place
        if (own and path_of(item.url) == own) or (key in found and found[key].headline):
            continue
        found[key] = item
    return tuple(
        RelatedStory(item.url, item.headline, position, item.place)
        for position, item in enumerate(found.values(), start=1)
    )


def _boxed(document: Document, layout: Layout, story: Story) -> Iterator[_Found]:
    """Yield the links of the boxes in the article's own blocks."""
    places: tuple[tuple[RelatedPlace, tuple[str, ...]], ...] = (
        ("around-the-web", layout.around),
        ("read-more", layout.read_more),
    )
    for place, selectors in places:
        for box in outermost(every(story.roots, selectors)):
            for link in box.iter("a"):
                url = _address(document, link.get("href"))
                if url:
                    yield _Found(url, visible_text(link) or link.get("title") or None, place)


def _stacked(document: Document, layout: Layout, story: Story) -> Iterator[_Found]:
    notes = list(matches([document.tree], layout.note)) if layout.note else []
    for id_, group in groupby(_units(document, layout, story), key=lambda unit: unit[0]):
        blocks = [block for _, block in group]
        own = [note for note in notes if note.get(f"data-{layout.story_id}") == id_]
        element, _ = first(blocks, layout.stacked_headline)
        url = _story_address(document, element, own)
        if url:
            headline = visible_text(element) if element is not None else ""
            stated = next((note.get("data-headline") for note in own if note.get("data-headline")), None)
            yield _Found(url, headline or stated, "stacked")


def _units(document: Document, layout: Layout, story: Story) -> Iterator[tuple[str, Element]]:
    """Yield the blocks of the other stories that are shown with their text, each with what names its story."""
    areas = outermost(every([document.tree], layout.stacked))
    inside = {element for area in areas for element in area.iter("article", "div", "section")}
    signs = tuple(sign for sign in layout.unfolded if not (areas and "brief" in sign))
    own = {element for root in story.roots for element in root.iter("article", "div", "section")}
    blocks = [(_id(block, layout) or f"#{place}", block) for place, block in enumerate(_candidates(document, layout))]
    blocks = [(id_, block) for id_, block in blocks if id_ != story.id and not (id_[0] == "#" and block in own)]
    shown = {id_ for id_, block in blocks if block not in inside and first([block], signs)[0] is not None}
    yield from ((id_, block) for id_, block in blocks if block in inside or id_ in shown)


def _candidates(document: Document, layout: Layout) -> list[Element]:
    """List the blocks that each belong to one story: those with an id, else the boxes that have a headline."""
    if layout.story is None:
        return []
    stories = list(matches([document.tree], layout.story))
    with_ids = {ancestor for story in stories for ancestor in story.iterancestors()}
    boxes = every([document.tree], (layout.widget,)) if layout.widget else []
    without = [box for box in boxes if box not in with_ids and first([box], layout.stacked_headline)[0] is not None]
    chosen = {*stories, *without}
    return [element for element in document.tree.iter("article", "div", "section") if element in chosen]


def _id(block: Element, layout: Layout) -> str | None:
    return block.get(layout.story_id) if layout.story_id else None


def _story_address(document: Document, headline: Element | None, notes: Iterable[Element]) -> str | None:
    """Return a stacked story's address: its headline's link, else what the note behind its body states."""
    links = [] if headline is None else [*headline.iter("a"), *headline.iterancestors("a")]
    hrefs = [link.get("href") for link in links] + [note.get("data-post-url") for note in notes]
    return next(filter(None, (_address(document, href) for href in hrefs)), None)


def _address(document: Document, href: str | None) -> str | None:
    if not href or href.lstrip().startswith("#"):
        return None
    try:
        url = clean_url(absolute_url(href, document.url))
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
