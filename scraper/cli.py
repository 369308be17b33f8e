"""The `press-archive` command: its verbs and how errors end it. Must not do any verb's work."""

from __future__ import annotations

import difflib
import importlib
import sqlite3
import sys
from typing import Any, NoReturn

import click

from archive.cli import VERBS as ARCHIVE_VERBS
from archive.errors import ArchiveError
from archive.storage import explained
from scraper.interruption import Interrupted, interruptible

VERBS = {
    "crawl": "scraper.verbs.crawl.crawl",
    "night": "scraper.verbs.night.night",
    "fleet": "scraper.verbs.fleet.fleet",
    "schedule": "scraper.verbs.schedule.schedule",
    "rebuild": "scraper.verbs.rebuild.rebuild_verb",
    "import": "scraper.verbs.import_.import_",
    "extract": "scraper.verbs.extract.extract",
    "capture": "scraper.verbs.capture.capture",
    "new-publication": "scraper.verbs.new_publication.new_publication",
    "doctor": "scraper.verbs.doctor.doctor",
    **ARCHIVE_VERBS,
}
_INTERRUPTED = 130
EXAMPLE = """\b
Example:
  press-archive crawl sample && press-archive serve
"""


class Verbs(click.Group):
    """Imports a verb when it is used, names the nearest for a wrong one, and ends known errors with one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the verbs in the order in which they are used."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb, None when there is none of that name."""
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name].rpartition(".")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; a wrong one is a usage error that names the nearest."""
        if args and args[0] not in VERBS:
            near = difflib.get_close_matches(args[0], VERBS, n=3, cutoff=0.4) or list(VERBS)
            raise click.UsageError(f"there is no verb {args[0]!r}; did you mean {' or '.join(near)}?", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; an ArchiveError, or what disk or database refuse, becomes its sentence and exit status."""
        try:
            with interruptible():
                return super().invoke(ctx)
        except ArchiveError as error:
            _fail(error)
        except BrokenPipeError:
            raise
        except (OSError, sqlite3.Error) as error:
            _fail(explained(error))
        except Interrupted as error:
            sys.exit(error.status)
        except KeyboardInterrupt:
            sys.exit(_INTERRUPTED)


def _fail(error: ArchiveError) -> NoReturn:
    click.echo(f"Error: {error}", err=True)
    sys.exit(error.exit_status)


@click.group(cls=Verbs, epilog=EXAMPLE, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="press-archive", prog_name="press-archive")
def main() -> None:
    """Build a complete, searchable, citable archive of an online publication."""


if __name__ == "__main__":
    main()
