"""`press-archive crawl`: runs the spider in this process and says how it went. Must not know Scrapy's components."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.live import Live
from rich.table import Table

from archive.alerting import tells_when_off
from archive.errors import UsageError
from archive.garbage import look_seldom
from archive.ledger import Mode
from archive.reports.report import report_of
from archive.reports.writing import check_report, write_report
from archive.root import ARCHIVES
from scraper.counts import Counts
from scraper.interruption import interruptible
from scraper.options import ImageChoice, Options
from scraper.profile import Profile
from scraper.run import DONE, LOOK, Run
from scraper.verbs.bounds import checked_since, section_paths
from scraper.verbs.publication import checked_base_url, profile_called

_SOON = 0.05
_TIMES = {
    "waiting": "waiting, by politeness",
    "fetch": "fetching",
    "extraction": "reading pages",
    "store": "storing",
}
EXAMPLE = """\b
Examples:
  press-archive crawl sample
  press-archive crawl responsible-statecraft --contact you@example.org --limit 50
  press-archive crawl responsible-statecraft --contact you@example.org --mode backfill --since 2026-01-01
  press-archive crawl sample --report reports/tonight
  press-archive crawl responsible-statecraft --base-url http://127.0.0.1:8000 --root /tmp/mirror
"""


@click.command(epilog=EXAMPLE)
@click.argument("publication", callback=profile_called)
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [archives/PUBLICATION].")
@click.option("--base-url", metavar="URL", help="Crawl the whole site at another address: a mirror or a test server.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Fetch at most N articles.")
@click.option(
    "--mode",
    type=click.Choice(["nightly", "backfill", "recheck"]),
    default="nightly",
    show_default=True,
    help="nightly: what is new or due; backfill: every source to its end; recheck: every stored article again.",
)
@click.option(
    "--images",
    type=click.Choice(["none", "lead", "all"]),
    default="none",
    show_default=True,
    help="Keep the files of the articles' images, too.",
)
@click.option(
    "--since",
    callback=checked_since,
    metavar="DATE",
    help="Fetch only what was published or changed since a day (2026-05-31) or time (ISO 8601).",
)
@click.option(
    "--section",
    "sections",
    multiple=True,
    metavar="NAME",
    help="Read only this section's page and fetch what it names; may be given more than once.",
)
@click.option("--max-seconds", type=click.FloatRange(min=0, min_open=True), metavar="S", help="End after S seconds.")
@click.option("--max-requests", type=click.IntRange(min=1), metavar="N", help="Make at most N requests.")
@click.option("--delay", type=click.FloatRange(min=0), metavar="S", help="Seconds between two requests.")
@click.option("--contact", metavar="WHO", help="Mail or web address for the user agent; a live site needs it.")
@click.option("--dry-run", is_flag=True, help="Read robots.txt and the sources and count; fetch no article.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write report.html and report.json of the run there.",
)
@click.option("--stats", is_flag=True, help="Print where the run's time went, too; --json always says it.")
@click.option("--json", "as_json", is_flag=True, help="Print the closing counts as JSON.")
@tells_when_off(lambda given: None if given["dry_run"] else given["root"] or ARCHIVES / given["publication"].name)
def crawl(
    publication: Profile,
    root: Path | None,
    base_url: str | None,
    limit: int | None,
    mode: Mode,
    images: ImageChoice,
    since: str | None,
    sections: tuple[str, ...],
    max_seconds: float | None,
    max_requests: int | None,
    delay: float | None,
    contact: str | None,
    dry_run: bool,
    report: Path | None,
    stats: bool,
    as_json: bool,
) -> None:
    """Crawl PUBLICATION into an archive: fetch what is new, keep the bytes, read and store the articles.

    Exit status: 0 done, 1 error, 2 usage, 3 done but a person should look, 75 another run holds this archive,
    129, 130 and 143 interrupted (SIGHUP, Ctrl-C, SIGTERM) with everything acknowledged kept.
    """
    options = Options(
        profile=publication,
        root=root or Path("archives") / publication.name,
        base_url=checked_base_url(base_url),
        limit=limit,
        delay=delay,
        contact=contact,
        dry_run=dry_run,
        mode=mode,
        images=images,
        since=since,
        sections=section_paths(sections, publication),
        max_seconds=max_seconds,
        max_requests=max_requests,
    )
    if report:
        check_report(report)
    run = Run(options)
    with interruptible(run.interrupt), run, _progress(run, quiet=as_json):
        if run.interrupted_by is None:
            _spider_through(run)
    _report(run, report)
    if run.failure:
        raise run.failure
    if as_json:
        click.echo(json.dumps(_summary(run), ensure_ascii=False))
    else:
        _print_table(run, stats)
    sys.exit(run.exit_status)


def _report(run: Run, folder: Path | None) -> None:
    """Write the run's report; that it cannot be written hides no failure and no signal."""
    try:
        if folder:
            write_report(folder, report_of(run.told()))
    except UsageError as error:
        if run.exit_status in (DONE, LOOK):
            raise
        click.echo(f"Error: {error}", err=True)


