"""Digests as any tool writes them into WARC files: `algorithm:value` in base 32, 64 or 16. Must not read files."""

from __future__ import annotations

import hashlib
from base64 import b16encode, b32encode, b64encode, urlsafe_b64encode
from collections.abc import Iterable
from contextlib import suppress

from archive.coding import decode_body
from archive.errors import CutShort, TooLarge
from archive.transfer import is_chunked, joined_chunks

MAX_PAYLOAD = 1 << 28

_ALGORITHMS = {"sha1", "md5", "sha224", "sha256", "sha384", "sha512"}


def is_digest_of(label: str, data: bytes) -> bool | None:
    """Say whether `label` is the digest of `data`; None when its algorithm is not known (WARC 1.1, section 5.8)."""
    name, _, value = label.partition(":")
    name = name.strip().lower().replace("-", "")
    if name not in _ALGORITHMS:
        return None
    digest = hashlib.new(name, data, usedforsecurity=False).digest()
    value = value.strip().rstrip("=")
    exact = {encode(digest).decode().rstrip("=") for encode in (b64encode, urlsafe_b64encode)}
    return value in exact or value.upper() in {encode(digest).decode().rstrip("=") for encode in (b32encode, b16encode)}


def one_spelling(label: str | None) -> str | None:
    """Write a hexadecimal SHA-1 in base 32, as most tools do, so that spellings of one digest are equal."""
    name, _, value = (label or "").partition(":")
    if name.lower() == "sha1" and len(value) == 40:
        with suppress(ValueError):
            return f"sha1:{b32encode(bytes.fromhex(value)).decode()}"
    return label


def fits_payload(label: str, body: bytes, headers: Iterable[tuple[str, str]]) -> bool | None:
    """Say whether `label` is the digest of an answer's payload, as any tool understands that word.

    warcio, wget and FastWARC digest the body as it is kept, other tools what is left without its chunks (WARC 1.1,
    section 5.9) or without its content coding too. None when the algorithm is not known.
    """
    fits = is_digest_of(label, body)
    if fits is not False:
        return fits
    headers = tuple(headers)
    joined = joined_chunks(body)[0] if is_chunked(headers) else body
    try:
        return is_digest_of(label, joined) or is_digest_of(label, decode_body(joined, headers, MAX_PAYLOAD))
    except (CutShort, TooLarge):
        return False
