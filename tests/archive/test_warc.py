"""WARC files: what is written is read back by us and by others, and a torn tail costs one record."""

from __future__ import annotations

import gzip
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.errors import DamagedRecord
from archive.records import read_records
from archive.warc import Earlier, Exchange, Place, WarcWriter, payload_digest, read_response, repair_open_files

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
HEADERS = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))


def exchange(number: int, status: int = 200) -> Exchange:
    body = gzip.compress(f"<p>page {number}</p>".encode() * 50, mtime=0) if status == 200 else b""
    url = f"http://127.0.0.1:8000/page-{number}/"
    return Exchange(url, AT, "GET", (("User-Agent", "test"),), status, HEADERS, body, {"source": "/feed"})


def write(root: Path, count: int, finish: bool = True) -> list[Place]:
    writer = WarcWriter(root, "sample", {"software": "test"})
    places = [writer.write(exchange(number)) for number in range(count)]
    if finish:
        writer.finish()
    writer.close()
    return places


def test_a_response_comes_back_byte_for_byte(tmp_path: Path) -> None:
    place = write(tmp_path, 3)[1]
    stored = read_response(tmp_path, place.file, place.offset, place.length)
    assert stored.body == exchange(1).body
    assert stored.headers == HEADERS
    assert (stored.status, stored.url, stored.at) == (200, exchange(1).url, "2026-03-04T05:06:07+00:00")
    assert payload_digest(stored.body) == place.digest


def test_warcio_passes_every_record_and_agrees_on_places(tmp_path: Path) -> None:
    places = write(tmp_path, 5)
    path = tmp_path / places[0].file
    check = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)], capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout + check.stderr
    assert "digest pass" in check.stdout
    assert "no digest" not in check.stdout
    found = []
    with path.open("rb") as stream:
        records = ArchiveIterator(stream)
        for record in records:
            if record.rec_type == "response":
                record.content_stream().read()
                found.append((records.get_record_offset(), record.rec_headers["WARC-Payload-Digest"]))
    assert found == [(place.offset, place.digest) for place in places]


def test_a_304_is_a_revisit_of_the_earlier_response(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "sample", {})
    earlier = Earlier(exchange(1).url, "2026-03-03T00:00:00+00:00", "sha1:ABC")
    place = writer.write(exchange(1, status=304), earlier)
    writer.finish()
    with (tmp_path / place.file).open("rb") as stream:
        record = next(record for record in ArchiveIterator(stream) if record.rec_type == "revisit")
        assert record.rec_headers["WARC-Profile"].endswith("/server-not-modified")
        assert record.rec_headers["WARC-Refers-To-Date"] == "2026-03-03T00:00:00Z"
        assert record.rec_headers["WARC-Payload-Digest"] == "sha1:ABC"


def test_an_unfinished_file_is_told_by_its_name_and_still_read(tmp_path: Path) -> None:
    place = write(tmp_path, 1, finish=False)[0]
    assert [path.suffix for path in (tmp_path / "warc").iterdir()] == [".open"]
    assert read_response(tmp_path, place.file, place.offset, place.length).status == 200


@pytest.mark.parametrize("cut", [1, 7, 150, 400])
def test_a_torn_tail_costs_no_whole_record(tmp_path: Path, cut: int) -> None:
    places = write(tmp_path, 4, finish=False)
    path = next((tmp_path / "warc").iterdir())
    whole = [record.offset + record.length for record in read_records(path, path.name)]
    path.write_bytes(path.read_bytes()[:-cut])
    (repaired,) = repair_open_files(tmp_path)
    assert repaired.name == Path(places[0].file).name
    assert repaired.stat().st_size == max(end for end in whole if end <= whole[-1] - cut)
    with repaired.open("rb") as stream:
        assert sum(1 for _ in ArchiveIterator(stream)) == len([end for end in whole if end <= whole[-1] - cut])


def test_files_roll_at_the_set_size(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "sample", {}, roll_bytes=1_000)
    places = [writer.write(exchange(number)) for number in range(6)]
    writer.finish()
    assert len({place.file for place in places}) > 1
    for number, place in enumerate(places):
        assert read_response(tmp_path, place.file, place.offset, place.length).body == exchange(number).body


def test_damage_is_a_sentence_not_a_traceback(tmp_path: Path) -> None:
    place = write(tmp_path, 2)[1]
    path = tmp_path / place.file
    data = bytearray(path.read_bytes())
    data[place.offset + place.length // 2] ^= 0x10
    path.write_bytes(data)
    with pytest.raises(DamagedRecord, match="put the file back"):
        read_response(tmp_path, place.file, place.offset, place.length)
    with pytest.raises(DamagedRecord, match="missing"):
        read_response(tmp_path, "warc/other.warc.gz", 0, 10)
