"""The stages and how each is measured: programs run in turn, medians compared. Must not print."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

from scraper.extraction.article import extract_article
from scraper.extraction.errors import ExtractionError
from tests.benchmarks.accuracy import pages as corpus_pages
from tests.benchmarks.speed.measured import Spent, run
from tests.benchmarks.speed.ours import PUBLICATION
from tests.benchmarks.speed.pages import FIRST_NIGHT, SECOND_NIGHT
from tests.benchmarks.speed.serving import served

Words = Sequence[str | Path]
_PEERS = Path(__file__).parent / "peers.py"
_ARTICLES = 400
_MB = 1e6


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a figure, what it must not exceed (or, with `least`, fall below), and what it is made of.

    A figure of None was not measured, and `made_of` says why.
    """

    stage: str
    figure: float | None
    to_reach: float
    made_of: str
    least: bool = False

    @property
    def missed(self) -> bool:
        """Say whether the figure was measured and is not what is wanted."""
        if self.figure is None:
            return False
        return self.figure < self.to_reach if self.least else self.figure > self.to_reach


@dataclass(frozen=True)
class Bench:
    """What all stages are measured with. `rivals` is the Python that holds the other tools, `corpus` real pages."""

    url: str
    pages: int
    rounds: int
    scratch: Path
    addresses: Path
    rivals: Path | None
    corpus: Path | None

    def alternate(self, programs: Mapping[str, Callable[[], Spent]], rounds: int | None = None) -> dict[str, Spent]:
        """Run programs in turn, again and again; return the median of each figure."""
        runs: dict[str, list[Spent]] = {name: [] for name in programs}
        for _ in range(rounds or self.rounds):
            for name, program in programs.items():
                runs[name].append(program())
        return {name: _median(some) for name, some in runs.items()}

    def warm(self) -> None:
        """Let every program compile its modules before any is measured."""
        with served(1) as (url, _):
            self.crawl(self.fresh("warm"), url=url)
        for name in ("bare", "callback"):
            run([sys.executable, "-P", _PEERS, name, os.devnull], {"PYTHONPATH": ""})

    def peer(self, name: str, python: Path = Path(sys.executable)) -> Spent:
        """Fetch the pages with another tool."""
        return run([python, "-P", _PEERS, name, self.addresses], {"PYTHONPATH": ""})

    def part(self, name: str, of: str | int) -> Spent:
        """Run a part of ours; those that are parts alone say their CPU themselves."""
        return run([sys.executable, "-m", f"{__package__}.ours", name, str(of), self.fresh("part")])

    def fresh(self, name: str) -> Path:
        """Return a folder that is not there."""
        root = self.scratch / name
        shutil.rmtree(root, ignore_errors=True)
        return root

    def crawl(self, root: Path, *more: str | Path, at: datetime = FIRST_NIGHT, url: str = "", **how: bool) -> Spent:
        """Crawl the site with the command that its user has."""
        words = ["crawl", PUBLICATION, "--base-url", url or self.url, "--root", root, "--delay", "0", "--json", *more]
        return self.press(*words, at=at, **how)

    def press(self, *words: str | Path, at: datetime, cores: set[int] | None = None, watched: bool = False) -> Spent:
        """Run the command at a time."""
        more = {"PRESS_ARCHIVE_NOW": at.isoformat()}
        return run([sys.executable, "-m", "scraper.cli", *words], more, cores, watched)


def _median(some: list[Spent]) -> Spent:
    return Spent(
        median(each.cpu for each in some),
        median(each.wall for each in some),
        int(median(each.memory for each in some)),
        some[-1].out,
    )


def _own(spent: Spent) -> float:
    """Return the CPU seconds that a part alone said it took."""
    return float(spent.out)


def fetch(bench: Bench) -> Iterator[Row]:
    """Crawl with link following."""
    got = bench.alternate({"bare": lambda: bench.peer("bare"), "ours": lambda: bench.part("follow", bench.url)})
    ours, bare = got["ours"].cpu, got["bare"].cpu
    asked = f"{ours:.2f} s CPU for {got['ours'].out.split()[-1]} requests, bare {bare:.2f} s for {bench.pages}"
    yield Row("crawl with link following, CPU against a bare Scrapy fetch", ours / bare, 0.85, asked)


