"""Writes many articles' citations as one file. Must not know how a citation is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

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


def bibtex_file(found: Iterable[Citable]) -> Pieces:
    """Give BibTeX, piece by piece, with how many citations are in each."""
    for each in found:
        yield f"{bibtex(each)}\n\n".encode("utf-8", "replace"), 1


def ris_file(found: Iterable[Citable]) -> Pieces:
    """Give RIS, piece by piece, with how many citations are in each."""
    for each in found:
        yield f"{ris(each)}\r\n".encode("utf-8", "replace"), 1


def csl_file(found: Iterable[Citable]) -> Pieces:
    """Give CSL JSON, one list, piece by piece, with how many citations are in each."""
    before = "[\n"
    for each in found:
        yield f"{before}{json.dumps(csl(each), ensure_ascii=False)}".encode("utf-8", "replace"), 1
        before = ",\n"
    yield (b"\n]\n" if before == ",\n" else b"[]\n"), 0
