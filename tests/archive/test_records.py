"""Reading WARC files past damage: every whole record is read, and every damage is told."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.members import FAST, pack, read_member
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
    for length in random.Random(4).sample([n for n in range(1, len(data)) if n not in ends], 300):
        cut = tmp_path / "cut"
        cut.write_bytes(data[:length])
        records, damages = read(cut)
        assert records == [record for record in whole if record.offset + record.length <= length]
        assert [damage.offset for damage in damages] == [max([0, *(end for end in ends if end <= length)])]
        assert "cut off" in damages[0].what


def test_every_flipped_bit_is_told_and_costs_one_record(written: Path, tmp_path: Path) -> None:
    data, whole = bytearray(written.read_bytes()), read(written)[0]
    draw = random.Random(5)
    flipped = tmp_path / "flipped"
    edges = [record.offset + record.length - 9 for record in whole]
    """The last byte of data before the checksum, which has bits that mean nothing."""
    for place in (*(draw.randrange(len(data)) for _ in range(300)), *edges):
        hit = next(record for record in whole if record.offset <= place < record.offset + record.length)
        bit = draw.randrange(8)
        data[place] ^= 1 << bit
        flipped.write_bytes(data)
        data[place] ^= 1 << bit
        records, damages = read(flipped)
        assert [damage.offset for damage in damages] == [hit.offset], (place, bit)
        assert records == [each for each in whole if each is not hit]


def test_a_lost_stretch_costs_the_records_in_it_and_no_other(written: Path, tmp_path: Path) -> None:
    data, whole = written.read_bytes(), read(written)[0]
    first, last = whole[3], whole[5]
    start, end = first.offset + 20, last.offset + 20
    for name, changed, shift in (
        ("zeros", data[:start] + bytes(end - start) + data[end:], 0),
        ("nothing", data[:start] + data[end:], end - start),
    ):
        (tmp_path / name).write_bytes(changed)
        records, damages = read(tmp_path / name)
        assert [record.id for record in records] == [each.id for each in (*whole[:3], *whole[6:])], name
        assert records[3].offset == whole[6].offset - shift
        assert damages[0].offset == first.offset
        assert "cut off" not in damages[0].what


def test_two_records_in_one_member_are_no_record_of_ours(written: Path, tmp_path: Path) -> None:
    with written.open("rb") as stream:
        info = read_member(stream, 0, written.stat().st_size)
    path = tmp_path / "x"
    path.write_bytes(pack(2 * info.content, FAST) + info.packed)
    records, damages = read(path)
    assert [record.kind for record in records] == ["warcinfo"]
    assert damages[0].offset == 0 and "more than one" in damages[0].what


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"page 7", b"page 8", "block digest"),
        (b"WARC-Payload-Digest: sha1:", b"WARC-Payload-Digest: sha1:A", "payload digest"),
        (b"Content-Length: ", b"Content-Length: 9", "shorter"),
        (b"WARC/1.1", b"WORC/1.1", "no WARC record"),
        (b"WARC-Type: ", b"WARC-Type ", "header"),
    ],
)
def test_what_a_member_holds_is_checked_beyond_its_checksum(tmp_path: Path, old: bytes, new: bytes, said: str) -> None:
    writer = WarcWriter(tmp_path, "sample", {})
    place = writer.write(Exchange("http://127.0.0.1/7/", AT, "GET", (), 200, (), b"page 7" * 9, {}))
    writer.finish()
    path = tmp_path / place.file
    with path.open("rb") as stream:
        content = read_member(stream, place.offset, path.stat().st_size).content
    path.write_bytes(path.read_bytes()[: place.offset] + pack(content.replace(old, new, 1), FAST))
    records, damages = read(path)
    assert "response" not in {record.kind for record in records}
    assert [damage.offset for damage in damages] == [place.offset]
    assert said in damages[0].what


def test_foreign_bytes_are_no_record(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"")
    assert read(path) == ([], [])
    path.write_bytes(b"no gzip at all")
    records, damages = read(path)
    assert records == [] and [damage.offset for damage in damages] == [0]
    path.write_bytes(gzip.compress(b"GET / HTTP/1.1\r\n\r\n"))
    assert read(path)[1][0].offset == 0
