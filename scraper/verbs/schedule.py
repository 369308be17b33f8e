"""`press-archive schedule`: prints or installs what runs the nights. Must not know any system's syntax."""

from __future__ import annotations

import json
import re
from datetime import time
from pathlib import Path
from typing import Literal

import click

from archive.errors import UsageError
from archive.root import ARCHIVES
from scraper.profile import Profile
from scraper.scheduling import cron, github, systemd
from scraper.scheduling.placing import install, install_in_crontab, uninstall, uninstall_from_crontab
from scraper.scheduling.schedule import Planned, Schedule, checked, found_executable
from scraper.verbs.publication import profile_called

System = Literal["systemd", "cron", "github"]
JITTER = 30
_CRON_D = Path("/etc/cron.d")
EXAMPLE = """\b
Examples:
  press-archive schedule systemd sample
  press-archive schedule systemd sample --at 04:10 --install
  press-archive schedule cron responsible-statecraft --publish /srv/public --contact you@example.org
  press-archive schedule github sample --install
"""


def _time(ctx: click.Context, param: click.Parameter, text: str) -> time:
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text)
    if found is None:
        raise click.BadParameter(f"{text!r} is no time of day: write it like 03:40")
    return time(int(found[1]), int(found[2]))


@click.command(epilog=EXAMPLE)
@click.argument("kind", metavar="systemd|cron|github", type=click.Choice(["systemd", "cron", "github"]))
@click.argument("publication", callback=profile_called)
@click.argument("crawl_options", nargs=-1, type=click.UNPROCESSED, metavar="[-- CRAWL…]")
@click.option(
    "--publish", default="public", show_default=True, type=click.Path(path_type=Path), help="Folder to publish in."
)
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [archives/PUBLICATION].")
@click.option("--at", default="03:40", show_default=True, callback=_time, metavar="HH:MM", help="When; UTC at GitHub.")
@click.option(
    "--jitter",
    type=click.IntRange(0, 720),
    metavar="MINUTES",
    help=f"Begin up to so much later, each night anew [{JITTER}; 0 at GitHub, which is late by itself].",
)
@click.option("--contact", metavar="WHO", help="Mail or web address for the user agent; a live site needs it.")
@click.option("--text", metavar="LEVEL", help="How much of the articles' text is published [publish's own choice].")
@click.option("--executable", type=click.Path(path_type=Path), help="The path of press-archive or its Python.")
@click.option("--package", default=".", show_default=True, metavar="NAME", help="What pip installs at GitHub.")
@click.option("--system", is_flag=True, help="For the machine (system units, /etc/cron.d), not for you.")
@click.option("--user", metavar="NAME", help="With --system: whose rights it runs with.")
@click.option("--into", type=click.Path(path_type=Path), help="Another folder for the files.")
@click.option("--install", "is_installed", is_flag=True, help="Write it; without this it is printed.")
@click.option("--replace", is_flag=True, help="With --install: overwrite files of these names that no schedule wrote.")
@click.option("--uninstall", "is_removed", is_flag=True, help="Take off what --install wrote.")
@click.option("--json", "as_json", is_flag=True, help="Print the files and their texts as JSON.")
def schedule(
    kind: System,
    publication: Profile,
    crawl_options: tuple[str, ...],
    publish: Path,
    root: Path | None,
    at: time,
    jitter: int | None,
    contact: str | None,
    text: str | None,
    executable: Path | None,
    package: str,
    system: bool,
    user: str | None,
    into: Path | None,
    is_installed: bool,
    replace: bool,
    is_removed: bool,
    as_json: bool,
) -> None:
    """Print, or install, what crawls PUBLICATION, verifies its archive and publishes it every night.

    systemd: a service, its timer, and a unit that runs press-archive alert when a night fails. cron: a line of your
    crontab. github: a workflow that keeps the archive in the cache and its backup as an artifact. All three run
    press-archive night, which stops where a person should look. Installing asks nothing and starts nothing.
    """
    root = root or ARCHIVES / publication.name
    options = _options(contact, text, crawl_options)
    if kind == "github":
        plan = Schedule(publication.name, root, publish, at, jitter or 0, ("press-archive",), options)
    else:
        jitter = JITTER if jitter is None else jitter
        program = found_executable(executable)
        plan = Schedule(publication.name, root.absolute(), publish.absolute(), at, jitter, program, options, user)
    if system and not user:
        raise UsageError("--system needs --user NAME: whose rights the nights run with, best a user for nothing else")
    files = _files(checked(plan), kind, system, into, package)
    if as_json:
        click.echo(json.dumps({str(file.path): file.text for file in files}))
    if is_removed:
        _remove(plan, kind, system, files)
    elif is_installed:
        _install(plan, kind, system, files, replace)
    elif not as_json:
        _print(files)


def _options(contact: str | None, text: str | None, crawl_options: tuple[str, ...]) -> tuple[str, ...]:
    named = (("--contact", contact), ("--text", text))
    told = tuple(word for option, value in named if value for word in (option, value))
    return (*told, "--", *crawl_options) if crawl_options else told


def _files(plan: Schedule, kind: System, system: bool, into: Path | None, package: str) -> list[Planned]:
    if kind == "systemd":
        return systemd.units(plan, into or systemd.folder_of(system), system)
    if kind == "github":
        file = github.workflow(plan, package)
        return [Planned(into / file.path.name, file.text) if into else file]
    if system or into:
        return [Planned((into or _CRON_D) / plan.name, f"{plan.mark}\n{cron.line(plan)}")]
    return [Planned(Path("crontab"), cron.block(plan))]


def _print(files: list[Planned]) -> None:
    for number, file in enumerate(files):
        if len(files) > 1:
            click.secho(f"{'' if number == 0 else chr(10)}# {file.path}", bold=True)
        click.echo(file.text, nl=False)


def _install(plan: Schedule, kind: System, system: bool, files: list[Planned], replace: bool) -> None:
    if files[0].path == Path("crontab"):
        click.echo(install_in_crontab(plan))
    else:
        for line in install(files, replace):
            click.echo(line)
    for folder in dict.fromkeys(path.parent for path in (plan.root, plan.publish)):
        if kind != "github" and not folder.exists():
            folder.mkdir(parents=True)
            click.echo(f"{folder} is made")
    _print_steps(_next_steps(plan, kind, system, files))


def _remove(plan: Schedule, kind: System, system: bool, files: list[Planned]) -> None:
    if files[0].path == Path("crontab"):
        click.echo(uninstall_from_crontab(plan))
        return
    for line in uninstall(files):
        click.echo(line)
    if kind == "systemd":
        _print_steps(systemd.last_steps(plan, system))


def _next_steps(plan: Schedule, kind: System, system: bool, files: list[Planned]) -> list[str]:
    if kind == "systemd":
        return systemd.next_steps(plan, system)
    if kind == "github":
        path = files[0].path
        return [f"git add {path} && git commit -m 'Nights of {plan.publication}' && git push"]
    return ["press-archive alert --test   # nights are mailed by cron and told by alerts only when they stop"]


def _print_steps(steps: list[str]) -> None:
    for number, step in enumerate(steps):
        click.echo(f"{'Next:' if number == 0 else '     '} {step}")
