"""Gzip members: what is packed unpacks anywhere, and no bit of it changes unseen."""

from __future__ import annotations

import gzip
import io
import random
import re

import pytest

from archive.errors import DamagedRecord
from archive.members import (
    FAST,
    MAX_CONTENT,
    STORED,
    Member,
    find_member,
    is_suspect,
    oddity,
    pack,
    pack_to,
    read_member,
)

WORDS = b"nobody in the ministry would say who had ordered that harbour closed".split()
TEXT = b" ".join(random.Random(2).choices(WORDS, k=500))
NOISE = random.Random(1).randbytes(100_000)


def member(packed: bytes) -> Member:
    return read_member(io.BytesIO(packed), 0, len(packed))


@pytest.mark.parametrize("content", [b"", b"x", TEXT, NOISE], ids=["empty", "one", "text", "noise"])
@pytest.mark.parametrize("level", [FAST, STORED])
def test_what_is_packed_is_plain_gzip(content: bytes, level: int) -> None:
    packed = pack(content, level)
    assert gzip.decompress(packed) == content
    found = member(packed)
    assert (found.packed, found.content, found.end) == (packed, content, len(packed))
    assert oddity(found) is None and not is_suspect(found)


def test_a_member_is_made_to_any_length_that_holds_it() -> None:
    shortest = len(pack_to(3_000, TEXT)) - len(re.findall(rb"-+\0", pack_to(3_000, TEXT))[0]) + 1
    for length in (shortest, shortest + 1, 3_000, 70_000):
        packed = pack_to(length, TEXT)
        assert len(packed) == length
        assert gzip.decompress(packed) == TEXT
        assert oddity(member(packed)) is None and not is_suspect(member(packed))
    with pytest.raises(ValueError, match="no room"):
        pack_to(shortest - 1, TEXT)


@pytest.mark.parametrize(
    "packed", [pack(TEXT, FAST), pack(TEXT, STORED), pack_to(1_200, TEXT)], ids=["fast", "stored", "filled"]
)
def test_no_flipped_bit_of_a_member_goes_unseen(packed: bytes) -> None:
    """Some name another place with the same words: only packing again can see those."""
    for bit in range(8 * len(packed)):
        changed = bytearray(packed)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            found = member(bytes(changed))
        except DamagedRecord:
            continue
        assert oddity(found) is not None or is_suspect(found), bit


def test_bits_between_stored_blocks_are_seen() -> None:
    packed = pack(NOISE, STORED)
    second = 10 + 5 + int.from_bytes(packed[11:13], "little")
    assert packed[second + 1 : second + 3] != b"" and not packed[10] & 1
    for place in (10, second):
        changed = bytearray(packed)
        changed[place] |= 0x80
        assert member(bytes(changed)).content == NOISE
        assert oddity(member(bytes(changed))) is not None


def test_bits_that_only_packing_again_can_see_make_a_suspect() -> None:
    packed = pack(TEXT + NOISE, FAST)
    blind = []
    for place in range(11, len(packed) - 12):
        length, inverse = packed[place : place + 2], packed[place + 2 : place + 4]
        if bytes(byte ^ 0xFF for byte in length) == inverse:
            changed = bytearray(packed)
            changed[place - 1] ^= 0x80
            found = member(bytes(changed))
            assert found.content == TEXT + NOISE
            blind.append(found)
    assert any(oddity(found) is None for found in blind)
    assert all(is_suspect(found) for found in blind)


def test_the_next_member_is_found_behind_anything() -> None:
    wanted, other = pack(b"WARC/1.1 here", STORED), pack(b"another", FAST)
    for junk in (b"", b"\x1f\x8b\x08", NOISE[:65_534], other, NOISE + other + b"\x1f\x8b"):
        data = junk + wanted
        assert find_member(io.BytesIO(data), 0, len(data), b"WARC/1.") == len(junk)
        assert find_member(io.BytesIO(data), len(junk) + 1, len(data), b"WARC/1.") == len(data)


def test_a_bomb_is_not_unpacked() -> None:
    packed = pack(bytes(1 << 20), FAST)
    bomb = gzip.compress(bytes(MAX_CONTENT + 1), 1)
    assert len(member(packed).content) == 1 << 20
    with pytest.raises(DamagedRecord, match="more than"):
        member(bomb)
