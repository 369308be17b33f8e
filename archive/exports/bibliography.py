"""Writes many articles' citations as one file. Must not know how a citation is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from archive.exports.citations import Citable, bibtex, csl, ris
from archive.exports.entries import Publication
from archive.exports.items import Item

Pieces = Iterator[tuple[bytes, int]]


def citable(source: Publication, item: Item) -> Citable:
    """Return what a citation needs of an article."""
    return Citable(
        headline=item.headline,
        authors=item.authors,
        publication=source.title,
        published_at=item.published_at,
        url=item.url,
        fetched_at=item.fetched_at,
        digest=item.digest,
        published_offset=item.published_offset,
        dek=item.dek,
        section=item.section,
        language=item.language,
        tags=item.tags,
    )


def _bibtex(found: Iterable[Citable]) -> Pieces:
    for each in found:
        yield f"{bibtex(each)}\n\n".encode("utf-8", "replace"), 1


def _ris(found: Iterable[Citable]) -> Pieces:
    for each in found:
        yield f"{ris(each)}\r\n".encode("utf-8", "replace"), 1


def _csl(found: Iterable[Citable]) -> Pieces:
    before = "[\n"
    for each in found:
        yield f"{before}{json.dumps(csl(each), ensure_ascii=False)}".encode("utf-8", "replace"), 1
        before = ",\n"
    yield (b"\n]\n" if before == ",\n" else b"[]\n"), 0


BIBLIOGRAPHIES: Mapping[str, Callable[[Iterable[Citable]], Pieces]] = {"bibtex": _bibtex, "ris": _ris, "csl": _csl}
"""The formats by name; each gives its file piece by piece, with how many citations are in the piece."""
