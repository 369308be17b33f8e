"""Verify says what is wrong: one line a damage, with file and offset."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing

import pytest

from archive.fixity import verify_root
from archive.warc import open_file
from tests.command import one_sentence, press_archive
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
    result = press_archive("verify", copy.root)
    assert result.returncode == 1
    assert f"warc/{path.name} at " in result.stdout


def test_missing_files_rows_that_lie_and_a_broken_index_are_told(copy: Archive) -> None:
    copy.warcs[0].rename(copy.root / "elsewhere.gz")
    with closing(sqlite3.connect(copy.root / "archive.db", isolation_level=None)) as connection:
        connection.execute("UPDATE snapshots SET digest = 'sha1:LIE' WHERE warc_file LIKE '%20261203%'")
        connection.execute("UPDATE articles SET body_text = 'zeppelin' WHERE id = (SELECT min(id) FROM articles)")
    result = press_archive("verify", "--root", copy.root, "--json")
    assert result.returncode == 1
    said = {damage["what"] for damage in json.loads(result.stdout)["damages"]}
    assert "the file is missing" in said
    assert any("in the database sha1:LIE" in what for what in said)
    assert any("full-text index" in what for what in said)


def test_files_alone_are_checked_when_the_database_is_lost(copy: Archive) -> None:
    for part in copy.root.glob("archive.db*"):
        part.unlink()
    result = press_archive("verify", copy.root)
    assert result.returncode == 0
    assert "the WARC files alone were checked" in result.stdout
    missing = press_archive("verify", copy.root / "nowhere")
    assert missing.returncode == 2
    assert "there is no folder" in one_sentence(missing.stderr, missing.stdout)
