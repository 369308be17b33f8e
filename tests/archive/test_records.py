"""Reading WARC files past damage: every whole record is read, and every damage is told."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.records import Damage, Record, read_records
from archive.warc import Exchange, WarcWriter

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("warc")
    writer = WarcWriter(root, "sample", {"software": "test"})
    for number in range(12):
        body = gzip.compress(f"<p>page {number}</p>".encode() * (20 + 40 * number))
        headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
        writer.write(Exchange(f"http://127.0.0.1/{number}/", AT, "GET", (), 200, headers, body, {"address": "x"}))
    writer.finish()
    return next((root / "warc").iterdir())


def read(path: Path) -> tuple[list[Record], list[Damage]]:
    damages: list[Damage] = []
    return list(read_records(path, "warc/x", damaged=damages.append, strict=True)), damages


def test_a_whole_file_gives_every_record_and_no_damage(written: Path) -> None:
    records, damages = read(written)
    assert damages == []
    assert [record.kind for record in records] == ["warcinfo", *["metadata", "request", "response"] * 12]
    assert sum(record.length for record in records) == written.stat().st_size
    assert records[3].stored().status == 200
    assert records[1].fields() == {"address": "x"}
    assert records[1].concurrent_to == records[3].id


def test_every_truncation_is_told_and_every_whole_record_read(written: Path, tmp_path: Path) -> None:
    data, whole = written.read_bytes(), read(written)[0]
    ends = [record.offset + record.length for record in whole]
    for length in random.Random(4).sample([n for n in range(1, len(data)) if n not in ends], 100):
        cut = tmp_path / "cut"
        cut.write_bytes(data[:length])
        records, damages = read(cut)
        assert len(records) == sum(end <= length for end in ends)
        assert [damage.offset for damage in damages] == [max([0, *(end for end in ends if end <= length)])]


def test_every_flipped_bit_that_inflating_can_see_is_told_and_costs_one_record(written: Path, tmp_path: Path) -> None:
    data, whole = bytearray(written.read_bytes()), read(written)[0]
    draw = random.Random(5)
    flipped = tmp_path / "flipped"
    for _ in range(150):
        place, bit = draw.randrange(len(data)), draw.randrange(8)
        hit = next(record for record in whole if record.offset <= place < record.offset + record.length)
        if place == hit.offset + hit.length - 9:
            # The last byte before the checksum holds bits that mean nothing; only the file's digest covers them.
            continue
        data[place] ^= 1 << bit
        flipped.write_bytes(data)
        data[place] ^= 1 << bit
        records, damages = read(flipped)
        assert [damage.offset for damage in damages] == [hit.offset], (place, bit)
        assert [record.offset for record in records] == [each.offset for each in whole if each is not hit]


def test_foreign_bytes_are_no_record(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"")
    assert read(path) == ([], [])
    path.write_bytes(b"no gzip at all")
    records, damages = read(path)
    assert records == [] and [damage.offset for damage in damages] == [0]
    path.write_bytes(gzip.compress(b"GET / HTTP/1.1\r\n\r\n"))
    assert read(path)[1][0].offset == 0
