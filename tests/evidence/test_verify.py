"""Verify says what is wrong: one line a damage, with file and offset."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.fixity import verify_root
from archive.members import Member, pack_to, read_member
from archive.records import read_records
from archive.warc import OPEN_SUFFIX, open_file
from tests.command import one_sentence, press_archive, press_archive_here
from tests.nights import Archive


def test_a_whole_archive_is_whole(nights: Archive) -> None:
    result = press_archive("verify", nights.root)
    assert result.returncode == 0, result.stdout
    (rows,) = nights.rows("SELECT count(*) FROM snapshots")[0]
    assert f"{rows:,} rows were checked" in result.stdout


def test_every_flipped_bit_is_told_with_the_file_and_the_record(copy: Archive) -> None:
    draw = random.Random(7)
    places = {}
    for file, offset, length in copy.rows("SELECT warc_file, warc_offset, warc_length FROM snapshots"):
        places.setdefault(file, []).append((offset, length))
    file = draw.choice(sorted(places))
    path = open_file(copy.root, file)
    data = bytearray(path.read_bytes())
    for _ in range(12):
        offset, length = draw.choice(places[file])
        # The byte before the checksum holds the bits that inflating cannot see.
        place = draw.choice((draw.randrange(offset, offset + length), offset + length - 9))
        bit = 1 << draw.randrange(8)
        data[place] ^= bit
        path.write_bytes(data)
        data[place] ^= bit
        found = verify_root(copy.root)
        assert (file, offset) in {(damage.file, damage.offset) for damage in found.damages}, (place, bit)


@pytest.mark.parametrize("kept", [0, 1, 0.3, 0.9])
def test_a_truncated_file_is_told(copy: Archive, kept: float) -> None:
    path = copy.warcs[1]
    data = path.read_bytes()
    path.write_bytes(data[: int(kept if kept in (0, 1) else kept * len(data))])
    result = press_archive_here("verify", copy.root)
    assert result.exit_code == 1
    assert f"warc/{path.name} at " in result.stdout


def places(archive: Archive) -> dict[tuple[str, int], str]:
    """Return what verify says, by file and offset."""
    found = verify_root(archive.root)
    told = {(damage.file, damage.offset): damage.what for damage in found.damages}
    assert len(told) == len(found.damages), "one line a damage"
    return told


@pytest.mark.parametrize("kept", [0, 1, 4, 30])
def test_a_file_cut_between_two_records_is_told_where_it_is_cut(copy: Archive, kept: int) -> None:
    path = copy.warcs[0]
    end = [record.offset for record in read_records(path, "")][kept]
    path.write_bytes(path.read_bytes()[:end])
    ((place, what),) = places(copy).items()
    assert place == (f"warc/{path.name}", end)
    assert "cut off here" in what


def test_what_was_added_to_a_file_is_told(copy: Archive) -> None:
    path = copy.warcs[0]
    size = path.stat().st_size
    first = next(read_records(path, ""))
    path.write_bytes(path.read_bytes() + path.read_bytes()[: first.length])
    assert list(places(copy)) == [(f"warc/{path.name}", size)]


def test_a_record_packed_otherwise_is_told_without_a_database_too(copy: Archive) -> None:
    path, member = request_member(copy)
    (copy.root / "archive.db").unlink()
    # An empty stored block in front: other bytes, the same content, and no bit that means nothing.
    replace(path, member, member.packed[:10] + bytes(3) + b"\xff\xff" + member.packed[10:])
    assert list(places(copy)) == [(f"warc/{path.name}", member.offset)]


def test_a_file_whose_records_are_all_as_we_write_them_is_told_by_its_digest(copy: Archive) -> None:
    path, member = request_member(copy)
    replace(path, member, pack_to(len(member.packed), member.content))
    ((place, what),) = places(copy).items()
    assert place == (f"warc/{path.name}", 0)
    assert "SHA-256" in what


def request_member(archive: Archive) -> tuple[Path, Member]:
    path = archive.warcs[0]
    record = next(record for record in read_records(path, "") if record.kind == "request")
    with path.open("rb") as stream:
        return path, read_member(stream, record.offset, path.stat().st_size)


def replace(path: Path, member: Member, packed: bytes) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: member.offset] + packed + data[member.end :])


def test_an_unfinished_file_is_whole_up_to_its_torn_end(copy: Archive) -> None:
    path = copy.warcs[-1]
    data = path.read_bytes()
    unfinished = path.rename(path.with_name(path.name + OPEN_SUFFIX))
    assert verify_root(copy.root).is_whole
    unfinished.write_bytes(data + data[:100])
    found = verify_root(copy.root)
    assert found.is_whole
    assert any("unfinished" in remark for remark in found.remarks)
    last = max(
        offset for (offset,) in copy.rows(f"SELECT warc_offset FROM snapshots WHERE warc_file LIKE '%{path.name}'")
    )
    unfinished.write_bytes(data[: last + 50])
    assert list(places(copy)) == [(f"warc/{path.name}", last)]


def test_a_file_that_the_database_does_not_know_is_read_and_noted(copy: Archive) -> None:
    path = copy.warcs[0]
    stranger = path.with_name("stranger.warc.gz")
    stranger.write_bytes(path.read_bytes()[:-1])
    found = verify_root(copy.root)
    assert [damage.file for damage in found.damages] == ["warc/stranger.warc.gz"]
    assert any("stranger" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "UPDATE revisions SET words = replace(words, 'the', 'teh') WHERE id = (SELECT max(id) FROM revisions)",
            "fingerprint",
        ),
        (
            "UPDATE articles SET snapshot_id = 1 WHERE id = (SELECT max(id) FROM articles)",
            "points to no row of snapshots",
        ),
        ("UPDATE articles SET revision_count = 9 WHERE id = (SELECT max(id) FROM articles)", "other revisions"),
        ("DELETE FROM revisions WHERE article_id = (SELECT max(id) FROM articles)", "no revision"),
        ("UPDATE ledger SET article_id = NULL WHERE state = 'stored'", "no article"),
        ("UPDATE snapshots SET fetched_at = '2026-12-01T04:00:01+00:00' WHERE warc_file LIKE '%20261202%'", "time is"),
        ("UPDATE snapshots SET url = url || 'x'", "address is"),
        (
            "UPDATE snapshots SET warc_offset = warc_offset + 1 WHERE id = (SELECT max(id) FROM snapshots)",
            "no record begins",
        ),
    ],
)
def test_a_database_that_contradicts_itself_or_the_files_is_told(copy: Archive, change: str, said: str) -> None:
    with closing(sqlite3.connect(copy.root / "archive.db", isolation_level=None)) as connection:
        assert connection.execute(change).rowcount
    found = verify_root(copy.root)
    assert found.damages
    assert any(said in damage.what for damage in found.damages)


def test_decisions_that_cannot_be_read_are_told(copy: Archive) -> None:
    (copy.root / "decisions.jsonl").write_text('{"takedown": {"url": ')
    assert "line 1" in places(copy)["decisions.jsonl", 0]


def test_a_database_of_other_bytes_is_told_and_the_files_are_read_all_the_same(copy: Archive) -> None:
    (copy.root / "archive.db").write_bytes(b"no database at all" * 400)
    result = press_archive_here("verify", copy.root, "--json")
    said = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [damage["file"] for damage in said["damages"]] == ["archive.db"]
    assert said["records"] == sum(1 for path in copy.warcs for _ in read_records(path, ""))


def test_missing_files_rows_that_lie_and_a_broken_index_are_told(copy: Archive) -> None:
    copy.warcs[0].rename(copy.root / "elsewhere.gz")
    with closing(sqlite3.connect(copy.root / "archive.db", isolation_level=None)) as connection:
        connection.execute("UPDATE snapshots SET digest = 'sha1:LIE' WHERE warc_file LIKE '%20261203%'")
        connection.execute("UPDATE articles SET body_text = 'zeppelin' WHERE id = (SELECT min(id) FROM articles)")
    result = press_archive_here("verify", "--root", copy.root, "--json")
    assert result.exit_code == 1
    said = {damage["what"] for damage in json.loads(result.stdout)["damages"]}
    assert "the file is missing" in said
    assert any("in the database sha1:LIE" in what for what in said)
    assert any("full-text index" in what for what in said)


def test_files_alone_are_checked_when_the_database_is_lost(copy: Archive) -> None:
    for part in copy.root.glob("archive.db*"):
        part.unlink()
    result = press_archive_here("verify", copy.root)
    assert result.exit_code == 0
    assert "the WARC files alone were checked" in result.stdout
    missing = press_archive_here("verify", copy.root / "nowhere")
    assert missing.exit_code == 2
    assert "there is no folder" in one_sentence(missing.stderr, missing.stdout)
