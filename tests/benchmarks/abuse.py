"""Twelve clients abuse a public site for half a minute while another reads it: `python -m tests.benchmarks.abuse`.

`--folder DIR` abuses what was published there; without it an archive is made (`--articles`). `--sql` abuses a server
that answers queries of its visitors. Printed is what the reader waited, what everybody was answered, and the memory of
all processes of the server; the exit status is 1 when a figure is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx

P95_MS, MEMORY_MB = 500, 500
_WORDS = ("the", "of", "and", "to", "in", "that", "was", "for", "with", "had", "from", "they", "would", "which", "said")
_RECURSIVE = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT "
QUERIES = (
    f"{_RECURSIVE}count(*) FROM n",
    f"{_RECURSIVE}x FROM n",
    f"{_RECURSIVE}sum(length(printf('%.*c', 100000, 'x'))) FROM n",
    f"{_RECURSIVE}count(DISTINCT hex(x) || printf('%.*c', 1000, 'y')) FROM n",
    "SELECT length(printf('%.*c', 900000000, 'x'))",
    "SELECT instr(printf('%.*c', 190000, 'a'), printf('%.*c', 90000, 'a') || 'b')",
    f"SELECT printf('%.*c', 150000, 'a') LIKE '{'%a' * 120}b'",
    f"SELECT count(*) FROM articles a, articles b WHERE a.body_text || b.body_text LIKE '{'%e' * 100}q'",
    "SELECT count(*) FROM articles a, articles b, articles c WHERE a.id + b.id = c.id",
    "SELECT group_concat(a.body_text || b.body_text) FROM articles a, articles b",
    "SELECT replace(printf('%.*c', 190000, 'a'), 'a', printf('%.*c', 190000, 'b'))",
    "SELECT a.*, b.*, c.* FROM article_list a, article_list b, article_list c",
    "SELECT json_group_array(body_text) OVER (ORDER BY random()) FROM articles",
    "SELECT * FROM articles ORDER BY random() LIMIT 100",
    "SELECT randomblob(1000000000)",
    f"SELECT {', '.join(map(str, range(1, 1900)))}",
    f"SELECT {'(' * 900}1{')' * 900}",
    "SELECT * FROM pragma_database_list()",
    "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'a* OR b* OR c* OR d* OR e*'",
)


def payloads(database: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give abusive requests without end: paths with queries, and headers."""
    at = f"/{database}"
    wide = " OR ".join(f"{word}*" for word in _WORDS)
    for number in itertools.count(random.randrange(1000)):
        word = random.choice(_WORDS)
        yield f"{at}?{urlencode({'sql': random.choice(QUERIES), '_n': number})}", {}
        yield f"{at}.json?{urlencode({'sql': random.choice(QUERIES), '_n': number})}", {}
        yield f"{at}/articles?_where={quote(random.choice(QUERIES))}", {}
        yield f"/search?{urlencode({'q': f'{wide} {word} {number}'})}", {}
        yield f"/search?{urlencode({'q': f'{word[0]}* OR {word[:2]}* NOT zzz{number}', 'page': '400'})}", {}
        yield f"/search.csv?{urlencode({'q': f'{word} OR the OR x{number}'})}", {}
        yield f"/search?q={word}&page={number % 500}&sort=date&x={number}", {}
        yield f"{at}/articles.csv?_stream=on&_size=max&n={number}", {}
        yield f"{at}/article_list.csv?_size=max&_next={number % 9000}", {}
        yield f"{at}/article_list?_next={5000 + number}", {}
        yield f"{at}/articles?_sort=body_text&_next={number}%2C{number}", {}
        yield f"{at}/articles?body_text__like={quote('%' + '%'.join(word * 9) + str(number) + '%')}", {}
        yield f"{at}/articles?body_html__contains={word}{number}&_size=max", {}
        yield f"{at}/links?sentence__glob={quote('*' + '*'.join(word) + f'*{number}*')}", {}
        yield f"{at}/articles?_facet=body_text&_facet=body_html&_facet_size=max&n={number}", {}
        yield f"{at}/articles?_facet_array=authors&_facet_date=published_at&n={number}", {}
        yield f"{at}/article_list?_search={quote(wide)}&_searchmode=raw&n={number}", {}
        yield f"{at}/articles.json?_shape=objects&_size=max&_labels=on&n={number}", {}
        yield f"{at}/articles.json?_size=100000000", {}
        yield f"{at}/articles?{'&'.join(f'_col=headline&x{n}=1' for n in range(40))}", {}
        yield f"{at}/articles?_next=%00&_sort=%F0&n={number}", {}
        yield f"{at}/edits?_next=zzz{number}", {}
        yield f"/author/{'a' * 1500}", {}
        yield f"/article/{'../' * 300}etc/passwd", {}
        yield "/", {"X-Long": "x" * 15_000, "Cookie": "a=" + "b" * 900}
        yield "/", {"X-Longer": "x" * 60_000}
        yield f"/?{'&'.join(f'a{n}' for n in range(300))}", {}


@dataclass
class Tally:
    """What was answered to whom."""

    waits: list[float] = field(default_factory=list)
    reader: Counter[int] = field(default_factory=Counter)
    abusers: Counter[int] = field(default_factory=Counter)
    bad: Counter[str] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)


