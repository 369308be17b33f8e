"""Damaged captures: every whole record is used, every damage is said with its place, nothing changed is kept."""

from __future__ import annotations

import gzip
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from tests.foreign_captures import adopted_from, answer, brought_in, captures_in, packed, page, sha1

COUNT = 12


def written(digests: bool = True) -> list[bytes]:
    bodies = [page(f"page {n} {random.Random(n).randbytes(400).hex()}") for n in range(COUNT)]
    return [
        answer(
            f"/{n}/",
            body,
            f"2024-05-06T00:00:{n:02d}Z",
            warc=[("WARC-Payload-Digest", sha1(body))] if digests else (),
        )
        for n, body in enumerate(bodies)
    ]


def ends(parts: list[bytes]) -> list[int]:
    return [sum(map(len, parts[: n + 1])) for n in range(len(parts))]


def numbers(root: Path, content: bytes, name: str) -> tuple[list[int], tuple[str, ...]]:
    root.mkdir()
    adopted = adopted_from(root, content, name)
    kept = [int(each.url.rstrip("/").rpartition("/")[2]) for each in captures_in(root / "archive", adopted)]
    return kept, adopted.damages


@pytest.mark.parametrize(
    ("name", "pack"),
    [("x.warc", bytes), ("x.warc.gz", gzip.compress), ("x.warc.zst", zstandard.compress)],
    ids=["plain", "gzip", "zstd"],
)
def test_a_cut_costs_no_whole_record_and_is_said(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    parts = [pack(each) for each in written()]
    content, at = b"".join(parts), ends(parts)
    draw = random.Random(4)
    for case, cut in enumerate([at[3], *(draw.randrange(1, len(content)) for _ in range(25))]):
        kept, damages = numbers(tmp_path / str(case), content[:cut], name)
        whole = sum(end <= cut for end in at)
        assert kept[:whole] == list(range(whole)), cut
        assert len(kept) <= whole + 1, "only a record whose last line ends were cut off may come on top"
        assert [damage.partition(":")[0] for damage in damages] == (
            [] if cut in at else [f"{name} at {([0, *at])[whole]}"]
        ), cut


def test_a_cut_file_that_was_compressed_as_a_whole(tmp_path: Path) -> None:
    content = gzip.compress(b"".join(written()))
    kept, damages = numbers(tmp_path / "x", content[: len(content) // 2], "x.warc.gz")
    assert 2 <= len(kept) < COUNT and kept == list(range(len(kept)))
    assert len(damages) == 1 and "cut off" in damages[0]


@pytest.mark.parametrize(("name", "pack"), [("x.warc", bytes), ("x.warc.gz", gzip.compress)], ids=["plain", "gzip"])
def test_a_changed_bit_costs_one_record_at_most(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    parts = [pack(each) for each in written()]
    content, at = b"".join(parts), ends(parts)
    draw = random.Random(5)
    for case in range(40):
        changed = bytearray(content)
        # Within a body: its digest tells. A plain head has no check of any kind.
        number = draw.randrange(COUNT)
        place = at[number] - draw.randrange(5 if name == "x.warc" else 1, min(len(parts[number]), 500))
        changed[place] ^= 1 << draw.randrange(8)
        kept, damages = numbers(tmp_path / str(case), bytes(changed), name)
        others = [n for n in range(COUNT) if n != number]
        if [*damages]:
            assert [n for n in kept if n != number] == others, place
            assert number not in kept
            assert damages[0].startswith(f"{name} at {[0, *at][number]}: "), damages
        else:
            # A gzip header holds bits that mean nothing.
            assert kept == list(range(COUNT)) and place < [0, *at][number] + 10


def test_wrong_digests_are_said_and_kept_out(tmp_path: Path) -> None:
    wrong = sha1(b"something else")
    content = packed(
        answer("/1/", page("a"), warc=[("WARC-Payload-Digest", wrong)]),
        answer("/2/", page("a"), warc=[("WARC-Block-Digest", wrong)]),
        answer("/3/", page("a")),
    )
    kept, damages = numbers(tmp_path / "x", content, "x.warc.gz")
    assert kept == [3]
    assert [damage.rpartition(": ")[2] for damage in damages] == [
        "its payload does not match its digest",
        "its block does not match its digest",
    ]


def test_a_wrong_length_and_rubbish_between_records(tmp_path: Path) -> None:
    one, two, three = written()[:3]
    longer = two.replace(b"Content-Length: ", b"Content-Length: 9")
    kept, damages = numbers(tmp_path / "plain", one + longer + b"rubbish\r\n" + three, "x.warc")
    assert kept == [0, 2]
    assert damages[0].startswith(f"x.warc at {len(one)}: ")
    kept, damages = numbers(tmp_path / "gzip", packed(one, longer) + b"rubbish" + packed(three), "x.warc.gz")
    assert kept == [0, 2]
    assert damages[0].startswith(f"x.warc.gz at {len(packed(one))}: ")


def test_a_wacz_that_lost_its_end_or_was_changed(tmp_path: Path) -> None:
    parts = [gzip.compress(each) for each in written()]
    whole = tmp_path / "x.wacz"
    with zipfile.ZipFile(whole, "w") as wacz:
        wacz.writestr("archive/data.warc.gz", b"".join(parts))
        wacz.writestr("indexes/index.cdx.gz", gzip.compress(b"com,example)/ 2024"))
    content = whole.read_bytes()
    whole.write_bytes(content[: len(content) // 2])
    half = brought_in(tmp_path / "half", whole)
    assert 0 < half.kept < COUNT and half.damages
    changed = bytearray(content)
    changed[sum(map(len, parts[:4])) + len(parts[4]) // 2] ^= 4
    whole.write_bytes(changed)
    rest = brought_in(tmp_path / "rest", whole)
    assert rest.kept == COUNT - 1
    assert [damage.partition(" at ")[0] for damage in rest.damages] == ["x.wacz/data.warc.gz"]


def test_a_file_of_zeros_behind_the_last_record_is_no_damage(tmp_path: Path) -> None:
    kept, damages = numbers(tmp_path / "x", packed(*written()) + bytes(1000), "x.warc.gz")
    assert (len(kept), damages) == (COUNT, ())


def test_an_empty_file_and_one_of_rubbish_bring_nothing(tmp_path: Path) -> None:
    assert numbers(tmp_path / "empty", b"", "x.warc.gz") == ([], ())
    kept, damages = numbers(tmp_path / "rubbish", random.Random(6).randbytes(5000), "x.warc.gz")
    assert kept == [] and len(damages) == 1
