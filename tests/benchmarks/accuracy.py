"""Measures the generic reader on a folder of real pages with known answers, beside trafilatura alone in the same run.

    python -m tests.benchmarks.accuracy ../shared/corpus [--rounds 3]

The folder holds `manifest.jsonl`, `truth.jsonl`, the pages, and `score.py`, whose figures are printed. CPU is this
process's own time, page by page in turn, the least of the rounds; the first page of each is not counted.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import trafilatura

from scraper.extraction.article import extract_article
from scraper.extraction.errors import ExtractionError, NotAnArticle
from scraper.extraction.record import record_of

Prediction = dict[str, Any]
WANTED = {
    "fundus": {
        "body_f1": 0.970,
        "body_near_perfect": 0.700,
        "title": 0.820,
        "authors": 0.900,
        "date_day": 0.985,
        "date_minute": 0.920,
        "credit_f1": 0.750,
    },
    "aeb": {"body_f1": 0.970},
}
CPU_WANTED = 0.80


def ours(html: bytes, url: str) -> Prediction:
    try:
        return dict(record_of(extract_article(html, url)))
    except ExtractionError as error:
        shown = error.shown if isinstance(error, NotAnArticle) else None
        return {"error": str(error), **(record_of(shown) if shown else {})}


def theirs(html: bytes, url: str) -> Prediction:
    found = trafilatura.bare_extraction(html, url=url, with_metadata=True)
    if found is None:
        return {"error": "nothing"}
    authors = [name.strip() for name in (found.author or "").split(";") if name.strip()]
    return {"headline": found.title, "authors": authors, "published_at": found.date, "body_text": found.text}


def pages(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        data = (folder / entry["file"]).read_bytes()
        yield entry["id"], entry["url"], gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def read_all(folder: Path, rounds: int) -> tuple[dict[str, list[Prediction]], dict[str, list[float]]]:
    readers: dict[str, Callable[[bytes, str], Prediction]] = {"ours": ours, "trafilatura": theirs}
    predictions: dict[str, list[Prediction]] = {name: [] for name in readers}
    seconds: dict[str, list[float]] = {name: [] for name in readers}
    for page_id, url, html in pages(folder):
        for name, reader in readers.items():
            best = float("inf")
            for _ in range(rounds):
                began = time.process_time()
                found = reader(html, url)
                best = min(best, time.process_time() - began)
            predictions[name].append({"id": page_id, **found})
            seconds[name].append(best)
    return predictions, seconds


def score(folder: Path, predictions: list[Prediction]) -> dict[str, dict[str, float]]:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec and spec.loader, f"{folder} holds no score.py"
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps(prediction, ensure_ascii=False) + "\n" for prediction in predictions)
        file.flush()
        printed, sys.stdout = sys.stdout, sys.stderr
        try:
            figures: dict[str, dict[str, float]] = module.main(str(folder / "truth.jsonl"), file.name)
        finally:
            sys.stdout = printed
    return figures


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--rounds", type=int, default=1)
    asked = options.parse_args()
    predictions, seconds = read_all(asked.folder, asked.rounds)
    figures = {name: score(asked.folder, rows) for name, rows in predictions.items()}
    count = len(predictions["ours"])
    print(f"{count} pages of {asked.folder.name}, {asked.rounds} round(s), trafilatura {version('trafilatura')}")
    print(f"{'figure':<28}{'trafilatura':>12}{'ours':>9}{'to reach':>10}")
    short = 0
    for group, wanted in WANTED.items():
        for name, least in wanted.items():
            reached = figures["ours"].get(group, {}).get(name, 0.0)
            beside = figures["trafilatura"].get(group, {}).get(name, 0.0)
            short += reached < least
            print(f"{group + ' ' + name:<28}{beside:>12.3f}{reached:>9.3f}{least:>10.3f}")
    ratio = sum(seconds["ours"][1:]) / sum(seconds["trafilatura"][1:])
    ordered = sorted(seconds["ours"][1:])
    print(f"{'CPU a page, ratio':<28}{1:>12.3f}{ratio:>9.3f}{CPU_WANTED:>10.3f}")
    print(f"slowest page against the median: {ordered[-1] / ordered[len(ordered) // 2]:.1f} x")
    refused = [row["id"] for row in predictions["ours"] if "error" in row]
    print(f"articles refused: {len(refused)} of {count} {refused or ''}")
    return 1 if short or ratio > CPU_WANTED else 0


if __name__ == "__main__":
    sys.exit(main())
