"""Reads real pages that were cut, flipped and spliced at random: nothing may raise, nothing may take long.

    python -m tests.benchmarks.mutated --corpus FOLDER [--pages 200] [--cuts 20] [--seed 1]

FOLDER is in the corpus's layout (`manifest.jsonl` with `id`, `file`, `url`; gzipped pages). Without as many pages the
rest are of the held-back site. Must not be part of the test run: it is a benchmark.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scraper.extraction.article import extract_article
from scraper.extraction.errors import ExtractionError
from tests.benchmarks.heldback.generator import make_site

SLOWEST, USUAL = 10.0, 0.5
"""Seconds: what no page may take, and what 99 of 100 may."""
_MARKUP = (
    b"<",
    b">",
    b'"',
    b"'",
    b"&",
    b"</",
    b"<!--",
    b"-->",
    b"<script>",
    b"<table>",
    b"{",
    b"\\",
    b"\0",
    b"\xff",
    b"<p",
    b"]]>",
)
_LANGUAGE_MODEL = b"<title>Warm</title><p>" + b"The reader loads its model of languages with the first page. " * 30

Source = tuple[str, str, bytes]


@dataclass
class Outcome:
    """What became of the pages so far."""

    seconds: list[tuple[float, str]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    raised: list[tuple[str, str]] = field(default_factory=list)


def main() -> int:
    """Run the benchmark; the exit status is 1 when a page raised or took too long."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.mutated", description=__doc__)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--cuts", type=int, default=20, help="mutations of each page")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="write pages that raised or were slow into this folder")
    options = parser.parse_args()
    sources = pages(options.corpus, options.pages)
    extract_article(_LANGUAGE_MODEL, "https://example.org/warm")
    outcome = Outcome()
    for place, source in enumerate(sources):
        rng = random.Random(f"{options.seed}/{place}")
        other = sources[rng.randrange(len(sources))][2]
        for number in range(options.cuts):
            name = f"{source[0]} #{number} (seed {options.seed}/{place})"
            mutated = mutate(source[2], other, rng)
            if not read(mutated, source[1], name, outcome) and options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{place}-{number}.html").write_bytes(mutated)
    return report(outcome)


def pages(corpus: Path | None, count: int) -> list[Source]:
    """List pages: name, address and bytes."""
    found = list(_corpus_pages(corpus)) if corpus else []
    seed = 0
    while len(found) < count:
        seed += 1
        site = make_site(seed, 60)
        found += [
            (f"heldback {seed} {path}", f"https://www.example.org{path}", page.body.encode())
            for path, page in site.pages.items()
            if page.content_type.startswith("text/html")
        ]
    return found[:count]


def _corpus_pages(corpus: Path) -> Iterator[Source]:
    for line in (corpus / "manifest.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        yield entry["id"], entry["url"], gzip.decompress((corpus / entry["file"]).read_bytes())


def mutate(page: bytes, other: bytes, rng: random.Random) -> bytes:
    """Damage a page in one to five places."""
    for _ in range(rng.randint(1, 5)):
        page = rng.choice(_WAYS)(page, other, rng)
    return page


def _piece(page: bytes, rng: random.Random, most: int) -> tuple[int, int]:
    start = rng.randrange(len(page) + 1)
    return start, min(len(page), start + rng.randint(0, most))


def _cut_off(page: bytes, other: bytes, rng: random.Random) -> bytes:
    return page[: rng.randrange(len(page) + 1)]


def _cut_out(page: bytes, other: bytes, rng: random.Random) -> bytes:
    start, end = _piece(page, rng, 20_000)
    return page[:start] + page[end:]


def _flip(page: bytes, other: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(page)
    for _ in range(rng.randint(1, 200) if damaged else 0):
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def _splice(page: bytes, other: bytes, rng: random.Random) -> bytes:
    start, end = _piece(other, rng, 50_000)
    place = rng.randrange(len(page) + 1)
    return page[:place] + other[start:end] + page[place:]


def _repeat(page: bytes, other: bytes, rng: random.Random) -> bytes:
    start, end = _piece(page, rng, 2_000)
    return page[:end] + page[start:end] * rng.randint(1, 30) + page[end:]


def _insert(page: bytes, other: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 30)):
        place = rng.randrange(len(page) + 1)
        page = page[:place] + rng.choice(_MARKUP) + page[place:]
    return page


_WAYS: tuple[Callable[[bytes, bytes, random.Random], bytes], ...] = (
    _cut_off,
    _cut_out,
    _flip,
    _splice,
    _repeat,
    _insert,
)


def read(page: bytes, url: str, name: str, outcome: Outcome) -> bool:
    """Read one page and note what became of it; False when it raised or was slow."""
    began = time.perf_counter()
    fine = True
    try:
        extract_article(page, url)
        outcome.reasons["article"] += 1
    except ExtractionError as error:
        outcome.reasons[str(error)] += 1
    except Exception:  # noqa: BLE001 - finding these is what the benchmark is for
        outcome.raised.append((name, traceback.format_exc()))
        fine = False
    took = time.perf_counter() - began
    outcome.seconds.append((took, name))
    return fine and took < USUAL * 2


def report(outcome: Outcome) -> int:
    """Print the figures and what went wrong."""
    ordered = sorted(outcome.seconds, reverse=True)
    usual = ordered[len(ordered) // 100][0]
    print(f"{len(ordered)} pages: " + ", ".join(f"{reason} {count}" for reason, count in outcome.reasons.most_common()))
    print(f"raised {len(outcome.raised)}, slowest {ordered[0][0]:.2f} s (at most {SLOWEST:.0f})", end="")
    print(f", 99th percentile {usual:.3f} s (at most {USUAL})")
    for took, name in ordered[:5]:
        print(f"  {took:.2f} s {name}")
    for trace, count in Counter(trace for _, trace in outcome.raised).most_common(10):
        name = next(name for name, other in outcome.raised if other == trace)
        print(f"\n{count} × {name}\n{trace}")
    return int(bool(outcome.raised) or ordered[0][0] > SLOWEST or usual > USUAL)


if __name__ == "__main__":
    sys.exit(main())
