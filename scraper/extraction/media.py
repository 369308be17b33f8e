"""Pages whose matter is a video, a podcast or a gallery: of which kind, and the words that describe it.

Must not read the medium, and must not decide whether a page has text enough of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from scraper.extraction.blocks import Block
from scraper.extraction.document import Document
from scraper.extraction.jsonld import Thing, types_of
from scraper.extraction.pagesigns import heads_of, size_of
from scraper.extraction.structured import StructuredData, texts_in

_TYPES = {
    "VideoObject": "Video",
    "Movie": "Video",
    "TVEpisode": "Video",
    "PodcastEpisode": "Podcast",
    "RadioEpisode": "Podcast",
    "AudioObject": "Podcast",
    "ImageGallery": "Gallery",
    "MediaGallery": "Gallery",
}
_OPEN_GRAPH = (("video", "Video"), ("music", "Podcast"), ("audio", "Podcast"))
_LEAST_WORDS = 8


def media_kind(document: Document, data: StructuredData) -> str | None:
    """Say which medium a page states to be about: `Video`, `Podcast` or `Gallery`; None for any other page."""
    things = list(_media(data))
    titles = " ".join(heads_of(document, data)).casefold()
    named = [thing for thing in things if any(_start(name) in titles for name in _names(thing))]
    if len(named) == 1 or (named and len(named) == len(things)):
        return next(_TYPES[kind] for kind in types_of(named[0]) if kind in _TYPES)
    stated = (data.first("og:type") or "").lower()
    return next((kind for start, kind in _OPEN_GRAPH if stated.startswith(start)), None)


def description_blocks(data: StructuredData, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return what describes a page's medium as its body: the longest of its statements and of the text found."""
    offers = [text for thing in (*_media(data), *data.articles) for text in texts_in(thing.get("description"))]
    offers += [offer.value for offer in data.metas("og:description", "description")]
    longest = max(offers, key=len, default="")
    if sum(len(block.text) for block in blocks) >= len(longest):
        return tuple(blocks)
    return (Block("p", longest, escape(longest, quote=False)),) if size_of(longest) >= _LEAST_WORDS else ()


def _media(data: StructuredData) -> Iterator[Thing]:
    return (
        node.thing for node in data.nodes if not node.elsewhere and any(kind in _TYPES for kind in types_of(node.thing))
    )


def _names(thing: Thing) -> list[str]:
    return [*texts_in(thing.get("name")), *texts_in(thing.get("headline"))]


def _start(name: str) -> str:
    return " ".join(name.split()).casefold()[:40]