def whole(bench: Bench) -> Iterator[Row]:
    """The whole way against a bare fetch, and its wall time against Scrapy with trafilatura in the callback."""
    got = bench.alternate(
        {
            "bare": lambda: bench.peer("bare"),
            "ours": lambda: bench.crawl(bench.fresh("whole")),
            "callback": lambda: bench.peer("callback"),
        }
    )
    ours, bare, other = got["ours"], got["bare"], got["callback"]
    yield Row(
        "the whole way, CPU against the bare fetch", ours.cpu / bare.cpu, 6.5, f"{ours.cpu:.2f} / {bare.cpu:.2f} s"
    )
    made = f"{ours.wall:.2f} / {other.wall:.2f} s on {os.cpu_count()} cores"
    yield Row("… wall time against Scrapy with trafilatura", ours.wall / other.wall, 0.33, made)


def rivals(bench: Bench) -> Iterator[Row]:
    """The whole way against newspaper4k and news-please."""
    python = bench.rivals
    wanted = {"newspaper": ("newspaper4k", 4.0), "newsplease": ("news-please", 6.5)}
    if python is None:
        for title, least in wanted.values():
            yield Row(f"… CPU of {title} against it", None, least, "skipped: it cannot be installed here", least=True)
        return
    programs: dict[str, Callable[[], Spent]] = {"ours": lambda: bench.crawl(bench.fresh("whole"))}
    programs |= {name: (lambda name=name: bench.peer(name, python)) for name in wanted}  # type: ignore[misc]
    got = bench.alternate(programs, 1)
    for name, (title, least) in wanted.items():
        made = f"{got[name].cpu:.1f} / {got['ours'].cpu:.1f} s"
        yield Row(f"… CPU of {title} against it", got[name].cpu / got["ours"].cpu, least, made, least=True)


def nights(bench: Bench) -> Iterator[Row]:
    """The second night on a site where nothing changed, start-up taken off: as it comes, and with every page asked."""
    with served(1) as (small, _):
        at = {"small": small, "large": bench.url}
        programs: dict[str, Callable[[], Spent]] = {}
        for name, url in at.items():
            root = bench.scratch / f"nights-{name}"
            first = lambda root=root, url=url: bench.crawl(bench.fresh(root.name), url=url)  # noqa: E731
            programs[f"{name} first"] = first
            for mode in ("nightly", "recheck"):
                programs[f"{name} {mode}"] = lambda root=root, url=url, mode=mode: bench.crawl(
                    root, "--mode", mode, at=SECOND_NIGHT, url=url
                )
        got = bench.alternate(programs)
    first = got["large first"].cpu - got["small first"].cpu
    for mode, title in (("nightly", "second night, CPU against the first"), ("recheck", "… every page asked again")):
        second = got[f"large {mode}"].cpu - got[f"small {mode}"].cpu
        yield Row(title, second / first, 1 / 15, f"{second:.2f} / {first:.2f} s without start-up")


def warc(bench: Bench) -> Iterator[Row]:
    """WARC writing, with warcio beside it."""
    got = bench.alternate(
        {
            "bare": lambda: bench.peer("bare"),
            "ours": lambda: bench.part("keep", bench.pages),
            "warcio": lambda: bench.part("keep_with_warcio", bench.pages),
        }
    )
    ours, other, bare = _own(got["ours"]), _own(got["warcio"]), got["bare"].cpu
    made = f"{ours:.2f} / {bare:.2f} s (warcio {other / bare:.2f})"
    yield Row("WARC writing, CPU against the bare fetch", ours / bare, 0.20, made)


