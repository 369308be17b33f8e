"""Content codings: what was coded comes back, bombs and cut bodies do not."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from archive.coding import decode_body, page_text
from archive.errors import CutShort, TooLarge

CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": lambda body: gzip.compress(body[:5]) + gzip.compress(body[5:]),
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}
MEGABYTE = 1_000_000


def raw_deflate(body: bytes) -> bytes:
    coder = zlib.compressobj(wbits=-15)
    return coder.compress(body) + coder.flush()


@given(st.binary(max_size=3000), st.lists(st.sampled_from(sorted(CODERS)), max_size=3))
def test_what_was_coded_comes_back(body: bytes, codings: list[str]) -> None:
    coded = body
    for coding in codings:
        coded = CODERS[coding](coded)
    assert decode_body(coded, [("Content-Encoding", ", ".join(codings))], MEGABYTE) == body
    assert decode_body(coded, [("content-encoding", coding) for coding in codings], MEGABYTE) == body


def test_raw_deflate_is_read_too() -> None:
    assert decode_body(raw_deflate(b"a page" * 50), [("Content-Encoding", "deflate")], MEGABYTE) == b"a page" * 50


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "rot13", "identity"])
def test_a_body_that_is_not_coded_as_it_says_stays(coding: str) -> None:
    body = b"<html><p>Plain words, whatever the header says.</p></html>"
    assert decode_body(body, [("Content-Encoding", coding)], MEGABYTE) == body


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_ends_at_the_limit(coding: str) -> None:
    bomb = CODERS[coding](bytes(50 * MEGABYTE))
    tracemalloc.start()
    with pytest.raises(TooLarge):
        decode_body(bomb, [("Content-Encoding", coding)], MEGABYTE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 * MEGABYTE


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_cut_body_is_never_taken_for_a_whole_one(coding: str) -> None:
    coded = CODERS[coding](bytes(range(256)) * 4)
    for length in range(8, len(coded)):
        with pytest.raises(CutShort):
            decode_body(coded[:length], [("Content-Encoding", coding)], MEGABYTE)


@pytest.mark.parametrize(
    ("content", "content_type", "text"),
    [
        ("Öl über alles".encode(), "text/html; charset=iso-8859-1", "Öl über alles"),
        ("Öl".encode("latin-1"), "text/html; charset=iso-8859-1", "Öl"),
        ('<meta charset="koi8-r">Нефть'.encode("koi8-r"), None, '<meta charset="koi8-r">Нефть'),
        (b"\xef\xbb\xbfplain", None, "plain"),
        ("a “word”".encode("cp1252"), None, "a “word”"),
    ],
)
def test_a_page_is_decoded_as_browsers_do(content: bytes, content_type: str | None, text: str) -> None:
    assert page_text(content, content_type) == text
