"""Serves the sample publication in the foreground: `python -m scraper.sample --port N`. Must not do anything else."""

from __future__ import annotations

import click

from scraper.sample.server import SampleServer


@click.command()
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="Port on loopback; 0 takes a free one.")
def main(port: int) -> None:
    """Serve the sample publication until interrupted; prints its address first."""
    server = SampleServer(port)
    click.echo(f"{server.base_url}/")
    try:
        server.serve()
    except KeyboardInterrupt:
        click.echo("stopped")
    finally:
        server.close()


if __name__ == "__main__":
    main(prog_name="python -m scraper.sample")