async def abuse(address: str, database: str, until: float, tally: Tally) -> None:
    """Send one abusive request after the other."""
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        requests = payloads(database)
        for _ in range(random.randrange(27)):
            next(requests)
        for path, headers in requests:
            if time.monotonic() > until:
                return
            try:
                async with client.stream("GET", path, headers=headers) as answer:
                    async for _ in answer.aiter_raw():
                        if time.monotonic() > until:
                            break
                tally.abusers[answer.status_code] += 1
                if answer.status_code >= 500:
                    tally.bad[f"{answer.status_code} {path[:90]}"] += 1
            except httpx.HTTPError as error:
                tally.bad[f"{type(error).__name__} {path[:90]}"] += 1


async def read(address: str, pages: list[str], until: float, tally: Tally) -> None:
    """Read page after page, as one person does, and note how long each took."""
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        for number in itertools.count():
            if time.monotonic() > until:
                return
            page = pages[number % len(pages)]
            began = time.monotonic()
            answer = await client.get(page)
            wait = (time.monotonic() - began) * 1000
            tally.waits.append(wait)
            tally.slowest = sorted([*tally.slowest, (wait, page)], reverse=True)[:5]
            tally.reader[answer.status_code] += 1
            if answer.status_code >= 400:
                tally.bad[f"reader: {answer.status_code} {page[:90]} {answer.text[-200:]!r}"] += 1
            await asyncio.sleep(0.05)


async def weigh(process: int, until: float, tally: Tally) -> None:
    """Note the resident memory of the server's processes, in MB."""
    while time.monotonic() < until:
        tally.memory.append(sum(map(resident_mb, family(process))))
        await asyncio.sleep(0.5)


def family(process: int) -> list[int]:
    """List a process and all that it started."""
    found = [process]
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found += [one for child in listed.read_text().split() for one in family(int(child))]
    return found


def resident_mb(process: int) -> float:
    """Return a process's resident memory in MB, 0 when it is gone."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


@contextlib.contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    """Serve a published folder; give its address and the process."""
    command = [sys.executable, "-m", "scraper.cli", "serve", "--public", str(folder), "--port", "0", *options]
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True) as process,
    ):
        assert process.stdout
        yield process.stdout.readline().strip().rstrip("/"), process.pid
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        said.seek(0)
        lines = said.read().splitlines()
        if os.environ.get("SHOW_SERVER"):
            print(*lines, sep="\n")


async def measure(address: str, process: int, seconds: float, clients: int) -> Tally:
    """Abuse and read at the same time."""
    tally = Tally()
    with httpx.Client(base_url=address, timeout=20) as client:
        pages = readers_pages(client)
    until = time.monotonic() + seconds
    abusers = [abuse(address, "archive", until, tally) for _ in range(clients)]
    await asyncio.gather(read(address, pages, until, tally), weigh(process, until, tally), *abusers)
    return tally


def readers_pages(client: httpx.Client) -> list[str]:
    """List what a reader opens: every kind of page, many articles, and words that were not searched before."""
    listed = client.get("/archive/articles.json?_shape=array&_size=100&_col=slug&_col=headline").json()
    pages = ["/", "/authors", "/sections", "/outlets", "/edits", "/coverage", "/data", "/credits", "/tags"]
    for row in listed:
        word = max(row["headline"].split(), key=len)
        pages += [f"/article/{row['slug']}", f"/search?q={quote(word)}", f"/search?q={quote(row['headline'][:40])}"]
    random.shuffle(pages)
    return pages


def report(tally: Tally) -> bool:
    """Print the figures and say whether all are reached."""
    p95 = statistics.quantiles(tally.waits, n=20)[-1]
    failures = sum(number for status, number in (tally.reader + tally.abusers).items() if status >= 500)
    print(f"{'reader: requests':28} {len(tally.waits)}, {dict(tally.reader)}")
    print(
        f"{'reader: median, p95, most':28} {statistics.median(tally.waits):.0f}, {p95:.0f}, {max(tally.waits):.0f} ms"
    )
    print(f"{'abusers: answers':28} {sum(tally.abusers.values())}, {dict(tally.abusers)}")
    print(f"{'5xx':28} {failures}")
    print(f"{'memory':28} {max(tally.memory):.0f} MB")
    for what, number in tally.bad.most_common(12):
        print(f"   {number} × {what}")
    for wait, page in tally.slowest:
        print(f"   {wait:.0f} ms {page[:90]}")
    refused = sum(number for status, number in tally.reader.items() if status >= 400)
    return p95 <= P95_MS and not failures and not refused and max(tally.memory) <= MEMORY_MB


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--clients", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sql", action="store_true")
    wanted = parser.parse_args()
    random.seed(wanted.seed)
    with tempfile.TemporaryDirectory() as place:
        folder = wanted.folder or made(Path(place), wanted.articles)
        with served(folder, *(["--allow-sql"] if wanted.sql else [])) as (address, process):
            tally = asyncio.run(measure(address, process, wanted.seconds, wanted.clients))
    return 0 if report(tally) else 1


def made(place: Path, articles: int) -> Path:
    """Make an archive and publish it with its whole text."""
    for command in (
        ["tests.benchmarks.large", "build", str(place / "root"), "--articles", str(articles)],
        ["scraper.cli", "publish", str(place / "public"), "--root", str(place / "root"), "--text", "full"],
    ):
        subprocess.run([sys.executable, "-m", *command], check=True, stdout=subprocess.DEVNULL)
    return place / "public"


if __name__ == "__main__":
    sys.exit(main())
