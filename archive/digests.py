"""Digests as WARC files of any tool write them: `algorithm:value` in base 32, base 64 or hexadecimal. Must not read files."""

from __future__ import annotations

import hashlib
from base64 import b16encode, b32encode, b64encode, urlsafe_b64encode

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
