"""Damages WARC files of an archive one place at a time, and counts what `press-archive verify` says of it.

    python -m tests.benchmarks.damage [--seed N] [--count N] [--root DIR] [--without-database]

Crawls the sample publication for four nights (or copies the archive at DIR), then damages one place after another, 300
of each kind. Reported: the exit status is 1 and a line names the file; placed: the line has the offset of the first
record that was hit. Read: every record whose bytes were not touched. Without a database, nothing tells a file that is
cut between two records from a shorter one. Must not be part of the test run.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from archive.records import Record, read_records
from archive.verbs.verify import verify
from tests.nights import crawl_nights

Damaging = Callable[[bytes, Sequence[Record], random.Random], bytes]
"""What changes a file's bytes, whose records are known."""
SECTOR = 512
EDGE = (*range(10), *range(-9, 0))
"""The places of a gzip member that inflating looks at least: its header, the last bits of its data, its trailer."""


@dataclass(slots=True)
class Score:
    """How often a damage was reported, and how many whole records were read of those there were."""

    tried: int = 0
    reported: int = 0
    placed: int = 0
    read: int = 0
    expected: int = 0


def cut(data: bytes, records: Sequence[Record], draw: random.Random) -> bytes:
    """Cut a file off in a record."""
    record = draw.choices(records, [record.length for record in records])[0]
    return data[: record.offset + draw.randrange(1, record.length)]


def cut_between(data: bytes, records: Sequence[Record], draw: random.Random) -> bytes:
    """Cut a file off between two records."""
    return data[: draw.choice(records).offset]


def flip(data: bytes, records: Sequence[Record], draw: random.Random) -> bytes:
    """Flip one bit anywhere."""
    return _flip(data, draw.randrange(len(data)), draw)


def flip_edge(data: bytes, records: Sequence[Record], draw: random.Random) -> bytes:
    """Flip one bit at the edge of a record."""
    record, edge = draw.choice(records), draw.choice(EDGE)
    return _flip(data, record.offset + (edge if edge >= 0 else record.length + edge), draw)


def _flip(data: bytes, place: int, draw: random.Random) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1 << draw.randrange(8)
    return bytes(changed)


def lose_sector(data: bytes, records: Sequence[Record], draw: random.Random) -> bytes:
    """Overwrite a disk's sector with zeros."""
    start = draw.randrange(len(data) // SECTOR) * SECTOR
    return data[:start] + bytes(SECTOR) + data[start + SECTOR :]


def measure(root: Path, damaging: Damaging, draw: random.Random, count: int) -> Score:
    """Damage one file at a time, ask the verb, and mend the file."""
    score = Score()
    paths = sorted((root / "warc").iterdir())
    files = {path: (path.read_bytes(), list(read_records(path, path.name))) for path in paths}
    total = sum(len(records) for _, records in files.values())
    weights = [len(data) for data, _ in files.values()]
    for _ in range(count):
        (path,) = draw.choices(list(files), weights)
        data, records = files[path]
        changed = damaging(data, records, draw)
        path.write_bytes(changed)
        lost = [each for each in records if _bytes_of(each, changed) != _bytes_of(each, data)]
        _judge(score, root, f"warc/{path.name}", lost[0].offset, total - len(lost))
        path.write_bytes(data)
    return score


def _bytes_of(record: Record, data: bytes) -> bytes:
    return data[record.offset : record.offset + record.length]


def _judge(score: Score, root: Path, file: str, offset: int, whole: int) -> None:
    result = CliRunner().invoke(verify, [str(root), "--json"])
    said = json.loads(result.stdout)
    places = {(damage["file"], damage["offset"]) for damage in said["damages"]}
    score.tried += 1
    score.reported += result.exit_code == 1 and any(name == file for name, _ in places)
    score.placed += (file, offset) in places
    score.read += said["records"]
    score.expected += whole


def main() -> int:
    """Measure, print, and return 0 when nothing was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--root", type=Path)
    parser.add_argument("--without-database", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "archive"
        if options.root:
            shutil.copytree(options.root, root)
        else:
            crawl_nights(root)
        if options.without_database:
            (root / "archive.db").unlink()
        kinds = [cut, flip, flip_edge, lose_sector, *([] if options.without_database else [cut_between])]
        missed = [kind.__name__ for kind in kinds if not _is_full(root, kind, options.seed, options.count)]
        return 1 if missed else 0


def _is_full(root: Path, damaging: Damaging, seed: int, count: int) -> bool:
    name = damaging.__name__
    score = measure(root, damaging, random.Random(f"{seed}-{name}"), count)
    print(
        f"{name:<12} reported {score.reported}/{score.tried}, placed {score.placed}/{score.tried},"
        f" whole records read {score.read:,}/{score.expected:,}"
    )
    return score.reported == score.placed == score.tried and score.read >= score.expected


if __name__ == "__main__":
    sys.exit(main())
