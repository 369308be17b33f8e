"""A large archive of our own sentences: builds one of any size, and measures its pages over HTTP."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import click

from tests.benchmarks.large.asking import addresses
from tests.benchmarks.large.filling import build as fill
from tests.benchmarks.large.newcomers import cost_of_filing
from tests.benchmarks.large.serving import Timed, percentile, served
from tests.benchmarks.large.together import addresses_together
from tests.benchmarks.large.writing import Plan


@click.group()
def main() -> None:
    """Build large archives and measure their pages."""


@main.command()
@click.argument("root", type=click.Path(path_type=Path, exists=False))
@click.option("--articles", default=100_000, show_default=True, help="How many articles.")
@click.option("--seed", default="large", show_default=True, help="Another seed gives other articles.")
def build(root: Path, articles: int, seed: str) -> None:
    """Make an archive of N articles under ROOT, which must not be there yet."""
    began = time.perf_counter()

    def told(done: int) -> None:
        if done % 20_000 == 0 or done == articles:
            taken = time.perf_counter() - began
            click.echo(f"{done:>10,} articles, {taken:,.0f} s, {taken / done * 1000:.2f} ms each", err=True)

    fill(root, Plan(articles, seed), told)
    click.echo(f"{root}: {(root / 'archive.db').stat().st_size / 1e6:,.0f} MB")


@main.command()
@click.argument("roots", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True, metavar="ROOT...")
@click.option("--requests", default=60, show_default=True, help="How many of each kind of page.")
@click.option("--limit", default=100.0, show_default=True, help="Milliseconds that the 95th percentile may take.")
@click.option("--seed", default="pages", show_default=True, help="Another seed asks for other pages.")
@click.option("--only", help="Measure the kinds whose name holds this.")
def pages(roots: tuple[Path, ...], requests: int, limit: float, seed: str, only: str | None) -> None:
    """Measure pages of a served archive; several ROOTs, small to large, show how each kind grows.

    Ends with status 1 when the last ROOT misses the limit.
    """
    columns = [_measured(root, requests, seed, only) for root in roots]
    click.echo(f"{'':<26}" + "".join(f"{root.name:>26}" for root in roots))
    click.echo(f"{'milliseconds':<26}" + f"{'median':>10}{'95 %':>8}{'CPU':>8}" * len(roots))
    slow = []
    for kind in columns[0]:
        shares = [(percentile(each[kind].waited, 0.5), percentile(each[kind].waited, 0.95)) for each in columns]
        cells = zip(shares, columns, strict=True)
        click.echo(
            f"{kind:<26}" + "".join(f"{half:>10.0f}{most:>8.0f}{each[kind].cpu:>8.0f}" for (half, most), each in cells)
        )
        if shares[-1][1] > limit:
            slow.append(kind)
    if slow:
        raise click.ClickException(f"over {limit:.0f} ms: {', '.join(slow)}")


@main.command()
@click.argument("roots", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True, metavar="ROOT...")
@click.option("--requests", default=60, show_default=True, help="How many of each kind of page.")
@click.option("--limit", default=200.0, show_default=True, help="Milliseconds that the 95th percentile may take.")
@click.option("--seed", default="pages", show_default=True, help="Another seed asks for other pages.")
def together(roots: tuple[Path, ...], requests: int, limit: float, seed: str) -> None:
    """Measure the pages over all of several archives served together, asked for what the last ROOT holds.

    Ends with status 1 when one misses the limit, or the landing page half of it.
    """
    asked, slow = addresses_together(roots, requests, seed), []
    click.echo(f"{'milliseconds':<26}{'median':>10}{'95 %':>8}{'CPU':>8}")
    with served(*roots) as server:
        server.timed(["/", "/search?q=warm"])
        server.settle()
        for kind, paths in asked.items():
            found = server.timed(paths)
            half, most = percentile(found.waited, 0.5), percentile(found.waited, 0.95)
            click.echo(f"{kind:<26}{half:>10.0f}{most:>8.0f}{found.cpu:>8.0f}")
            if most > (limit / 2 if kind == "landing" else limit):
                slow.append(kind)
    if slow:
        raise click.ClickException(f"too slow: {', '.join(slow)}")


@main.command()
@click.argument("roots", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True, metavar="ROOT...")
@click.option("--articles", default=400, show_default=True, help="How many new articles.")
@click.option("--most", default=1.5, show_default=True, help="How much dearer one may be in the last ROOT.")
def filing(roots: tuple[Path, ...], articles: int, most: float) -> None:
    """File new articles in a copy of each ROOT, small to large, as a crawl does.

    Ends with status 1 when one costs too much more in the last ROOT than in the first.
    """
    click.echo(f"{'CPU':<20}{'ms an article':>16}{'s at the end':>16}")
    costs = []
    for root in roots:
        with tempfile.TemporaryDirectory() as scratch:
            each, end = cost_of_filing(root, articles, Path(scratch))
        costs.append(each)
        click.echo(f"{root.name:<20}{each * 1000:>16.2f}{end:>16.2f}")
    if costs[-1] > most * costs[0]:
        raise click.ClickException(f"{costs[-1] / costs[0]:.1f} times as dear in {roots[-1].name}")


def _measured(root: Path, requests: int, seed: str, only: str | None) -> dict[str, Timed]:
    asked = {kind: paths for kind, paths in addresses(root, requests, seed).items() if not only or only in kind}
    with served(root) as server:
        # The first page of a process loads its templates.
        server.timed(["/", "/search?q=warm"])
        click.echo(f"{root.name}: {server.settle():.0f} s until all was counted ahead", err=True)
        return {kind: server.timed(paths) for kind, paths in asked.items()}


if __name__ == "__main__":
    main()
