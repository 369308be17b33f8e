"""Whether an answer is all that it says it is. Pure. Must not undo content codings: `archive.coding` says of those."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from http import HTTPStatus

_BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


def missing_part(status: int, headers: Mapping[str, str], size: int, flags: Collection[str]) -> str | None:
    """Return what is missing of an answer to a GET without Range, None when it is whole (RFC 9112, section 8).

    `headers` by their names in lower case; `size` is the body's, in bytes, as it came, transfer coding undone; `flags`
    are Scrapy's: `dataloss` for a body that broke off, `download_stopped` for one that was not read to its end. A body
    whose end only the end of the connection tells is whole (`partial`): `scraper.handlers.connection` makes `dataloss`
    of those whose connection broke.
    """
    if status == HTTPStatus.PARTIAL_CONTENT:
        return "a part only was sent"
    if "dataloss" in flags:
        return "the connection broke"
    if "download_stopped" in flags:
        return "it was not read to its end"
    said = headers.get("content-length", "").strip()
    if status in _BODILESS or not said.isdecimal() or "transfer-encoding" in headers or int(said) == size:
        return None
    return f"{size} bytes came of {said}"
