"""Content codings: what was coded comes back, bombs and cut bodies do not."""

from __future__ import annotations

import gzip
import os
import struct
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from archive.coding import decode_body
from archive.errors import CutShort, TooLarge

MEGABYTE = 1_000_000
PAGE = b"<html><p>Plain words, whatever the header says.</p></html>"
DENSE = os.urandom(200_000)
JUNK = b"\r\n<!-- served in 3 ms -->" * 20


def raw_deflate(body: bytes) -> bytes:
    coder = zlib.compressobj(wbits=-15)
    return coder.compress(body) + coder.flush()


def zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(body)


def skippable(body: bytes) -> bytes:
    return struct.pack("<II", 0x184D2A53, len(body)) + body


CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": lambda body: gzip.compress(body[:5]) + gzip.compress(body[5:]),
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd,
}
# Two streams in a row, and a stream of another make, under the name that servers give it.
OTHERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", lambda body: gzip.compress(body[:7]) + gzip.compress(b"") + gzip.compress(body[7:])),
    ("deflate", raw_deflate),
    ("zstd", lambda body: zstd(body[:7]) + skippable(b"a mark of some tool") + zstd(body[7:])),
    ("zstd", lambda body: skippable(b"") + zstd(body)),
]


def decoded(body: bytes, coding: str, limit: int = MEGABYTE) -> bytes:
    return decode_body(body, [("Content-Encoding", coding)], limit)


@given(st.binary(max_size=3000), st.lists(st.sampled_from(sorted(CODERS)), max_size=3))
def test_what_was_coded_comes_back(body: bytes, codings: list[str]) -> None:
    coded = body
    for coding in codings:
        coded = CODERS[coding](coded)
    assert decoded(coded, ", ".join(codings)) == body
    assert decode_body(coded, [("content-encoding", coding) for coding in codings], MEGABYTE) == body


@pytest.mark.parametrize(("coding", "coder"), OTHERS)
@pytest.mark.parametrize("body", [b"", b"a page" * 50, DENSE, bytes(700_000)], ids=["empty", "short", "dense", "zeros"])
def test_streams_in_a_row_and_raw_ones_are_read(coding: str, coder: Callable[[bytes], bytes], body: bytes) -> None:
    assert decoded(coder(body), coding) == body


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "rot13", "identity", ""])
@pytest.mark.parametrize("body", [PAGE, b'{"a": 1}', b"<p>Hello</p>", "Ö".encode("latin-1"), PAGE * 9_000])
def test_a_body_that_is_not_coded_as_it_says_stays(coding: str, body: bytes) -> None:
    assert decoded(body, coding) == body


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
@pytest.mark.parametrize("body", [PAGE, DENSE], ids=["short", "dense"])
def test_what_stands_behind_the_end_is_left_out(coding: str, body: bytes) -> None:
    assert decoded(CODERS[coding](body) + JUNK, coding) == body


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_ends_at_the_limit(coding: str) -> None:
    bomb = CODERS[coding](bytes(10 * MEGABYTE))
    tracemalloc.start()
    with pytest.raises(TooLarge):
        decoded(bomb, coding)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * MEGABYTE


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("body", [PAGE, DENSE], ids=["short", "dense"])
def test_the_limit_is_exact(coding: str, body: bytes) -> None:
    assert decoded(CODERS[coding](body), coding, len(body)) == body
    with pytest.raises(TooLarge):
        decoded(CODERS[coding](body), coding, len(body) - 1)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_empty_streams_by_the_million_cost_no_time(coding: str) -> None:
    with pytest.raises(TooLarge, match="streams"):
        decoded(CODERS[coding](b"") * MEGABYTE, coding)


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "br", "zstd"])
def test_a_cut_body_is_never_taken_for_a_whole_one(coding: str) -> None:
    coded = CODERS[coding](bytes(range(256)) * 4)
    first = coded.find(b"\x1f\x8b", 1) if coding == "x-gzip" else 0
    for length in range(1, len(coded)):
        if length == first or first < length < first + 3:
            continue  # One whole member; what follows it is no member yet.
        with pytest.raises(CutShort):
            decoded(coded[:length], coding)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
def test_a_damaged_body_is_not_taken_for_a_page(coding: str) -> None:
    with_checksum = zstandard.ZstdCompressor(write_checksum=True).compress
    coded = bytearray(with_checksum(DENSE) if coding == "zstd" else CODERS[coding](DENSE))
    coded[-2] ^= 1
    with pytest.raises(CutShort):
        decoded(bytes(coded), coding)


def test_a_body_coded_over_and_over_is_refused() -> None:
    with pytest.raises(TooLarge, match="12 times"):
        decoded(PAGE, ", ".join(["gzip", "identity"] * 12))
