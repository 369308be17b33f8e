"""Other people's checker, as we ask it: a file with one flipped bit must not pass."""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.warc import Exchange, WarcWriter
from tests.warcio_check import passes

WARCIO = (sys.executable, "-m", "warcio.cli")


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, list[int], int]:
    """Write one page that packing makes no smaller, as images are; return file, records' offsets, where to flip."""
    writer = WarcWriter(tmp_path, "flipped", {})
    at = datetime(2026, 3, 1, tzinfo=UTC)
    body = random.Random(1).randbytes(30_000)
    exchange = Exchange("https://quay.example/a.jpg", at, "GET", (), 200, (("Content-Type", "image/jpeg"),), body, {})
    place = writer.write(exchange)
    writer.finish()
    return tmp_path / place.file, [0, place.offset], place.offset + place.length // 2


def test_a_whole_file_passes_and_one_with_a_flipped_bit_does_not(written: tuple[Path, list[int], int]) -> None:
    path, offsets, place = written
    assert passes(WARCIO, path, offsets)
    data = bytearray(path.read_bytes())
    data[place] ^= 4
    path.write_bytes(data)
    assert not passes(WARCIO, path, offsets)


def test_a_file_cut_before_a_record_does_not_pass(written: tuple[Path, list[int], int]) -> None:
    path, offsets, _ = written
    path.write_bytes(path.read_bytes()[: offsets[-1]])
    assert not passes(WARCIO, path, offsets)
