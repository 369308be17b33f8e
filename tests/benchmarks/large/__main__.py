"""A large archive of our own sentences: builds one of any size, and measures its pages over HTTP."""

from __future__ import annotations

import time
from pathlib import Path

import click

from tests.benchmarks.large.filling import build as fill
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


if __name__ == "__main__":
    main()
