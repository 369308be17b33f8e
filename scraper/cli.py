"""The `press-archive` command: its verbs and how errors end it. Must not do any verb's work."""

from __future__ import annotations

import difflib
import sys
from typing import Any

import click

from archive.cli import COMMANDS as ARCHIVE_COMMANDS
from archive.errors import ArchiveError
from scraper.verbs.crawl import crawl
from scraper.verbs.extract import extract

EXAMPLE = """\b
Example:
  press-archive crawl sample && press-archive serve
"""


class Verbs(click.Group):
    """A group that names the nearest verbs for a wrong one, and ends every known error with one sentence."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; a wrong one is a usage error that names the nearest."""
        if args and args[0] not in self.commands:
            near = difflib.get_close_matches(args[0], self.commands, n=3, cutoff=0.4) or sorted(self.commands)
            raise click.UsageError(f"there is no verb {args[0]!r}; did you mean {' or '.join(near)}?", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; an ArchiveError becomes its sentence and exit status."""
        try:
            return super().invoke(ctx)
        except ArchiveError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(error.exit_status)


@click.group(cls=Verbs, epilog=EXAMPLE, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="press-archive", prog_name="press-archive")
def main() -> None:
    """Build a complete, searchable, citable archive of an online publication."""


for command in (crawl, extract, *ARCHIVE_COMMANDS):
    main.add_command(command)


if __name__ == "__main__":
    main()
