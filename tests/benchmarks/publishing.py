"""A hundred publishes while twenty requests a second are answered: `python -m tests.benchmarks.publishing`.

Every release differs from the one before by one article, and every page that is asked for says the same number in two
places: a page that mixes two releases is told by it. Publishes are killed, too (`--kills`): the old folder stays whole.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import itertools
import json
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from archive.root import open_database
from archive.store import Store
from tests.archive_support import HOST, bare_article, file_articles, make_archive
from tests.benchmarks.abuse import served

Check = Callable[[str], bool]
_EDITION = re.compile(r"Edition (\d+) ")


@dataclass
class Tally:
    """What was answered, how long it took, and what was wrong."""

    answers: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    editions: set[int] = field(default_factory=set)


def add_edition(root: Path, number: int) -> None:
    """File one more article, as a crawl does; the newest one says how many there are."""
    article = replace(
        bare_article(f"editions/{number}", f"Edition {number} of the almanac"),
        published_at=f"{2030 + number // 300}-{number // 25 % 12 + 1:02d}-{number % 25 + 1:02d}T00:00:00+00:00",
    )
    with closing(open_database(root, write=True)) as db:
        file_articles(Store(db, {HOST}), [article], "2026-03-03T04:00:00+00:00", first=1000 + number)


def _newest(text: str) -> int:
    return max(map(int, _EDITION.findall(text)), default=0)


def checks(base: int) -> dict[str, Check]:
    """Say for each address how its page tells that it is whole and of one release."""

    def landing(text: str) -> bool:
        said = re.search(r'<p class="lead">([\d,]+) article', text)
        return text.rstrip().endswith("</html>") and bool(said) and int(said[1]) == base + _newest(text)  # type: ignore[index]

    def search(text: str) -> bool:
        said = re.search(r"<strong>([\d,]+)</strong>", text)
        plain = text.replace("<mark>", "").replace("</mark>", "")
        return text.rstrip().endswith("</html>") and bool(said) and int(said[1]) == _newest(plain)  # type: ignore[index]

    def table(text: str) -> bool:
        said = json.loads(text)
        newest = _newest(said["rows"][0][said["columns"].index("headline")] + " ")
        return bool(said["filtered_table_rows_count"] == base + newest)

    def page(text: str) -> bool:
        return text.rstrip().endswith("</html>")

    return {
        "/": landing,
        "/search?q=almanac&sort=date": search,
        "/archive/article_list.json": table,
        "/article/2026/02/a-truce-holds": page,
        "/archive/articles": page,
        "/sections": page,
    }


async def ask(client: httpx.AsyncClient, path: str, check: Check, tally: Tally) -> None:
    """Ask for one page and check it."""
    began = time.monotonic()
    try:
        answer = await client.get(path)
    except httpx.HTTPError as error:
        tally.wrong.append(f"{type(error).__name__} {path}")
        return
    tally.waits.append((time.monotonic() - began) * 1000)
    tally.answers[answer.status_code] += 1
    if answer.status_code != 200:
        tally.wrong.append(f"{answer.status_code} {path} {answer.text[:80]}")
    elif not check(answer.text):
        tally.wrong.append(f"half-built {path} (edition {_newest(answer.text)})")
    elif path == "/":
        tally.editions.add(_newest(answer.text))


async def read(address: str, base: int, rate: float, stop: asyncio.Event, tally: Tally) -> None:
    """Ask so many times a second, whether answers come or not."""
    waiting: set[asyncio.Task[None]] = set()
    async with httpx.AsyncClient(base_url=address, timeout=30, limits=httpx.Limits(max_connections=200)) as client:
        for path, check in itertools.cycle(checks(base).items()):
            if stop.is_set():
                break
            waiting.add(asyncio.create_task(ask(client, path, check, tally)))
            await asyncio.sleep(1 / rate)
        await asyncio.gather(*waiting)


async def publish(root: Path, folder: Path, kill_after: float | None = None) -> int:
    """Publish once, or kill it on the way."""
    command = [sys.executable, "-m", "scraper.cli", "publish", str(folder), "--root", str(root), "--json"]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
    if kill_after is not None:
        await asyncio.sleep(kill_after)
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
    return await process.wait()


def is_whole(folder: Path) -> bool:
    """Say whether every file of a folder has the digest that its list gives, and none is without one."""
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in there}
    return digests == listed


async def run(root: Path, folder: Path, wanted: argparse.Namespace) -> tuple[Tally, int]:
    """Publish and read at the same time; return what was read and how many publishes were killed."""
    tally, stop, killed = Tally(), asyncio.Event(), 0
    base = make_archive_count(root)
    assert await publish(root, folder) == 0
    with served(folder) as (address, _):
        reading = asyncio.create_task(read(address, base, wanted.rate, stop, tally))
        for number in range(1, wanted.publishes + 1):
            add_edition(root, number)
            if number % max(1, wanted.publishes // max(1, wanted.kills)) == 0 and killed < wanted.kills:
                killed += await publish(root, folder, random.uniform(0.3, 3)) != 0
                if not is_whole(folder):
                    tally.wrong.append("a killed publish left the folder damaged")
            status = await publish(root, folder)
            if status:
                tally.wrong.append(f"publish ended with {status}")
        await asyncio.sleep(3)
        stop.set()
        await reading
    left = sorted(path.name for path in folder.parent.iterdir() if "draft" in path.name)
    if left or not is_whole(folder):
        tally.wrong.append(f"left over: {left}")
    return tally, killed


def make_archive_count(root: Path) -> int:
    """Make the archive and count its articles."""
    with closing(open_database(make_archive(root))) as db:
        return int(db.execute("SELECT count(*) FROM articles").fetchone()[0])


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publishes", type=int, default=100)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    random.seed(wanted.seed)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        tally, killed = asyncio.run(run(Path(place) / "root", Path(place) / "public", wanted))
    print(f"{'publishes':28} {wanted.publishes} in {time.monotonic() - began:.0f} s, {killed} more killed")
    print(f"{'requests':28} {sum(tally.answers.values())}, {dict(tally.answers)}")
    print(f"{'releases seen':28} {len(tally.editions)}")
    print(f"{'median, p95, most':28} {statistics.median(tally.waits):.0f},", end=" ")
    print(f"{statistics.quantiles(tally.waits, n=20)[-1]:.0f}, {max(tally.waits):.0f} ms")
    print(f"{'errors, half-built pages':28} {len(tally.wrong)}")
    for what in tally.wrong[:20]:
        print(f"   {what}")
    return 1 if tally.wrong or len(tally.editions) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())