def storing(bench: Bench) -> Iterator[Row]:
    """Storing against row-by-row sqlite-utils."""
    got = bench.alternate(
        {"ours": lambda: bench.part("store", _ARTICLES), "rows": lambda: bench.part("store_row_by_row", _ARTICLES)}
    )
    ours, rows = _own(got["ours"]), _own(got["rows"])
    yield Row("storing, CPU against row-by-row sqlite-utils", ours / rows, 0.33, f"{ours:.2f} / {rows:.2f} s")


def cores(bench: Bench) -> Iterator[Row]:
    """Rebuild and import on two cores against one."""
    root = bench.fresh("cores")
    bench.crawl(root)
    files = sorted((root / "warc").glob("*.warc.gz"))

    def rebuilt(use: set[int]) -> Spent:
        return bench.press("rebuild", "--root", root, "--json", at=FIRST_NIGHT, cores=use)

    def imported(use: set[int]) -> Spent:
        into = ("--root", bench.fresh("imported"), "--publication", PUBLICATION, "--base-url", bench.url)
        return bench.press("import", *files, *into, "--json", at=FIRST_NIGHT, cores=use)

    for name, verb in (("rebuild", rebuilt), ("import", imported)):
        got = bench.alternate({"one": lambda verb=verb: verb({0}), "two": lambda verb=verb: verb({0, 1})})  # type: ignore[misc]
        one, two = got["one"].wall, got["two"].wall
        yield Row(f"{name} on two cores against one", one / two, 1.8, f"{one:.2f} / {two:.2f} s", least=True)


def slowest(bench: Bench) -> Iterator[Row]:
    """The slowest page of a folder of real pages against the median."""
    title = "slowest real page against the median"
    if bench.corpus is None:
        yield Row(title, None, 10, "skipped: name a folder of pages with --corpus")
        return
    seconds = sorted((_reading_time(html, url), name) for name, url, html in corpus_pages(bench.corpus))
    half, (most, name) = seconds[len(seconds) // 2][0], seconds[-1]
    made = f"{most * 1000:.0f} ms ({name}) / {half * 1000:.1f} ms, {len(seconds)} pages"
    yield Row(title, most / half, 10, made)


def _reading_time(html: bytes, url: str, times: int = 3) -> float:
    best = float("inf")
    for _ in range(times):
        began = time.process_time()
        with suppress(ExtractionError):
            extract_article(html, url)
        best = min(best, time.process_time() - began)
    return best


def memory(bench: Bench) -> Iterator[Row]:
    """The most memory of a crawl with two processes that read, and of rebuild and import beside a quarter of it."""
    root = bench.fresh("whole")
    got = bench.alternate({"ours": lambda: bench.crawl(bench.fresh("whole"), watched=True)})["ours"]
    yield Row("peak memory of a crawl, MB (PSS, all processes)", got.memory / _MB, 350, f"{bench.pages} pages")
    with served(bench.pages // 4) as (url, _):
        quarter = bench.fresh("quarter")
        bench.crawl(quarter, url=url)
        few, many = _memory(bench, quarter, url), _memory(bench, root, bench.url)
    for verb, most in many.items():
        made = f"{most / _MB:.0f} MB at {bench.pages} pages, {few[verb] / _MB:.0f} MB at a quarter of them"
        yield Row(f"peak memory of {verb}, against a quarter of the pages", most / few[verb], 1.25, made)


def _memory(bench: Bench, root: Path, url: str) -> dict[str, int]:
    """Return bytes at the most, by verb."""
    files = sorted((root / "warc").glob("*.warc.gz"))
    into = ("--root", bench.fresh("imported"), "--publication", PUBLICATION, "--base-url", url)
    verbs: dict[str, Sequence[str | Path]] = {
        "rebuild": ("rebuild", "--root", root),
        "import": ("import", *files, *into),
        "export csv": ("export", "csv", "--root", root, "--output", bench.scratch / "articles.csv"),
    }
    return {verb: bench.press(*words, "--json", at=FIRST_NIGHT, watched=True).memory for verb, words in verbs.items()}


STAGES: Mapping[str, Callable[[Bench], Iterator[Row]]] = {
    each.__name__: each for each in (fetch, whole, rivals, nights, warc, storing, cores, slowest, memory)
}
