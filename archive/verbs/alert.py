"""`press-archive alert`: tells people what is off with an archive, or tries whether they hear. Must not find it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click

from archive.alerting import Told, tell, test_message
from archive.alerts import ALERTS, COMMAND, URLS, alerts_of, is_readable_by_others
from archive.delivery import Delivery, deliver
from archive.errors import UsageError
from archive.roots import find_roots
from archive.verbs.wording import plain

EXAMPLE = f"""\b
Examples:
  press-archive alert --test
  press-archive alert --root archives/sample
  press-archive alert --because "verify found damage in archives/sample"
\b
{ALERTS} in the archive's folder, readable by its owner only:
  urls = ["mailto://user:password@example.org"]
  command = ["/usr/local/bin/tell", "someone"]
  remind_days = 7
"""


@click.command(epilog=EXAMPLE)
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [all under archives/].")
@click.option("--test", is_flag=True, help="Send a test message, whatever is off, and say which targets took it.")
@click.option("--because", metavar="TEXT", help="Tell this, too: what failed, as a schedule knows.")
@click.option("--url", "urls", multiple=True, metavar="URL", help=f"An apprise address; better in ${URLS}.")
@click.option("--command", metavar="COMMAND", help=f"What gets the message on standard input, or ${COMMAND}.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def alert(
    root: Path | None, test: bool, because: str | None, urls: tuple[str, ...], command: str | None, as_json: bool
) -> None:
    """Tell what is off: an alarm of the last run, a run that failed or was killed, or none healthy for two days.

    Nothing is said when nothing is off, and no alarm twice unless it is still open after remind_days (7). Targets are
    apprise addresses (pip install press-archive[alerts]) and a command, from alerts.toml in the archive's folder, the
    environment or options; options count above the others. The command is run without a shell, and has the message on
    standard input and PRESS_ARCHIVE_ALERT_KIND, _ROOT, _PUBLICATION, _COUNT and _KINDS in its environment.

    Exit status: 0 every target took it or there was nothing to tell, 1 a target did not, 2 usage, or no target.
    """
    told = [_told(each, test, because, urls, command) for each in find_roots(root)]
    for each in told:
        if each.note:
            click.echo(f"Note: {each.note}", err=True)
    if as_json:
        click.echo(json.dumps([_record(each) for each in told], ensure_ascii=False, indent=2))
    else:
        for each in told:
            _print(each.deliveries)
    sys.exit(1 if any(each.failed for each in told) else 0)


def _told(root: Path, test: bool, because: str | None, urls: tuple[str, ...], command: str | None) -> Told:
    alerts = alerts_of(root, urls, command)
    if is_readable_by_others(root):
        click.echo(f"Note: others may read {root / ALERTS}: chmod 600 {root / ALERTS}", err=True)
    if not test:
        return tell(root, alerts, because)
    if not alerts.is_configured:
        raise UsageError(f"no alert is configured: write {root / ALERTS}, or see press-archive alert --help")
    return Told(root, (), deliver(alerts, test_message(root)))


def _record(told: Told) -> dict[str, object]:
    return {
        "root": str(told.root),
        "told": [trouble.sentence for trouble in told.troubles],
        "targets": [asdict(delivery) for delivery in told.deliveries],
    }


def _print(deliveries: Iterable[Delivery]) -> None:
    for delivery in deliveries:
        click.echo(plain(f"{delivery.target}: {'taken' if delivery.taken else f'not taken, {delivery.why}'}"))