def _spider_through(run: Run) -> None:
    """Run Scrapy until the crawl is over or a signal ends it."""
    # It looks through the source of every frame above its own import, and imported from far down these are many.
    import scrapy.core.downloader.contextfactory  # noqa: F401 - before all else of Scrapy
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from scraper.spiders.publication import PublicationSpider

    settings = Settings()
    settings.setmodule("scraper.settings", priority="project")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(PublicationSpider)
    task = process.crawl(crawler, run=run)
    run.stop = lambda: _stop_soon(crawler)
    if run.interrupted_by is not None:
        run.stop()
    look_seldom()
    with _time_limit(run):
        process.start(install_signal_handlers=False)
    if task.done() and not task.cancelled() and (error := task.exception()):
        raise error


@contextmanager
def _time_limit(run: Run) -> Iterator[None]:
    """End the crawl when its time is over: what is on its way then is left to the next run."""
    seconds = run.options.max_seconds

    def end() -> None:
        run.ended_early = f"its {seconds:g} seconds are over"
        run.stop()

    timer = threading.Timer(seconds or 0, end)
    timer.daemon = True
    if seconds:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _stop_soon(crawler: Any) -> None:
    from twisted.internet import reactor

    reactor.callFromThread(_stop, crawler)


def _stop(crawler: Any) -> None:
    """Stop the engine; one that is not running yet would not hear of it."""
    from scrapy.utils.defer import deferred_from_coro
    from twisted.internet import reactor

    if crawler.spider is not None:
        crawler.spider.run.guest.gate.stop()
    if crawler.engine is None or not crawler.engine.running:
        reactor.callLater(_SOON, _stop, crawler)
    else:
        if crawler.spider.run.interrupted_by is not None or crawler.spider.run.refused:
            crawler.spider.give_up()
        deferred_from_coro(crawler.stop_async())


@contextmanager
def _progress(run: Run, quiet: bool) -> Iterator[None]:
    """Show counts as they grow, on a terminal only."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield
        return
    with Live(console=console, refresh_per_second=8, transient=True) as live:

        def show(counts: Counts) -> None:
            live.update(
                f"{run.profile.title}: {counts.announced} announced, {counts.fetched} fetched, {counts.new} new"
            )

        run.watch = show
        yield


def _summary(run: Run) -> dict[str, Any]:
    return {
        "publication": run.profile.name,
        "root": str(run.options.root),
        "dry_run": run.options.dry_run,
        **run.counts.as_dict(),
        "not_due": run.counts.resting,
        "seconds": round(run.seconds, 2),
        "stats": run.guest.times.as_dict(),
        "sources": dict(sorted(run.counts.by_source.items())),
        "remarks": run.remarks,
        "alarms": [asdict(alarm) for alarm in run.alarms or ()],
        "ended_why": run.why,
        "exit_status": run.exit_status,
    }


def _print_table(run: Run, stats: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if run.options.dry_run:
        _print_sources(console, run)
    table = Table(
        box=SIMPLE,
        padding=(0, 1, 0, 0),
        show_edge=False,
        title=f"{run.profile.title}, {run.started_at}",
        title_justify="left",
    )
    for name in (*run.counts.as_dict(), "not due", "seconds"):
        table.add_column(name, justify="right")
    counts = (*run.counts.as_dict().values(), run.counts.resting)
    table.add_row(*map(str, counts), f"{run.seconds:.1f}")
    console.print(table)
    if stats:
        _print_times(console, run)
    if run.ended_early:
        console.print(f"Ended early: {run.ended_early}; the next run goes on", markup=False)
    for remark in run.remarks:
        console.print(f"Look: {remark}", markup=False)
    for alarm in run.alarms or ():
        console.print(f"Alarm: {alarm.sentence}", markup=False)
    root = run.options.root
    if run.options.dry_run:
        console.print(f"Next: press-archive crawl {run.profile.name} --root {root}", markup=False)
    else:
        console.print(f"Next: press-archive serve --root {root}", markup=False)


def _print_times(console: Console, run: Run) -> None:
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0), show_edge=False, title="Where the time went", title_justify="left")
    for name in ("while", "seconds", "of the run"):
        table.add_column(name, justify="left" if name == "while" else "right")
    for name, seconds in run.guest.times.as_dict().items():
        table.add_row(_TIMES[name], f"{seconds:.1f}", f"{seconds / max(run.seconds, 0.01):.0%}")
    console.print(table)
    console.print("What runs at once counts for each.", markup=False)


def _print_sources(console: Console, run: Run) -> None:
    table = Table(box=SIMPLE, title=f"Sources of {run.base_url}", title_justify="left")
    table.add_column("source")
    table.add_column("addresses", justify="right")
    for source, count in sorted(run.counts.by_source.items()):
        table.add_row(source, str(count))
    console.print(table)
    delay = f"{run.delay:g} s between requests"
    console.print(f"robots.txt: read, {delay}; {run.counts.excluded} addresses excluded by rule", markup=False)
